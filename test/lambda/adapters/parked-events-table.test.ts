import { randomBytes } from 'node:crypto';
import { BatchWriteCommand, DeleteCommand, GetCommand } from '@aws-sdk/lib-dynamodb';
import { ANNOUNCEMENTS, HEAD_ENTRY, recordEntry, rowKey } from '../../../lambda/adapters/parked-event-rows.ts';
import { parkedEventsOperator } from '../../../lambda/adapters/parked-events-operator.ts';
import { parkedEventsTable } from '../../../lambda/adapters/parked-events-table.ts';
import { parkingLot } from '../../../lambda/adapters/parking-lot.ts';
import { hasLate, isOpen, type Head, type ParkedRecord } from '../../../lambda/core/parked-event.ts';
import type { Closing, ParkedEvents } from '../../../lambda/core/ports.ts';
import { CLOSED_HEAD_KEPT_MS } from '../../../lambda/core/requeue-run.ts';
import type { StreamRecord } from '../../../lambda/core/stream-record.ts';
import { CREATED_AT, paddedSequence, STREAM, streamRecord } from '../factories.ts';
import { createParkedEventsTable, startDynamoDbLocal, type DynamoDbLocal } from './dynamodb-local.ts';

const NEVER = '9999';

let local: DynamoDbLocal;
let table: string;
let now: number;
let parked: ParkedEvents;
let tables = 0;

beforeAll(async () => {
  local = await startDynamoDbLocal();
});
afterAll(() => local.stop());
beforeEach(async () => {
  table = await createParkedEventsTable(local.client, `parked-${tables++}`);
  now = CREATED_AT;
  parked = parkedEventsTable(local.documents, table, () => now);
});

const { item } = streamRecord({ id: 'a' });
const time = (): string => new Date(now).toISOString();
const park = (sequence: number, id = 'a', record?: StreamRecord): Promise<void> =>
  parkingLot(local.documents, table, () => now).park({ record: record ?? streamRecord({ id, sequence }), reason: 'rejected', detail: '' });
const head = async (): Promise<Head> => (await parked.headsOf([item])).get(item)!;
const records = async (limit = 100): Promise<readonly ParkedRecord[]> => (await parked.readRecords(item, limit)).records;
const sequences = async (): Promise<number[]> => (await records()).map(({ sequence }) => Number(sequence.slice(-6)));
const due = async (before: string): Promise<readonly string[]> => (await Array.fromAsync(parked.duePages(before))).flat();
const headRow = async (): Promise<unknown> => (await local.documents.send(new GetCommand({ TableName: table, Key: rowKey(item, HEAD_ENTRY) }))).Item;

/** A record of three rows. */
function large(sequence: number): StreamRecord {
  const image = (): { id: { S: string }; b: { B: string } } => ({ id: { S: 'a' }, b: { B: randomBytes(399_000).toString('base64') } });
  return streamRecord({ id: 'a', sequence, eventName: 'MODIFY', oldImage: image(), newImage: image() });
}

