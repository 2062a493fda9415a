import { randomUUID } from 'node:crypto';
import { DeleteCommand, PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Lease } from '../core/ports.ts';
import { LEASE_KEY } from './parked-event-rows.ts';

/**
 * A run as the holder of the lease. Lambda may deliver a request twice, at the same time too, so its id is there for people, and does not tell two runs apart.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export function leaseHolder(requestId: string): string {
  return `${requestId} ${randomUUID()}`;
}

/** The requeue's lease: an item of the parked-events table that names its holder and when it ends. */
export function requeueLease(client: DynamoDBDocumentClient, table: string, holder: string, now: () => number): Lease {
  return {
    async acquire(until) {
      return conditionally(
        client.send(
          new PutCommand({
            TableName: table,
            Item: { ...LEASE_KEY, holder, until },
            // Or it is ours already, and only the answer was lost.
            ConditionExpression: 'attribute_not_exists(holder) OR #until < :now OR holder = :holder',
            ExpressionAttributeNames: { '#until': 'until' },
            ExpressionAttributeValues: { ':now': now(), ':holder': holder },
          }),
        ),
      );
    },
    async release() {
      // Where it ended and somebody else took it, it is theirs.
      await conditionally(
        client.send(
          new DeleteCommand({
            TableName: table,
            Key: LEASE_KEY,
            ConditionExpression: 'holder = :holder',
            ExpressionAttributeValues: { ':holder': holder },
          }),
        ),
      );
    },
  };
}

/** Whether the condition of a write held. */
async function conditionally(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') {
      return false;
    }
    throw error;
  }
}
