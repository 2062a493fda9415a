import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { NakadiStandIn } from '../../../local/nakadi/nakadi-stand-in.ts';
import { eidOf, keyedEvent, orderEvent, ORDERS, publish, remove, startWithOrders, stopAll } from './support.ts';

afterEach(stopAll);

async function control(nakadi: Pick<NakadiStandIn, 'url'>, method: string, path: string, body?: unknown) {
  const response = await fetch(`${nakadi.url}/-/${path}`, { method, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, json: text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>) };
}

test('faults can be added, listed and cleared', async () => {
  const nakadi = await startWithOrders();
  const spec = { kind: 'answer', status: 418, headers: { 'x-tea': 'yes' }, body: 'tea', times: 5 };
  const { status, json } = await control(nakadi, 'POST', 'faults', spec);
  expect(status).toBe(201);
  expect((await publish(nakadi, [orderEvent(1)])).status).toBe(418);
  expect(await control(nakadi, 'GET', 'faults')).toEqual({ status: 200, json: { faults: [{ id: json?.id, spec, hits: 1 }] } });
  expect((await control(nakadi, 'DELETE', `faults/${String(json?.id)}`)).status).toBe(204);
  expect((await publish(nakadi, [orderEvent(1)])).status).toBe(200);
  await control(nakadi, 'POST', 'faults', { kind: 'outage', on: 'any' });
  expect((await control(nakadi, 'DELETE', 'faults')).status).toBe(204);
  expect(nakadi.faults.list()).toEqual([]);
});

test.each<[Record<string, unknown>]>([
  [{ kind: 'outage', how: 'reset', times: 1 }],
  [{ kind: 'outage', how: 'refuse', forMs: 1 }],
  [{ kind: 'latency', ms: 0 }],
  [{ kind: 'slow-body', ms: 5, eventType: 'x' }],
  [{ kind: 'lost-answer', times: 1 }],
  [{ kind: 'no-answer', stored: true }],
  [{ kind: 'rate-limit', perSecond: 10, retryAfterSeconds: 2 }],
  [{ kind: 'fail-events', eids: ['a'], field: { path: 'data.id', value: null }, probability: 0.5, seed: 3 }],
  [{ kind: 'fail-some', count: 2, pick: 'random', seed: 1 }],
])('takes the fault %j', async (spec) => {
  const nakadi = await startWithOrders();
  expect((await control(nakadi, 'POST', 'faults', spec)).status).toBe(201);
});

test.each<[Record<string, unknown>, string]>([
  [{}, 'kind'],
  [{ kind: 'flood' }, 'kind'],
  [{ kind: 'latency' }, "must have required property 'ms'"],
  [{ kind: 'latency', ms: '5' }, 'fault/ms must be number'],
  [{ kind: 'outage', status: 500 }, 'must NOT have additional properties'],
  [{ kind: 'outage', times: 0 }, 'fault/times must be >= 1'],
  [{ kind: 'outage', how: 'refuse' }, 'needs forMs'],
])('fails when the fault is %j', async (spec, detail) => {
  const nakadi = await startWithOrders();
  const answer = await control(nakadi, 'POST', 'faults', spec);
  expect(answer.status).toBe(422);
  expect(answer.json?.detail).toContain(detail);
  expect(nakadi.faults.list()).toEqual([]);
});

test('the log can be read whole, as consumers see it, compacted, by partition and in pages', async () => {
  const nakadi = await startWithOrders({ cleanup_policy: 'compact' }, { partitions: 1 });
  await publish(nakadi, [keyedEvent(1, 'a'), keyedEvent(2, 'b'), keyedEvent(3, 'a')]);
  await remove(nakadi, [keyedEvent(4, 'b')]);
  const read = async (query: string) => {
    const { json } = await control(nakadi, 'GET', `log?event_type=${ORDERS}${query}`);
    return [json?.total, (json?.entries as { eid: string }[]).map((entry) => entry.eid)];
  };
  expect(await read('')).toEqual([4, [1, 2, 3, 4].map(eidOf)]);
  expect(await read('&view=consumed')).toEqual([3, [1, 2, 3].map(eidOf)]);
  expect(await read('&view=compacted')).toEqual([1, [eidOf(3)]]);
  expect(await read('&from=1&limit=2')).toEqual([4, [2, 3].map(eidOf)]);
  expect(await read('&partition=1')).toEqual([0, []]);
  const { json } = await control(nakadi, 'GET', `log?event_type=${ORDERS}`);
  expect((json?.entries as unknown[])[0]).toEqual(JSON.parse(JSON.stringify(nakadi.log(ORDERS)[0])));
});

test.each([
  ['the event type is unknown', 'log?event_type=other', 404],
  ['the view is unknown', `log?event_type=${ORDERS}&view=x`, 422],
  ['a page begins at no number', `log?event_type=${ORDERS}&from=x`, 422],
  ['the path is unknown', 'nothing', 404],
])('fails when %s', async (_, path, status) => {
  expect((await control(await startWithOrders(), 'GET', path)).status).toBe(status);
});

test('the requests can be read, without those to the control API', async () => {
  const nakadi = await startWithOrders();
  await publish(nakadi, [orderEvent(1)]);
  await publish(nakadi, [orderEvent(2)]);
  const { json } = await control(nakadi, 'GET', 'requests?from=1');
  expect(json).toMatchObject({ count: 2, requests: [{ number: 2, status: 200, events: 1 }] });
});

test('tokens can be expired and revoked, and event types blocked', async () => {
  const nakadi = await startWithOrders({}, { tokens: ['one', 'two'] });
  const publishWith = (token: string) => publish(nakadi, [orderEvent(1)], { headers: { authorization: `Bearer ${token}` } });
  expect((await control(nakadi, 'POST', 'tokens/expire', { token: 'one' })).status).toBe(204);
  expect((await publishWith('one')).problem.detail).toBe('the token has expired');
  expect((await control(nakadi, 'PUT', `blocked/${ORDERS}`)).status).toBe(204);
  expect((await publishWith('two')).status).toBe(403);
  expect((await control(nakadi, 'DELETE', `blocked/${ORDERS}`)).status).toBe(204);
  expect((await publishWith('two')).status).toBe(200);
  expect((await control(nakadi, 'POST', 'tokens/revoke')).status).toBe(204);
  expect((await publishWith('two')).status).toBe(401);
  expect((await control(nakadi, 'POST', 'tokens/lose')).status).toBe(404);
});

test('the server runs as a program of its own, prints its address, and outlives an outage that closes its port', async () => {
  const program = spawn(process.execPath, [join(__dirname, '../../../local/nakadi/main.ts'), '--port', '0', '--token', 't'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line] = (await once(program.stdout, 'data')) as [Buffer];
    const nakadi = JSON.parse(line.toString()) as { url: string };
    expect(nakadi.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const list = () => fetch(`${nakadi.url}/event-types`, { headers: { authorization: 'Bearer t' } });
    expect(await (await list()).json()).toEqual([]);
    expect((await control(nakadi, 'POST', 'faults', { kind: 'outage', how: 'refuse', forMs: 300 })).status).toBe(201);
    await expect(list()).rejects.toThrow('fetch failed');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await list()).status).toBe(200);
  } finally {
    program.kill();
    const [code] = (await once(program, 'exit')) as [number];
    expect(code).toBe(0);
  }
});