describe('items that are due', () => {
  test('come longest due first, not before their time, and only while they are open', async () => {
    for (const id of ['c', 'a', 'b']) {
      await park(1, id);
      now += 1_000;
    }
    const [a, b, c] = ['a', 'b', 'c'].map((id) => streamRecord({ id }).item);
    expect(await due(time())).toEqual([c, a, b]);
    expect(await due(new Date(CREATED_AT).toISOString())).toEqual([c]);
    await parked.postpone(c, time());
    expect(await due(time())).toEqual([a, b, c]);
    await parked.close(await head(), await records());
    expect(await due(NEVER)).toEqual([b, c]);
  });

  test('come page by page, however many there are', async () => {
    await Promise.all(Array.from({ length: 230 }, (_, index) => park(1, `item ${index}`)));
    const pages: (readonly string[])[] = [];
    for await (const page of parked.duePages(time())) {
      pages.push(page);
    }
    expect(pages.map(({ length }) => length)).toEqual([100, 100, 30]);
    expect(new Set(pages.flat()).size).toBe(230);
  });

  test('that are postponed say why', async () => {
    await park(1);
    await parked.postpone(item, '2026-02-01T00:00:00.000Z', { attempts: 3, detail: '422: bad' });
    expect(await headRow()).toMatchObject({ dueAt: '2026-02-01T00:00:00.000Z', attempts: 3, detail: '422: bad' });
    await parked.postpone(item, '2026-02-02T00:00:00.000Z');
    expect(await head()).toMatchObject({ dueAt: '2026-02-02T00:00:00.000Z', attempts: 3 });
  });

  test('keep what a person has made of them since they were read', async () => {
    await park(1);
    await parked.postpone(item, '2026-02-01T00:00:00.000Z', { attempts: 3, detail: '422: bad' });
    await parked.postpone(item, '2026-02-02T00:00:00.000Z', { attempts: 4, detail: '422: worse', attemptsBefore: 3 });
    expect(await headRow()).toMatchObject({ dueAt: '2026-02-02T00:00:00.000Z', attempts: 4, detail: '422: worse' });
    await parkedEventsOperator(local.documents, table, () => now).retry(await head());
    const { dueAt } = await head();
    await parked.postpone(item, '2026-02-03T00:00:00.000Z', { attempts: 5, detail: '422: worst', attemptsBefore: 4 });
    expect(await head()).toMatchObject({ dueAt, attempts: 0 });
  });

  test('cannot be postponed when they are closed', async () => {
    await park(1);
    await parked.close(await head(), await records());
    await expect(parked.postpone(item, time())).rejects.toThrow(expect.objectContaining({ name: 'ConditionalCheckFailedException' }) as Error);
  });
});

describe('the records of an item', () => {
  test('come in order, as many as asked for', async () => {
    for (const sequence of [1, 2, 10, 100]) {
      await park(sequence);
    }
    expect(await sequences()).toEqual([1, 2, 10, 100]);
    expect(await parked.readRecords(item, 3)).toMatchObject({ records: { length: 3 }, more: true });
    expect(await parked.readRecords(item, 4)).toMatchObject({ records: { length: 4 }, more: false });
    expect(await parked.readRecords('nobody', 4)).toEqual({ records: [], more: false });
  });

  test('come whole, page by page, however large they are', async () => {
    const big = [large(1), large(2)];
    await park(1, 'a', big[0]);
    await park(2, 'a', big[1]);
    const first = await parked.readRecords(item, 100);
    expect(first).toMatchObject({ records: [{ parts: 3 }], more: true });
    expect(first.records[0].unpack().raw).toEqual(big[0].raw);
    await parked.advance(item, paddedSequence(1), first.records);
    const second = await parked.readRecords(item, 1);
    expect(second).toMatchObject({ records: [{ parts: 3 }], more: false });
    expect(second.records[0].unpack().raw).toEqual(big[1].raw);
  });

  test('come without those of which a row is missing, and more is said to be there', async () => {
    await park(1, 'a', large(1));
    await park(2);
    await local.documents.send(new DeleteCommand({ TableName: table, Key: rowKey(item, recordEntry(paddedSequence(1), 0)) }));
    const read = await parked.readRecords(item, 100);
    expect([read.records.map(({ sequence }) => sequence), read.more]).toEqual([[paddedSequence(2)], true]);
  });
});

describe('how much waits', () => {
  test('is told with the time since which the first waits', async () => {
    expect(await parked.backlog()).toEqual({ items: 0, more: false, openSince: undefined });
    await park(1, 'b');
    const first = time();
    now += 60_000;
    await park(2);
    await park(3);
    await parked.postpone(streamRecord({ id: 'b' }).item, '2026-03-01T00:00:00.000Z');
    expect(await parked.backlog()).toEqual({ items: 2, more: false, openSince: first });
    await parked.close((await parked.headsOf([streamRecord({ id: 'b' }).item])).get(streamRecord({ id: 'b' }).item)!, []);
    expect(await parked.backlog()).toEqual({ items: 1, more: false, openSince: time() });
    await parked.close(await head(), await records());
    now += 60_000;
    await parked.parkLate(streamRecord({ id: 'a', sequence: 1 }));
    expect(await parked.backlog()).toEqual({ items: 1, more: false, openSince: time() });
  });
});

