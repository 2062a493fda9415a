import type { StreamRecord } from './stream-record.ts';

/** A batch that an event source mapping gives up. */
export interface DiscardedBatch {
  readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded';
  readonly requestId: string;
  readonly functionArn: string;
  /** How often this batch was given to the function. */
  readonly invokeCount: number;
  /** Of the last invocation: `null` where the function itself reported the failure. */
  readonly functionError: 'Unhandled' | null;
  readonly shardId: string;
  readonly streamArn: string;
  /** At least one, in order. */
  readonly records: readonly StreamRecord[];
}

/**
 * The message that Lambda sends to an SQS or SNS on-failure destination: where the records are, not the records.
 * @param now - epoch milliseconds.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export function failureMessage(batch: DiscardedBatch, now: number): string {
  const first = batch.records[0];
  const last = batch.records[batch.records.length - 1];
  return JSON.stringify({
    requestContext: {
      requestId: batch.requestId,
      functionArn: batch.functionArn,
      condition: batch.condition,
      // Also a batch that expired before its first invocation counts one.
      approximateInvokeCount: Math.max(1, batch.invokeCount),
    },
    ...(batch.condition === 'RecordAgeExceeded' ? {} : {
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: batch.functionError },
    }),
    version: '1.0',
    timestamp: new Date(now).toISOString(),
    DDBStreamBatchInfo: {
      shardId: batch.shardId,
      startSequenceNumber: first.sequenceNumber,
      endSequenceNumber: last.sequenceNumber,
      approximateArrivalOfFirstRecord: wholeSeconds(first.creationTime),
      approximateArrivalOfLastRecord: wholeSeconds(last.creationTime),
      batchSize: batch.records.length,
      streamArn: batch.streamArn,
    },
  });
}

function wholeSeconds(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
}
