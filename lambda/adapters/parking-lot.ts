import { PARKED_EVENTS } from '../../lib/private/handler-contract.ts';
import { GetCommand, TransactWriteCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { BEFORE_ALL, packRecord, type Head } from '../core/parked-event.ts';
import type { Parking, ParkingLot } from '../core/ports.ts';
import { readHeads } from './head-rows.ts';
import { ANNOUNCEMENTS, HEAD_ENTRY, OPEN, recordEntry, rowKey } from './parked-event-rows.ts';
import { isFailedCondition, retryConflicts } from './write-conflicts.ts';

/** Characters of a reason that are kept: it shares a row with a part of the record. */
const DETAIL_LENGTH = 2_000;

/** The parked-events table, as the relay uses it. */
export function parkingLot(client: DynamoDBDocumentClient, table: string, now: () => number): ParkingLot {
  return {
    async readHeads(streamArn, items) {
      const announced = await client.send(new GetCommand({ TableName: table, Key: rowKey(ANNOUNCEMENTS, streamArn), ConsistentRead: true }));
      return announced.Item === undefined ? new Map<string, Head>() : readHeads(client, table, items);
    },

    async announce(streamArn) {
      await announce(client, table, streamArn, now());
    },

    async park(parking) {
      const { record } = parking;
      const at = new Date(now()).toISOString();
      // The head's time-line: what was parked before ends at `upTo`, and this record comes behind it. A failed condition therefore means that
      // an earlier delivery parked the record.
      const head = {
        TableName: table,
        Key: rowKey(record.item, HEAD_ENTRY),
        ConditionExpression: 'attribute_not_exists(upTo) OR upTo < :sequence',
        UpdateExpression:
          'SET upTo = :sequence, through = if_not_exists(through, :beforeAll), streamArn = :streamArn, #keys = :keys,' +
          ' #open = :open, openSince = if_not_exists(openSince, :at), dueAt = if_not_exists(dueAt, :at) REMOVE expiresAt',
        ExpressionAttributeNames: { '#keys': 'keys', '#open': PARKED_EVENTS.openKey },
        ExpressionAttributeValues: {
          ':sequence': record.sequence,
          ':beforeAll': BEFORE_ALL,
          ':streamArn': record.streamArn,
          ':keys': JSON.stringify(record.keys),
          ':open': OPEN,
          ':at': at,
        },
      };
      try {
        const parts = recordPuts(table, parking, at, false);
        await retryConflicts(() => client.send(new TransactWriteCommand({ TransactItems: [{ Update: head }, ...parts] })));
      } catch (error) {
        if (!isFailedCondition(error)) {
          throw error;
        }
      }
    },
  };
}

/** The rows of a record, as parts of a transaction. */
export function recordPuts(table: string, { record, reason, detail }: Parking, parkedAt: string, late: boolean): { Put: { TableName: string; Item: Record<string, unknown> } }[] {
  const parts = packRecord(record.raw);
  return parts.map((part, index) => ({
    Put: {
      TableName: table,
      Item: {
        ...rowKey(record.item, recordEntry(record.sequence, index)),
        ...(index === 0 ? { reason, detail: detail.slice(0, DETAIL_LENGTH), parkedAt, eventName: record.raw.eventName } : { reason }),
        ...(late ? { late } : {}),
        part: index,
        parts: parts.length,
        record: part,
      },
    },
  }));
}

/** Says that a stream parks records. */
export async function announce(client: DynamoDBDocumentClient, table: string, streamArn: string, at: number): Promise<void> {
  await client.send(
    new UpdateCommand({
      TableName: table,
      Key: rowKey(ANNOUNCEMENTS, streamArn),
      UpdateExpression: 'SET announcedAt = :at',
      ExpressionAttributeValues: { ':at': at },
    }),
  );
}