describe('advancing', () => {
  test('never goes back: an operator may have skipped records meanwhile', async () => {
    for (const sequence of [1, 2, 3]) {
      await park(sequence);
    }
    const [first, second] = await records();
    await parked.advance(item, paddedSequence(2), [first, second]);
    await parked.advance(item, paddedSequence(1), [first]);
    expect(await head()).toMatchObject({ through: paddedSequence(2), upTo: paddedSequence(3) });
    expect(await sequences()).toEqual([3]);
  });

  test('makes no head where there is none any more', async () => {
    await parked.advance(item, paddedSequence(1), []);
    expect((await parked.headsOf([item])).get(item)).toBeUndefined();
  });

  test('sets through, and removes what is published', async () => {
    for (let sequence = 1; sequence <= 60; sequence++) {
      await park(sequence);
    }
    await parked.advance(item, paddedSequence(59), (await records()).slice(0, 59));
    expect(await head()).toMatchObject({ through: paddedSequence(59), upTo: paddedSequence(60) });
    expect(await sequences()).toEqual([60]);
  });

  test('removes nothing before through is set', async () => {
    await park(1);
    const failing = { send: (command: object) => (command instanceof BatchWriteCommand ? Promise.reject(new Error('crash')) : local.documents.send(command as never)) };
    const crashing = parkedEventsTable(failing as never, table, () => now);
    await expect(crashing.advance(item, paddedSequence(1), await records())).rejects.toThrow('crash');
    expect(await head()).toMatchObject({ through: paddedSequence(1) });
    expect(await sequences()).toEqual([1]);
  });

  test('removes the rows of a large record together, so that a crash leaves all or none', async () => {
    await park(1, 'a', large(1));
    await park(2);
    const sent: string[] = [];
    const watched = { send: (command: { constructor: { name: string } }) => (sent.push(command.constructor.name), local.documents.send(command as never)) };
    await parkedEventsTable(watched as never, table, () => now).advance(item, paddedSequence(2), await records());
    expect(sent).toEqual(['UpdateCommand', 'TransactWriteCommand', 'BatchWriteCommand']);
    expect(await sequences()).toEqual([]);
  });
});

describe('closing', () => {
  test('removes the records and keeps the head for as long as the stream may deliver them again', async () => {
    await park(1);
    await park(2);
    await parked.postpone(item, time(), { attempts: 2, detail: 'bad' });
    expect(await parked.close(await head(), await records())).toBe(true);
    expect(await headRow()).toEqual({
      item,
      entry: 'head',
      streamArn: STREAM,
      keys: '{"id":{"S":"a"}}',
      through: paddedSequence(2),
      upTo: paddedSequence(2),
      lateMarks: 0,
      lateSettled: 0,
      expiresAt: (CREATED_AT + CLOSED_HEAD_KEPT_MS) / 1_000,
    });
    expect(isOpen(await head())).toBe(false);
    expect(await sequences()).toEqual([]);
  });

  test.each<[string, () => Promise<void>]>([
    ['the relay parked a record', () => park(2)],
    ['a late record came', () => parked.parkLate(streamRecord({ id: 'a', sequence: 1 }))],
  ])('changes nothing where %s since the head was read', async (_, meanwhile) => {
    await park(1);
    const [read, published] = [await head(), await records()];
    await meanwhile();
    const before = await headRow();
    expect(await parked.close(read, published)).toBe(false);
    expect(await headRow()).toEqual(before);
    expect((await sequences())[0]).toBe(1);
  });

  test.each<[string, () => Promise<void>]>([
    ['the relay parked its first record', () => park(2)],
    ['another late record came', () => parked.parkLate(streamRecord({ id: 'a', sequence: 2 }))],
  ])('of an item of late records only changes nothing where %s', async (_, meanwhile) => {
    await parked.parkLate(streamRecord({ id: 'a', sequence: 1 }));
    const [read, published] = [await head(), await records()];
    await meanwhile();
    expect(await parked.close(read, published)).toBe(false);
    expect(await sequences()).toEqual([1, 2]);
  });

  test('takes as many rows as one transaction does', async () => {
    for (let sequence = 1; sequence <= 95; sequence++) {
      await park(sequence);
    }
    expect(await parked.close(await head(), await records())).toBe(true);
    expect(await sequences()).toEqual([]);
  });
});

