import type { NakadiStandIn } from '../../../local/nakadi/nakadi-stand-in.ts';
import { orderEvent, ORDERS, ordersType, publish, start, startWithOrders, stopAll } from './support.ts';

afterEach(stopAll);

async function call(nakadi: NakadiStandIn, method: string, path: string, body?: unknown) {
  const response = await fetch(nakadi.url + path, { method, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, type: response.headers.get('content-type'), json: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

test('an event type can be created, listed, read, changed and deleted', async () => {
  const nakadi = await start();
  const created = await call(nakadi, 'POST', '/event-types', ordersType());
  expect(created).toMatchObject({
    status: 201,
    json: { name: ORDERS, compatibility_mode: 'forward', cleanup_policy: 'delete', partition_strategy: 'random', partition_key_fields: [] },
  });
  expect(await call(nakadi, 'GET', '/event-types')).toMatchObject({ status: 200, json: [created.json] });
  expect(await call(nakadi, 'GET', `/event-types/${ORDERS}`)).toMatchObject({ status: 200, json: created.json });
  const changed = await call(nakadi, 'PUT', `/event-types/${ORDERS}`, ordersType({ partition_strategy: 'hash', partition_key_fields: ['id'] }));
  expect(changed).toMatchObject({ status: 200, json: { partition_strategy: 'hash' } });
  expect(await call(nakadi, 'DELETE', `/event-types/${ORDERS}`)).toMatchObject({ status: 200 });
  expect(await call(nakadi, 'GET', `/event-types/${ORDERS}`)).toMatchObject({
    status: 404, type: 'application/problem+json', json: { type: 'about:blank', title: 'Not Found', status: 404, detail: `event type ${ORDERS} does not exist` },
  });
});

test('a changed schema applies from the next request on, and what is stored stays', async () => {
  const nakadi = await startWithOrders();
  const odd = orderEvent(2, { data: { id: 'order-2', amount: 'twelve' } });
  expect((await publish(nakadi, [orderEvent(1)])).status).toBe(200);
  expect((await publish(nakadi, [odd])).status).toBe(422);
  nakadi.updateEventType(ordersType({ json: {} }));
  expect((await publish(nakadi, [odd])).status).toBe(200);
  expect(nakadi.log(ORDERS).map((entry) => (entry.event?.metadata as Record<string, unknown>).version)).toEqual(['1.0.0', '2.0.0']);
});

test('a policy of delete can become compact_and_delete', async () => {
  const nakadi = await startWithOrders({ cleanup_policy: 'delete' });
  expect(await call(nakadi, 'PUT', `/event-types/${ORDERS}`, ordersType({ cleanup_policy: 'compact_and_delete' }))).toMatchObject({ status: 200 });
});

test.each([
  ['the policy becomes compact', {}, { cleanup_policy: 'compact' }, 'cleanup_policy cannot be changed from delete to compact, only from delete to compact_and_delete'],
  ['compaction ends', { cleanup_policy: 'compact' }, { cleanup_policy: 'delete' }, 'cannot be changed from compact to delete'],
  ['an undefined type becomes compacted', { category: 'undefined' }, { category: 'undefined', cleanup_policy: 'compact_and_delete' }, 'needs metadata, which category undefined does not have'],
  ['the category changes', {}, { category: 'business' }, 'category cannot be changed from data to business'],
  ['the name changes', {}, { name: 'other' }, 'name cannot be changed'],
] as const)('fails when %s', async (_, before, after, detail) => {
  const nakadi = await startWithOrders(before);
  const refused = await call(nakadi, 'PUT', `/event-types/${ORDERS}`, ordersType(after));
  expect(refused).toMatchObject({ status: 422, json: { detail: expect.stringContaining(detail) as string } });
});

test.each<[string, unknown, string]>([
  ['the name is missing', { category: 'data' }, 'name must be words'],
  ['the name has a slash', { ...ordersType(), name: 'a/b' }, 'name must be words of letters, digits, - and _, joined by dots, not "a/b"'],
  ['the category is unknown', { ...ordersType(), category: 'DATA' }, 'category must be one of undefined, data, business, not "DATA"'],
  ['the strategy is unknown', { ...ordersType(), partition_strategy: 'x' }, 'partition_strategy must be one of random, hash, user_defined'],
  ['hash has no key fields', { ...ordersType(), partition_strategy: 'hash' }, 'partition_key_fields must not be empty'],
  ['the schema is no text', { ...ordersType(), schema: { type: 'json_schema', schema: {} } }, 'schema must be'],
  ['the schema is broken', { ...ordersType(), schema: { type: 'json_schema', schema: '{' } }, 'schema is not JSON'],
  ['it is an array', [], 'an event type is a JSON object'],
])('fails when %s', async (_, definition, detail) => {
  const nakadi = await start();
  expect(await call(nakadi, 'POST', '/event-types', definition)).toMatchObject({
    status: 422, type: 'application/problem+json', json: { detail: expect.stringContaining(detail) as string },
  });
});

test('fails when the name is taken', async () => {
  const nakadi = await startWithOrders();
  expect(await call(nakadi, 'POST', '/event-types', ordersType())).toMatchObject({ status: 409 });
  expect(() => nakadi.createEventType(ordersType())).toThrow('exists already');
});

test('fails when the path or the method is unknown', async () => {
  const nakadi = await startWithOrders();
  expect(await call(nakadi, 'GET', '/subscriptions')).toMatchObject({ status: 404 });
  expect(await call(nakadi, 'GET', `/event-types/${ORDERS}/constructor`)).toMatchObject({ status: 404 });
  expect(await call(nakadi, 'DELETE', `/event-types/${ORDERS}/events`)).toMatchObject({ status: 405 });
});

test('partitions are listed with their offsets', async () => {
  const nakadi = await startWithOrders({ partition_strategy: 'user_defined', default_statistic: { read_parallelism: 2, write_parallelism: 1 } });
  await publish(nakadi, [1, 2].map((number) => {
    const event = orderEvent(number);
    return { ...event, metadata: { ...(event.metadata as object), partition: '1' } };
  }));
  expect(await call(nakadi, 'GET', `/event-types/${ORDERS}/partitions`)).toMatchObject({
    status: 200,
    json: [
      { partition: '0', oldest_available_offset: '0', newest_available_offset: 'BEGIN' },
      { partition: '1', oldest_available_offset: '0', newest_available_offset: '1' },
    ],
  });
});
