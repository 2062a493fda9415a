import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { AccessTokenError, type TokenSource } from '../../../lambda/adapters/token-source.ts';
import { nakadiHttp } from '../../../lambda/adapters/nakadi-http.ts';
import type { PublishAnswer } from '../../../lambda/core/publish-outcome.ts';
import type { Nakadi } from '../../../lambda/core/ports.ts';
import { changeEvent, jsonText } from '../factories.ts';
import { HttpServer } from './http-server.ts';

const SECRET = 'token-that-nobody-may-see';
const EVENTS = [changeEvent('a', 1), changeEvent('b', 2)];

let server: HttpServer;
let forgotten: number;

beforeEach(async () => {
  server = await new HttpServer().start();
  forgotten = 0;
});
afterEach(() => server.stop());

const source = (given: string | undefined = SECRET): TokenSource => ({
  get: () => Promise.resolve(given && `${given}-${forgotten}`),
  forget: () => {
    forgotten++;
  },
});
const publish = (options: { tokens?: TokenSource; requestTimeoutMs?: number; endpoint?: string } = {}): Promise<PublishAnswer> =>
  nakadiHttp({ endpoint: server.url, requestTimeoutMs: 5_000, tokens: source(), ...options }).publish(EVENTS);

describe('a request', () => {
  test('carries the events, zipped, with the token, to the event type', async () => {
    expect(await publish()).toEqual({ type: 'response', status: 200, body: '', retryAfterMs: undefined });
    expect(server.requests).toMatchObject([
      {
        method: 'POST',
        path: '/event-types/order-store.order-changed/events',
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', 'accept-encoding': 'identity', authorization: `Bearer ${SECRET}-0` },
        body: `[${EVENTS.map(({ json }) => String(json)).join()}]`,
      },
    ]);
  });

  test('has no token where none is needed', async () => {
    await publish({ tokens: { get: () => Promise.resolve(undefined), forget: () => undefined } });
    expect(server.requests[0].headers).not.toHaveProperty('authorization');
  });

  test('uses the connection of the one before', async () => {
    const nakadi = nakadiHttp({ endpoint: server.url, requestTimeoutMs: 5_000, tokens: source() });
    for (let count = 0; count < 3; count++) {
      await nakadi.publish(EVENTS);
    }
    expect(new Set(server.requests.map(({ connection }) => connection)).size).toBe(1);
  });

  test('has a body of its own, whatever was sent before', async () => {
    const nakadi = nakadiHttp({ endpoint: server.url, requestTimeoutMs: 5_000, tokens: source() });
    const batches = [EVENTS, [changeEvent('c', 3)], [...EVENTS, changeEvent('d', 4)], [changeEvent('e', 5, 5_000_000)], EVENTS];
    for (const batch of batches) {
      await nakadi.publish(batch);
    }
    expect(server.requests.map(({ body }) => body)).toEqual(batches.map((batch) => `[${batch.map(({ json }) => String(json)).join()}]`));
  });

  test('takes no more memory for a body than the last one had', async () => {
    const nakadi = nakadiHttp({ endpoint: server.url, requestTimeoutMs: 5_000, tokens: source() });
    await nakadi.publish(EVENTS);
    const allocated = jest.spyOn(Buffer, 'allocUnsafeSlow');
    await nakadi.publish(EVENTS);
    await nakadi.publish(EVENTS.slice(1));
    expect(allocated).not.toHaveBeenCalled();
    allocated.mockRestore();
  });

  test('may take longer than the time for connecting, once it is connected', async () => {
    jest.useFakeTimers({ doNotFake: ['Date', 'nextTick', 'queueMicrotask', 'setImmediate', 'clearImmediate'] });
    try {
      server.answer = (response) => {
        jest.advanceTimersByTime(20_000);
        response.end();
      };
      expect(await publish({ requestTimeoutMs: 80_000 })).toMatchObject({ type: 'response', status: 200 });
    } finally {
      jest.useRealTimers();
    }
  });

  test('with tombstones goes to the deleted events of the event type', async () => {
    const tombstones = EVENTS.map((event) => ({ ...event, eventType: 'order-store.stock', tombstone: true }));
    await nakadiHttp({ endpoint: server.url, requestTimeoutMs: 5_000, tokens: source() }).publish(tombstones);
    expect(server.requests).toMatchObject([
      { method: 'POST', path: '/event-types/order-store.stock/deleted-events', body: `[${EVENTS.map(({ json }) => String(json)).join()}]` },
    ]);
  });

  test('names odd event types safely', async () => {
    await nakadiHttp({ endpoint: server.url, requestTimeoutMs: 5_000, tokens: source() }).publish([{ ...EVENTS[0], eventType: 'a/b?c' }]);
    expect(server.requests[0].path).toBe('/event-types/a%2Fb%3Fc/events');
  });
});

