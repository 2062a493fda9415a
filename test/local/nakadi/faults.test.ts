import type { FaultSpec } from '../../../local/nakadi/fault.ts';
import { eidOf, orderEvent, ORDERS, ordersType, outcomes, publish, startWithOrders, stopAll } from './support.ts';

afterEach(stopAll);

const batch = (count: number) => Array.from({ length: count }, (_, index) => orderEvent(index + 1));
/** The place of the failed items of an answer. */
const failedIn = (answer: Parameters<typeof outcomes>[0]) =>
  outcomes(answer).flatMap((outcome, index) => (outcome === 'failed/publishing' ? [index] : []));

describe('how long a fault lasts', () => {
  test('so many times', async () => {
    const nakadi = await startWithOrders();
    const fault = nakadi.faults.add({ kind: 'outage', times: 2 });
    const statuses = [];
    for (let request = 0; request < 3; request++) statuses.push((await publish(nakadi, batch(1))).status);
    expect(statuses).toEqual([503, 503, 200]);
    expect(fault.hits).toBe(2);
    expect(nakadi.faults.list()).toEqual([]);
  });

  test('so many milliseconds', async () => {
    const nakadi = await startWithOrders();
    nakadi.faults.add({ kind: 'outage', forMs: 2_000 });
    expect((await publish(nakadi, batch(1))).status).toBe(503);
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    expect((await publish(nakadi, batch(1))).status).toBe(200);
  });

  test('until it is cleared', async () => {
    const nakadi = await startWithOrders();
    const fault = nakadi.faults.add({ kind: 'outage' });
    for (let request = 0; request < 5; request++) expect((await publish(nakadi, batch(1))).status).toBe(503);
    await fault.clear();
    expect((await publish(nakadi, batch(1))).status).toBe(200);
  });

  test('only for what it is about', async () => {
    const nakadi = await startWithOrders({}, { clients: [{ id: 'a', secret: 'b' }], tokens: ['t'] });
    nakadi.createEventType({ ...ordersType(), name: 'other' });
    const publishTo = async (name: string) =>
      (await publish(nakadi, batch(1), { path: `/event-types/${name}/events`, headers: { authorization: 'Bearer t' } })).status;
    const askToken = async () =>
      (await fetch(nakadi.tokenUrl, { method: 'POST', headers: { authorization: 'Basic YTpi' }, body: 'grant_type=client_credentials' })).status;
    nakadi.faults.add({ kind: 'outage', eventType: 'other' });
    expect([await publishTo(ORDERS), await publishTo('other'), await askToken()]).toEqual([200, 503, 200]);
    await nakadi.faults.clear();
    nakadi.faults.add({ kind: 'outage', on: 'token' });
    expect([await publishTo(ORDERS), await askToken()]).toEqual([200, 503]);
    nakadi.faults.add({ kind: 'outage', on: 'any' });
    expect([await publishTo(ORDERS), await askToken()]).toEqual([503, 503]);
  });
});

describe('an outage', () => {
  test('answers with a problem, and stores nothing', async () => {
    const nakadi = await startWithOrders();
    nakadi.faults.add({ kind: 'outage' });
    expect(await publish(nakadi, batch(1))).toMatchObject({ status: 503, problem: { title: 'Service Unavailable' } });
    expect(nakadi.log(ORDERS)).toEqual([]);
  });

  test('can cut the connection before anything is stored', async () => {
    const nakadi = await startWithOrders();
    nakadi.faults.add({ kind: 'outage', how: 'reset', times: 1 });
    await expect(publish(nakadi, batch(1))).rejects.toThrow('fetch failed');
    expect(nakadi.log(ORDERS)).toEqual([]);
    expect(nakadi.requests.list).toMatchObject([{ status: 'reset' }]);
    expect((await publish(nakadi, batch(1))).status).toBe(200);
  });

  test('can refuse connections, and ends with the same address', async () => {
    const nakadi = await startWithOrders();
    await publish(nakadi, batch(1));
    const fault = nakadi.faults.add({ kind: 'outage', how: 'refuse' });
    for (let request = 0; request < 2; request++) {
      await expect(publish(nakadi, batch(1))).rejects.toMatchObject({ cause: { code: expect.stringMatching(/ECONNREFUSED|ECONNRESET|UND_ERR_SOCKET/) as string } });
    }
    await fault.clear();
    expect((await publish(nakadi, batch(1))).status).toBe(200);
    expect(nakadi.log(ORDERS)).toHaveLength(2);
  });

  test('that refuses connections can end by itself, and a server can stop during it', async () => {
    const nakadi = await startWithOrders();
    nakadi.faults.add({ kind: 'outage', how: 'refuse', forMs: 50 });
    await expect(publish(nakadi, batch(1))).rejects.toThrow('fetch failed');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await publish(nakadi, batch(1))).status).toBe(200);
    nakadi.faults.add({ kind: 'outage', how: 'refuse', forMs: 60_000 });
  });
});

