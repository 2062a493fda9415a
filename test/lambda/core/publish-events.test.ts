import type { ChangeEvent } from '../../../lambda/core/change-event.ts';
import { seededRandom } from '../../../local/random.ts';
import { publishEvents, type Patience, type PublishResult } from '../../../lambda/core/publish-events.ts';
import { RequestSize } from '../../../lambda/core/request-size.ts';
import { changeEvent, PUBLISHING } from '../factories.ts';
import { MemoryNakadi } from './memory-nakadi.ts';
import { VirtualClock } from './virtual-clock.ts';

let nakadi: MemoryNakadi;
let clock: VirtualClock;

beforeEach(() => {
  nakadi = new MemoryNakadi();
  clock = new VirtualClock(0);
});

const publish = (events: readonly ChangeEvent[], options: { maxBatchEvents?: number } & Partial<Patience> = {}): Promise<PublishResult> => {
  const { retryUntil = 60_000, stopAt = 100_000, maxBatchEvents = 1_000 } = options;
  return publishEvents(events, { nakadi, clock }, { ...PUBLISHING, maxBatchEvents }, { ...options, retryUntil, stopAt });
};

/** Events of as many items, numbered throughout. */
const ofItems = (count: number, items = count): ChangeEvent[] => Array.from({ length: count }, (_, index) => changeEvent(`item ${index % items}`, index));

describe('where Nakadi takes everything', () => {
  test('one request carries all events, in order', async () => {
    const events = ofItems(10, 3);
    const result = await publish(events);
    expect(nakadi.requests).toEqual([events]);
    expect([...result.accepted]).toEqual(events);
    expect([result.refused.size, result.behind.size, result.waiting.length]).toEqual([0, 0, 0]);
  });

  test('more requests are made where the limits ask for it', async () => {
    const events = ofItems(10, 3);
    await publish(events, { maxBatchEvents: 4 });
    expect(nakadi.requests.map((request) => request.length)).toEqual([4, 4, 2]);
    expect(nakadi.stored).toEqual(events);
  });

  test('no request is made for no event', async () => {
    expect((await publish([])).accepted.size).toBe(0);
    expect(nakadi.requests).toEqual([]);
  });
});

describe('rejected events', () => {
  test.each([1, 2, 7, 20])('cost one request each, and nothing else (%d)', async (bad) => {
    const events = ofItems(20);
    nakadi.isInvalid = (event) => events.indexOf(event) < bad;
    const result = await publish(events);
    expect(result.refused.size).toBe(bad);
    expect(result.accepted.size).toBe(20 - bad);
    expect(nakadi.requests.length).toBe(bad === 20 ? 20 : bad + 1);
    expect(clock.pauses).toEqual([]);
  });

  test('have the words of Nakadi as their reason', async () => {
    const [good, bad] = ofItems(2);
    nakadi.isInvalid = (event) => event === bad;
    expect([...(await publish([good, bad])).refused]).toEqual([[bad, '422: publishing: sequence 1']]);
  });

  test('hold up what comes behind them of the same item, which is never sent alone', async () => {
    const events = [changeEvent('a', 1), changeEvent('b', 2), changeEvent('a', 3), changeEvent('a', 4), changeEvent('b', 5)];
    nakadi.isInvalid = (event) => event === events[2];
    const result = await publish(events);
    expect([...result.accepted]).toEqual([events[0], events[1], events[4]]);
    expect([...result.refused.keys()]).toEqual([events[2]]);
    expect([...result.behind]).toEqual([events[3]]);
    expect(nakadi.requests).toEqual([events, [events[0], events[1], events[4]]]);
  });

  test.each([
    [1, 1_000, 2 * 10 + 1],
    [3, 1_000, 3 * 2 * 10 + 1],
  ])('that are not named are found by halving (%d of %d)', async (bad, count, requests) => {
    const events = ofItems(count);
    const guilty = new Set(Array.from({ length: bad }, (_, index) => events[index * 333 + 7]));
    nakadi.isUnparsable = (event) => guilty.has(event);
    const result = await publish(events);
    expect(new Set(result.refused.keys())).toEqual(guilty);
    expect(result.accepted.size).toBe(count - bad);
    expect(nakadi.requests.length).toBeLessThanOrEqual(requests);
  });

  test('that are not named do not let later events of their item pass', async () => {
    const events = [changeEvent('a', 1), changeEvent('b', 2), changeEvent('a', 3), changeEvent('b', 4)];
    nakadi.isUnparsable = (event) => event === events[0];
    const result = await publish(events);
    expect([...result.behind]).toEqual([events[2]]);
    expect(nakadi.stored).toEqual([events[1], events[3]]);
  });

  test('hold up what comes behind the first of them, though a later one was found before', async () => {
    const events = [changeEvent('a', 1), changeEvent('a', 2), changeEvent('a', 3)];
    nakadi.isInvalid = (event) => event === events[2];
    nakadi.fault = (request) => (request > 0 ? { type: 'status', status: 413 } : undefined);
    const result = await publish(events);
    expect([...result.refused.keys()]).toEqual([events[2], events[0]]);
    expect([...result.behind]).toEqual([events[1]]);
    expect(nakadi.requests).toEqual([events, [events[0], events[1]], [events[0]]]);
  });

  test('are refused once, however they are mixed', async () => {
    const events = ofItems(50);
    nakadi.isInvalid = (event) => events.indexOf(event) % 7 === 3;
    nakadi.isUnparsable = (event) => events.indexOf(event) % 11 === 5;
    const result = await publish(events);
    expect(result.refused.size + result.accepted.size).toBe(50);
    expect(new Set(nakadi.stored).size).toBe(nakadi.stored.length);
  });
});