describe('closing together', () => {
  const both = async (): Promise<Closing[]> => {
    const items = [item, streamRecord({ id: 'b' }).item];
    const [heads, records] = [await parked.headsOf(items), await parked.readFewRecords(items)];
    return items.map((each) => ({ head: heads.get(each)!, published: records.get(each)! }));
  };

  test('closes each head and removes the records of each item', async () => {
    await park(1);
    await park(2, 'b');
    await park(3, 'b');
    const closings = await both();
    expect(await parked.closeTogether(closings)).toBe(true);
    const closed = await both();
    expect(closed.map(({ head: { through } }) => through)).toEqual([paddedSequence(1), paddedSequence(3)]);
    expect(closed.map(({ head, published }) => [isOpen(head), published])).toEqual([[false, []], [false, []]]);
  });

  test('closes none where something was parked of one of them since its head was read', async () => {
    await park(1);
    await park(2, 'b');
    const closings = await both();
    await park(3, 'b');
    expect(await parked.closeTogether(closings)).toBe(false);
    expect((await both()).map(({ head, published }) => [isOpen(head), published.map(({ sequence }) => sequence)])).toEqual([[true, []], [true, [paddedSequence(3)]]]);
  });

  test('takes more rows than one request removes, and heads without rows', async () => {
    for (let sequence = 1; sequence <= 60; sequence++) {
      await park(sequence);
    }
    await park(1, 'b');
    await parked.advance(streamRecord({ id: 'b' }).item, paddedSequence(1), (await both())[1].published);
    expect(await parked.closeTogether(await both())).toBe(true);
    expect((await both()).map(({ head, published }) => [isOpen(head), published.length])).toEqual([[false, 0], [false, 0]]);
  });

  test.each<[string, number, number]>([
    ['before through is set', 0, 2],
    ['before the rows are removed', 1, 2],
    ['before the heads are closed', 2, 0],
  ])('that ends %s leaves what a later run can finish', async (_, sent, rows) => {
    await park(1);
    await park(2, 'b');
    let requests = 0;
    const dying = { send: (command: object) => (requests++ < sent ? local.documents.send(command as never) : Promise.reject(new Error('killed'))) };
    await expect(parkedEventsTable(dying as never, table, () => now).closeTogether(await both())).rejects.toThrow('killed');
    const left = await both();
    expect(left.flatMap(({ published }) => published)).toHaveLength(rows);
    expect(left.map(({ head }) => [isOpen(head), head.through === head.upTo])).toEqual([[true, sent > 0], [true, sent > 0]]);
    expect(await parked.closeTogether(left)).toBe(true);
  });

  test('gives up where another write is in the way', async () => {
    await park(1);
    await park(2, 'b');
    const conflict = Object.assign(new Error(), { name: 'TransactionCanceledException', CancellationReasons: [{ Code: 'TransactionConflict' }, { Code: 'None' }] });
    expect(await parkedEventsTable({ send: () => Promise.reject(conflict) } as never, table, () => now).closeTogether(await both())).toBe(false);
    expect((await both()).map(({ published }) => published.length)).toEqual([1, 1]);
  });
});

