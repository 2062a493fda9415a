import { randomBytes } from 'node:crypto';
import { paginateScan, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { parkedEventsOperator } from '../../lambda/adapters/parked-events-operator.ts';
import { parkedEventsTable } from '../../lambda/adapters/parked-events-table.ts';
import { parkingLot } from '../../lambda/adapters/parking-lot.ts';
import { requeueLease } from '../../lambda/adapters/requeue-lease.ts';
import { skippedEvents } from '../../lambda/adapters/skipped-events.ts';
import type { Head, ParkedRecord } from '../../lambda/core/parked-event.ts';
import type { StreamRecord } from '../../lambda/core/stream-record.ts';
import { createParkedEventsTable, startDynamoDbLocal, type DynamoDbLocal } from '../lambda/adapters/dynamodb-local.ts';
import { STREAM, streamRecord } from '../lambda/factories.ts';
import { MemoryDynamoDb, type Command } from './memory-dynamodb.ts';

let local: DynamoDbLocal;
let tables = 0;

beforeAll(async () => {
  local = await startDynamoDbLocal();
});
afterAll(() => local.stop());

const IDS = ['a', 'b'];
const BYTES = randomBytes(370_000).toString('base64');

/** A call of an adapter. What it needs to know of the table it reads there. */
type Call =
  | { readonly type: 'park' | 'parkLate'; readonly id: string; readonly sequence: number; readonly large: boolean }
  | { readonly type: 'announce' | 'withdraw' | 'withdraw stale' | 'backlog' }
  | { readonly type: 'readHeads' | 'announcements' | 'release' }
  | { readonly type: 'readFewRecords' | 'closeTogether' | 'closeTogether stale' }
  | { readonly type: 'advance' | 'close' | 'close stale' | 'readRecords' | 'readHead'; readonly id: string; readonly count: number }
  | { readonly type: 'skip' | 'retry' | 'skipped'; readonly id: string }
  | { readonly type: 'postpone'; readonly id: string; readonly seconds: number; readonly refused: boolean }
  | { readonly type: 'acquire'; readonly holder: string; readonly seconds: number }
  | { readonly type: 'duePages'; readonly seconds: number };

const id = fc.constantFrom(...IDS);
const seconds = fc.nat(40);
const call: fc.Arbitrary<Call> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ type: fc.constantFrom('park' as const, 'parkLate' as const), id, sequence: fc.integer({ min: 1, max: 12 }), large: fc.integer({ min: 0, max: 9 }).map((n) => n === 9) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constantFrom('announce' as const, 'withdraw' as const, 'withdraw stale' as const, 'backlog' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('readHeads' as const, 'announcements' as const, 'release' as const) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constantFrom('readFewRecords' as const, 'closeTogether' as const, 'closeTogether stale' as const) }) },
  { weight: 5, arbitrary: fc.record({ type: fc.constantFrom('advance' as const, 'close' as const, 'close stale' as const, 'readRecords' as const, 'readHead' as const), id, count: fc.nat(5) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constantFrom('skip' as const, 'skip' as const, 'retry' as const, 'skipped' as const), id }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('postpone' as const), id, seconds, refused: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('acquire' as const), holder: fc.constantFrom('x', 'y'), seconds }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('duePages' as const), seconds }) },
);

/** The adapters over one of the two tables. */
class Adapters {
  private now = 0;
  private readonly heads = new Map<string, Head>();
  private readonly client: DynamoDBDocumentClient;
  private readonly table: string;

  constructor(client: DynamoDBDocumentClient, table: string) {
    this.client = client;
    this.table = table;
  }

  /** What a call gives, or the name of the error that it throws. */
  async run(call: Call): Promise<unknown> {
    this.now += 1_000;
    try {
      return (await this.call(call)) ?? 'done';
    } catch (error) {
      return error instanceof Error ? error.name : error;
    }
  }

