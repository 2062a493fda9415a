import type { TokenSource } from '../../../lambda/adapters/token-source.ts';
import { nakadiHttp } from '../../../lambda/adapters/nakadi-http.ts';
import type { ChangeEvent } from '../../../lambda/core/change-event.ts';
import { publishEvents } from '../../../lambda/core/publish-events.ts';
import type { FaultSpec } from '../../../local/nakadi/fault.ts';
import { NakadiStandIn, type NakadiStandInOptions } from '../../../local/nakadi/nakadi-stand-in.ts';
import { VirtualClock } from '../core/virtual-clock.ts';
import { changeEvent, jsonText, PUBLISHING } from '../factories.ts';
import { HttpServer } from './http-server.ts';

const ORDERS = 'order-store.order-changed';
const STOCK = 'order-store.stock-changed';
const TOKEN = 'a-token-that-is-good';

/** How long a request may take here, in milliseconds. */
const REQUEST_TIMEOUT_MS = 400;

/** A name is an item and the number of its change, with what is wrong with it: `?` is named in a 422, `!` is not named in a 400. */
function eventOf(name: string): ChangeEvent {
  const [, item, sequence, fault] = /^(\D)(\d)(.*)$/.exec(name) as unknown as [string, string, string, string];
  const event = changeEvent(item, Number(sequence));
  const metadata = { ...(fault !== '!' && { eid: event.eid }), occurred_at: '2026-05-04T10:11:12.123Z' };
  const json = JSON.stringify({ metadata, data_type: 'order', data_op: 'C', data: { name, amount: fault === '?' ? 'many' : 1 } });
  return { ...event, json: jsonText(json), eventType: item === 's' ? STOCK : ORDERS };
}

interface Case {
  /** Default: `a1 b1 a2 c1`. Of items `s`, events go to another event type. */
  readonly events?: string;
  readonly faults?: readonly FaultSpec[];
  readonly standIn?: NakadiStandInOptions;
  readonly prepare?: (nakadi: NakadiStandIn) => void;
  /** The tokens that the source gives, one after the other. */
  readonly tokens?: readonly string[];
  /** How long requests are repeated, in milliseconds; each pause is half of 200, 400, 800 and so on. Default: not at all. */
  readonly retryMs?: number;
}

interface Outcome {
  readonly accepted?: string;
  readonly refused?: string;
  readonly behind?: string;
  readonly blocked?: string;
  readonly waiting?: string;
  readonly requests: number;
  /** What Nakadi has in the end, in order. Default: what is accepted. */
  readonly stored?: string;
  /** How long was slept. */
  readonly slept?: number;
}

const ALL = 'a1 b1 a2 c1';
const answer = (status: number, more: Partial<FaultSpec & { kind: 'answer' }> = {}): FaultSpec => ({ kind: 'answer', status, ...more });
const failing = (name: string, times?: number): FaultSpec => ({ kind: 'fail-events', field: { path: 'data.name', value: name }, times });