describe('events that fail while others of their request are stored', () => {
  test('are sent again, with all that follows of their item, after a pause', async () => {
    const events = [changeEvent('a', 1), changeEvent('b', 2), changeEvent('a', 3), changeEvent('b', 4)];
    nakadi.fault = (request) => (request === 0 ? { type: 'partly', failed: (event) => event === events[0] } : undefined);
    const result = await publish(events);
    expect(result.accepted.size).toBe(4);
    expect(nakadi.requests).toEqual([events, [events[0], events[2]]]);
    expect(clock.pauses).toHaveLength(1);
  });

  test('let no later event of their item pass in the requests that follow in the same round', async () => {
    const events = [changeEvent('a', 1), changeEvent('b', 2), changeEvent('a', 3), changeEvent('c', 4)];
    nakadi.fault = (request) => (request === 0 ? { type: 'partly', failed: (event) => event === events[0] } : undefined);
    await publish(events, { maxBatchEvents: 2 });
    expect(nakadi.requests).toEqual([[events[0], events[1]], [events[3]], [events[0], events[2]]]);
  });

  test('and go on to fail are refused in the end: Nakadi is not away', async () => {
    const events = [changeEvent('a', 1), changeEvent('b', 2), changeEvent('a', 3)];
    nakadi.fault = () => ({ type: 'partly', failed: (event) => event === events[0] });
    const result = await publish(events);
    expect([...result.refused.keys()]).toEqual([events[0]]);
    expect([...result.behind]).toEqual([events[2]]);
    expect(result.waiting).toEqual([]);
  });

  test('are not to blame where Nakadi is away afterwards', async () => {
    const events = [changeEvent('a', 1), changeEvent('b', 2)];
    nakadi.fault = (request) => (request === 0 ? { type: 'partly', failed: (event) => event === events[0] } : { type: 'status', status: 503 });
    const result = await publish(events, { retryUntil: 60_000, stopAt: 59_000 });
    expect(result.refused.size).toBe(0);
    expect(result).toMatchObject({ waiting: [events[0]], waitingFor: '503: why' });
  });

  test('wait where all have failed', async () => {
    const events = ofItems(3);
    nakadi.fault = () => ({ type: 'partly', failed: () => true });
    expect(await publish(events)).toMatchObject({ waiting: events, waitingFor: '207: publishing: sequence 0' });
  });
});