describe('the answer', () => {
  test.each([200, 207, 400, 403, 404, 413, 422, 429, 500, 503])('%d comes with its body', async (status) => {
    server.answer = (response) => response.writeHead(status).end('[{"eid":"ä"}]');
    expect(await publish()).toEqual({ type: 'response', status, body: '[{"eid":"ä"}]', retryAfterMs: undefined });
    expect(server.requests).toHaveLength(1);
  });

  test.each<[string, string, unknown]>([
    ['seconds', '7', 7_000],
    ['zero', '0', 0],
    ['a date in the past', 'Wed, 21 Oct 2015 07:28:00 GMT', 0],
    ['nonsense', 'soon', undefined],
  ])('may say when to come again: %s', async (_, header, retryAfterMs) => {
    server.answer = (response) => response.writeHead(429, { 'retry-after': header }).end();
    expect(await publish()).toMatchObject({ status: 429, retryAfterMs });
  });

  test('may say when to come again: a date', async () => {
    server.answer = (response) => response.writeHead(503, { 'retry-after': new Date(Date.now() + 30_000).toUTCString() }).end();
    const answer = await publish();
    expect(answer.type === 'response' && Math.abs(answer.retryAfterMs! - 30_000)).toBeLessThan(2_000);
  });

  test.each([301, 302, 307, 308])('%d sends neither events nor token elsewhere', async (status) => {
    server.answer = (response) => response.writeHead(status, { location: `${server.url}/elsewhere` }).end();
    expect(await publish()).toMatchObject({ type: 'response', status });
    expect(server.requests).toHaveLength(1);
  });
});

describe('a connection that was kept', () => {
  test('and is dead is replaced, and the request sent once more', async () => {
    const nakadi = nakadiHttp({ endpoint: server.url, requestTimeoutMs: 5_000, tokens: source() });
    server.answer = (response, number) => (number === 1 ? response.destroy() : response.end());
    expect(await nakadi.publish(EVENTS)).toMatchObject({ status: 200 });
    expect(await nakadi.publish(EVENTS)).toMatchObject({ status: 200 });
    expect(server.requests).toHaveLength(3);
    expect(server.requests[2].connection).not.toBe(server.requests[0].connection);
  });

  test('and gets no answer is not kept for the next request', async () => {
    const nakadi = nakadiHttp({ endpoint: server.url, requestTimeoutMs: 200, tokens: source() });
    server.answer = (response, number) => void (number === 0 || response.end());
    expect(await nakadi.publish(EVENTS)).toMatchObject({ type: 'no-response' });
    expect(await nakadi.publish(EVENTS)).toMatchObject({ status: 200 });
  });

  test('and dies twice is no answer', async () => {
    const nakadi = nakadiHttp({ endpoint: server.url, requestTimeoutMs: 5_000, tokens: source() });
    server.answer = (response, number) => (number > 0 ? response.destroy() : response.end());
    await nakadi.publish(EVENTS);
    expect(await nakadi.publish(EVENTS)).toMatchObject({ type: 'no-response' });
    expect(server.requests).toHaveLength(3);
  });

  test('is not taken up again after half an answer: that may have come from Nakadi', async () => {
    const nakadi = nakadiHttp({ endpoint: server.url, requestTimeoutMs: 5_000, tokens: source() });
    server.answer = (response, number) => (number === 1 ? response.writeHead(200, { 'content-length': 10 }).write('[', () => response.destroy()) : response.end());
    await nakadi.publish(EVENTS);
    expect(await nakadi.publish(EVENTS)).toMatchObject({ type: 'no-response' });
    expect(server.requests).toHaveLength(2);
  });
});

