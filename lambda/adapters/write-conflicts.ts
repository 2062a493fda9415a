import { setTimeout } from 'node:timers/promises';

/** Why a transaction is cancelled that may go through the next time. */
const TRANSIENT = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/** How often a write is tried while others are in its way; all pauses together are well below a second. */
const TRIES = 6;
const FIRST_PAUSE_MS = 20;

/**
 * Repeats a write that DynamoDB refused because another one works on the same row at this moment, or because it is busy; nothing of it was done then.
 * The SDK does not repeat such transactions, and conflicts are no rare thing here: relay and requeue move the same heads.
 */
export async function retryConflicts<T>(write: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await write();
    } catch (error) {
      if (tries === TRIES || !isConflict(error)) {
        throw error;
      }
      await setTimeout(Math.random() * FIRST_PAUSE_MS * 2 ** (tries - 1));
    }
  }
}

/**
 * Repeats a request with what DynamoDB left unprocessed because it is busy.
 *
 * @param process sends the request, and gives what is left
 * @throws Error where something is left after several tries
 */
export async function untilProcessed<T>(all: readonly T[], process: (rest: readonly T[]) => Promise<readonly T[] | undefined>): Promise<void> {
  let rest = all;
  for (let tries = 0; rest.length > 0; tries++) {
    if (tries === TRIES) {
      throw new Error('DynamoDB is busy: part of a request was not processed');
    }
    if (tries > 0) {
      await setTimeout(Math.random() * FIRST_PAUSE_MS * 2 ** tries);
    }
    const left = (await process(rest)) ?? [];
    tries = left.length < rest.length ? 0 : tries;
    rest = left;
  }
}

/** Whether a write was refused because a condition did not hold, and for no other reason. */
export function isFailedCondition(error: unknown): boolean {
  if (error instanceof Error && error.name === 'ConditionalCheckFailedException') {
    return true;
  }
  const codes = cancellationCodes(error);
  return codes.length > 0 && codes.every((code) => code === 'ConditionalCheckFailed');
}

/** Whether a transaction was cancelled, for whatever reason: nothing of it was done. */
export function isCancelled(error: unknown): boolean {
  return error instanceof Error && error.name === 'TransactionCanceledException';
}

function isConflict(error: unknown): boolean {
  return (error instanceof Error && error.name === 'TransactionConflictException') || cancellationCodes(error).some((code) => TRANSIENT.has(code));
}

/** Why a transaction was cancelled, as far as an error says so. */
function cancellationCodes(error: unknown): string[] {
  if (!isCancelled(error)) {
    return [];
  }
  const reasons = (error as { CancellationReasons?: { Code?: string }[] }).CancellationReasons ?? [];
  return reasons.map(({ Code = 'None' }) => Code).filter((code) => code !== 'None');
}
