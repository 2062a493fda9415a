import { CleanupPolicy } from '../event-options';
import type { NakadiDestination } from '../nakadi-destination';
import type { RouteConditionConfig } from './handler-contract';
import { routesOf } from './handler-settings';
import type { TableKeys } from './table-keys';
import { isUnknown } from './unknown-value';

/**
 * What is wrong with a destination's routes beside one another, and with their conditions. Values that are not known before deployment (tokens) pass.
 *
 * @param keys the table's keys, where they are known
 */
export function routeFaults(destination: NakadiDestination, keys?: TableKeys): (string | undefined)[] {
  const { routes = [] } = destination;
  const conditions = routes.map(({ condition }, index): Condition => ({ ...condition._config, route: `destination.routes[${index}]` }));
  return [
    ...conditions.flatMap((condition) => [withoutName(condition), withoutPrefix(condition), withoutText(condition, keys)]),
    ...conditions.flatMap((later, index) => conditions.slice(0, index).map((earlier) => overlap(earlier, later))),
    ...policiesOfOneEventType(destination),
  ];
}

/** An event type has one cleanup policy. All else may differ from event to event, as far as its schema lets it. */
function policiesOfOneEventType(destination: NakadiDestination): string[] {
  const routes = routesOf(destination).map(({ eventType, cleanupPolicy = CleanupPolicy.DELETE }, index) => ({ eventType, cleanupPolicy, name: `destination.routes[${index}]` }));
  return routes.flatMap(({ eventType, cleanupPolicy, name }) => {
    const [first] = routes.filter((route) => route.eventType === eventType);
    return cleanupPolicy === first.cleanupPolicy || typeof eventType !== 'string'
      ? []
      : [`${first.name} and ${name} go to one event type, got cleanupPolicy ${first.cleanupPolicy} and ${cleanupPolicy}: give both the one that the event type has in Nakadi`];
  });
}

interface Condition extends RouteConditionConfig {
  /** What the user calls the route. */
  readonly route: string;
}

function withoutName({ route, attribute }: Condition): string | undefined {
  return attribute === '' ? `${route}.condition must name an attribute, got "": no item has one without a name` : undefined;
}

function withoutPrefix({ route, type, attribute, value }: Condition): string | undefined {
  return type === 'key-starts-with' && value === ''
    ? `${route}.condition must say how ${JSON.stringify(attribute)} starts, got "", which meets every item: give a prefix, or use destination.eventType in place of routes`
    : undefined;
}

/** The attribute has no such text in any item, so no item would take the route. */
function withoutText({ route, type, attribute, value }: Condition, keys?: TableKeys): string | undefined {
  if (keys === undefined || attribute === '' || isUnknown(attribute)) {
    return undefined;
  }
  const keyType = keys.typed.get(attribute);
  const asks = type === 'key-starts-with' ? `how ${JSON.stringify(attribute)} starts` : `whether ${JSON.stringify(attribute)} is ${JSON.stringify(value)}`;
  if (!keys.own.has(attribute) && type === 'key-starts-with') {
    return `${route}.condition asks ${asks}, and the table's keys are ${names(keys.own)}: name a key, or use RouteCondition.attributeEquals`;
  }
  if (keyType !== undefined && keyType !== 'S') {
    return `${route}.condition asks ${asks}, and the key of this name has the type ${keyType}, so that no item meets it: name an attribute that is a string`;
  }
  if (keyType !== undefined && type === 'attribute-equals' && value === '') {
    return `${route}.condition asks ${asks}, and no key is empty, so that no item meets it: give a value`;
  }
  return undefined;
}

function names(keys: TableKeys['own']): string {
  return [...keys.keys()].map((name) => JSON.stringify(name)).join(' and ');
}

/** Two routes that can be seen to meet the same items. */
function overlap(earlier: Condition, later: Condition): string | undefined {
  const known = ![earlier, later].some(({ attribute, value }) => isUnknown(attribute) || isUnknown(value));
  const empty = [earlier, later].some(({ type, value }) => type === 'key-starts-with' && value === ''); // a fault of its own
  if (!known || empty || earlier.attribute !== later.attribute || !(covers(earlier, later) || covers(later, earlier))) {
    return undefined;
  }
  return `${earlier.route} and ${later.route} meet the same items: the condition of one is that ${inWords(earlier)}, of the other that ${inWords(later)}; make them exclude each other`;
}

/** Whether each item that meets the second condition, on the same attribute, can be seen to meet the first. */
function covers(first: Condition, second: Condition): boolean {
  return first.type === 'key-starts-with' ? second.value.startsWith(first.value) : second.value === first.value;
}

function inWords({ type, attribute, value }: Condition): string {
  return `${JSON.stringify(attribute)} ${type === 'key-starts-with' ? 'starts with' : 'is'} ${JSON.stringify(value)}`;
}
