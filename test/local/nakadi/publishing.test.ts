import { gzipSync, zstdCompressSync } from 'node:zlib';
import { eidOf, orderEvent, ORDERS, outcomes, publish, startWithOrders, stopAll } from './support.ts';

afterEach(stopAll);

const BAD = { data: { id: 'order', amount: 'twelve' } };
const withoutEid = (fields = {}) => orderEvent(1, { metadata: { occurred_at: '2026-05-04T10:11:12Z' }, ...fields });

test('a batch of valid events is accepted with 200 and an empty body', async () => {
  const nakadi = await startWithOrders();
  const answer = await publish(nakadi, [orderEvent(1), orderEvent(2)]);
  expect(answer).toMatchObject({ status: 200, text: '' });
  expect(nakadi.log(ORDERS).map((entry) => entry.eid)).toEqual([eidOf(1), eidOf(2)]);
});

test('an empty batch is accepted', async () => {
  const nakadi = await startWithOrders();
  expect((await publish(nakadi, [])).status).toBe(200);
});

test('an entry says where, when and with which request the event came, and keeps its exact text', async () => {
  const nakadi = await startWithOrders({}, { partitions: 1 });
  const raw = JSON.stringify(orderEvent(7)).replace('12.5', '12.50000000000000000000000000000000001 ');
  await publish(nakadi, []);
  await publish(nakadi, `[ ${raw} ]`, { headers: { 'x-flow-id': 'flow-of-request' } });
  const [entry] = nakadi.log(ORDERS);
  expect(entry).toMatchObject({ partition: '0', offset: 0, eventType: ORDERS, request: 2, tombstone: false, eid: eidOf(7), raw });
  expect(entry.event).toMatchObject({
    data_op: 'C',
    metadata: { eid: eidOf(7), received_at: entry.receivedAt, partition: '0', flow_id: 'flow-of-request', event_type: ORDERS },
  });
  expect(Math.abs(Date.parse(entry.receivedAt) - Date.now())).toBeLessThan(60_000);
});

test.each([
  ['its own', { flow_id: 'own' }, { 'x-flow-id': 'header' }, /^own$/],
  ['that of the header where its own is empty', { flow_id: '' }, { 'x-flow-id': 'header' }, /^header$/],
  ['24 random characters without either', {}, {}, /^[-\w]{24}$/],
])('an event has a flow id: %s', async (_, metadata, headers, flowId) => {
  const nakadi = await startWithOrders();
  const event = orderEvent(1);
  await publish(nakadi, [{ ...event, metadata: { ...(event.metadata as object), ...metadata } }], { headers: headers as Record<string, string> });
  expect((nakadi.consumed(ORDERS)[0].event.metadata as { flow_id: string }).flow_id).toMatch(flowId);
});

test('fails when one event is invalid: it alone failed, all others are aborted, nothing is stored', async () => {
  const nakadi = await startWithOrders();
  const answer = await publish(nakadi, [orderEvent(1), orderEvent(2, BAD), orderEvent(3, BAD), orderEvent(4)]);
  expect(answer.status).toBe(422);
  expect(answer.items.map((item) => item.eid)).toEqual([1, 2, 3, 4].map(eidOf));
  expect(outcomes(answer)).toEqual(['aborted/validating', 'failed/validating', 'aborted/none', 'aborted/none']);
  expect(answer.items[1].detail).toBe('#/data/amount must be number');
  expect(nakadi.log(ORDERS)).toEqual([]);
});

test('fails when a partition key field is missing, at the partitioning step', async () => {
  const nakadi = await startWithOrders({ json: {}, partition_strategy: 'hash', partition_key_fields: ['customer.id'] });
  const withKey = (number: number) => orderEvent(number, { data: { customer: { id: 'c' } } });
  const answer = await publish(nakadi, [withKey(1), orderEvent(2), withKey(3)]);
  expect(answer.status).toBe(422);
  expect(outcomes(answer)).toEqual(['aborted/partitioning', 'failed/partitioning', 'aborted/validating']);
  expect(answer.items[1].detail).toBe('partition key field data.customer.id is missing');
  expect(nakadi.log(ORDERS)).toEqual([]);
});

