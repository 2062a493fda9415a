import type { StreamRecord } from './stream-record.ts';

/** What a function answers to an event source mapping that reports batch item failures. */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * The answer that makes the mapping go on behind the settled records and deliver the others again: it names the lowest sequence number that
 * is not settled, and only that one, because a stream's checkpoint is the lowest that is named.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export function checkpoint(unsettled: Iterable<StreamRecord>): BatchResponse {
  let lowest: StreamRecord | undefined;
  for (const record of unsettled) {
    if (lowest === undefined || record.sequence < lowest.sequence) {
      lowest = record;
    }
  }
  return { batchItemFailures: lowest === undefined ? [] : [{ itemIdentifier: lowest.sequenceNumber }] };
}
