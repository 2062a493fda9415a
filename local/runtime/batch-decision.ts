import { isObject } from './json.ts';

/** How an invocation with a batch ended. */
export type BatchResult =
  /** The handler returned; `payload` is its parsed result. */
  | { readonly kind: 'response'; readonly payload: unknown }
  /** It threw, timed out, or its process ended. */
  | { readonly kind: 'functionError' };

/** The settings of an event source mapping that decide what happens to a batch. */
export interface RetryPolicy {
  /** -1: until the records expire. */
  readonly maximumRetryAttempts: number;
  readonly bisectBatchOnFunctionError: boolean;
  /** `ReportBatchItemFailures` among the `FunctionResponseTypes`. */
  readonly reportBatchItemFailures: boolean;
}

/** What the event source mapping does next. */
export type BatchDecision =
  /** The whole batch is done. */
  | { readonly kind: 'checkpoint' }
  /** Records before index `from` are done; the rest is a new batch with a fresh retry budget. */
  | { readonly kind: 'retrySuffix'; readonly from: number }
  /** Two new batches, the first of `at` records, each with a retry budget of its own; the first one goes first. */
  | { readonly kind: 'bisect'; readonly at: number }
  /** The same batch again. */
  | { readonly kind: 'retry' }
  /** Retries are used up: the batch goes to the on-failure destination, `functionError` as in its message. */
  | { readonly kind: 'discard'; readonly functionError: 'Unhandled' | null };

/**
 * Decides what becomes of a batch after an invocation.
 * @param sequenceNumbers - of the batch's records, in order.
 * @param attempt - invocations of this same batch, this one included.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export function decideBatch(sequenceNumbers: readonly string[], attempt: number, result: BatchResult, policy: RetryPolicy): BatchDecision {
  const from = firstFailure(sequenceNumbers, result, policy.reportBatchItemFailures);
  if (from === undefined) return { kind: 'checkpoint' };
  if (from > 0) return { kind: 'retrySuffix', from };
  // Splitting costs no retry: each half starts afresh.
  if (policy.bisectBatchOnFunctionError && sequenceNumbers.length > 1) return { kind: 'bisect', at: Math.floor(sequenceNumbers.length / 2) };
  if (policy.maximumRetryAttempts === -1 || attempt <= policy.maximumRetryAttempts) return { kind: 'retry' };
  return { kind: 'discard', functionError: result.kind === 'functionError' ? 'Unhandled' : null };
}

/**
 * How many records at the start of a batch are older than the mapping allows.
 * @param creationTimes - of the batch's records, epoch seconds, in order.
 * @param now - epoch milliseconds.
 * @param maximumRecordAge - seconds; -1 for no bound.
 */
export function expiredPrefix(creationTimes: readonly number[], now: number, maximumRecordAge: number): number {
  if (maximumRecordAge === -1) return 0;
  const young = creationTimes.findIndex((time) => now - time * 1000 <= maximumRecordAge * 1000);
  return young < 0 ? creationTimes.length : young;
}

/** Index of the first record that counts as failed; `undefined` when all succeeded, 0 when all failed. */
function firstFailure(sequenceNumbers: readonly string[], result: BatchResult, reportBatchItemFailures: boolean): number | undefined {
  if (result.kind === 'functionError') return 0;
  if (!reportBatchItemFailures) return undefined;
  const { payload } = result;
  if (payload === null || payload === undefined || Array.isArray(payload) && payload.length === 0) return undefined;
  // Not a response object at all: nothing says that anything succeeded.
  if (!isObject(payload)) return 0;
  const { batchItemFailures = null } = payload;
  if (batchItemFailures === null) return undefined;
  if (!Array.isArray(batchItemFailures)) return 0;
  const failed = batchItemFailures.map((failure: unknown) => (isObject(failure) && typeof failure.itemIdentifier === 'string' ? sequenceNumbers.indexOf(failure.itemIdentifier) : -1));
  if (failed.length === 0) return undefined;
  // One identifier that names no record of the batch (-1) makes the whole answer invalid.
  return Math.max(0, Math.min(...failed));
}
