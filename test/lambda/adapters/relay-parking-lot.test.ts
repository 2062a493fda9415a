import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as rest from '../../../lambda/adapters/document-parking-lot.ts';
import { relayParkingLot } from '../../../lambda/adapters/relay-parking-lot.ts';
import type { StreamRecord } from '../../../lambda/core/stream-record.ts';
import { paddedSequence, STREAM, streamRecord } from '../factories.ts';
import { createParkedEventsTable, startDynamoDbLocal, type DynamoDbLocal } from './dynamodb-local.ts';

jest.mock('../../../lambda/adapters/document-parking-lot.ts', () => {
  const { documentParkingLot } = jest.requireActual<typeof rest>('../../../lambda/adapters/document-parking-lot.ts');
  return { documentParkingLot: jest.fn(documentParkingLot) };
});
const documentParkingLot = jest.mocked(rest.documentParkingLot);

let local: DynamoDbLocal;
let table: string;
let tables = 0;
let sent: string[];
let client: DynamoDBClient;

beforeAll(async () => {
  local = await startDynamoDbLocal();
});
afterAll(() => local.stop());
beforeEach(async () => {
  jest.clearAllMocks();
  table = await createParkedEventsTable(local.client, `parked-${tables++}`);
  sent = [];
  client = Object.create(local.client, {
    send: { value: (command: Parameters<DynamoDBClient['send']>[0]) => (sent.push(command.constructor.name), local.client.send(command)) },
  }) as DynamoDBClient;
});

const lot = (): ReturnType<typeof relayParkingLot> => relayParkingLot(client, table, Date.now);
const change: StreamRecord = streamRecord({ id: 'a', sequence: 1 });
const parking = { record: change, reason: 'rejected' as const, detail: 'why' };

test('while nothing is parked, one item is read, and nothing else is loaded', async () => {
  const calm = lot();
  for (let batch = 0; batch < 3; batch++) {
    expect(await calm.readHeads(STREAM, [change.item])).toEqual(new Map());
  }
  expect(sent).toEqual(['GetItemCommand']); // signed once, sent three times
  expect(documentParkingLot).not.toHaveBeenCalled();
});

test('what another one parks is found at once by one that has found nothing before', async () => {
  const calm = lot();
  await calm.readHeads(STREAM, [change.item]);
  const other = lot();
  await other.announce(STREAM);
  await other.park(parking);
  expect([...(await calm.readHeads(STREAM, [change.item])).values()]).toMatchObject([{ item: change.item, upTo: paddedSequence(1) }]);
});

test('what was parked is found, by the one that parked it and by a new one', async () => {
  const first = lot();
  await first.announce(STREAM);
  await first.park(parking);
  for (const reader of [first, lot()]) {
    expect([...(await reader.readHeads(STREAM, [change.item])).values()]).toMatchObject([{ item: change.item, upTo: paddedSequence(1) }]);
    expect(await reader.readHeads(`${STREAM}1`, [change.item])).toEqual(new Map());
  }
});

test('the rest is loaded once', async () => {
  const one = lot();
  await one.announce(STREAM);
  await Promise.all([one.park(parking), one.park(parking), one.readHeads(STREAM, [])]);
  expect(documentParkingLot).toHaveBeenCalledTimes(1);
});

test('fails when the rest cannot be loaded, and tries again the next time', async () => {
  const broken = lot();
  for (let times = 0; times < 2; times++) {
    documentParkingLot.mockImplementationOnce(() => {
      throw new Error('no such file');
    });
    await expect(times === 0 ? broken.announce(STREAM) : broken.park(parking)).rejects.toThrow('no such file');
  }
  expect(await broken.readHeads(STREAM, [change.item])).toEqual(new Map());
  await broken.announce(STREAM);
  documentParkingLot.mockImplementationOnce(() => {
    throw new Error('no such file');
  });
  await expect(lot().readHeads(STREAM, [change.item])).rejects.toThrow('no such file');
});
