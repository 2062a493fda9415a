import { randomBytes } from 'node:crypto';
import { GetCommand, QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { HEAD_ENTRY, rowKey } from '../../../lambda/adapters/parked-event-rows.ts';
import { parkedEventsTable } from '../../../lambda/adapters/parked-events-table.ts';
import { parkingLot } from '../../../lambda/adapters/parking-lot.ts';
import { isOpen } from '../../../lambda/core/parked-event.ts';
import type { ParkedEvents, ParkingLot } from '../../../lambda/core/ports.ts';
import { readStreamRecord, type StreamRecord } from '../../../lambda/core/stream-record.ts';
import { CREATED_AT, paddedSequence, rawRecord, STREAM, streamRecord } from '../factories.ts';
import { createParkedEventsTable, startDynamoDbLocal, type DynamoDbLocal } from './dynamodb-local.ts';

let local: DynamoDbLocal;
let table: string;
let now: number;
let lot: ParkingLot;
let parked: ParkedEvents;
let tables = 0;

beforeAll(async () => {
  local = await startDynamoDbLocal();
});
afterAll(() => local.stop());
beforeEach(async () => {
  table = await createParkedEventsTable(local.client, `parked-${tables++}`);
  now = CREATED_AT;
  lot = parkingLot(local.documents, table, () => now);
  parked = parkedEventsTable(local.documents, table, () => now);
});

const change = (sequence: number, id = 'a'): StreamRecord => streamRecord({ id, sequence });
const park = (record: StreamRecord, detail = 'why'): Promise<void> => lot.park({ record, reason: 'rejected', detail });
const row = async (item: string, entry: string): Promise<Record<string, unknown> | undefined> =>
  (await local.documents.send(new GetCommand({ TableName: table, Key: rowKey(item, entry) }))).Item;
const { item } = change(1);

describe('the heads', () => {
  test('are not read while the stream has parked nothing', async () => {
    await park(change(1));
    expect(await lot.readHeads(STREAM, [item])).toEqual(new Map());
    await lot.announce(STREAM);
    expect((await lot.readHeads(STREAM, [item])).size).toBe(1);
    expect(await lot.readHeads(`${STREAM}1`, [item])).toEqual(new Map());
  });

  test('are those of the items that have one, of as many items as a batch has', async () => {
    await lot.announce(STREAM);
    await park(change(1));
    await park(change(2, 'b'));
    const others = Array.from({ length: 250 }, (_, index) => change(1, `other ${index}`).item);
    const heads = await lot.readHeads(STREAM, [item, ...others, change(2, 'b').item]);
    expect([...heads.keys()].sort()).toEqual([item, change(2, 'b').item].sort());
  });

  test('are read once of an item that is named twice', async () => {
    await lot.announce(STREAM);
    await park(change(1));
    expect([...(await lot.readHeads(STREAM, [item, item])).keys()]).toEqual([item]);
  });

  test('are open after the first parking', async () => {
    await lot.announce(STREAM);
    await park(change(1));
    const head = (await lot.readHeads(STREAM, [item])).get(item)!;
    expect(head).toEqual({
      item,
      streamArn: STREAM,
      keys: { id: { S: 'a' } },
      through: '0'.repeat(40),
      upTo: paddedSequence(1),
      lateMarks: 0,
      lateSettled: 0,
      dueAt: new Date(CREATED_AT).toISOString(),
      attempts: 0,
    });
    expect(isOpen(head)).toBe(true);
  });
});

describe('parking', () => {
  test('raises upTo and keeps the time from which the item is due', async () => {
    await park(change(1));
    now += 5_000;
    await park(change(3));
    expect((await parked.headsOf([item])).get(item)).toMatchObject({ upTo: paddedSequence(3), through: '0'.repeat(40), dueAt: new Date(CREATED_AT).toISOString() });
    expect((await parked.readRecords(item, 10)).records.map((record) => record.unpack())).toEqual([change(1), change(3)]);
  });

  test('of what an earlier delivery parked changes nothing', async () => {
    await park(change(3), 'first');
    await park(change(3), 'second');
    await park(change(2), 'older');
    expect((await parked.readRecords(item, 10)).records).toHaveLength(1);
    expect(await row(item, `${paddedSequence(3)}#000`)).toMatchObject({ detail: 'first' });
  });

  test('keeps of a long reason as much as has room beside the record', async () => {
    await park(change(1), 'x'.repeat(100_000));
    expect(await row(item, `${paddedSequence(1)}#000`)).toMatchObject({ detail: 'x'.repeat(2_000) });
  });

  test('shows a person what waits, and why', async () => {
    await park(change(1), '422: validating: bad');
    expect(await row(item, `${paddedSequence(1)}#000`)).toMatchObject({
      reason: 'rejected',
      detail: '422: validating: bad',
      eventName: 'INSERT',
      parkedAt: new Date(CREATED_AT).toISOString(),
    });
  });

  test('opens a closed head again, which then does not expire', async () => {
    await park(change(1));
    const head = (await parked.headsOf([item])).get(item)!;
    await parked.close(head, (await parked.readRecords(item, 10)).records);
    expect(await row(item, HEAD_ENTRY)).toHaveProperty('expiresAt');
    now += 1_000;
    await park(change(2));
    const reopened = await row(item, HEAD_ENTRY);
    expect(reopened).toMatchObject({ through: paddedSequence(1), upTo: paddedSequence(2), open: 'open', dueAt: new Date(now).toISOString() });
    expect(reopened).not.toHaveProperty('expiresAt');
  });

  test('takes a record that has no event name', async () => {
    await park(readStreamRecord({ ...rawRecord({ id: 'a' }), eventName: undefined }));
    expect((await parked.readRecords(item, 10)).records).toHaveLength(1);
  });

  test('splits a large record into rows, which come back as one', async () => {
    const image = (): { id: { S: string }; b: { B: string } } => ({ id: { S: 'a' }, b: { B: randomBytes(399_000).toString('base64') } });
    const record = streamRecord({ id: 'a', sequence: 1, eventName: 'MODIFY', oldImage: image(), newImage: image() });
    await park(record);
    await park(change(2));
    const { Items: rows } = await local.documents.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: '#item = :item',
        ExpressionAttributeNames: { '#item': 'item' },
        ExpressionAttributeValues: { ':item': item },
        ProjectionExpression: 'entry',
      }),
    );
    expect(rows!.map(({ entry }) => entry as string)).toEqual([0, 1, 2].map((part) => `${paddedSequence(1)}#00${part}`).concat(`${paddedSequence(2)}#000`, 'head'));
    const { records, more } = await parked.readRecords(item, 10);
    expect(records.map((record) => [record.unpack().raw, record.parts])).toEqual([[record.raw, 3], [change(2).raw, 1]]);
    expect(more).toBe(false);
  });

  test('of several records at a time keeps the order of their sequence numbers', async () => {
    await Promise.all([1, 2, 3].map((sequence) => park(change(sequence, `item ${sequence}`))));
    expect((await Array.fromAsync(parked.duePages(new Date(now).toISOString()))).flat()).toHaveLength(3);
  });
});

