import { BatchWriteCommand, TransactWriteCommand, type DynamoDBDocumentClient, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { PARKED_EVENTS } from '../../lib/private/handler-contract.ts';
import { BEFORE_ALL, type Head } from '../core/parked-event.ts';
import { forEachOf } from '../core/for-each-of.ts';
import { inGroups } from '../core/in-groups.ts';
import type { Closing, PublishedRecord } from '../core/ports.ts';
import { CLOSED_HEAD_KEPT_MS } from '../core/requeue-run.ts';
import { HEAD_ENTRY, recordEntry, rowKey } from './parked-event-rows.ts';
import { isCancelled, untilProcessed } from './write-conflicts.ts';

type Update = NonNullable<NonNullable<TransactWriteCommandInput['TransactItems']>[number]['Update']>;

/** Writes in one BatchWriteItem, and how many of these are under way at the same time. */
const BATCH_WRITE_ITEMS = 25;
const BATCH_CONCURRENCY = 4;

/** Sets `through`. Never back: an operator may have skipped records meanwhile. */
export function advancing(table: string, item: string, through: string): Update {
  return {
    TableName: table,
    Key: rowKey(item, HEAD_ENTRY),
    ConditionExpression: 'attribute_exists(streamArn) AND (attribute_not_exists(through) OR through <= :through)',
    UpdateExpression: 'SET through = :through',
    ExpressionAttributeValues: { ':through': through },
  };
}

/** Closes a head, unless something was parked since it was read, by the relay or as a dead letter. */
export function closing(table: string, head: Head, now: number): Update {
  return {
    TableName: table,
    Key: rowKey(head.item, HEAD_ENTRY),
    ConditionExpression:
      head.upTo === BEFORE_ALL
        ? '(attribute_not_exists(upTo) OR upTo = :upTo) AND lateMarks = :lateMarks'
        : 'upTo = :upTo AND (attribute_not_exists(lateMarks) OR lateMarks = :lateMarks)',
    UpdateExpression:
      'SET through = :upTo, lateMarks = :lateMarks, lateSettled = :lateMarks, expiresAt = :expiresAt REMOVE #open, openSince, dueAt, attempts, detail',
    ExpressionAttributeNames: { '#open': PARKED_EVENTS.openKey },
    ExpressionAttributeValues: {
      ':upTo': head.upTo,
      ':lateMarks': head.lateMarks,
      ':expiresAt': Math.ceil((now + CLOSED_HEAD_KEPT_MS) / 1000),
    },
  };
}

/**
 * Closes several heads: sets `through` of all, removes their rows, and closes them, each of these with as few requests as may be. Whatever it ends
 * behind, a later run goes on from there: rows at or before `through` are what was left behind, and an open head without rows only needs closing.
 *
 * @returns false where a head could not be written, and so none with it
 */
export async function closeTogether(client: DynamoDBDocumentClient, table: string, closings: readonly Closing[], now: number): Promise<boolean> {
  const passed = closings.filter(({ published }) => published.length > 0);
  if (!(await writeAll(client, passed.map(({ head }) => advancing(table, head.item, head.upTo))))) {
    return false;
  }
  // Only now: a row that is gone before `through` says so would be a hole that nobody sees.
  await removeRows(client, table, passed.flatMap(({ head, published }) => removals(head.item, published)));
  return writeAll(client, closings.map(({ head }) => closing(table, head, now)));
}

/** Updates all, or none of them. */
async function writeAll(client: DynamoDBDocumentClient, updates: readonly Update[]): Promise<boolean> {
  if (updates.length === 0) {
    return true;
  }
  try {
    await client.send(new TransactWriteCommand({ TransactItems: updates.map((update) => ({ Update: update })) }));
    return true;
  } catch (error) {
    if (isCancelled(error)) {
      return false;
    }
    throw error;
  }
}

/** Keys of the rows that hold an item's records. */
export function removals(item: string, records: readonly PublishedRecord[]): Record<string, string>[] {
  return records.flatMap(({ sequence, parts }) => Array.from({ length: parts }, (_, part) => rowKey(item, recordEntry(sequence, part))));
}

/** Removes rows, in any order. */
export async function removeRows(client: DynamoDBDocumentClient, table: string, keys: readonly Record<string, string>[]): Promise<void> {
  await forEachOf(inGroups(keys, BATCH_WRITE_ITEMS), BATCH_CONCURRENCY, (batch) =>
    untilProcessed(batch.map((Key) => ({ DeleteRequest: { Key } })), async (rest) => {
      const answer = await client.send(new BatchWriteCommand({ RequestItems: { [table]: [...rest] } }));
      return answer.UnprocessedItems?.[table] as typeof rest | undefined;
    }),
  );
}
