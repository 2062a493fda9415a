import {
  BatchWriteCommand,
  DeleteCommand,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
  type DynamoDBDocumentClient,
  type QueryCommandOutput,
} from '@aws-sdk/lib-dynamodb';
import { PARKED_EVENTS } from '../../lib/private/handler-contract.ts';
import { BEFORE_ALL, type Head, type ParkedRecord } from '../core/parked-event.ts';
import type { ParkedEvents } from '../core/ports.ts';
import { CLOSED_HEAD_KEPT_MS } from '../core/requeue-run.ts';
import { openHeads } from './open-heads.ts';
import { ANNOUNCEMENTS, HEAD_ENTRY, OPEN, recordEntry, rowKey, toHead, toRecords, type HeadRow, type RecordRow } from './parked-event-rows.ts';
import { announce, recordPuts } from './parking-lot.ts';
import { inTransactions } from './transaction-size.ts';
import { isFailedCondition, retryConflicts, untilProcessed } from './write-conflicts.ts';

/** What stands with a late record. */
const LATE = 'the event source mapping gave up on it';

/** Items in one page of those that are due. */
const DUE_PAGE_ITEMS = 100;

/** Pages of the index of open heads that are counted, of 1 MB each: some thousands of items a page. */
const BACKLOG_PAGES = 5;

/** Writes in one BatchWriteItem. */
const BATCH_WRITE_ITEMS = 25;

