import fc from 'fast-check';
import { routeOf } from '../../../lambda/core/event-route.ts';
import { AttributePath, RouteCondition, UnroutedItems, type EventRoute, type NakadiDestination } from '../../../lib';
import { destinationSettings } from '../../../lib/private/handler-settings';
import { streamFilters } from '../../../lib/private/stream-filters';
import { compileFilters } from '../../../local/runtime/filter-pattern.ts';
import { DESTINATION } from '../stacks';

const { endpoint } = DESTINATION;
const ORDERS: EventRoute = { eventType: 'orders', condition: RouteCondition.keyStartsWith('PK', 'ORDER#') };
const INVOICES: EventRoute = { eventType: 'invoices', condition: RouteCondition.attributeEquals('type', 'invoice') };

const patternsOf = (destination: NakadiDestination): unknown[] | undefined => streamFilters(destination)?.map(({ pattern }) => JSON.parse(pattern) as unknown);

test('a destination that publishes everything has no filter', () => {
  expect(streamFilters(DESTINATION)).toBeUndefined();
  expect(streamFilters({ ...DESTINATION, excludeAttributes: [AttributePath.exact('x')] })).toBeUndefined();
});

test('routes become filters, and items that no route is for cost nothing', () => {
  expect(patternsOf({ endpoint, routes: [ORDERS, INVOICES] })).toEqual([
    { dynamodb: { Keys: { PK: { S: [{ prefix: 'ORDER#' }] } } } },
    { dynamodb: { NewImage: { type: { S: ['invoice'] } } } },
    { eventName: ['REMOVE'], dynamodb: { OldImage: { type: { S: ['invoice'] } } } },
  ]);
});

test('items that no route is for reach the relay where they are refused', () => {
  expect(streamFilters({ endpoint, routes: [ORDERS], unroutedItems: UnroutedItems.REFUSE })).toBeUndefined();
});

test('deletions by time to live are left to the relay', () => {
  expect(streamFilters({ ...DESTINATION, timeToLiveDeletions: false })).toBeUndefined();
  expect(patternsOf({ endpoint, timeToLiveDeletions: false, routes: [ORDERS] })).toEqual([{ dynamodb: { Keys: { PK: { S: [{ prefix: 'ORDER#' }] } } } }]);
});

test('more filters than an event source mapping takes are left to the relay', () => {
  const routes = [1, 2, 3].map((number) => ({ eventType: `e${number}`, condition: RouteCondition.attributeEquals('type', String(number)) }));

  expect(streamFilters({ endpoint, routes: routes.slice(0, 2) })).toHaveLength(4);
  expect(streamFilters({ endpoint, routes })).toBeUndefined();
});

test('a filter that is longer than 4096 characters is left to the relay', () => {
  expect(streamFilters({ endpoint, routes: [{ eventType: 'e', condition: RouteCondition.keyStartsWith('PK', 'x'.repeat(4096)) }] })).toBeUndefined();
});

const TEXT = fc.constantFrom('', 'A', 'AB', 'B', 'ORDER#', 'ORDER#1');
const NAME = fc.constantFrom('PK', 'type');
const ROUTE = fc.record({
  eventType: fc.constant('e'),
  condition: fc.oneof(fc.tuple(NAME, TEXT).map((given) => RouteCondition.keyStartsWith(...given)), fc.tuple(NAME, TEXT).map((given) => RouteCondition.attributeEquals(...given))),
  timeToLiveDeletions: fc.boolean(),
});
const VALUE = fc.oneof(TEXT.map((S) => ({ S })), fc.constant({ N: '1' }), fc.constant({ NULL: true as const }));
const RECORD = fc.tuple(TEXT.map((S) => ({ PK: { S } })), fc.record({ type: VALUE }, { requiredKeys: [] }), fc.record({ type: VALUE }, { requiredKeys: [] })).chain(([keys, before, after]) =>
  fc.constantFrom(
    { eventName: 'INSERT', dynamodb: { Keys: keys, NewImage: { ...after, ...keys } } } as const,
    { eventName: 'MODIFY', dynamodb: { Keys: keys, NewImage: { ...after, ...keys }, OldImage: { ...before, ...keys } } } as const,
    { eventName: 'REMOVE', dynamodb: { Keys: keys, OldImage: { ...before, ...keys } } } as const,
    { eventName: 'REMOVE', dynamodb: { Keys: keys, OldImage: { ...before, ...keys } }, userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } } as const,
  ),
);

test('the records that pass the filters are those that a route is for; all, where there are no filters', () => {
  fc.assert(
    fc.property(fc.array(ROUTE, { minLength: 1, maxLength: 4 }), RECORD, (routes, raw) => {
      const destination = { endpoint, routes };
      const patterns = streamFilters(destination)?.map(({ pattern }) => pattern) ?? [];
      const routed = routeOf({ keys: raw.dynamodb.Keys, raw }, destinationSettings(destination).config.routes) !== undefined;

      expect(compileFilters(patterns, 'filters')(raw)).toBe(patterns.length === 0 || routed);
    }),
    { numRuns: 500 },
  );
});