describe('while Nakadi is away', () => {
  const away = { type: 'status', status: 503 } as const;

  test('requests are repeated at growing intervals, with fewer events each time, until the budget is used', async () => {
    nakadi.fault = () => away;
    clock.chance = 0.999;
    const events = ofItems(9);
    expect(await publish(events)).toMatchObject({ waiting: events, waitingFor: '503: why' });
    expect(nakadi.requests.slice(0, 7).map((request) => request.length)).toEqual([9, 4, 2, 1, 1, 1, 1]);
    expect(clock.pauses.slice(0, 3).map(Math.round)).toEqual([200, 400, 799]);
    expect(Math.max(...clock.pauses)).toBeLessThanOrEqual(20_000);
    expect(clock.now()).toBe(60_000);
    // Where one event alone is not taken, another is tried.
    expect(nakadi.requests.length).toBe(3 + 2 * (clock.pauses.length - 2));
  });

  test('the pauses are spread by chance', async () => {
    nakadi.fault = (request) => (request < 3 ? away : undefined);
    clock.chance = 0.1;
    await publish(ofItems(1));
    expect(clock.pauses).toEqual([20, 40, 80]);
  });

  test('Retry-After is kept to', async () => {
    nakadi.fault = (request) => (request === 0 ? { type: 'status', status: 429, retryAfterMs: 7_000 } : undefined);
    await publish(ofItems(1));
    expect(clock.pauses).toEqual([7_000]);
  });

  test('a Retry-After beyond the budget ends with the budget', async () => {
    nakadi.fault = () => ({ type: 'status', status: 429, retryAfterMs: 3_600_000 });
    await publish(ofItems(1));
    expect(clock.now()).toBe(60_000);
    expect(nakadi.requests.length).toBe(2);
  });

  test('the requests that would follow are not made', async () => {
    nakadi.fault = (request) => (request === 1 ? away : undefined);
    const events = ofItems(6);
    await publish(events, { maxBatchEvents: 2 });
    expect(nakadi.requests.map((request) => request[0])).toEqual([events[0], events[2], events[2], events[3], events[5]]);
  });

  test('the pauses start small again when some events were stored', async () => {
    nakadi.fault = (request) => (request === 9 ? undefined : away);
    clock.chance = 0.999;
    await publish(ofItems(2), { maxBatchEvents: 1, retryUntil: 15_000 });
    expect(clock.pauses.slice(0, 6).map(Math.round)).toEqual([200, 400, 799, 1598, 200, 400]);
  });

  test.each([
    [1, 1],
    [2, 1],
    [2, 2, 1],
  ])('one try is made where there is no budget (%d events, %d requests)', async (count, requests, maxBatchEvents = 1_000) => {
    nakadi.fault = () => away;
    await publish(ofItems(count), { retryUntil: 0, maxBatchEvents });
    expect([nakadi.requests.length, clock.pauses.length]).toEqual([requests, 0]);
  });

  test('an answer that is lost makes a repetition, never a gap', async () => {
    nakadi.fault = (request) => (request === 0 ? { type: 'lost-answer' } : undefined);
    const events = ofItems(4, 2);
    const result = await publish(events);
    expect([...result.accepted]).toEqual(events);
    expect(nakadi.stored).toEqual([...events, ...events]);
  });
});

