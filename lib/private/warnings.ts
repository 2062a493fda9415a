import { Annotations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { CleanupPolicy } from '../event-options';
import type { OutboxRelayOptions } from '../outbox-relay-options';
import { routesOf } from './handler-settings';
import type { RelayTimes } from './times';

/** How long Nakadi waits for its storage before it answers, in milliseconds. */
const NAKADI_TIMEOUT_MS = 35_000;

/** Warns of what is legal and risky. The ids are part of the library's contract: teams acknowledge warnings by them. */
export function warn(scope: Construct, { enabled, destination }: OutboxRelayOptions, { requestTimeout }: RelayTimes): void {
  for (const { eventType, condition, cleanupPolicy = CleanupPolicy.DELETE } of routesOf(destination)) {
    if (condition?._config.type === 'attribute-equals' && cleanupPolicy !== CleanupPolicy.DELETE) {
      Annotations.of(scope).addWarningV2(
        'cdk-outbox-table:compactedRouteByAttribute',
        `the route to the compacted event type ${eventType} is chosen by the attribute ${condition._config.attribute}: where that changes, the item stays in the event ` +
          'type as it was; route by the key, or acknowledge this where the attribute never changes',
      );
    }
  }
  if (enabled === false) {
    Annotations.of(scope).addWarningV2(
      'cdk-outbox-table:paused',
      'enabled is false, so nothing is published: changes that are older than 24 hours when it is true again are lost',
    );
  }
  if (requestTimeout.toMilliseconds() < NAKADI_TIMEOUT_MS) {
    Annotations.of(scope).addWarningV2(
      'cdk-outbox-table:shortRequestTimeout',
      `requestTimeout of ${requestTimeout.toSeconds({ integral: false })} seconds is shorter than the ${NAKADI_TIMEOUT_MS / 1000} seconds that Nakadi itself waits ` +
        'for its storage: events that it accepts late are sent again, as duplicates; raise it, 80 seconds cover a move of the event type too',
    );
  }
}
