import { GetCommand, QueryCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { PARKED_EVENTS } from '../../lib/private/handler-contract.ts';
import type { Head, ParkReason } from '../core/parked-event.ts';
import { itemDigest } from '../core/occurrence.ts';
import type { AttributeMap } from '../core/stream-record.ts';
import { openHeads } from './open-heads.ts';
import { ANNOUNCEMENTS, HEAD_ENTRY, rowKey, toHead, type HeadRow, type RecordRow } from './parked-event-rows.ts';
import { isFailedCondition, retryConflicts } from './write-conflicts.ts';

/** An item that waits or has waited, as a person sees it. */
export interface KnownItem {
  readonly head: Head;
  /** Why its oldest record was refused when it was tried last; undefined where it was not tried again. */
  readonly detail?: string;
}

/** How a part of a parked record is stored, with what its first part has for a person. */
export interface StoredRow extends RecordRow {
  readonly eventName?: string;
  readonly detail?: string;
  readonly parkedAt?: string;
}

/** A record that waits, as a person sees it. */
export interface WaitingRecord {
  /** Padded sequence number. */
  readonly sequence: string;
  readonly eventName?: string;
  readonly reason: ParkReason;
  readonly detail?: string;
  /** ISO 8601. */
  readonly parkedAt?: string;
  readonly late: boolean;
  /** Whether all of its parts are there. */
  readonly whole: boolean;
}

/** The same, with its rows as they are stored: they hold the item's data. */
export interface StoredRecord extends WaitingRecord {
  readonly rows: readonly StoredRow[];
}

/** The parked-events table, as a person uses it. */
export interface ParkedEventsOperator {
  /** Ids of the items that wait, longest due first, page by page. One that is put off meanwhile may come twice. */
  openItems(): AsyncIterable<readonly string[]>;
  /** What is known of an item; undefined where nothing is. */
  readItem(item: string): Promise<KnownItem | undefined>;
  /** Ids that the item with this key has: one in each stream that has announced parking. */
  idsOf(keys: AttributeMap): Promise<readonly string[]>;
  /** The records of an item that are still to be published, oldest first, page by page. */
  waitingRecords(head: Head): AsyncIterable<WaitingRecord>;
  /** The same records with their rows. */
  storedRecords(head: Head): AsyncIterable<StoredRecord>;
  /** Makes an item due, as if it had never been refused. False where it does not wait any more. */
  retry(head: Head): Promise<boolean>;
}

/** Items or rows in one page. */
const PAGE_ITEMS = 100;

/** Rows in the first page: enough for the oldest record, and often the only ones that are wanted. */
const FIRST_PAGE_ROWS = 5;

/** What of a row is read where the record itself is not wanted. */
const SHOWN = [PARKED_EVENTS.sortKey, 'reason', 'detail', 'parkedAt', 'eventName', 'late', 'part', 'parts'];
const STORED = [...SHOWN, 'record'];

/** The parked-events table, as a person uses it. */
export function parkedEventsOperator(client: DynamoDBDocumentClient, table: string, now: () => number): ParkedEventsOperator {
  return {
    async readItem(item) {
      const { Item } = await client.send(new GetCommand({ TableName: table, Key: rowKey(item, HEAD_ENTRY), ConsistentRead: true }));
      const row = Item as (HeadRow & { readonly detail?: string }) | undefined;
      return row && { head: toHead(row), detail: row.detail === '' ? undefined : row.detail };
    },

    async *openItems() {
      for await (const page of openHeads(client, table, { pageItems: PAGE_ITEMS })) {
        yield page.map(({ item }) => item);
      }
    },

    async idsOf(keys) {
      const announced = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: '#item = :announcements',
          ExpressionAttributeNames: { '#item': PARKED_EVENTS.partitionKey },
          ExpressionAttributeValues: { ':announcements': ANNOUNCEMENTS },
          ConsistentRead: true,
        }),
      );
      return (announced.Items ?? []).map((row) => itemDigest(row[PARKED_EVENTS.sortKey] as string, keys));
    },

    waitingRecords: (head) => waitingRecords(recordRows<Omit<StoredRow, 'record'>>(client, table, head.item, SHOWN), head),

    storedRecords: (head) => waitingRecords(recordRows<StoredRow>(client, table, head.item, STORED), head),

    async retry(head) {
      try {
        await retryConflicts(() =>
          client.send(
            new UpdateCommand({
              TableName: table,
              Key: rowKey(head.item, HEAD_ENTRY),
              ConditionExpression: 'attribute_exists(#open)',
              UpdateExpression: 'SET dueAt = :dueAt, attempts = :zero',
              ExpressionAttributeNames: { '#open': PARKED_EVENTS.openKey },
              ExpressionAttributeValues: { ':dueAt': dueBy(head, now()), ':zero': 0 },
            }),
          ),
        );
        return true;
      } catch (error) {
        if (isFailedCondition(error)) {
          return false;
        }
        throw error;
      }
    },
  };
}

