import { TransactWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { PARKED_EVENTS } from '../../lib/private/handler-contract.ts';
import { BEFORE_ALL, type Head } from '../core/parked-event.ts';
import { HEAD_ENTRY, rowKey } from './parked-event-rows.ts';
import { dueBy, groupRows, isInRange, type StoredRecord, type StoredRow } from './parked-events-operator.ts';
import { skippedEntry, skippedRows, skippedSequence } from './skipped-rows.ts';
import { isFailedCondition, retryConflicts } from './write-conflicts.ts';

/** Who gives up a record, and why. */
export interface SkipDecision {
  readonly by: string;
  readonly because: string;
}

/** A record that a person gave up. It is kept for ever. */
export interface SkippedRecord extends SkipDecision {
  /** Padded sequence number. */
  readonly sequence: string;
  /** ISO 8601. */
  readonly skippedAt: string;
  readonly eventName?: string;
  readonly reason: string;
  readonly detail?: string;
  readonly parts: readonly Uint8Array[];
}

/** Records that are given up, and what is kept of them. */
export interface SkippedEvents {
  /**
   * Gives up a record that waits: one transaction that moves `through` past it, removes its rows, and keeps what they held with who skipped
   * it and why. The item becomes due, so that the requeue goes on with it.
   *
   * @param head as it was read before the record
   * @returns false where the item has moved on since: then nothing was changed
   */
  skip(head: Head, record: StoredRecord, decision: SkipDecision): Promise<boolean>;
  /** What was skipped of an item, oldest change first. */
  skipped(item: string): AsyncIterable<SkippedRecord>;
}

interface SkippedRow extends StoredRow {
  readonly skippedAt: string;
  readonly skippedBy: string;
  readonly because: string;
}

/** Records that are given up, in the parked-events table. */
export function skippedEvents(client: DynamoDBDocumentClient, table: string, now: () => number): SkippedEvents {
  return {
    async skip(head, { sequence, rows, parkedAt }, { by, because }) {
      const passes = isInRange(sequence, head);
      const skippedAt = new Date(now()).toISOString();
      const update = {
        TableName: table,
        Key: rowKey(head.item, HEAD_ENTRY),
        // The record is still the next one: the requeue, or another person, would have moved `through`.
        ConditionExpression: [
          'attribute_exists(#open)',
          head.through === BEFORE_ALL ? '(attribute_not_exists(through) OR through = :through)' : 'through = :through',
          ...(passes ? ['upTo >= :sequence'] : []),
        ].join(' AND '),
        UpdateExpression: `SET dueAt = :dueAt, attempts = :zero${passes ? ', through = :sequence' : ''} REMOVE detail`,
        ExpressionAttributeNames: { '#open': PARKED_EVENTS.openKey },
        ExpressionAttributeValues: {
          ':through': head.through,
          ':dueAt': dueBy(head, now()),
          ':zero': 0,
          ...(passes && { ':sequence': sequence }),
        },
      };
      // A late record has no `through` to go by, and a record may be parked once more as late: its first row is the one that was read.
      const isAsRead =
        parkedAt === undefined
          ? { ConditionExpression: 'attribute_exists(#entry) AND attribute_not_exists(parkedAt)' }
          : { ConditionExpression: 'parkedAt = :parkedAt AND attribute_exists(#entry)', ExpressionAttributeValues: { ':parkedAt': parkedAt } };
      const deletes = rows.map((row, index) => ({
        Delete: {
          TableName: table,
          Key: rowKey(head.item, row[PARKED_EVENTS.sortKey]),
          ...(index === 0 && { ...isAsRead, ExpressionAttributeNames: { '#entry': PARKED_EVENTS.sortKey } }),
        },
      }));
      const puts = rows.map((row, index) => ({
        Put: {
          TableName: table,
          Item: {
            ...row,
            ...rowKey(head.item, skippedEntry(sequence, skippedAt, index)),
            ...(index === 0 && { streamArn: head.streamArn, keys: JSON.stringify(head.keys), skippedAt, skippedBy: by, because }),
          },
        },
      }));
      try {
        await retryConflicts(() => client.send(new TransactWriteCommand({ TransactItems: [{ Update: update }, ...deletes, ...puts] })));
        return true;
      } catch (error) {
        if (isFailedCondition(error)) {
          return false;
        }
        throw error;
      }
    },

    async *skipped(item) {
      for await (const rows of groupRows(skippedRows<SkippedRow>(client, table, item), skipOf)) {
        const [{ skippedBy, because, skippedAt, eventName, reason, detail, parts }] = rows;
        const sequence = skippedSequence(rows[0][PARKED_EVENTS.sortKey]);
        yield { sequence, by: skippedBy, because, skippedAt, eventName, reason, detail, parts: rows.slice(0, parts).map(({ record }) => record) };
      }
    },
  };
}

/** What the rows of one skipped record have in common. */
function skipOf(row: SkippedRow): string {
  return row[PARKED_EVENTS.sortKey].split('#').slice(0, 3).join('#');
}