describe('an event with which Nakadi seems to be away', () => {
  const shun = (bad: readonly ChangeEvent[], most = Infinity): void => {
    nakadi.fault = (request, events) => (request < most && events.some((event) => bad.includes(event)) ? { type: 'status', status: 500 } : undefined);
  };

  test.each([0, 1, 57, 98])('is refused in the end, as Nakadi takes the others (number %d of 100)', async (place) => {
    const events = ofItems(100);
    shun([events[place]]);
    const result = await publish(events);
    expect([...result.refused]).toEqual([[events[place], '500: why']]);
    expect(result).toMatchObject({ waiting: [], waitingFor: undefined });
    expect(result.accepted.size).toBe(99);
    expect(nakadi.stored).toHaveLength(99);
  });

  test.each([2, 5, 10])('is found among others of its making that stand beside it (%d)', async (count) => {
    const events = ofItems(100);
    shun(events.slice(0, count));
    clock.random = seededRandom(1);
    const result = await publish(events, { retryUntil: 600_000, stopAt: 1_000_000 });
    expect([...result.refused.keys()]).toEqual(events.slice(0, count));
    expect(result.accepted.size).toBe(100 - count);
  });

  test('holds up the later ones of its item', async () => {
    const events = [changeEvent('a', 1), changeEvent('b', 2), changeEvent('a', 3), changeEvent('b', 4)];
    shun([events[0]]);
    const result = await publish(events);
    expect([[...result.refused.keys()], [...result.behind], [...result.accepted]]).toEqual([[events[0]], [events[2]], [events[1], events[3]]]);
  });

  test('is accepted where that was chance, and what follows of its item behind it', async () => {
    const events = [changeEvent('a', 1), changeEvent('b', 2), changeEvent('a', 3), changeEvent('c', 4)];
    shun([events[0]], 8);
    const result = await publish(events);
    expect(result.accepted.size).toBe(4);
    expect(nakadi.stored.filter(({ item }) => item === 'a')).toEqual([events[0], events[2]]);
  });

  test('is not told from an absence of Nakadi where it is the last one', async () => {
    const events = ofItems(4);
    shun([events[3]]);
    expect(await publish(events)).toMatchObject({ waiting: [events[3]], waitingFor: '500: why' });
  });

  test('is not told from it where Nakadi asks for a pause: the next request is not made before', async () => {
    nakadi.fault = (_, [first]) => (first === events[0] ? { type: 'status', status: 503, retryAfterMs: 5_000 } : undefined);
    const events = ofItems(2);
    expect(await publish(events, { maxBatchEvents: 1, retryUntil: 12_000 })).toMatchObject({ waiting: events, waitingFor: '503: why' });
    expect(nakadi.requests).toEqual([[events[0]], [events[0]], [events[0]], [events[0]]]);
  });

  test('waits with the others where Nakadi is away in the end', async () => {
    const events = ofItems(4);
    nakadi.fault = (request, sent) => (request > 3 || sent.includes(events[0]) ? { type: 'status', status: 500 } : undefined);
    const result = await publish(events);
    expect(result.refused.size).toBe(0);
    expect(result).toMatchObject({ waiting: [events[0], events[1], events[3]], waitingFor: '500: why' });
  });
});

describe('a request that is too large for the time of a request', () => {
  const fits = (most: number): void => {
    nakadi.fault = (_, events) => (events.length > most ? { type: 'no-response' } : undefined);
  };

  test('goes on in smaller ones', async () => {
    const events = ofItems(1_000);
    fits(50);
    expect((await publish(events)).accepted.size).toBe(1_000);
    expect(nakadi.stored).toEqual(events);
  });

  test('is remembered by the next publication', async () => {
    const size = new RequestSize();
    fits(50);
    for (let run = 0; run < 8; run++) {
      await publishEvents(ofItems(200), { nakadi, clock }, PUBLISHING, { retryUntil: 0, stopAt: 100_000 }, size);
    }
    expect(nakadi.requests.slice(0, 3).map((request) => request.length)).toEqual([200, 100, 50]);
    expect(nakadi.stored.length).toBeGreaterThan(600);
  });
});

describe('where only Nakadi as a whole is waited for', () => {
  test('what fails while it takes others is not tried again', async () => {
    const events = ofItems(3);
    nakadi.fault = () => ({ type: 'partly', failed: (event) => event === events[0] });
    const result = await publish(events, { forNakadiOnly: true });
    expect([...result.refused.keys()]).toEqual([events[0]]);
    expect([nakadi.requests.length, clock.pauses.length]).toEqual([1, 0]);
  });

  test('an absence is', async () => {
    nakadi.fault = (request) => (request < 3 ? { type: 'status', status: 503 } : undefined);
    expect((await publish(ofItems(1), { forNakadiOnly: true })).accepted.size).toBe(1);
  });
});

describe('a request of which every event failed', () => {
  const isOther = ({ eventType }: ChangeEvent): boolean => eventType === 'other';
  const events = [...ofItems(3), ...ofItems(2).map((event) => ({ ...event, item: `other ${event.item}`, eventType: 'other' }))];

  test.each([['behind others', events], ['before others', events.toReversed()]])('is to blame, not Nakadi, where that stored others in the same round (%s)', async (_, inOrder) => {
    nakadi.fault = (__, [first]) => (isOther(first) ? { type: 'partly', failed: () => true } : undefined);
    const result = await publish(inOrder);
    expect(new Set(result.refused.keys())).toEqual(new Set(events.filter(isOther)));
    expect(result).toMatchObject({ waiting: [], waitingFor: undefined });
  });

  test('waits where Nakadi stored nothing else in the round', async () => {
    nakadi.fault = () => ({ type: 'partly', failed: () => true });
    expect(await publish(events)).toMatchObject({ waiting: events, waitingFor: '207: publishing: sequence 0' });
  });
});