describe('a 400, which says nothing about single events', () => {
  test.each<[string, string, string]>([
    ['an integer does not fit into 64 bits', JSON.stringify([orderEvent(1)]).replace('12.5', '9223372036854775808'), 'does not fit into 64 bits'],
    ['a decimal overflows', JSON.stringify([orderEvent(1)]).replace('12.5', '1e309'), 'overflows a double'],
    ['a key comes twice', '[{"a":1,"a":1}]', 'duplicate key "a"'],
    ['a text has a raw control character', '[{"a":"\t"}]', 'raw control character'],
    ['the body is an object', '{}', 'expected [ instead of "{"'],
    ['the body is empty', '', 'expected [ instead of the end of the text'],
    ['an element is no object', '[{},1]', 'is not a JSON object'],
    ['an invalid event has no eid', JSON.stringify([orderEvent(1), withoutEid()]), 'metadata.eid is missing'],
    ['an invalid event has a number as its eid', JSON.stringify([orderEvent(1, { metadata: { eid: 1 } })]), 'metadata.eid is missing or not a string'],
    ['an invalid event has no metadata', JSON.stringify([{ data: {} }]), 'metadata.eid is missing'],
  ])('fails when %s', async (_, body, detail) => {
    const nakadi = await startWithOrders();
    const answer = await publish(nakadi, body);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.problem.detail).toContain(detail);
    expect(nakadi.log(ORDERS)).toEqual([]);
  });

  test('is a 422 instead where an earlier event is invalid and has its eid', async () => {
    const nakadi = await startWithOrders();
    expect((await publish(nakadi, [orderEvent(1, BAD), withoutEid()])).status).toBe(422);
  });

  test('is a 422 instead for category undefined, which has no eid', async () => {
    const nakadi = await startWithOrders({ category: 'undefined' });
    const answer = await publish(nakadi, [{}]);
    expect(answer.status).toBe(422);
    expect(outcomes(answer)).toEqual(['failed/validating']);
    expect(answer.items[0].eid).toBeUndefined();
  });
});

describe('the size of an event', () => {
  // Three bytes for each sign, so that bytes and characters differ.
  const event = orderEvent(1, { data: { id: '€'.repeat(500) } });
  const bytes = Buffer.byteLength(JSON.stringify(event));

  test.each([
    ['as large as allowed', 0, 200],
    ['a byte larger', -1, 422],
  ])('is counted in UTF-8 bytes: %s', async (_, more, status) => {
    const nakadi = await startWithOrders({}, { maxEventBytes: bytes + more });
    const answer = await publish(nakadi, [event]);
    expect(answer.status).toBe(status);
    if (status === 422) expect(answer.items[0]).toMatchObject({ publishing_status: 'failed', step: 'validating', detail: `the event has ${bytes} bytes, at most ${bytes - 1} are allowed` });
  });

  test('includes white space within the event, not around it', async () => {
    const nakadi = await startWithOrders({}, { maxEventBytes: bytes });
    expect((await publish(nakadi, `[   ${JSON.stringify(event)}   ]`)).status).toBe(200);
    expect((await publish(nakadi, `[${JSON.stringify(event).replace('{', '{ ')}]`)).status).toBe(422);
  });

  test('is 999000 bytes unless told otherwise', async () => {
    const nakadi = await startWithOrders();
    const sized = (size: number) => orderEvent(1, { data: { id: 'x'.repeat(size - Buffer.byteLength(JSON.stringify(orderEvent(1, { data: { id: '' } })))) } });
    expect((await publish(nakadi, [sized(999_000)])).status).toBe(200);
    expect((await publish(nakadi, [sized(999_001)])).status).toBe(422);
  });
});

