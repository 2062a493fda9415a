import { randomBytes } from 'node:crypto';
import { DeleteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { recordEntry, rowKey } from '../../../lambda/adapters/parked-event-rows.ts';
import { parkingLot } from '../../../lambda/adapters/parking-lot.ts';
import { readFewRecords } from '../../../lambda/adapters/record-rows.ts';
import type { StreamRecord } from '../../../lambda/core/stream-record.ts';
import { CREATED_AT, paddedSequence, streamRecord } from '../factories.ts';
import { createParkedEventsTable, startDynamoDbLocal, type DynamoDbLocal } from './dynamodb-local.ts';

let local: DynamoDbLocal;
let table: string;
let tables = 0;

beforeAll(async () => {
  local = await startDynamoDbLocal();
});
afterAll(() => local.stop());
beforeEach(async () => {
  table = await createParkedEventsTable(local.client, `record-rows-${tables++}`);
});

const itemOf = (id: string): string => streamRecord({ id }).item;
const park = (record: StreamRecord): Promise<void> => parkingLot(local.documents, table, () => CREATED_AT).park({ record, reason: 'away', detail: '' });
const large = (id: string, sequence: number): StreamRecord =>
  streamRecord({ id, sequence, newImage: { id: { S: id }, noise: { B: randomBytes(390_000).toString('base64') } } });
const read = async (...ids: string[]): Promise<unknown[]> => {
  const records = await readFewRecords(local.documents, table, ids.map(itemOf));
  return ids.map((id) => records.get(itemOf(id))?.map(({ sequence }) => sequence));
};

test('the records of several items are read with one request, in the order of their changes, and none of another item', async () => {
  for (const [id, sequence] of [['b', 3], ['a', 1], ['c', 2], ['a', 4], ['b', 11]] as const) {
    await park(streamRecord({ id, sequence }));
  }
  expect(await read('a', 'b', 'nobody')).toEqual([[1, 4].map(paddedSequence), [3, 11].map(paddedSequence), []]);
});

test('a record is what it was', async () => {
  const record = large('a', 1);
  await park(record);
  const [read] = (await readFewRecords(local.documents, table, [record.item])).get(record.item)!;
  expect([read.unpack(), read.parts]).toEqual([record, 2]);
});

test('nothing is known where there are more records than one answer holds, by number or by bytes', async () => {
  for (let sequence = 1; sequence <= 200; sequence++) {
    await park(streamRecord({ id: 'many', sequence }));
  }
  for (let sequence = 1; sequence <= 3; sequence++) {
    await park(large('large', sequence));
  }
  await park(streamRecord({ id: 'a', sequence: 900 }));
  expect(await read('many', 'a')).toEqual([undefined, undefined]);
  expect(await read('a', 'large')).toEqual([undefined, undefined]);
});

test('nothing is known of an item with a record that is not whole', async () => {
  await park(large('torn', 1));
  await park(streamRecord({ id: 'a', sequence: 2 }));
  await local.documents.send(new DeleteCommand({ TableName: table, Key: rowKey(itemOf('torn'), recordEntry(paddedSequence(1), 0)) }));
  expect(await read('torn', 'a')).toEqual([undefined, [paddedSequence(2)]]);
});

test('nothing is known where the request fails: a query then tells why', async () => {
  const failing = { send: () => Promise.reject(new Error('not allowed')) } as unknown as DynamoDBDocumentClient;
  expect(await readFewRecords(failing, table, ['a'])).toEqual(new Map());
});

test.each([
  [{ NextToken: 'more', Items: [] }],
  [{ LastEvaluatedKey: { item: 'a' }, Items: [] }],
])('nothing is known where there is more to read: %j', async (answer) => {
  const paging = { send: () => Promise.resolve(answer) } as unknown as DynamoDBDocumentClient;
  expect(await readFewRecords(paging, table, ['a'])).toEqual(new Map());
});