test('latency holds a request, then answers it; several add up', async () => {
  const nakadi = await startWithOrders();
  nakadi.faults.add({ kind: 'latency', ms: 60 });
  nakadi.faults.add({ kind: 'latency', ms: 60, times: 1 });
  const started = performance.now();
  expect((await publish(nakadi, batch(1))).status).toBe(200);
  expect(performance.now() - started).toBeGreaterThanOrEqual(115);
});

test('a slow body comes late, even where it is empty, and after its headers', async () => {
  const nakadi = await startWithOrders();
  nakadi.faults.add({ kind: 'slow-body', ms: 2000 });
  const started = performance.now();
  const response = await fetch(`${nakadi.url}/event-types/${ORDERS}/events`, { method: 'POST', body: JSON.stringify(batch(1)) });
  const headersAfter = performance.now() - started;
  expect(await response.text()).toBe('');
  expect(performance.now() - started).toBeGreaterThanOrEqual(1900);
  expect(headersAfter).toBeLessThan(180);
});

test('a slow body is complete', async () => {
  const nakadi = await startWithOrders();
  nakadi.faults.add({ kind: 'slow-body', ms: 20 });
  nakadi.faults.add({ kind: 'fail-some', count: 1 });
  const answer = await publish(nakadi, batch(30));
  expect(answer.items).toHaveLength(30);
});

test('a lost answer: the events are stored, the connection breaks; a refusal is not lost', async () => {
  const nakadi = await startWithOrders();
  nakadi.faults.add({ kind: 'lost-answer', times: 1 });
  expect((await publish(nakadi, [orderEvent(9, { data: {} })])).status).toBe(422);
  await expect(publish(nakadi, batch(2))).rejects.toThrow('fetch failed');
  expect(nakadi.log(ORDERS)).toHaveLength(2);
  expect(nakadi.requests.list[1]).toMatchObject({ status: 'reset', events: 2, stored: 2 });
  expect((await publish(nakadi, batch(2))).status).toBe(200);
});

test.each([[true, 1], [false, 0]])('no answer ever comes, with the events stored: %s', async (stored, count) => {
  const nakadi = await startWithOrders();
  nakadi.faults.add({ kind: 'no-answer', stored, times: 1 });
  const request = fetch(`${nakadi.url}/event-types/${ORDERS}/events`, {
    method: 'POST', body: JSON.stringify(batch(1)), signal: AbortSignal.timeout(150),
  });
  await expect(request).rejects.toThrow('timeout');
  expect(nakadi.log(ORDERS)).toHaveLength(count);
  expect(nakadi.requests.list[0].status).toBe('silence');
});

test('a rate limit answers with 429 what exceeds it, and says when to come again', async () => {
  const nakadi = await startWithOrders();
  const fault = nakadi.faults.add({ kind: 'rate-limit', perSecond: 3, retryAfterSeconds: 7 });
  const answers = await Promise.all(Array.from({ length: 5 }, () => publish(nakadi, batch(1))));
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 200, 200, 429, 429]);
  expect(answers.find((answer) => answer.status === 429)!.headers.get('retry-after')).toBe('7');
  expect(fault.hits).toBe(2);
  await new Promise((resolve) => setTimeout(resolve, 1050));
  expect((await publish(nakadi, batch(1))).status).toBe(200);
});

test.each<[string, FaultSpec & { kind: 'answer' }]>([
  ['a redirect', { kind: 'answer', status: 302, headers: { location: 'https://example.org/login' } }],
  ['a gateway that finds the body too large', { kind: 'answer', status: 413, body: '<html>too large</html>', headers: { 'content-type': 'text/html' } }],
  ['a 207 that is no JSON', { kind: 'answer', status: 207, body: 'partly', stored: true }],
  ['a 200 with a body', { kind: 'answer', status: 200, body: 'welcome', stored: true }],
])('the answer can be anything: %s', async (_, spec) => {
  const nakadi = await startWithOrders();
  nakadi.faults.add(spec);
  const answer = await publish(nakadi, batch(1));
  expect(answer).toMatchObject({ status: spec.status, text: spec.body ?? '' });
  for (const [name, value] of Object.entries(spec.headers ?? {})) expect(answer.headers.get(name)).toBe(value);
  expect(nakadi.log(ORDERS)).toHaveLength(spec.stored === true ? 1 : 0);
});