describe('the size of a batch', () => {
  const batch = JSON.stringify([orderEvent(1), orderEvent(2)]);

  test.each([
    ['plain', (text: string) => text, {}],
    ['gzip', (text: string) => gzipSync(text), { 'content-encoding': 'gzip' }],
    ['zstd', (text: string) => zstdCompressSync(text), { 'content-encoding': 'zstd' }],
  ])('is counted after decoding: %s', async (_, encode, headers) => {
    const nakadi = await startWithOrders({}, { maxBatchBytes: batch.length });
    expect((await publish(nakadi, encode(batch), { headers: headers as Record<string, string> })).status).toBe(200);
    const answer = await publish(nakadi, encode(`${batch} `), { headers: headers as Record<string, string> });
    expect(answer).toMatchObject({ status: 413, problem: { detail: `the body has more than ${batch.length} bytes` } });
    expect(nakadi.log(ORDERS)).toHaveLength(2);
  });
});

test.each([
  ['the body is not gzip', 'gzip', Buffer.from('[]'), 400, 'the body is not gzip'],
  ['the gzip ends early', 'gzip', gzipSync(JSON.stringify([orderEvent(1)])).subarray(0, 60), 400, 'the body is not gzip'],
  ['the encoding is unknown', 'br', Buffer.from('[]'), 415, 'content encoding br is not supported'],
  ['the body is not UTF-8', 'identity', Buffer.from('[{"a":"\xff"}]', 'latin1'), 400, 'the body is not UTF-8'],
])('fails when %s', async (_, encoding, body, status, detail) => {
  const nakadi = await startWithOrders();
  const answer = await publish(nakadi, body, { headers: { 'content-encoding': encoding } });
  expect(answer).toMatchObject({ status, problem: { detail: expect.stringContaining(detail) as string } });
});

test('fails when the event type does not exist', async () => {
  const nakadi = await startWithOrders();
  expect(await publish(nakadi, [orderEvent(1)], { path: '/event-types/other/events' })).toMatchObject({ status: 404 });
});

test('fails when the event type is blocked', async () => {
  const nakadi = await startWithOrders();
  nakadi.block(ORDERS);
  expect(await publish(nakadi, [orderEvent(1)])).toMatchObject({ status: 403, problem: { title: 'Forbidden' } });
  nakadi.unblock(ORDERS);
  expect((await publish(nakadi, [orderEvent(1)])).status).toBe(200);
});

test('every request is noted with its status, its events and its connection', async () => {
  const nakadi = await startWithOrders();
  await publish(nakadi, [orderEvent(1), orderEvent(2)]);
  await publish(nakadi, [orderEvent(3, BAD)]);
  await publish(nakadi, 'x');
  expect(nakadi.requests.count).toBe(3);
  expect(nakadi.requests.connections).toBeGreaterThanOrEqual(1);
  expect(nakadi.requests.list).toMatchObject([
    { number: 1, method: 'POST', path: `/event-types/${ORDERS}/events`, status: 200, events: 2, stored: 2, encoding: 'identity' },
    { number: 2, status: 422, events: 1, stored: 0 },
    { number: 3, status: 400, events: 0, stored: 0 },
  ]);
});

test('thousands of events a second go through', async () => {
  const nakadi = await startWithOrders({ partition_strategy: 'hash', partition_key_fields: ['id'] });
  const batches = Array.from({ length: 20 }, (_, batch) =>
    Array.from({ length: 500 }, (_, index) => orderEvent(batch * 500 + index, { data: { id: `o${index}`, amount: 1.5, lines: Array(20).fill({ sku: 'a', count: 1 }) } })));
  const started = performance.now();
  for (const batch of batches) expect((await publish(nakadi, batch)).status).toBe(200);
  const seconds = (performance.now() - started) / 1000;
  expect(nakadi.log(ORDERS)).toHaveLength(10_000);
  // Far below what it does (tens of thousands a second), so that a busy machine does not fail it.
  expect(10_000 / seconds).toBeGreaterThan(2_000);
});
