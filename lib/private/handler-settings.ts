import { CleanupPolicy, PatchFormat, type NakadiDestination } from '../nakadi-destination';
import type { OutboxRelayOptions } from '../outbox-relay';
import type { CredentialsConfig, DestinationConfig, PublishingConfig } from './handler-contract';
import type { RelayTimes } from './times';

/** The destination as the handlers read it, with every default filled in. */
export function destinationConfig(destination: NakadiDestination): DestinationConfig {
  return {
    endpoint: destination.endpoint.replace(/\/+$/, ''),
    eventType: destination.eventType,
    dataType: destination.dataType ?? destination.eventType,
    cleanupPolicy: destination.cleanupPolicy ?? CleanupPolicy.DELETE,
    patchFormat: destination.patchFormat ?? PatchFormat.ARRAY,
    patchAttribute: destination.patchAttribute ?? 'patch',
  };
}

/** The credentials as the handlers read them. */
export function credentialsConfig(destination: NakadiDestination): CredentialsConfig {
  return destination.credentials?._config ?? { type: 'none' };
}

/** Limits and times as the handlers read them. */
export function publishingConfig(options: OutboxRelayOptions, times: RelayTimes): PublishingConfig {
  return {
    maxEventBytes: options.maxEventBytes ?? 999_000,
    maxBatchEvents: 1_000,
    maxBatchBytes: 10_000_000,
    requestTimeoutMs: times.requestTimeout.toMilliseconds(),
    retryBudgetMs: times.retryBudget.toMilliseconds(),
    holdForMs: times.holdFor.toMilliseconds(),
  };
}
