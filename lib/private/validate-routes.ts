import { Token } from 'aws-cdk-lib';
import type { NakadiDestination } from '../nakadi-destination';
import type { RouteConditionConfig } from './handler-contract';
import type { TableKeys } from './table-keys';

/**
 * What is wrong with the conditions of a destination's routes. Values that are not known before deployment (tokens) pass.
 *
 * @param keys the table's keys, where they are known
 */
export function routeFaults({ routes = [] }: NakadiDestination, keys?: TableKeys): (string | undefined)[] {
  const conditions = routes.map(({ condition }, index): Condition => ({ ...condition._config, route: `destination.routes[${index}]` }));
  return [
    ...conditions.flatMap((condition) => [withoutName(condition), withoutPrefix(condition), withoutText(condition, keys)]),
    ...conditions.flatMap((later, index) => conditions.slice(0, index).map((earlier) => overlap(earlier, later))),
  ];
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

/** The attribute has no text in any item, so no item would take the route. */
function withoutText({ route, type, attribute, value }: Condition, keys?: TableKeys): string | undefined {
  if (keys === undefined || attribute === '' || Token.isUnresolved(attribute)) {
    return undefined;
  }
  const keyType = keys.get(attribute);
  const asks = type === 'key-starts-with' ? `how ${JSON.stringify(attribute)} starts` : `whether ${JSON.stringify(attribute)} is ${JSON.stringify(value)}`;
  if (keyType === undefined && type === 'key-starts-with') {
    return `${route}.condition asks ${asks}, and the table's keys are ${names(keys)}: name a key, or use RouteCondition.attributeEquals`;
  }
  if (keyType !== undefined && keyType !== 'S') {
    return `${route}.condition asks ${asks}, and the table's key of this name has the type ${keyType}, so that no item meets it: name an attribute that is a string`;
  }
  return undefined;
}

function names(keys: TableKeys): string {
  return [...keys.keys()].map((name) => JSON.stringify(name)).join(' and ');
}

/** Two routes that can be seen to meet the same items. */
function overlap(earlier: Condition, later: Condition): string | undefined {
  const known = ![earlier, later].some(({ attribute, value }) => Token.isUnresolved(attribute) || Token.isUnresolved(value));
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