describe('events that fail in the publishing step', () => {
  test('give a 207 that says what became of each event; the others are stored in order', async () => {
    const nakadi = await startWithOrders();
    nakadi.faults.add({ kind: 'fail-events', eids: [eidOf(2)] });
    const answer = await publish(nakadi, batch(3));
    expect(answer.status).toBe(207);
    expect(outcomes(answer)).toEqual(['submitted/publishing', 'failed/publishing', 'submitted/publishing']);
    expect(answer.items.map((item) => item.eid)).toEqual([1, 2, 3].map(eidOf));
    expect(nakadi.log(ORDERS).map((entry) => entry.eid)).toEqual([eidOf(1), eidOf(3)]);
    expect(nakadi.requests.list[0]).toMatchObject({ status: 207, events: 3, stored: 2 });
  });

  test('give a 207 even where every event failed', async () => {
    const nakadi = await startWithOrders();
    nakadi.faults.add({ kind: 'fail-events' });
    const answer = await publish(nakadi, batch(2));
    expect(answer.status).toBe(207);
    expect(failedIn(answer)).toEqual([0, 1]);
  });

  test('are counted one by one', async () => {
    const nakadi = await startWithOrders();
    const fault = nakadi.faults.add({ kind: 'fail-events', times: 3 });
    expect(failedIn(await publish(nakadi, batch(2)))).toEqual([0, 1]);
    expect(failedIn(await publish(nakadi, batch(2)))).toEqual([0]);
    expect(fault.hits).toBe(3);
    expect((await publish(nakadi, batch(2))).status).toBe(200);
  });

  test.each<[string, FaultSpec, number[]]>([
    ['a value', { kind: 'fail-events', field: { path: 'data.id', value: 'order-3' } }, [2]],
    ['a predicate', { kind: 'fail-events', predicate: (event) => (event.data as { id: string }).id < 'order-3' }, [0, 1]],
    ['both an eid and a value', { kind: 'fail-events', eids: [eidOf(1), eidOf(2)], field: { path: 'data.id', value: 'order-2' } }, [1]],
    ['the first of each batch', { kind: 'fail-some', count: 2, pick: 'first' }, [0, 1]],
    ['the last of each batch', { kind: 'fail-some', count: 1, pick: 'last' }, [3]],
    ['more than there are', { kind: 'fail-some', count: 9, pick: 'last' }, [0, 1, 2, 3]],
  ])('are chosen by %s', async (_, spec, places) => {
    const nakadi = await startWithOrders();
    nakadi.faults.add(spec);
    expect(failedIn(await publish(nakadi, batch(4)))).toEqual(places);
  });

  test.each<FaultSpec>([
    { kind: 'fail-events', probability: 0.5, seed: 7 },
    { kind: 'fail-some', count: 20, seed: 7 },
  ])('are chosen by chance, the same for the same seed: %j', async (spec) => {
    const chosen = [];
    for (const each of [spec, spec, { ...spec, seed: 8 }]) {
      const nakadi = await startWithOrders();
      nakadi.faults.add(each);
      chosen.push(failedIn(await publish(nakadi, batch(40))));
    }
    expect(chosen[1]).toEqual(chosen[0]);
    expect(chosen[2]).not.toEqual(chosen[0]);
    expect(chosen[0].length).toBeGreaterThanOrEqual(10);
    expect(chosen[0].length).toBeLessThanOrEqual(30);
  });

  test('are not counted where the batch is refused', async () => {
    const nakadi = await startWithOrders();
    const fault = nakadi.faults.add({ kind: 'fail-events' });
    await publish(nakadi, [orderEvent(1, { data: {} })]);
    expect(fault.hits).toBe(0);
  });
});

test('faults compose: latency, a partly failed batch and a lost answer in one request', async () => {
  const nakadi = await startWithOrders();
  nakadi.faults.add({ kind: 'latency', ms: 50 });
  nakadi.faults.add({ kind: 'fail-some', count: 1, pick: 'first' });
  nakadi.faults.add({ kind: 'fail-events', eids: [eidOf(3)] });
  nakadi.faults.add({ kind: 'lost-answer' });
  await expect(publish(nakadi, batch(3))).rejects.toThrow('fetch failed');
  expect(nakadi.log(ORDERS).map((entry) => entry.eid)).toEqual([eidOf(2)]);
});