describe('a write that conflicts with another one', () => {
  const cancelled = (...codes: string[]): Error =>
    Object.assign(new Error('cancelled'), { name: 'TransactionCanceledException', CancellationReasons: codes.map((Code) => ({ Code })) });
  const failing = (...errors: Error[]): DynamoDBDocumentClient =>
    ({ send: () => (errors.length > 0 ? Promise.reject(errors.shift()!) : Promise.resolve({})) }) as unknown as DynamoDBDocumentClient;
  const parking = { record: change(1), reason: 'rejected' as const, detail: '' };

  test('is repeated: relay and requeue move the same head', async () => {
    await parkingLot(failing(cancelled('TransactionConflict', 'None')), table, () => now).park(parking);
    const conflict = Object.assign(new Error('conflict'), { name: 'TransactionConflictException' });
    await parkedEventsTable(failing(conflict), table, () => now).postpone('item', '');
  });

  test('fails when the conflict lasts', async () => {
    const errors = Array.from({ length: 20 }, () => cancelled('TransactionConflict'));
    await expect(parkingLot(failing(...errors), table, () => now).park(parking)).rejects.toThrow('cancelled');
  });

  test.each([[['ConditionalCheckFailed', 'ValidationError']], [['ValidationError']], [[]]])('fails when it is cancelled because of %j', async (codes) => {
    await expect(parkingLot(failing(cancelled(...codes)), table, () => now).park(parking)).rejects.toThrow('cancelled');
  });
});