describe('an answer that comes before the request is sent', () => {
  // More than the buffers of both ends hold.
  const large = [{ ...changeEvent('a', 1), json: jsonText(JSON.stringify(randomBytes(6_000_000).toString('base64'))) }];
  let peer: Server;
  let connections: Socket[];

  /** A peer that reads the beginning of each request, answers, and reads no more. */
  const startPeer = async (answer: (socket: Socket) => void): Promise<Nakadi> => {
    connections = [];
    peer = createServer((socket) => {
      connections.push(socket.on('error', () => undefined));
      socket.once('data', () => {
        answer(socket.pause());
      });
    });
    await once(peer.listen(0, '127.0.0.1'), 'listening');
    return nakadiHttp({ endpoint: `http://127.0.0.1:${(peer.address() as AddressInfo).port}`, requestTimeoutMs: 1_000, tokens: source() });
  };

  afterEach(() => {
    connections.forEach((socket) => socket.destroy());
    peer.close();
  });

  test.each<[string, (socket: Socket) => void]>([
    ['keeps the connection', (socket) => socket.write('HTTP/1.1 429 Too Many Requests\r\ncontent-length: 0\r\n\r\n')],
    ['ends it', (socket) => socket.end('HTTP/1.1 429 Too Many Requests\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')],
  ])('is taken, and does not keep the next request waiting, where the other side %s', async (_, answer) => {
    const nakadi = await startPeer(answer);
    for (let count = 1; count <= 3; count++) {
      expect(await nakadi.publish(large)).toMatchObject({ type: 'response', status: 429 });
      expect(connections).toHaveLength(count);
    }
  });

  test.each<[string, (socket: Socket) => void, RegExp]>([
    ['keeps the connection', (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'), /^TimeoutError$/],
    ['ends it', (socket) => socket.write('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n', () => socket.destroy()), /^Error/],
    ['ends it with its answer', (socket) => socket.write('HTTP/1.1 200 OK\r\n\r\n', () => socket.destroy()), /^Error/],
  ])('is none where it says that all is well, and the other side %s', async (_, answer, reason) => {
    const nakadi = await startPeer(answer);
    expect(await nakadi.publish(large)).toEqual({ type: 'no-response', detail: expect.stringMatching(reason) as string });
  });

  test('is taken where the rest is read later', async () => {
    const nakadi = await startPeer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
      setTimeout(() => socket.resume(), 50);
    });
    expect(await nakadi.publish(large)).toMatchObject({ type: 'response', status: 200 });
  });
});

