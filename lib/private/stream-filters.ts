import * as lambda from 'aws-cdk-lib/aws-lambda';
import { UnroutedItems } from '../event-route';
import type { NakadiDestination } from '../nakadi-destination';
import { routesOf, type WholeRoute } from './handler-settings';

/** Filters that one event source mapping takes. */
const MAX_FILTERS = 5;

/** Characters that one filter takes. */
const MAX_PATTERN_LENGTH = 4096;

type Filter = Record<string, unknown>;

/**
 * The event source filters that keep away what no event will be made of, before it costs an invocation. What they let through is looked at
 * again by the relay, so leaving them out changes nothing but the cost.
 *
 * @returns undefined where nothing can be kept away, or where it takes more filters than there may be
 */
export function streamFilters(destination: NakadiDestination): Record<string, string>[] | undefined {
  const routes = routesOf(destination);
  const routed = destination.routes !== undefined && destination.unroutedItems !== UnroutedItems.REFUSE;
  const patterns = routed ? routes.flatMap(routeFilters) : [{}];
  // Only a deletion by the service names a principal.
  const withoutTimeToLive = routes.length > 0 && routes.every(({ timeToLiveDeletions }) => timeToLiveDeletions === false);
  if (!routed && !withoutTimeToLive) {
    return undefined;
  }
  const filters = patterns.map((pattern) =>
    lambda.FilterCriteria.filter(withoutTimeToLive ? { ...pattern, userIdentity: { principalId: lambda.FilterRule.notExists() } } : pattern),
  ) as Record<string, string>[];
  return filters.length <= MAX_FILTERS && filters.every(({ pattern }) => pattern.length <= MAX_PATTERN_LENGTH) ? filters : undefined;
}

function routeFilters({ condition }: WholeRoute): Filter[] {
  if (condition === undefined) {
    return [{}];
  }
  const { type, attribute, value } = condition._config;
  if (type === 'key-starts-with') {
    return [{ dynamodb: { Keys: { [attribute]: { S: lambda.FilterRule.beginsWith(value) } } } }];
  }
  return [
    { dynamodb: { NewImage: { [attribute]: { S: lambda.FilterRule.isEqual(value) } } } },
    { eventName: lambda.FilterRule.isEqual('REMOVE'), dynamodb: { OldImage: { [attribute]: { S: lambda.FilterRule.isEqual(value) } } } },
  ];
}
