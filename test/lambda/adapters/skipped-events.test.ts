import { randomBytes } from 'node:crypto';
import { DeleteCommand, GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { HEAD_ENTRY, recordEntry, rowKey } from '../../../lambda/adapters/parked-event-rows.ts';
import { parkedEventsOperator, type ParkedEventsOperator, type StoredRecord } from '../../../lambda/adapters/parked-events-operator.ts';
import { parkedEventsTable } from '../../../lambda/adapters/parked-events-table.ts';
import { parkingLot } from '../../../lambda/adapters/parking-lot.ts';
import { skippedEvents, type SkippedEvents, type SkippedRecord } from '../../../lambda/adapters/skipped-events.ts';
import { isOpen, unpackRecord, type Head } from '../../../lambda/core/parked-event.ts';
import type { ParkedEvents } from '../../../lambda/core/ports.ts';
import { requeueParked } from '../../../lambda/core/requeue-parked.ts';
import type { StreamRecord } from '../../../lambda/core/stream-record.ts';
import { MemoryNakadi } from '../core/memory-nakadi.ts';
import { VirtualClock } from '../core/virtual-clock.ts';
import { paddedSequence, settings, streamRecord } from '../factories.ts';
import { createParkedEventsTable, startDynamoDbLocal, type DynamoDbLocal } from './dynamodb-local.ts';

const DECISION = { by: 'anna', because: 'the order never was' };

let local: DynamoDbLocal;
let table: string;
let clock: VirtualClock;
let nakadi: MemoryNakadi;
let parked: ParkedEvents;
let operator: ParkedEventsOperator;
let skipped: SkippedEvents;
let tables = 0;

beforeAll(async () => {
  local = await startDynamoDbLocal();
});
afterAll(() => local.stop());
beforeEach(() => setUp());

async function setUp(): Promise<void> {
  table = await createParkedEventsTable(local.client, `skipped-${tables++}`);
  clock = new VirtualClock();
  nakadi = new MemoryNakadi();
  parked = parkedEventsTable(local.documents, table, () => clock.now());
  operator = parkedEventsOperator(local.documents, table, () => clock.now());
  skipped = skippedEvents(local.documents, table, () => clock.now());
}

const change = (sequence: number): StreamRecord => streamRecord({ id: 'a', sequence });
const { item } = change(1);
const park = (record: StreamRecord): Promise<void> => parkingLot(local.documents, table, () => clock.now()).park({ record, reason: 'rejected', detail: '422: bad' });
const head = async (): Promise<Head> => (await operator.readItem(item))!.head;
const number = (sequence: string): number => Number(sequence.slice(-6));
const row = async (entry: string): Promise<unknown> => (await local.documents.send(new GetCommand({ TableName: table, Key: rowKey(item, entry) }))).Item;
const requeue = (documents: DynamoDBDocumentClient = local.documents): Promise<unknown> => {
  const sourceTable = { read: () => Promise.resolve({ id: { S: 'a' }, state: { N: '99' } }) };
  const parkedEvents = parkedEventsTable(documents, table, () => clock.now());
  return requeueParked({ nakadi, clock, parkedEvents, sourceTable }, settings(), clock.now() + 180_000);
};
const published = (): number[] => nakadi.stored.filter(({ json }) => String(json).includes('"data_op":"C"')).map(({ sequence }) => number(sequence));
const snapshots = (): number => nakadi.stored.filter(({ json }) => String(json).includes('"data_op":"S"')).length;

/** What an operator sees before deciding. */
async function look(): Promise<{ head: Head; records: StoredRecord[] }> {
  const seen = await head();
  return { head: seen, records: await Array.fromAsync(operator.storedRecords(seen)) };
}

/** Gives up the oldest record. */
async function skipOldest(): Promise<boolean> {
  const seen = await look();
  return skipped.skip(seen.head, seen.records[0], DECISION);
}

const waiting = async (): Promise<number[]> => (await look()).records.map(({ sequence }) => number(sequence));
const traces = (): Promise<SkippedRecord[]> => Array.fromAsync(skipped.skipped(item));

describe('skipping', () => {
  test('passes the record, keeps it with who, when and why, and lets the later ones go', async () => {
    await park(change(1));
    await park(change(2));
    await parked.postpone(item, '2027-01-01T00:00:00.000Z', { attempts: 7, detail: '422: bad' });
    clock.pass(5_000);
    const at = new Date(clock.now()).toISOString();
    expect(await skipOldest()).toBe(true);
    expect(await head()).toMatchObject({ through: paddedSequence(1), upTo: paddedSequence(2), dueAt: at, attempts: 0 });
    expect(await waiting()).toEqual([2]);
    const [trace] = await traces();
    expect(trace).toMatchObject({ sequence: paddedSequence(1), ...DECISION, skippedAt: at, reason: 'rejected', detail: '422: bad', eventName: 'INSERT' });
    expect(unpackRecord(trace.parts)).toEqual(change(1).raw);
    await requeue();
    expect(published()).toEqual([2]);
    expect(isOpen(await head())).toBe(false);
    expect(await traces()).toHaveLength(1);
  });

  test('of the last record leaves an open head, which the next run of the requeue closes', async () => {
    await park(change(1));
    await skipOldest();
    expect(await head()).toMatchObject({ through: paddedSequence(1), upTo: paddedSequence(1) });
    expect(await operator.readItem(item)).toHaveProperty('head.dueAt');
    await requeue();
    expect(await operator.readItem(item)).not.toHaveProperty('head.dueAt', expect.anything());
    expect(published()).toEqual([]);
    await park(change(1)); // an earlier batch, delivered once more
    expect(isOpen(await head())).toBe(false);
  });

  test('of a late record leaves the mark, so that a snapshot follows', async () => {
    await park(change(3));
    await requeue();
    await parked.parkLate(change(1));
    expect(await skipOldest()).toBe(true);
    expect(await head()).toMatchObject({ through: paddedSequence(3), upTo: paddedSequence(3), lateMarks: 1, lateSettled: 0 });
    expect(await waiting()).toEqual([]);
    await requeue();
    expect([published(), snapshots(), isOpen(await head())]).toEqual([[3], 1, false]);
  });

  test('of a late record before the relay ever parked something leaves the head where it was', async () => {
    await parked.parkLate(change(1));
    expect(await skipOldest()).toBe(true);
    expect(await row(HEAD_ENTRY)).not.toHaveProperty('through');
    await requeue();
    expect([published(), snapshots(), isOpen(await head())]).toEqual([[], 1, false]);
  });

  test('is for good: a dead letter that holds the record does not bring it back', async () => {
    await park(change(1));
    await skipOldest();
    await requeue();
    await parked.parkLate(change(1));
    expect([await waiting(), isOpen(await head())]).toEqual([[], false]);
    await parked.parkLate(change(1), change(2));
    expect(await waiting()).toEqual([2]);
    await requeue();
    expect([published(), snapshots()]).toEqual([[2], 1]);
    expect((await traces()).map(({ reason }) => reason)).toEqual(['rejected']);
  });

  test('takes a large record, and keeps all of its parts', async () => {
    const image = (): { id: { S: string }; b: { B: string } } => ({ id: { S: 'a' }, b: { B: randomBytes(399_000).toString('base64') } });
    const large = streamRecord({ id: 'a', sequence: 1, eventName: 'MODIFY', oldImage: image(), newImage: image() });
    await park(large);
    await park(change(2));
    expect(await skipOldest()).toBe(true);
    const [trace] = await traces();
    expect(trace.parts).toHaveLength(3);
    expect(unpackRecord(trace.parts)).toEqual(large.raw);
    expect(await waiting()).toEqual([2]);
    // The parked rows of other items, and what the requeue reads, do not know of it.
    expect((await parked.readRecords(item, 100)).records).toHaveLength(1);
  });

  test('takes a record of which a row is missing: nothing else can move its item', async () => {
    const image = { id: { S: 'a' }, b: { B: randomBytes(399_000).toString('base64') } };
    await park(streamRecord({ id: 'a', sequence: 1, newImage: image }));
    await park(change(2));
    await local.documents.send(new DeleteCommand({ TableName: table, Key: rowKey(item, recordEntry(paddedSequence(1), 0)) }));
    expect((await look()).records[0]).toMatchObject({ whole: false });
    expect(await skipOldest()).toBe(true);
    await requeue();
    expect([published(), isOpen(await head())]).toEqual([[2], false]);
  });

  test('does not see what a crash left behind, nor what was parked after the head was read', async () => {
    await park(change(1));
    await park(change(2));
    const before = await head();
    await park(change(3));
    const crashed = { ...before, through: paddedSequence(1) };
    expect((await Array.fromAsync(operator.waitingRecords(crashed))).map(({ sequence }) => number(sequence))).toEqual([2]);
  });
});

describe('skipping changes nothing and says so', () => {
  test.each<[string, () => Promise<unknown>]>([
    ['somebody else skipped the record', () => skipOldest()],
    ['the requeue published it', async () => parked.advance(item, paddedSequence(1), (await parked.readRecords(item, 1)).records)],
    ['the requeue published it, and ended before it removed the row', () => parked.advance(item, paddedSequence(1), [])],
    ['the requeue closed the item', () => requeue()],
    ['the requeue closed the item, and another record was parked', async () => { await requeue(); await park(change(9)); }],
  ])('where %s meanwhile', async (_, meanwhile) => {
    await park(change(1));
    await park(change(2));
    const seen = await look();
    await meanwhile();
    const before = [await row(HEAD_ENTRY), await waiting(), await traces()];
    expect(await skipped.skip(seen.head, seen.records[0], { by: 'ben', because: 'me too' })).toBe(false);
    expect([await row(HEAD_ENTRY), await waiting(), await traces()]).toEqual(before);
  });

  test.each<[string, () => Promise<unknown>]>([
    ['somebody else skipped it', () => skipOldest()],
    ['it was parked as late once more', () => (clock.pass(1), parked.parkLate(change(1)))],
  ])('where the record is a late one, and %s meanwhile', async (_, meanwhile) => {
    await parked.parkLate(change(1));
    await park(change(2));
    const seen = await look();
    await meanwhile();
    const before = [await row(HEAD_ENTRY), await waiting(), await traces()];
    expect(await skipped.skip(seen.head, seen.records[0], { by: 'ben', because: 'me too' })).toBe(false);
    expect([await row(HEAD_ENTRY), await waiting(), await traces()]).toEqual(before);
  });

  test('where two skip at the very same time: one of them does', async () => {
    await park(change(1));
    await park(change(2));
    const seen = await look();
    const skips = await Promise.all([1, 2, 3].map(() => skipped.skip(seen.head, seen.records[0], DECISION)));
    expect(skips.filter((done) => done)).toHaveLength(1);
    expect([await waiting(), (await traces()).length]).toEqual([[2], 1]);
  });
});

test('skipping is not disturbed by newer records that are parked meanwhile', async () => {
  await park(change(1));
  const seen = await look();
  await park(change(2));
  await parked.parkLate(change(3));
  expect(await skipped.skip(seen.head, seen.records[0], DECISION)).toBe(true);
  expect(await waiting()).toEqual([2, 3]);
});

test('closing does not happen where a record that is skipped was not the last', async () => {
  await park(change(1));
  const [read, { records }] = [(await parked.headsOf([item])).get(item)!, await parked.readRecords(item, 10)];
  await park(change(2));
  await skipOldest();
  expect(await parked.close(read, records)).toBe(false);
  await requeue();
  expect([published(), isOpen(await head())]).toEqual([[2], false]);
});

test('the requeue that was publishing a record while it was skipped does not move the item back', async () => {
  for (const sequence of [1, 2, 3, 4]) {
    await park(change(sequence));
  }
  const { records } = await parked.readRecords(item, 2);
  await skipOldest();
  await skipOldest();
  await skipOldest();
  await parked.advance(item, paddedSequence(2), records);
  expect(await head()).toMatchObject({ through: paddedSequence(3), upTo: paddedSequence(4) });
  await requeue();
  expect([published(), isOpen(await head())]).toEqual([[4], false]);
});

test('whoever comes first: each change is published or kept as skipped, the order stays, and the item ends closed', async () => {
  const given = fc.record({
    /** Changes that come through the dead-letter queue. */
    late: fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { maxLength: 2 }),
    /** Changes that Nakadi refuses at first. */
    refused: fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }),
    skips: fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 })),
  });
  await fc.assert(
    fc.asyncProperty(given, fc.scheduler(), async ({ late, refused, skips }, scheduler) => {
      await setUp();
      let fixed = false;
      nakadi.isInvalid = ({ sequence }) => !fixed && refused.includes(number(sequence));
      const send = (command: never): Promise<unknown> => scheduler.schedule(Promise.resolve()).then(() => local.documents.send(command));
      const documents = { send } as unknown as DynamoDBDocumentClient;
      const changes = [1, 2, 3, 4, 5, 6];
      let lane = 2;
      let done = 0;

      const relay = async (): Promise<void> => {
        const lot = parkingLot(documents, table, () => clock.now());
        for (const sequence of changes.filter((each) => !late.includes(each))) {
          await lot.park({ record: change(sequence), reason: 'rejected', detail: '' });
        }
        lane--;
      };
      const deadLetters = async (): Promise<void> => {
        const events = parkedEventsTable(documents, table, () => clock.now());
        for (const sequence of late) {
          await events.parkLate(change(sequence));
        }
        lane--;
      };
      const drain = async (): Promise<void> => {
        while (lane > 0) {
          await requeue(documents);
          clock.pass(3_600_000);
        }
      };
      const person = async (times: number): Promise<void> => {
        const view = parkedEventsOperator(documents, table, () => clock.now());
        const decide = skippedEvents(documents, table, () => clock.now());
        for (let time = 0; time < times; time++) {
          const known = await view.readItem(item);
          if (known?.head.dueAt === undefined) {
            await send(new GetCommand({ TableName: table, Key: rowKey(item, HEAD_ENTRY) }) as never);
            continue;
          }
          for await (const record of view.storedRecords(known.head)) {
            if (await decide.skip(known.head, record, DECISION)) {
              done++;
            }
            break;
          }
        }
      };
      await scheduler.waitFor(Promise.all([relay(), deadLetters(), drain(), person(skips[0]), person(skips[1])]));
      fixed = true;
      for (let runs = 0; runs < 3; runs++) {
        clock.pass(3_600_000);
        await requeue();
      }

      const kept = await traces();
      expect(kept).toHaveLength(done);
      expect([...new Set([...published(), ...kept.map(({ sequence }) => number(sequence))])].sort()).toEqual(changes);
      const inTime = [...new Set(published())].filter((sequence) => !late.includes(sequence));
      expect(inTime).toEqual([...inTime].sort());
      const end = await head();
      expect([await waiting(), isOpen(end), end.through === end.upTo, end.dueAt]).toEqual([[], false, true, undefined]);
      expect((await parked.readRecords(item, 100)).records).toEqual([]);
    }),
    { numRuns: 40 },
  );
});