const CASES: readonly (readonly [string, Case, Outcome])[] = [
  ['200', {}, { accepted: ALL, requests: 1 }],
  ['200 with a body that is no list: it comes from something that stands before Nakadi', { faults: [answer(200, { body: '<html>' })] }, { waiting: ALL, stored: '', requests: 1 }],
  ['200 with such a body, once', { faults: [answer(200, { body: '<html>', times: 1 })], retryMs: 1_000 }, { accepted: ALL, requests: 3, slept: 100 }],
  ['207, one event failed', { faults: [failing('b1', 1)], retryMs: 1_000 }, { accepted: ALL, stored: 'a1 a2 c1 b1', requests: 2 }],
  ['207, an event failed and a later one of its item passed: both go again', { faults: [failing('a1', 1)], retryMs: 1_000 }, { accepted: ALL, stored: 'b1 a2 c1 a1 a2', requests: 2 }],
  ['207, one event always fails while others pass', { faults: [failing('a1')], retryMs: 1_000 }, { accepted: 'b1 c1', refused: 'a1', behind: 'a2', stored: 'b1 a2 c1 a2 a2 a2 a2', requests: 5 }],
  ['207, all events fail: its storage is away', { faults: [{ kind: 'fail-events' }], retryMs: 1_000 }, { waiting: ALL, requests: 5, slept: 1_000 }],
  ['207 without a list', { faults: [answer(207, { body: '<html>', stored: true })] }, { waiting: ALL, stored: ALL, requests: 1 }],
  ['422 that names one', { events: 'a1 b1? a2 c1' }, { accepted: 'a1 a2 c1', refused: 'b1?', requests: 2 }],
  ['422 that names one after the other', { events: 'a1? b1 a2 c1?' }, { accepted: 'b1', refused: 'a1? c1?', behind: 'a2', requests: 3 }],
  ['422 that names none', { faults: [answer(422, { body: '[]' })] }, { refused: 'a1 b1 c1', behind: 'a2', requests: 5 }],
  ['422 without a list', { faults: [answer(422, { body: '<html>', times: 1 })] }, { accepted: ALL, requests: 3 }],
  ['400 that names none', { events: 'a1 b1! a2 c1' }, { accepted: 'a1 a2 c1', refused: 'b1!', requests: 5 }],
  ['413', { standIn: { maxBatchBytes: 400 } }, { accepted: ALL, requests: 3 }],
  ['413 of each event', { standIn: { maxBatchBytes: 50 } }, { refused: 'a1 b1 c1', behind: 'a2', requests: 5 }],
  ['401, once', { standIn: { tokens: [TOKEN] }, tokens: ['an-old-token', TOKEN] }, { accepted: ALL, requests: 2 }],
  ['401, always', { standIn: { tokens: [TOKEN] }, tokens: ['an-old-token'] }, { waiting: ALL, requests: 2 }],
  ['403', { prepare: (nakadi) => nakadi.block(ORDERS) }, { blocked: ALL, requests: 1 }],
  ['403 of one event type', { events: 'a1 s1 b1', prepare: (nakadi) => nakadi.block(ORDERS) }, { accepted: 's1', blocked: 'a1 b1', requests: 2 }],
  ['404 of one event type', { events: 'a1 s1 b1', faults: [answer(404, { eventType: ORDERS })] }, { accepted: 's1', blocked: 'a1 b1', requests: 2 }],
  ['408', { faults: [answer(408, { times: 1 })], retryMs: 1_000 }, { accepted: ALL, requests: 3, slept: 100 }],
  ['429', { faults: [answer(429, { times: 1, headers: { 'retry-after': '7' } })], retryMs: 20_000 }, { accepted: ALL, requests: 3, slept: 7_000 }],
  ['429, for longer than there is time', { faults: [answer(429, { headers: { 'retry-after': '70' } })], retryMs: 20_000 }, { waiting: ALL, requests: 2, slept: 20_000 }],
  ['500', { faults: [answer(500, { times: 2 })], retryMs: 1_000 }, { accepted: ALL, requests: 5, slept: 300 }],
  ['503', { faults: [{ kind: 'outage' }], retryMs: 1_000 }, { waiting: ALL, requests: 8, slept: 1_000 }],
  ['409, or another 4xx', { faults: [answer(409)] }, { waiting: ALL, requests: 1 }],
  ['a redirect', { faults: [answer(307, { headers: { location: '/event-types/elsewhere/events' } })] }, { waiting: ALL, requests: 1 }],
  ['a connection that breaks', { faults: [{ kind: 'outage', how: 'reset' }], retryMs: 1_000 }, { waiting: ALL, requests: 8, slept: 1_000 }],
  ['an answer that is lost', { faults: [{ kind: 'lost-answer', times: 1 }], retryMs: 1_000 }, { accepted: ALL, stored: `${ALL} ${ALL}`, requests: 3, slept: 100 }],
  ['no answer at all', { faults: [{ kind: 'no-answer' }] }, { waiting: ALL, requests: 1 }],
  ['an answer that begins and does not end in time', { faults: [failing('b1'), { kind: 'slow-body', ms: 60_000 }] }, { waiting: ALL, stored: 'a1 a2 c1', requests: 1 }],
];

const running: { stop(): Promise<void> }[] = [];
afterEach(() => Promise.all(running.splice(0).map((server) => server.stop())));

async function publish(endpoint: string, events: readonly ChangeEvent[], { tokens = [TOKEN], retryMs = 0 }: Case = {}) {
  const clock = new VirtualClock();
  let used = 0;
  const source: TokenSource = {
    get: () => Promise.resolve(tokens[used]),
    forget: () => {
      used = Math.min(used + 1, tokens.length - 1);
    },
  };
  const nakadi = nakadiHttp({ endpoint, requestTimeoutMs: REQUEST_TIMEOUT_MS, tokens: source });
  const result = await publishEvents(events, { nakadi, clock }, PUBLISHING, { retryUntil: clock.now() + retryMs, stopAt: Infinity });
  return { ...result, slept: clock.pauses.reduce((sum, pause) => sum + pause, 0) };
}