describe('no request starts after the time is over', () => {
  test('though more batches wait', async () => {
    nakadi.onRequest = () => {
      clock.pass(40_000);
    };
    const events = ofItems(6);
    const result = await publish(events, { maxBatchEvents: 2, stopAt: 70_000 });
    expect(nakadi.requests.length).toBe(2);
    expect(result).toMatchObject({ waiting: events.slice(4), waitingFor: undefined });
  });

  test('though rejected events are still to be found', async () => {
    nakadi.isInvalid = () => true;
    nakadi.onRequest = () => {
      clock.pass(30_000);
    };
    const events = ofItems(10);
    const result = await publish(events, { stopAt: 70_000 });
    expect(nakadi.requests.length).toBe(3);
    expect(result.refused.size).toBe(3);
    expect(result.waiting).toEqual(events.slice(3));
  });

  test('and no pause goes beyond it', async () => {
    nakadi.fault = () => ({ type: 'status', status: 503 });
    const result = await publish(ofItems(1), { retryUntil: 60_000, stopAt: 30_000 });
    expect(clock.now()).toBeLessThanOrEqual(30_000);
    expect(result.waitingFor).toBe('503: why');
  });
});

describe('an event type that takes nothing', () => {
  const [a1, b1, a2, c1] = [changeEvent('a', 1), changeEvent('b', 2), changeEvent('a', 3), changeEvent('c', 4)];
  const blocked = (event: ChangeEvent): ChangeEvent => ({ ...event, eventType: 'blocked' });

  beforeEach(() => {
    nakadi.fault = (_, [{ eventType }]) => (eventType === 'blocked' ? { type: 'status', status: 404 } : undefined);
  });

  test('does not hold up the others, but the later events of its items', async () => {
    const events = [blocked(a1), b1, a2, c1];
    const result = await publish(events, { retryUntil: 0 });
    expect([...result.accepted]).toEqual([b1, c1]);
    expect([...result.blocked]).toEqual([[events[0], '404: why'], [a2, '404: why']]);
    expect(result).toMatchObject({ waiting: [], waitingFor: undefined });
  });

  test('is its tombstones alone where only these are not taken: the events of others go on in the same round', async () => {
    const events = [a1, { ...a1, sequence: `${a1.sequence}~`, tombstone: true }, b1, c1];
    nakadi.fault = (_, [{ tombstone }]) => (tombstone ? { type: 'status', status: 403 } : undefined);
    const result = await publish(events, { retryUntil: 0, maxBatchEvents: 1 });
    expect([...result.accepted]).toEqual([a1, b1, c1]);
    expect([...result.blocked.keys()]).toEqual([events[1]]);
  });

  test('gets one request a round, however many events it has', async () => {
    await publish([blocked(a1), blocked(b1), blocked(c1)], { retryUntil: 0, maxBatchEvents: 1 });
    expect(nakadi.requests).toHaveLength(1);
  });

  test('is waited for where it is the only one, and not beside others', async () => {
    const tries = async (events: readonly ChangeEvent[], more: object = {}): Promise<number> => {
      const before = nakadi.requests.length;
      await publish(events, { retryUntil: clock.now() + 60_000, ...more });
      return nakadi.requests.length - before;
    };
    expect(await tries([blocked(a1), blocked(b1)])).toBeGreaterThan(5);
    expect(await tries([blocked(a1), b1])).toBe(2);
    expect(await tries([blocked(a1)], { severalEventTypes: true })).toBe(1);
  });

  test('is not Nakadi: where that is away too, both are', async () => {
    nakadi.fault = (_, [{ eventType }]) => ({ type: 'status', status: eventType === 'blocked' ? 404 : 503 });
    expect(await publish([blocked(a1), b1], { retryUntil: 0 })).toMatchObject({ waiting: [{ item: 'a' }, b1], waitingFor: '503: why', blocked: new Map() });
  });

  test.each<[string, readonly ChangeEvent[], (event: ChangeEvent) => boolean]>([
    ['all of a request failed before', [b1, c1, blocked(a1)], () => true],
    ['all of a request failed behind', [blocked(a1), b1, c1], () => true],
    ['some of a request failed before', [b1, c1, blocked(a1)], ({ item }) => item === 'b'],
  ])('does not take their tries from others: %s it', async (_, events, fails) => {
    let isFirst = true;
    nakadi.fault = (_request, [{ eventType }]) => {
      if (eventType === 'blocked') {
        return { type: 'status', status: 404 };
      }
      const failed = isFirst ? fails : () => false;
      isFirst = false;
      return { type: 'partly', failed };
    };
    const result = await publish(events, { severalEventTypes: true });
    expect([...result.accepted].map(({ item }) => item).sort()).toEqual(['b', 'c']);
    expect([...result.blocked]).toEqual([[expect.objectContaining({ item: 'a' }), '404: why']]);
    expect(result).toMatchObject({ waiting: [], waitingFor: undefined });
  });

  test('is no reason for others: one that fails alone to the end is refused with its own', async () => {
    nakadi.fault = (_, [{ eventType }]) => (eventType === 'blocked' ? { type: 'status', status: 404 } : { type: 'partly', failed: ({ item }) => item === 'b' });
    const result = await publish([b1, c1, blocked(a1)], { retryUntil: 0 });
    expect([...result.accepted]).toEqual([c1]);
    expect([...result.refused]).toEqual([[b1, expect.stringMatching(/^207/)]]);
    expect([...result.blocked]).toEqual([[expect.objectContaining({ item: 'a' }), '404: why']]);
    expect(result).toMatchObject({ waiting: [], waitingFor: undefined });
  });

  test('takes no tries from an earlier event of the same item, that failed alone', async () => {
    let isFirst = true;
    nakadi.fault = (_request, [{ eventType }]) => {
      const fault = { type: 'partly' as const, failed: isFirst ? ({ sequence }: ChangeEvent) => sequence === a1.sequence : () => false };
      isFirst = false;
      return eventType === 'blocked' ? { type: 'status', status: 404 } : fault;
    };
    const [lastOfA, ofC] = [blocked(a2), blocked(c1)];
    const result = await publish([a1, b1, lastOfA, ofC], { severalEventTypes: true });
    expect([...result.accepted].map(({ item }) => item).sort()).toEqual(['a', 'b']);
    expect([...result.blocked.keys()]).toEqual([lastOfA, ofC]);
  });

  test('does not tell why Nakadi is away, where it answers later than that', async () => {
    nakadi.fault = (_, [{ eventType }]) => (eventType === 'blocked' ? { type: 'status', status: 404 } : { type: 'partly', failed: () => true });
    expect(await publish([b1, blocked(a1)], { retryUntil: 0 })).toMatchObject({ waitingFor: expect.stringMatching(/^207/) as string, blocked: new Map() });
  });

  test('holds up no event of another type that comes before it', async () => {
    const [blockedOfB, ofA, blockedOfA] = [blocked(b1), a1, blocked(a2)];
    const result = await publish([blockedOfB, ofA, blockedOfA], { retryUntil: 0, severalEventTypes: true });
    expect([...result.accepted]).toEqual([ofA]);
    expect([...result.blocked.keys()]).toEqual([blockedOfB, blockedOfA]);
  });

  test('tells its own reason for what comes behind it, not that of another', async () => {
    const missing = (event: ChangeEvent): ChangeEvent => ({ ...event, eventType: 'missing' });
    nakadi.fault = (_, [{ eventType }]) => ({ type: 'status', status: eventType === 'blocked' ? 404 : 403 });
    const result = await publish([blocked(a1), missing(a2), missing(c1)], { retryUntil: 0, severalEventTypes: true });
    expect([...result.blocked.values()]).toEqual(['404: why', '404: why', '403: why']);
  });

  test('is waited for where the others were refused: nobody is held up', async () => {
    nakadi.isInvalid = ({ item }) => item === 'b';
    let requests = 0;
    nakadi.fault = () => (++requests > 1 && requests < 5 ? { type: 'status', status: 404 } : undefined);
    const result = await publish([b1, a1, c1]);
    expect([[...result.accepted], [...result.refused.keys()]]).toEqual([[a1, c1], [b1]]);
  });
});
