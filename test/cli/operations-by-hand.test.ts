import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ExecuteStatementCommand, GetItemCommand, TransactWriteItemsCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { parkedEventsTable } from '../../lambda/adapters/parked-events-table.ts';
import { parkingLot } from '../../lambda/adapters/parking-lot.ts';
import { skippedEvents } from '../../lambda/adapters/skipped-events.ts';
import { unpackRecord } from '../../lambda/core/parked-event.ts';
import type { ParkedEvents } from '../../lambda/core/ports.ts';
import { requeueParked } from '../../lambda/core/requeue-parked.ts';
import { MemoryNakadi } from '../lambda/core/memory-nakadi.ts';
import { VirtualClock } from '../lambda/core/virtual-clock.ts';
import { createParkedEventsTable, startDynamoDbLocal, type DynamoDbLocal } from '../lambda/adapters/dynamodb-local.ts';
import { paddedSequence, settings, streamRecord } from '../lambda/factories.ts';

const PAGE = readFileSync(path.join(__dirname, '..', '..', 'docs', 'operations.md'), 'utf8');
const BY_HAND = PAGE.slice(PAGE.indexOf('### By hand'), PAGE.indexOf('## Dead letters'));

/** The examples of the page in this language, in order. */
const examples = (language: string): string[] =>
  [...BY_HAND.matchAll(new RegExp(`^( *)\`\`\`${language}\\n([^]*?)^ *\`\`\`$`, 'gm'))].map(([, , text]) => text.trim());
const statement = (beginning: string): string => examples('sql').find((text) => text.startsWith(beginning))!;

let local: DynamoDbLocal;
let table: string;
let clock: VirtualClock;
let nakadi: MemoryNakadi;
let parked: ParkedEvents;
let tables = 0;

beforeAll(async () => {
  local = await startDynamoDbLocal();
});
afterAll(() => local.stop());
beforeEach(async () => {
  table = await createParkedEventsTable(local.client, `by-hand-${tables++}`);
  clock = new VirtualClock();
  nakadi = new MemoryNakadi();
  parked = parkedEventsTable(local.documents, table, () => clock.now());
  for (const sequence of [1, 2]) {
    const record = streamRecord({ id: 'a', sequence });
    await parkingLot(local.documents, table, () => clock.now()).park({ record, reason: 'rejected', detail: '422: no' });
  }
  await parked.postpone(item, '2027-01-01T00:00:00.000Z', { attempts: 5, detail: '422: no' });
});

const { item } = streamRecord({ id: 'a' });
const NOW = '2026-01-02T03:04:05.500Z';

/** The example with what a person fills in. */
function fill(text: string, more: Record<string, string> = {}): string {
  const values = { TABLE: table, ID: item, NOW, SEQUENCE: paddedSequence(1), THROUGH: paddedSequence(0).replace(/./g, '0'), ...more };
  return text.replace(/\b[A-Z]+(?:_[A-Z]+)*\b/g, (word) => (values as Record<string, string>)[word] ?? word);
}

async function run(text: string): Promise<Record<string, unknown>[]> {
  const { Items = [] } = await local.client.send(new ExecuteStatementCommand({ Statement: fill(text) }));
  return Items.map((row) => unmarshall(row));
}

async function requeue(): Promise<void> {
  const sourceTable = { read: () => Promise.resolve(undefined) };
  await requeueParked({ nakadi, clock, parkedEvents: parked, sourceTable }, settings(), clock.now() + 180_000);
}

const published = (): number[] => nakadi.stored.map(({ sequence }) => Number(sequence.slice(-6)));

test('the page has an example of each step', () => {
  expect(examples('sql')).toHaveLength(8);
  expect(examples('json')).toHaveLength(1);
});

test('what waits can be listed and shown', async () => {
  const [list, head, rows] = examples('sql');
  expect(await run(list)).toEqual([{ item, dueAt: '2027-01-01T00:00:00.000Z' }]);
  expect(await run(head)).toMatchObject([{ keys: '{"id":{"S":"a"}}', upTo: paddedSequence(2), attempts: 5, detail: '422: no' }]);
  expect(await run(rows)).toMatchObject([1, 2].map((sequence) => ({ entry: `${paddedSequence(sequence)}#000`, reason: 'rejected', part: 0, parts: 1 })));
});

test('an item can be made due', async () => {
  await run(statement('UPDATE "TABLE" SET "dueAt"'));
  expect((await parked.headsOf([item])).get(item)).toMatchObject({ dueAt: NOW, attempts: 0 });
  await requeue();
  expect(published()).toEqual([1, 2]);
  await expect(run(statement('UPDATE "TABLE" SET "dueAt"'))).rejects.toThrow('The conditional request failed');
});

test('a record can be skipped step by step, and nothing is lost wherever it ends', async () => {
  await run(statement('UPDATE "TABLE" SET "through"'));
  expect((await parked.headsOf([item])).get(item)).toMatchObject({ through: paddedSequence(1), dueAt: NOW, attempts: 0 });
  await expect(run(statement('UPDATE "TABLE" SET "through"'))).rejects.toThrow('The conditional request failed');
  await run(statement('DELETE'));
  await requeue();
  expect([published(), (await Array.fromAsync(parked.duePages('9999'))).flat()]).toEqual([[2], []]);
});

test('a record of which the head has passed the row is not published', async () => {
  await run(statement('UPDATE "TABLE" SET "through"'));
  await requeue();
  expect([published(), (await parked.readRecords(item, 9)).records]).toEqual([[2], []]);
});

test('a record can be skipped in one transaction, which keeps it as the command does', async () => {
  const { Item: row } = await local.client.send(new GetItemCommand({ TableName: table, Key: { item: { S: item }, entry: { S: `${paddedSequence(1)}#000` } } }));
  const text = fill(examples('json')[0], {
    WHO: 'anna', WHY: 'no such order', EVENT: row!.eventName.S!, REASON: row!.reason.S!, DETAIL: row!.detail.S!, PARKED_AT: row!.parkedAt.S!,
    RECORD: Buffer.from(row!.record.B!).toString('base64'),
  });
  const items = JSON.parse(text, (name, value: unknown) => (name === 'B' ? Buffer.from(value as string, 'base64') : value)) as TransactWriteItem[];
  await local.client.send(new TransactWriteItemsCommand({ TransactItems: items }));
  const [trace] = await Array.fromAsync(skippedEvents(local.documents, table, () => clock.now()).skipped(item));
  expect(trace).toMatchObject({ sequence: paddedSequence(1), by: 'anna', because: 'no such order', skippedAt: NOW, reason: 'rejected', eventName: 'INSERT' });
  expect(unpackRecord(trace.parts)).toEqual(streamRecord({ id: 'a' }).raw);
  for (const example of examples('sql').filter((each) => each.includes('skipped#'))) {
    expect(await run(example)).toMatchObject([{ skippedBy: 'anna', because: 'no such order' }]);
  }
  await expect(local.client.send(new TransactWriteItemsCommand({ TransactItems: items }))).rejects.toThrow('ConditionalCheckFailed');
  await requeue();
  expect(published()).toEqual([2]);
});