/** The time from which an item that is due now is due. What is due already keeps its place: the clock of this machine may be ahead. */
export function dueBy({ dueAt }: Head, now: number): string {
  const at = new Date(now).toISOString();
  return dueAt !== undefined && dueAt < at ? dueAt : at;
}

/** The rows of an item's records, in order, with these attributes. */
async function* recordRows<Row>(client: DynamoDBDocumentClient, table: string, item: string, attributes: readonly string[]): AsyncGenerator<Row> {
  let startKey: Record<string, unknown> | undefined;
  let limit = FIRST_PAGE_ROWS;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: `#item = :item AND #${PARKED_EVENTS.sortKey} < :head`,
        ProjectionExpression: attributes.map((name) => `#${name}`).join(', '),
        ExpressionAttributeNames: { '#item': PARKED_EVENTS.partitionKey, ...Object.fromEntries(attributes.map((name) => [`#${name}`, name])) },
        ExpressionAttributeValues: { ':item': item, ':head': HEAD_ENTRY },
        ConsistentRead: true,
        Limit: limit,
        ExclusiveStartKey: startKey,
      }),
    );
    yield* (page.Items ?? []) as Row[];
    startKey = page.LastEvaluatedKey;
    limit = PAGE_ITEMS;
  } while (startKey !== undefined);
}

/** Puts the rows of each record together, and leaves out those that do not wait: what a crash left, or what was parked after the head was read. */
async function* waitingRecords<Row extends Omit<StoredRow, 'record'>>(rows: AsyncIterable<Row>, head: Head): AsyncGenerator<WaitingRecord & { readonly rows: readonly Row[] }> {
  for await (const group of groupRows(rows, sequenceOf)) {
    const [{ eventName, reason, detail, parkedAt, late = false, parts }] = group;
    const sequence = sequenceOf(group[0]);
    if (late || isInRange(sequence, head)) {
      const whole = group.filter((row, index) => row.part === index && row.parts === parts).length >= parts;
      yield { sequence, eventName, reason, detail, parkedAt, late, whole, rows: group };
    }
  }
}

/** Rows that stand one after the other and have this in common. */
export async function* groupRows<Row>(rows: AsyncIterable<Row>, commonOf: (row: Row) => string): AsyncGenerator<readonly [Row, ...Row[]]> {
  let group: [Row, ...Row[]] | undefined;
  for await (const row of rows) {
    if (group !== undefined && commonOf(group[0]) === commonOf(row)) {
      group.push(row);
    } else {
      if (group !== undefined) {
        yield group;
      }
      group = [row];
    }
  }
  if (group !== undefined) {
    yield group;
  }
}

/** Whether `through` is to pass a record. Late ones may be published beside it. */
export function isInRange(sequence: string, { through, upTo }: Head): boolean {
  return sequence > through && sequence <= upTo;
}

function sequenceOf(row: Omit<StoredRow, 'record'>): string {
  return row[PARKED_EVENTS.sortKey].split('#')[0];
}
