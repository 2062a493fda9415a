import { Duration } from 'aws-cdk-lib';
import type { OutboxRelayOptions } from '../outbox-relay-options';
import { RESERVE_MS } from './handler-contract';

/** How long one run of the requeue may take. */
export const REQUEUE_TIMEOUT = Duration.minutes(5);

/** Retry attempts beyond those that the hold itself needs. */
export const EXTRA_ATTEMPTS = 3;

/** The times of the relay, which depend on one another. */
export interface RelayTimes {
  readonly retryBudget: Duration;
  readonly holdFor: Duration;
  readonly requestTimeout: Duration;
  /** Time-out of the function: the last request may start at the very end of the budget, and there is time to park after it. */
  readonly timeout: Duration;
  /** Retry attempts of the event source mapping. */
  readonly retryAttempts: number;
}

/**
 * Works out the relay's times.
 *
 * An invocation that holds its records back lasts at least the retry budget, and each one without progress costs the mapping an attempt: so
 * `holdFor` divided by `retryBudget` attempts cover the whole hold, and a few more the rounding of the stream's whole seconds. A record
 * that crashes the relay fails at once, and leaves the shard after the same number of attempts: within minutes.
 */
export function relayTimes(options: OutboxRelayOptions): RelayTimes {
  const retryBudget = options.retryBudget ?? Duration.seconds(60);
  const holdFor = options.holdFor ?? Duration.minutes(15);
  const requestTimeout = options.requestTimeout ?? Duration.seconds(80);
  return {
    retryBudget,
    holdFor,
    requestTimeout,
    timeout: Duration.seconds(Math.ceil((retryBudget.toMilliseconds() + requestTimeout.toMilliseconds() + RESERVE_MS) / 1000)),
    retryAttempts: Math.ceil(holdFor.toMilliseconds() / retryBudget.toMilliseconds()) + EXTRA_ATTEMPTS,
  };
}
