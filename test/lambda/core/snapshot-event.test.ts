import type { Assembly, ChangeEvent } from '../../../lambda/core/change-event.ts';
import { eventId } from '../../../lambda/core/event-id.ts';
import { assembleSnapshot } from '../../../lambda/core/snapshot-event.ts';
import type { AttributeMap } from '../../../lambda/core/stream-record.ts';
import { CREATED_AT, firstEvent, paddedSequence, SHAPE, shapeOf, STREAM, streamRecord } from '../factories.ts';

const ORDER: AttributeMap = { id: { S: 'o-1' }, amount: { N: '12345678901234567.89' }, tags: { SS: ['b', 'a'] } };
const PAID: AttributeMap = { ...ORDER, paid: { BOOL: true } };

const eid = (sequence: number): string => eventId(streamRecord().itemName, paddedSequence(sequence));

describe('a snapshot', () => {
  const subject = { streamArn: STREAM, keys: { id: { S: 'o-1' } }, sequence: paddedSequence(5), lateMarks: 1, last: { dynamodb: { NewImage: ORDER } } };
  const snapshot = (image: AttributeMap | undefined): ChangeEvent => firstEvent(assembleSnapshot(subject, image, CREATED_AT + 61_500, SHAPE));

  test('shows what the table holds', () => {
    expect(JSON.parse(String(snapshot(PAID).json))).toEqual({
      metadata: { eid: snapshot(PAID).eid, occurred_at: '2026-01-02T03:05:06.500Z' },
      data_type: 'order',
      data_op: 'S',
      data: { id: 'o-1', amount: Number('12345678901234567.89'), tags: ['a', 'b'], paid: true },
    });
  });

  test('is a deletion where the item is gone', () => {
    expect(JSON.parse(String(snapshot(undefined).json))).toMatchObject({ data_op: 'D', data: { id: 'o-1', tags: ['a', 'b'] } });
  });

  test('of an item that time to live deleted shows it as it was before, where the team leaves such deletions out', () => {
    const last = { eventName: 'REMOVE', userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' }, dynamodb: { OldImage: ORDER } };
    const taken = (image?: AttributeMap, timeToLiveDeletions?: boolean): Assembly => assembleSnapshot({ ...subject, last }, image, CREATED_AT, shapeOf({ timeToLiveDeletions }));
    const shown = (assembly: Assembly): unknown => JSON.parse(String(firstEvent(assembly).json));
    expect(shown(taken(undefined, false))).toMatchObject({ data_op: 'S', data: { id: 'o-1', tags: ['a', 'b'] } });
    expect(shown(taken(undefined, true))).toMatchObject({ data_op: 'D' });
    expect(shown(taken(PAID, false))).toMatchObject({ data_op: 'S', data: { paid: true } });
  });

  test('has an eid behind that of the change, that follows its content', () => {
    expect(snapshot(PAID).eid > eid(5)).toBe(true);
    expect(snapshot(PAID).eid < eid(6)).toBe(true);
    expect(new Set([snapshot(PAID), snapshot(PAID), snapshot(ORDER), snapshot(undefined)].map((made) => made.eid)).size).toBe(3);
  });

  test('has an eid that tells nothing of what is left out of events', () => {
    const taken = (secret: string): string => {
      const assembly = assembleSnapshot(subject, { ...PAID, secret: { S: secret } }, CREATED_AT, shapeOf({ exclude: [{ path: ['secret'] }] }));
      return firstEvent(assembly).eid;
    };
    expect(taken('1234')).toBe(taken('4321'));
  });

  test('is of its item; the same key in another stream is another item, with another eid', () => {
    const taken = (more: object): ChangeEvent => firstEvent(assembleSnapshot({ ...subject, ...more }, PAID, CREATED_AT, SHAPE));
    expect(taken({}).item).toBe(streamRecord().item);
    const others = [{}, { streamArn: `${STREAM}1` }].map(taken);
    expect([new Set(others.map(({ item }) => item)).size, new Set(others.map((made) => made.eid)).size]).toEqual([2, 2]);
  });

  test('is another event for each time that records came late, and the same one when it is sent again', () => {
    const taken = (lateMarks: number): string => firstEvent(assembleSnapshot({ ...subject, lateMarks }, PAID, CREATED_AT, SHAPE)).eid;
    expect(taken(1)).toBe(taken(1));
    expect(taken(1)).not.toBe(taken(2));
  });

  test('fails when the item is too large', () => {
    expect(assembleSnapshot(subject, PAID, CREATED_AT, shapeOf({ maxEventBytes: 50 }))).toMatchObject({ type: 'invalid' });
  });
});
