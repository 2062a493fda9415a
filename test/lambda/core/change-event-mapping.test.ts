import { assembleEvents, type Assembly } from '../../../lambda/core/change-event.ts';
import type { MappedData, Mapping } from '../../../lambda/core/event-route.ts';
import { assembleSnapshot } from '../../../lambda/core/snapshot-event.ts';
import type { AttributeMap } from '../../../lambda/core/stream-record.ts';
import { CREATED_AT, paddedSequence, shapeOf, STREAM, streamRecord, type RecordOptions, type ShapeOptions } from '../factories.ts';

const ORDER: AttributeMap = { id: { S: 'o-1' }, amount: { N: '9007199254740993' }, card: { S: '4111' }, price: { N: '1.5' }, flow: { S: 'f' } };
const PAID: AttributeMap = { ...ORDER, paid: { BOOL: true } };

const assembled = (map: Mapping, options: RecordOptions = {}, shape: ShapeOptions = {}): Assembly =>
  assembleEvents(streamRecord({ newImage: ORDER, oldImage: PAID, ...options }), shapeOf({ map, exclude: [{ path: ['card'] }], ...shape }));

const returning =
  (json: string): Mapping =>
  () => ({ type: 'data', json });
const nothing = (): MappedData => ({ type: 'nothing' });

function json(assembly: Assembly, place = 0): string {
  if (assembly.type !== 'events') {
    throw new Error(JSON.stringify(assembly));
  }
  return String(assembly.events[place].json);
}

describe('a mapping is called', () => {
  const inputOf = (options: RecordOptions, shape: ShapeOptions = {}): string => {
    let given = '';
    assembled(
      (input) => {
        given = input;
        return nothing();
      },
      options,
      shape,
    );
    return given;
  };

  test('with keys, old and new item, and the event that would be sent', () => {
    const bare = assembleEvents(streamRecord({ eventName: 'MODIFY', newImage: ORDER, oldImage: PAID }), shapeOf({ exclude: [{ path: ['card'] }], sequenceAttribute: 'sequence' }));
    expect(inputOf({ eventName: 'MODIFY' }, { sequenceAttribute: 'sequence' })).toBe(
      `{"keys":{"id":"o-1"},"newItem":{"id":"o-1","amount":9007199254740993,"price":1.5,"flow":"f"},` +
        `"oldItem":{"id":"o-1","amount":9007199254740993,"price":1.5,"flow":"f","paid":true},"event":${json(bare)}}`,
    );
  });

  test('with the event as it would be sent: without its patch, where it would be too large with it', () => {
    const big = { ...ORDER, fill: { S: 'x'.repeat(500) } };
    const options = { eventName: 'MODIFY', oldImage: ORDER, newImage: big };
    const shape = { maxEventBytes: 1_000 };
    expect(JSON.parse(inputOf(options, shape))).toMatchObject({ event: { data: { id: 'o-1' } } });
    expect((JSON.parse(inputOf(options, shape)) as { event: { data: object } }).event.data).not.toHaveProperty('patch');
    expect(assembled(returning('{}'), options, shape)).toMatchObject({ type: 'events', events: [{ patchLeftOut: true }] });
    expect(assembled(returning('{}'), options)).toMatchObject({ type: 'events', events: [{ patchLeftOut: false }] });
  });

  test('without the item that there is not', () => {
    expect(Object.keys(JSON.parse(inputOf({})) as object)).toEqual(['keys', 'newItem', 'event']);
    expect(Object.keys(JSON.parse(inputOf({ eventName: 'REMOVE' })) as object)).toEqual(['keys', 'oldItem', 'event']);
  });

  test('without what is left out of events, the key too', () => {
    const exclude = [{ path: ['card'] }, { path: ['id'] }];
    expect(inputOf({ eventName: 'MODIFY' }, { exclude, cleanupPolicy: 'compact' })).not.toMatch(/4111|o-1|card/);
  });

  test('not where only what is left out has changed', () => {
    const map = jest.fn();
    expect(assembled(map, { eventName: 'MODIFY', oldImage: { ...ORDER, card: { S: '4242' } } })).toEqual({ type: 'nothing' });
    expect(map).not.toHaveBeenCalled();
  });

  test('for a snapshot', () => {
    const subject = { streamArn: STREAM, keys: { id: { S: 'o-1' } }, sequence: paddedSequence(5), lateMarks: 1, last: { dynamodb: { NewImage: ORDER } } };
    const shape = shapeOf({ map: (input) => ({ type: 'data', json: input }) });
    expect(JSON.parse(json(assembleSnapshot(subject, PAID, CREATED_AT, shape)))).toMatchObject({ data_op: 'S', data: { newItem: { paid: true } } });
    expect(JSON.parse(json(assembleSnapshot(subject, undefined, CREATED_AT, shape)))).toMatchObject({ data_op: 'D', data: { oldItem: { id: 'o-1' } } });
  });
});

describe('what a mapping returns', () => {
  test('is the data of the event as it is; the envelope stays', () => {
    const assembly = assembled(returning('{"total":9007199254740993,"text":"ä"}'), {}, { flowIdAttribute: 'flow' });
    expect(json(assembly)).toMatch(/"data":\{"total":9007199254740993,"text":"ä"\}\}$/);
    expect(JSON.parse(json(assembly))).toMatchObject({ metadata: { flow_id: 'f', occurred_at: '2026-01-02T03:04:05.000Z' }, data_type: 'order', data_op: 'C' });
    expect(assembly).toMatchObject({ events: [{ json: { bytes: Buffer.byteLength(json(assembly)) } }] });
  });

  test('may be nothing: then nothing is published, a tombstone neither', () => {
    expect(assembled(nothing)).toEqual({ type: 'nothing' });
    expect(assembled(nothing, { eventName: 'REMOVE' }, { cleanupPolicy: 'compact', tombstones: true })).toEqual({ type: 'nothing' });
  });

  test('is on the tombstone too, with the envelope', () => {
    const assembly = assembled(returning('{"gone":true}'), { eventName: 'REMOVE' }, { cleanupPolicy: 'compact', tombstones: true });
    expect(assembly).toMatchObject({ events: [{ tombstone: false }, { tombstone: true }] });
    expect(json(assembly, 1)).toBe(json(assembly));
  });
});

describe('no event is made when', () => {
  test('the mapping fails', () => {
    expect(assembled(() => ({ type: 'failed', detail: 'the mapping failed: no such thing' }))).toEqual({ type: 'invalid', detail: 'the mapping failed: no such thing' });
  });

  test('the mapping returns too much', () => {
    const detail = 'the event has 1000153 bytes, more than the 999000 that Nakadi takes';
    expect(assembled(returning(`{"fill":"${'x'.repeat(1_000_000)}"}`))).toEqual({ type: 'invalid', detail });
  });

  test('the image is to blame, not the mapping', () => {
    const map = jest.fn();
    expect(assembled(map, { newImage: { id: { S: 'o-1' }, amount: { N: 'many' } } })).toEqual({ type: 'invalid', detail: '/amount is no number' });
    expect(map).not.toHaveBeenCalled();
  });
});
