import fc from 'fast-check';
import { compactDestination } from '../../../lib/private/compact-destination';
import { wholeRoutes, type CompactDestination, type DestinationConfig, type RouteConfig } from '../../../lib/private/handler-contract';

/** A destination as it comes back from the environment. */
const stored = (destination: DestinationConfig): CompactDestination => JSON.parse(JSON.stringify(compactDestination(destination))) as CompactDestination;

const ENDPOINT = 'https://nakadi.example.org';
const route = (more: Partial<RouteConfig>): RouteConfig => ({
  eventType: 'orders',
  dataType: 'orders',
  condition: { type: 'attribute-equals', attribute: 'type', value: 'order' },
  cleanupPolicy: 'delete',
  patchFormat: 'array',
  patchAttribute: 'patch',
  ...more,
});

test('what all routes say alike is said once, down to the condition, and no data type that is the event type', () => {
  const routes = [route({}), route({ eventType: 'invoices', dataType: 'invoices', condition: { type: 'attribute-equals', attribute: 'type', value: 'invoice' } })];

  expect(stored({ endpoint: ENDPOINT, routes, unrouted: 'drop' })).toEqual({
    endpoint: ENDPOINT,
    shared: { cleanupPolicy: 'delete', patchFormat: 'array', patchAttribute: 'patch', condition: { type: 'attribute-equals', attribute: 'type' } },
    routes: [
      { eventType: 'orders', condition: { value: 'order' } },
      { eventType: 'invoices', condition: { value: 'invoice' } },
    ],
    unrouted: 'drop',
  });
});

test('a data type of its own stays, and one that all have is said once', () => {
  const routes = [route({ dataType: 'document' }), route({ eventType: 'invoices', dataType: 'document' })];

  expect(stored({ endpoint: ENDPOINT, routes, unrouted: 'drop' }).shared?.dataType).toBe('document');
  expect(stored({ endpoint: ENDPOINT, routes: [routes[0], route({ eventType: 'notes', dataType: 'notes' })], unrouted: 'drop' }).routes).toMatchObject([{ dataType: 'document' }, {}]);
});

test('a single route shares nothing', () => {
  const destination: DestinationConfig = { endpoint: ENDPOINT, routes: [route({})], unrouted: 'refuse' };

  expect(stored(destination)).toEqual(destination);
});

test('the handlers read each route as it was', () => {
  const few = fc.constantFrom('a', 'b');
  const routes = fc.array(
    fc.record<RouteConfig>(
      {
        eventType: few,
        dataType: few,
        condition: fc.record({ type: fc.constantFrom('key-starts-with', 'attribute-equals'), attribute: few, value: few }),
        cleanupPolicy: fc.constantFrom('delete', 'compact'),
        patchFormat: fc.constantFrom('array', 'none'),
        patchAttribute: few,
        tombstones: fc.boolean(),
        exclude: fc.array(fc.record({ path: fc.array(few, { minLength: 1, maxLength: 2 }) }), { maxLength: 2 }),
        flowIdAttribute: few,
      },
      { requiredKeys: ['eventType', 'dataType', 'cleanupPolicy', 'patchFormat', 'patchAttribute', 'condition'] },
    ),
    { minLength: 1, maxLength: 4 },
  );

  fc.assert(
    fc.property(routes, (given) => {
      expect(wholeRoutes(stored({ endpoint: ENDPOINT, routes: given, unrouted: 'drop' }))).toEqual(given);
    }),
  );
});

test('a route without a condition, which is the only one, has none', () => {
  const only = route({ condition: undefined });

  expect(wholeRoutes(stored({ endpoint: ENDPOINT, routes: [only], unrouted: 'drop' }))).toEqual([JSON.parse(JSON.stringify(only))]);
});