  private async call(call: Call): Promise<unknown> {
    const now = (): number => this.now;
    const lot = parkingLot(this.client, this.table, now);
    const parked = parkedEventsTable(this.client, this.table, now);
    switch (call.type) {
      case 'park':
        return lot.park({ record: recordOf(call), reason: 'rejected', detail: 'why' });
      case 'parkLate':
        return parked.parkLate(recordOf(call));
      case 'announce':
        return lot.announce(STREAM);
      case 'withdraw':
      case 'withdraw stale': {
        const [announcement] = await parked.announcements();
        return announcement && parked.withdraw(call.type === 'withdraw' ? announcement : { ...announcement, at: 1 });
      }
      case 'backlog':
        return parked.backlog();
      case 'readHeads':
        return [...(await lot.readHeads(STREAM, [...IDS, 'nobody'].map(itemOf)))].sort();
      case 'announcements':
        return parked.announcements();
      case 'readHead': {
        const head = (await parked.headsOf([itemOf(call.id)])).get(itemOf(call.id));
        this.heads.set(call.id, head ?? this.heads.get(call.id)!);
        return head;
      }
      case 'readRecords': {
        const { records, more } = await parked.readRecords(itemOf(call.id), call.count + 1);
        return { more, records: records.map(shown) };
      }
      case 'readFewRecords':
        return [...(await parked.readFewRecords([...IDS, 'nobody'].map(itemOf)))].map(([item, records]) => ({ item, records: records.map(shown) }));
      case 'closeTogether':
      case 'closeTogether stale': {
        const heads = await parked.headsOf(IDS.map(itemOf));
        const stale = call.type === 'closeTogether' ? [...heads.values()] : IDS.map((name) => this.heads.get(name)).filter((head) => head !== undefined);
        const records = await Promise.all(stale.map(async (head) => (await parked.readRecords(head.item, 9)).records));
        return stale.length > 0 && parked.closeTogether(stale.map((head, index) => ({ head, published: records[index] })));
      }
      case 'advance': {
        const { records } = await parked.readRecords(itemOf(call.id), call.count + 1);
        return parked.advance(itemOf(call.id), records.at(-1)?.sequence ?? '0', records);
      }
      case 'close':
      case 'close stale': {
        const head = call.type === 'close' ? (await parked.headsOf([itemOf(call.id)])).get(itemOf(call.id)) : this.heads.get(call.id);
        const { records } = await parked.readRecords(itemOf(call.id), call.count + 1);
        return head && parked.close(head, records);
      }
      case 'skip': {
        const operator = parkedEventsOperator(this.client, this.table, now);
        const item = await operator.readItem(itemOf(call.id));
        const [oldest] = item === undefined ? [] : await Array.fromAsync(operator.storedRecords(item.head));
        return oldest && skippedEvents(this.client, this.table, now).skip(item!.head, oldest, { by: 'somebody', because: 'it is a test' });
      }
      case 'retry': {
        const head = (await parked.headsOf([itemOf(call.id)])).get(itemOf(call.id));
        return head && parkedEventsOperator(this.client, this.table, now).retry(head);
      }
      case 'skipped': {
        const skipped = await Array.fromAsync(skippedEvents(this.client, this.table, now).skipped(itemOf(call.id)));
        return skipped.map(({ parts, ...rest }) => ({ ...rest, parts: parts.length }));
      }
      case 'postpone':
        // Never at the same time as another one: the order of such items is not defined.
        return parked.postpone(itemOf(call.id), time(call.seconds + this.now / 1_000_000), call.refused ? { attempts: call.seconds, detail: 'why' } : undefined);
      case 'acquire':
        return requeueLease(this.client, this.table, call.holder, now).acquire(call.seconds * 1_000);
      case 'release':
        return requeueLease(this.client, this.table, 'x', now).release();
      case 'duePages':
        return Array.fromAsync(parked.duePages(time(call.seconds)));
    }
  }
}

test('the table of the simulation answers what DynamoDB Local answers, and holds what it holds, whatever the adapters ask', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 5, maxLength: 30, size: 'max' }), async (calls) => {
      const table = await createParkedEventsTable(local.client, `same-${tables++}`);
      const memory = new MemoryDynamoDb();
      const real = new Adapters(local.documents, table);
      const simulated = new Adapters({ send: (command: Command) => Promise.resolve().then(() => memory.execute(command)) } as unknown as DynamoDBDocumentClient, table);
      for (const each of calls) {
        const [expected, actual] = [await real.run(each), await simulated.run(each)];
        expect({ each, answer: actual }).toEqual({ each, answer: expected });
      }
      expect(sorted([...memory.rows.values()])).toEqual(sorted(await scan(table)));
    }),
    // To make a failing one shorter would take DynamoDB Local minutes.
    { numRuns: 30, endOnFailure: true },
  );
});

async function scan(table: string): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for await (const { Items } of paginateScan({ client: local.documents }, { TableName: table, ConsistentRead: true })) {
    rows.push(...(Items ?? []));
  }
  return rows;
}

function shown({ sequence, late, parts, reason }: ParkedRecord): object {
  return { sequence, late, parts, reason };
}

function recordOf({ id: name, sequence, large }: Call & { readonly type: 'park' | 'parkLate' }): StreamRecord {
  return streamRecord({ id: name, sequence, ...(large && { newImage: { id: { S: name }, large: { B: BYTES } } }) });
}

function itemOf(name: string): string {
  return streamRecord({ id: name }).item;
}

function time(second: number): string {
  return new Date(second * 1_000).toISOString();
}

function sorted(rows: readonly Record<string, unknown>[]): unknown[] {
  const key = ({ item, entry }: Record<string, unknown>): string => `${String(item)} ${String(entry)}`;
  return rows.map((row) => ({ ...row, record: row.record === undefined ? undefined : Buffer.from(row.record as Uint8Array).length })).sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