describe('late records', () => {
  test('of one item are parked together, as many as a transaction takes, and each is marked', async () => {
    const sent: string[] = [];
    const watched = { send: (command: { constructor: { name: string } }) => (sent.push(command.constructor.name), local.documents.send(command as never)) };
    const late = Array.from({ length: 200 }, (_, index) => streamRecord({ id: 'a', sequence: index + 1 }));
    await parkedEventsTable(watched as never, table, () => now).parkLate(...late);
    expect(sent).toEqual(['QueryCommand', 'TransactWriteCommand', 'TransactWriteCommand', 'TransactWriteCommand']);
    expect(await head()).toMatchObject({ lateMarks: 200 });
    expect((await records(300)).map(({ sequence }) => sequence)).toEqual(late.map(({ sequence }) => sequence));
  });

  test('that are large are parked in as many transactions as their bytes need', async () => {
    const late = [large(1), large(2), large(3), large(4), large(5)];
    await parked.parkLate(...late);
    expect((await records(1)).length).toBeGreaterThan(0);
    expect(await head()).toMatchObject({ lateMarks: 5 });
  });

  test('open the head without moving it, and are marked', async () => {
    await parked.parkLate(streamRecord({ id: 'a', sequence: 5 }));
    expect(await head()).toMatchObject({ through: '0'.repeat(40), upTo: '0'.repeat(40), lateMarks: 1, lateSettled: 0, dueAt: time() });
    expect(isOpen(await head())).toBe(true);
    expect(await records()).toMatchObject([{ late: true, reason: 'late', sequence: paddedSequence(5) }]);
  });

  test('open a closed head again, and are settled by the next closing', async () => {
    await park(3);
    await parked.close(await head(), await records());
    await parked.parkLate(streamRecord({ id: 'a', sequence: 1 }));
    await parked.parkLate(streamRecord({ id: 'a', sequence: 1 }));
    expect(await head()).toMatchObject({ through: paddedSequence(3), upTo: paddedSequence(3), lateMarks: 2, lateSettled: 0 });
    expect(await headRow()).not.toHaveProperty('expiresAt');
    expect(await parked.close(await head(), await records())).toBe(true);
    expect(hasLate(await head())).toBe(false);
    expect(await head()).toMatchObject({ lateMarks: 2, lateSettled: 2, dueAt: undefined });
  });

  test('may close without the relay ever having parked something', async () => {
    await parked.parkLate(streamRecord({ id: 'a', sequence: 5 }));
    expect(await parked.close(await head(), await records())).toBe(true);
    expect(isOpen(await head())).toBe(false);
    await park(6);
    expect(await head()).toMatchObject({ upTo: paddedSequence(6) });
    expect(isOpen(await head())).toBe(true);
  });
});

describe('announcements', () => {
  test('are listed, renewed and withdrawn', async () => {
    await parked.announce(STREAM);
    now += 1;
    await parked.announce('arn:other');
    expect(await parked.announcements()).toEqual([
      { streamArn: STREAM, at: CREATED_AT },
      { streamArn: 'arn:other', at: CREATED_AT + 1 },
    ]);
    await parked.withdraw({ streamArn: STREAM, at: CREATED_AT });
    expect(await parked.announcements()).toHaveLength(1);
  });

  test('stay where they were renewed meanwhile', async () => {
    await parked.announce(STREAM);
    now += 1;
    await parked.announce(STREAM);
    await parked.withdraw({ streamArn: STREAM, at: CREATED_AT });
    expect(await parked.announcements()).toEqual([{ streamArn: STREAM, at: CREATED_AT + 1 }]);
    expect(rowKey(ANNOUNCEMENTS, STREAM)).toEqual({ item: 'announcements', entry: STREAM });
  });
});

test('a record that is parked again in fewer parts is read in its new form, and leaves nothing behind', async () => {
  await park(1, 'a', large(1));
  await parked.parkLate(streamRecord({ id: 'a', sequence: 1 }));
  await park(2);
  expect(await sequences()).toEqual([1, 2]);
  const [first] = await records();
  expect([first.late, first.unpack().raw.eventName]).toEqual([true, 'INSERT']);
  await parked.close(await head(), await records());
  expect(await records()).toEqual([]);
});
