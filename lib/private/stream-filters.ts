import * as lambda from 'aws-cdk-lib/aws-lambda';
import { UnroutedItems, type EventRoute } from '../event-route';
import type { NakadiDestination } from '../nakadi-destination';

/** Filters that one event source mapping takes. */
const MAX_FILTERS = 5;

/** Characters that one filter takes. */
const MAX_PATTERN_LENGTH = 4096;

type Filter = Record<string, unknown>;

/**
 * The event source filters that keep away what no event will be made of, before it costs an invocation. What they let through is looked at
 * again by the relay, so leaving them out changes nothing but the cost.
 *
 * Deletions by time to live are left to the relay. A filter that keeps them away, and lets other deletions through, would have to ask for
 * a `userIdentity` that is absent; a platform that answers no there would take deletions away for good.
 *
 * @returns undefined where nothing can be kept away, or where it takes more filters than there may be
 */
export function streamFilters(destination: NakadiDestination): Record<string, string>[] | undefined {
  if (destination.routes === undefined || destination.unroutedItems === UnroutedItems.REFUSE) {
    return undefined;
  }
  const filters = destination.routes.flatMap(routeFilters).map((pattern) => lambda.FilterCriteria.filter(pattern)) as Record<string, string>[];
  return filters.length <= MAX_FILTERS && filters.every(({ pattern }) => pattern.length <= MAX_PATTERN_LENGTH) ? filters : undefined;
}

function routeFilters({ condition }: EventRoute): Filter[] {
  const { type, attribute, value } = condition._config;
  if (type === 'key-starts-with') {
    return [{ dynamodb: { Keys: { [attribute]: { S: lambda.FilterRule.beginsWith(value) } } } }];
  }
  return [
    { dynamodb: { NewImage: { [attribute]: { S: lambda.FilterRule.isEqual(value) } } } },
    { eventName: lambda.FilterRule.isEqual('REMOVE'), dynamodb: { OldImage: { [attribute]: { S: lambda.FilterRule.isEqual(value) } } } },
  ];
}
