import { AttributePath, RouteCondition, UnroutedItems, type EventRoute, type NakadiDestination } from '../../../lib';
import { streamFilters } from '../../../lib/private/stream-filters';
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

test('deletions by time to live are filtered out where no route publishes them', () => {
  const notByService = { userIdentity: { principalId: [{ exists: false }] } };

  expect(patternsOf({ ...DESTINATION, timeToLiveDeletions: false })).toEqual([notByService]);
  expect(patternsOf({ endpoint, timeToLiveDeletions: false, routes: [ORDERS] })).toEqual([{ dynamodb: { Keys: { PK: { S: [{ prefix: 'ORDER#' }] } } }, ...notByService }]);
  expect(patternsOf({ endpoint, routes: [{ ...ORDERS, timeToLiveDeletions: false }, INVOICES] })?.[0]).not.toHaveProperty('userIdentity');
});

test('more filters than an event source mapping takes are left to the relay', () => {
  const routes = [1, 2, 3].map((number) => ({ eventType: `e${number}`, condition: RouteCondition.attributeEquals('type', String(number)) }));

  expect(streamFilters({ endpoint, routes: routes.slice(0, 2) })).toHaveLength(4);
  expect(streamFilters({ endpoint, routes })).toBeUndefined();
});

test('a filter that is longer than 4096 characters is left to the relay', () => {
  expect(streamFilters({ endpoint, routes: [{ eventType: 'e', condition: RouteCondition.keyStartsWith('PK', 'x'.repeat(4096)) }] })).toBeUndefined();
});