/** The parked-events table, as the requeue uses it. */
export function parkedEventsTable(client: DynamoDBDocumentClient, table: string, now: () => number): ParkedEvents {
  const headKey = (item: string): Record<string, string> => rowKey(item, HEAD_ENTRY);
  const removals = (item: string, records: readonly ParkedRecord[]): Record<string, string>[] =>
    records.flatMap(({ sequence, parts }) => Array.from({ length: parts }, (_, part) => rowKey(item, recordEntry(sequence, part))));

  return {
    announce: (streamArn) => announce(client, table, streamArn, now()),

    async *duePages(before) {
      for await (const page of openHeads(client, table, { dueBefore: before, pageItems: DUE_PAGE_ITEMS })) {
        yield page.map(({ item }) => item);
      }
    },

    async readHead(item) {
      const answer = await client.send(new GetCommand({ TableName: table, Key: headKey(item), ConsistentRead: true }));
      return answer.Item === undefined ? undefined : toHead(answer.Item as HeadRow);
    },

    async readRecords(item, limit) {
      const read = (Limit: number, ExclusiveStartKey?: Record<string, unknown>): Promise<QueryCommandOutput> =>
        client.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: '#item = :item AND #entry < :head',
            ExpressionAttributeNames: { '#item': PARKED_EVENTS.partitionKey, '#entry': PARKED_EVENTS.sortKey },
            ExpressionAttributeValues: { ':item': item, ':head': HEAD_ENTRY },
            ConsistentRead: true,
            Limit,
            ExclusiveStartKey,
          }),
        );
      const rows: RecordRow[] = [];
      let startKey: Record<string, unknown> | undefined;
      // A page ends after 1 MB, maybe inside a record of several rows: read on until one record is whole.
      do {
        const page = await read(limit, startKey);
        rows.push(...((page.Items ?? []) as RecordRow[]));
        startKey = page.LastEvaluatedKey;
      } while (startKey !== undefined && toRecords(rows).length === 0);
      const records = toRecords(rows);
      // A page that is full has a key to go on from, though nothing may be there.
      const more = rows.length > removals(item, records).length || (startKey !== undefined && (await read(1, startKey)).Items?.length !== 0);
      return { records, more };
    },

    async parkLate(...records) {
      const at = new Date(now()).toISOString();
      for (const some of inTransactions(records.map((record) => ({ record, rows: recordPuts(table, { record, reason: 'late', detail: LATE }, at, true) })))) {
        const [{ record }] = some;
        const head = {
          TableName: table,
          Key: headKey(record.item),
          UpdateExpression:
            'SET streamArn = :streamArn, #keys = :keys, #open = :open, openSince = if_not_exists(openSince, :at), dueAt = if_not_exists(dueAt, :at)' +
            ' REMOVE expiresAt ADD lateMarks :some',
          ExpressionAttributeNames: { '#keys': 'keys', '#open': PARKED_EVENTS.openKey },
          ExpressionAttributeValues: { ':streamArn': record.streamArn, ':keys': JSON.stringify(record.keys), ':open': OPEN, ':at': at, ':some': some.length },
        };
        await retryConflicts(() => client.send(new TransactWriteCommand({ TransactItems: [{ Update: head }, ...some.flatMap(({ rows }) => rows)] })));
      }
    },

    async advance(item, through, published) {
      const forward = new UpdateCommand({
        TableName: table,
        Key: headKey(item),
        // Never back: an operator may have skipped records meanwhile.
        ConditionExpression: 'attribute_exists(streamArn) AND (attribute_not_exists(through) OR through <= :through)',
        UpdateExpression: 'SET through = :through',
        ExpressionAttributeValues: { ':through': through },
      });
      try {
        await retryConflicts(() => client.send(forward));
      } catch (error) {
        if (!isFailedCondition(error)) {
          throw error;
        }
      }
      // Only now: a row that is gone before `through` says so would be a hole that nobody sees. The rows of one record go together: part of a
      // record could neither be read nor be told from one that is just being parked.
      for (const record of published.filter(({ parts }) => parts > 1)) {
        const deletes = removals(item, [record]).map((Key) => ({ Delete: { TableName: table, Key } }));
        await retryConflicts(() => client.send(new TransactWriteCommand({ TransactItems: deletes })));
      }
      const keys = removals(item, published.filter(({ parts }) => parts === 1));
      for (let start = 0; start < keys.length; start += BATCH_WRITE_ITEMS) {
        const requests = keys.slice(start, start + BATCH_WRITE_ITEMS).map((Key) => ({ DeleteRequest: { Key } }));
        await untilProcessed(requests, async (rest) => {
          const answer = await client.send(new BatchWriteCommand({ RequestItems: { [table]: [...rest] } }));
          return answer.UnprocessedItems?.[table] as typeof rest | undefined;
        });
      }
    },

    async close(head: Head, published) {
      const update = {
        TableName: table,
        Key: headKey(head.item),
        // Nothing was parked since the head was read, neither by the relay nor as a dead letter.
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
          ':expiresAt': Math.ceil((now() + CLOSED_HEAD_KEPT_MS) / 1000),
        },
      };
      const deletes = removals(head.item, published).map((Key) => ({ Delete: { TableName: table, Key } }));
      try {
        await retryConflicts(() => client.send(new TransactWriteCommand({ TransactItems: [{ Update: update }, ...deletes] })));
        return true;
      } catch (error) {
        if (isFailedCondition(error)) {
          return false;
        }
        throw error;
      }
    },

    async backlog() {
      let [pages, items, more] = [0, 0, false];
      let openSince: string | undefined;
      for await (const page of openHeads(client, table)) {
        if (pages++ === BACKLOG_PAGES) {
          more = page.length > 0;
          break;
        }
        items += page.length;
        for (const { openSince: since } of page) {
          openSince = since !== undefined && (openSince === undefined || since < openSince) ? since : openSince;
        }
      }
      return { items, more, openSince };
    },

    async postpone(item, dueAt, failure) {
      const update = new UpdateCommand({
        TableName: table,
        Key: headKey(item),
        ConditionExpression: 'attribute_exists(#open)',
        UpdateExpression: failure === undefined ? 'SET dueAt = :dueAt' : 'SET dueAt = :dueAt, attempts = :attempts, detail = :detail',
        ExpressionAttributeNames: { '#open': PARKED_EVENTS.openKey },
        ExpressionAttributeValues: { ':dueAt': dueAt, ...(failure && { ':attempts': failure.attempts, ':detail': failure.detail }) },
      });
      await retryConflicts(() => client.send(update));
    },

    async announcements() {
      const answer = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: '#item = :announcements',
          ExpressionAttributeNames: { '#item': PARKED_EVENTS.partitionKey },
          ExpressionAttributeValues: { ':announcements': ANNOUNCEMENTS },
          ConsistentRead: true,
        }),
      );
      return (answer.Items ?? []).map((row) => ({ streamArn: row[PARKED_EVENTS.sortKey] as string, at: row.announcedAt as number }));
    },

    async withdraw({ streamArn, at }) {
      try {
        await client.send(
          new DeleteCommand({
            TableName: table,
            Key: rowKey(ANNOUNCEMENTS, streamArn),
            ConditionExpression: 'announcedAt = :at',
            ExpressionAttributeValues: { ':at': at },
          }),
        );
      } catch (error) {
        if (!isFailedCondition(error)) {
          throw error;
        }
      }
    },
  };
}