describe('where the token is refused', () => {
  test.each([400, 401, 503])('an answer that quotes it is told without it (%d)', async (status) => {
    server.answer = (response) => response.writeHead(status).end(`{"detail":"invalid: ${SECRET}-0, ${SECRET}-1"}`);
    const answer = await publish();
    expect(answer).toMatchObject({ status });
    expect(JSON.stringify(answer)).not.toContain(`${SECRET}-${status === 401 ? 1 : 0}`);
    expect(JSON.stringify(answer)).toContain('invalid: ');
  });

  test('another one is fetched, once', async () => {
    server.answer = (response, number) => response.writeHead(number === 0 ? 401 : 200).end();
    expect(await publish()).toMatchObject({ status: 200 });
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${SECRET}-0`, `Bearer ${SECRET}-1`]);
  });

  test('again, the answer is what it is', async () => {
    server.answer = (response) => response.writeHead(401).end('bad token');
    expect(await publish()).toMatchObject({ status: 401, body: 'bad token' });
    expect(server.requests).toHaveLength(2);
  });
});

describe('no answer is reported, and no secret with it, when', () => {
  const detail = async (answer: Promise<PublishAnswer>): Promise<string> => {
    const given = await answer;
    expect(given.type).toBe('no-response');
    expect(JSON.stringify(given)).not.toContain(SECRET);
    return given.type === 'no-response' ? given.detail : '';
  };

  test('the connection breaks', async () => {
    server.answer = (response) => response.destroy();
    expect(await detail(publish())).toBe('Error: ECONNRESET');
  });

  test('the endpoint is no URL', async () => {
    expect(await publish({ endpoint: 'nakadi.example.org' })).toEqual({ type: 'no-response', detail: 'TypeError: ERR_INVALID_URL' });
  });

  test('nobody listens', async () => {
    expect(await detail(publish({ endpoint: 'http://127.0.0.1:1' }))).toBe('Error: ECONNREFUSED');
  });

  test('the answer takes too long', async () => {
    server.answer = () => undefined;
    expect(await detail(publish({ requestTimeoutMs: 50 }))).toBe('TimeoutError');
  });

  test('the answer takes too long, of two requests that share the connection', async () => {
    server.answer = () => undefined;
    const nakadi = nakadiHttp({ endpoint: server.url, requestTimeoutMs: 50, tokens: source() });
    expect(await Promise.all([nakadi.publish(EVENTS), nakadi.publish(EVENTS)].map(detail))).toEqual(['TimeoutError', 'TimeoutError']);
  });

  test('the answer begins, but does not end in time', async () => {
    server.answer = (response) => response.writeHead(207).write('[{"eid":');
    expect(await detail(publish({ requestTimeoutMs: 50 }))).toBe('TimeoutError');
  });

  test('the answer would change the protocol', async () => {
    server.answer = (response) => response.writeHead(101, { connection: 'upgrade', upgrade: 'h2c' }).end();
    expect(await detail(publish({ requestTimeoutMs: 50 }))).toBe('Error');
  });

  test('the answer is longer than any that Nakadi gives', async () => {
    server.answer = (response) => void response.writeHead(503).end(Buffer.alloc(20_000_001, 'x'));
    expect(await detail(publish())).toBe('AnswerTooLargeError');
    server.answer = (response) => void response.writeHead(503).end(Buffer.alloc(20_000_000, 'x'));
    expect(await publish()).toMatchObject({ type: 'response', status: 503 });
  });

  test('only half of the body comes', async () => {
    server.answer = (response) => {
      response.writeHead(207, { 'content-length': 1_000 }).write('[{"eid":', () => response.destroy());
    };
    expect(await detail(publish())).toBe('Error: ECONNRESET');
  });

  test('the token cannot be had', async () => {
    const failing = { get: () => Promise.reject(new AccessTokenError('the token endpoint answered 500 without a usable access_token')), forget: () => undefined };
    expect(await detail(publish({ tokens: failing }))).toBe('the token endpoint answered 500 without a usable access_token');
    expect(server.requests).toHaveLength(0);
  });

  test('the secret cannot be read', async () => {
    const failing = { get: () => Promise.reject(Object.assign(new Error(`denied for ${SECRET}`), { name: 'AccessDeniedException' })), forget: () => undefined };
    expect(await detail(publish({ tokens: failing }))).toBe('AccessDeniedException');
  });

  test('the token is no header value', async () => {
    expect(await detail(publish({ tokens: source(`${SECRET}\nx`) }))).toBe('TypeError: ERR_INVALID_CHAR');
  });
});
