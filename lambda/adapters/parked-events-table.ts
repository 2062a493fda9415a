import {
  DeleteCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { PARKED_EVENTS } from '../../lib/private/handler-contract.ts';
import type { ParkedEvents } from '../core/ports.ts';
import { advancing, closeTogether, closing, removals, removeRows } from './closing.ts';
import { readHeads } from './head-rows.ts';
import { openHeads } from './open-heads.ts';
import { ANNOUNCEMENTS, HEAD_ENTRY, OPEN, rowKey } from './parked-event-rows.ts';
import { announce, recordPuts } from './parking-lot.ts';
import { readFewRecords, readRecords } from './record-rows.ts';
import { skippedSequences } from './skipped-rows.ts';
import { inTransactions } from './transaction-size.ts';
import { isFailedCondition, retryConflicts } from './write-conflicts.ts';

/** What stands with a late record. */
const LATE = 'the event source mapping gave up on it';

/** Items in one page of those that are due. */
const DUE_PAGE_ITEMS = 100;

/** Pages of the index of open heads that are counted, of 1 MB each: some thousands of items a page. */
const BACKLOG_PAGES = 5;

/** The parked-events table, as the requeue uses it. */
export function parkedEventsTable(client: DynamoDBDocumentClient, table: string, now: () => number): ParkedEvents {
  const headKey = (item: string): Record<string, string> => rowKey(item, HEAD_ENTRY);

  return {
    announce: (streamArn) => announce(client, table, streamArn, now()),

    async *duePages(before) {
      for await (const page of openHeads(client, table, { dueBefore: before, pageItems: DUE_PAGE_ITEMS })) {
        yield page.map(({ item }) => item);
      }
    },

    headsOf: (items) => readHeads(client, table, items),

    readFewRecords: (items) => readFewRecords(client, table, items),

    readRecords: (item, limit) => readRecords(client, table, item, limit),

    async parkLate(...records) {
      const at = new Date(now()).toISOString();
      // What a person gave up stays given up, though a batch that holds it was delivered again and given up itself.
      const skipped = records.length === 0 ? new Set<string>() : await skippedSequences(client, table, records[0].item);
      const wanted = records.filter(({ sequence }) => !skipped.has(sequence));
      for (const some of inTransactions(wanted.map((record) => ({ record, rows: recordPuts(table, { record, reason: 'late', detail: LATE }, at, true) })))) {
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
      const forward = new UpdateCommand(advancing(table, item, through));
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
      await removeRows(client, table, removals(item, published.filter(({ parts }) => parts === 1)));
    },

    async close(head, published) {
      const deletes = removals(head.item, published).map((Key) => ({ Delete: { TableName: table, Key } }));
      try {
        await retryConflicts(() => client.send(new TransactWriteCommand({ TransactItems: [{ Update: closing(table, head, now()) }, ...deletes] })));
        return true;
      } catch (error) {
        if (isFailedCondition(error)) {
          return false;
        }
        throw error;
      }
    },

    closeTogether: (closings) => closeTogether(client, table, closings, now()),

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
      const before = failure?.attemptsBefore;
      const update = new UpdateCommand({
        TableName: table,
        Key: headKey(item),
        ConditionExpression: before ? 'attribute_exists(#open) AND attempts = :before' : 'attribute_exists(#open)',
        UpdateExpression: failure === undefined ? 'SET dueAt = :dueAt' : 'SET dueAt = :dueAt, attempts = :attempts, detail = :detail',
        ExpressionAttributeNames: { '#open': PARKED_EVENTS.openKey },
        ExpressionAttributeValues: { ':dueAt': dueAt, ...(failure && { ':attempts': failure.attempts, ':detail': failure.detail }), ...(before && { ':before': before }) },
      });
      try {
        await retryConflicts(() => client.send(update));
      } catch (error) {
        if (!(before && isFailedCondition(error))) {
          throw error;
        }
      }
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