async function standIn(options?: NakadiStandInOptions): Promise<NakadiStandIn> {
  const nakadi = await NakadiStandIn.start(options);
  running.push(nakadi);
  const schema = JSON.stringify({ properties: { amount: { type: 'number' } } });
  [ORDERS, STOCK].forEach((name) => nakadi.createEventType({ name, category: 'data', schema: { type: 'json_schema', schema } }));
  return nakadi;
}

describe('Nakadi answers', () => {
  test.each(CASES)('%s', async (_, given, expected) => {
    const nakadi = await standIn(given.standIn);
    given.prepare?.(nakadi);
    given.faults?.forEach((fault) => nakadi.faults.add(fault));
    const names = (given.events ?? ALL).split(' ');
    const events = names.map(eventOf);
    const nameOf = (event: ChangeEvent): string => names[events.indexOf(event)];
    const namesOf = (some: Iterable<ChangeEvent>): string => [...some].map(nameOf).sort((a, b) => names.indexOf(a) - names.indexOf(b)).join(' ');

    const result = await publish(nakadi.url, events, given);

    const stored = [...nakadi.consumed(ORDERS), ...nakadi.consumed(STOCK)].map(({ eid }) => names[events.findIndex((event) => event.eid === eid)]);
    expect({
      accepted: namesOf(result.accepted),
      refused: namesOf(result.refused.keys()),
      behind: namesOf(result.behind),
      blocked: namesOf(result.blocked.keys()),
      waiting: namesOf(result.waiting),
      requests: nakadi.requests.count,
      stored: stored.join(' '),
      slept: expected.slept === undefined ? undefined : result.slept,
    }).toEqual({ accepted: '', refused: '', behind: '', blocked: '', waiting: '', slept: undefined, stored: expected.accepted ?? '', ...expected });
  });

  test.each<[string, (server: HttpServer) => void]>([
    ['half of a body', (server) => {
      server.answer = (response) => response.writeHead(207, { 'content-length': 1_000 }).write('[{"eid":', () => response.destroy());
    }],
    ['a byte at a time', (server) => {
      server.answer = (response) => {
        const bytes = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(bytes));
      };
    }],
    ['a head without an end', (server) => {
      server.answer = (response) => response.socket?.write('HTTP/1.1 200 OK\r\nx-endless: ');
    }],
  ])('with %s: nothing counts as accepted, and it does not wait longer than its time-out', async (_, misbehave) => {
    const server = await new HttpServer().start();
    running.push(server);
    misbehave(server);
    const start = performance.now();
    const { accepted, waiting } = await publish(server.url, ALL.split(' ').map(eventOf));
    expect({ accepted: accepted.size, waiting: waiting.length, requests: server.requests.length }).toEqual({ accepted: 0, waiting: 4, requests: 1 });
    expect(performance.now() - start).toBeLessThan(REQUEST_TIMEOUT_MS + 2_000);
  });
});

describe('the requests that bad events cost', () => {
  const EVENTS = 64;
  const withBad = (fault: string, bad: readonly number[]): ChangeEvent[] =>
    Array.from({ length: EVENTS }, (_, index) => ({ ...eventOf(`a1${bad.includes(index) ? fault : ''}`), item: `item ${index}`, eid: changeEvent('i', index).eid }))
      .map((event) => ({ ...event, json: jsonText(String(event.json).replace(changeEvent('a', 1).eid, event.eid)) }));

  test.each<[string, string, readonly number[], number]>([
    ['one more for each that a 422 names', '?', [3, 31, 32], 3 + 1],
    ['two for each halving, of one that a 400 does not name', '!', [31], 2 * Math.log2(EVENTS) + 1],
    ['no more than that for each of several', '!', [0, 31, 63], 3 * 2 * Math.log2(EVENTS) + 1],
  ])('are %s', async (_, fault, bad, most) => {
    const nakadi = await standIn();
    const { accepted, refused } = await publish(nakadi.url, withBad(fault, bad));
    expect([accepted.size, refused.size]).toEqual([EVENTS - bad.length, bad.length]);
    expect(nakadi.requests.count).toBeLessThanOrEqual(most);
  });
});
