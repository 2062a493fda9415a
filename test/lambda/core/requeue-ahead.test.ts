import { setTimeout } from 'node:timers/promises';
import { item, RequeueHarness } from './requeue-harness.ts';

/** Items of the test: the probe, two whole rounds, and some more. */
const ITEMS = 220;

let outbox: RequeueHarness;
/** What was asked for, in order. */
let asked: string[];

const ids = Array.from({ length: ITEMS }, (_, index) => `item ${String(index).padStart(3, '0')}`);

beforeEach(async () => {
  outbox = new RequeueHarness();
  asked = [];
  for (const [index, id] of ids.entries()) {
    await outbox.park(id, index + 1);
    outbox.clock.pass(1);
  }
  const heads = outbox.parking.headsOf.bind(outbox.parking);
  outbox.parking.headsOf = (items) => {
    asked.push(`load ${items.length}`);
    return heads(items);
  };
  outbox.nakadi.onRequest = (events) => {
    asked.push(`publish ${events.length}`);
    outbox.clock.pass(1);
  };
  const together = outbox.parking.closeTogether.bind(outbox.parking);
  outbox.parking.closeTogether = async (closings) => {
    await setTimeout(1);
    asked.push(`close ${closings.length}`);
    return together(closings);
  };
});

test('while a round is published and closed, the next one is loaded, and the one behind it read', async () => {
  expect(await outbox.run()).toMatchObject({ published: ITEMS, closed: ITEMS });
  expect(asked.slice(0, 7)).toEqual(['load 1', 'publish 1', 'load 100', 'publish 100', 'load 100', 'load 19', 'close 25']);
  expect(ids.filter((id) => outbox.isOpen(id))).toEqual([]);
});

test('nothing is loaded ahead where a mapping makes the events: it holds up what goes on beside it', async () => {
  outbox.shape = { map: () => ({ type: 'data', json: '{}' }) };
  expect(await outbox.run()).toMatchObject({ published: ITEMS, closed: ITEMS });
  expect(asked.slice(0, 9)).toEqual(['load 1', 'publish 1', 'load 100', 'publish 100', 'close 25', 'close 25', 'close 25', 'close 25', 'load 100']);
});

test.each([
  ['the round is in work', [[0, 101], [0, 101], [101, 220]]],
  ['the round is closed and the next one waits', [[0, 201], [1, 51], [101, 151], [201, 220]]],
])('an item that the index lists again while %s is published once', async (_, pages) => {
  const { parking } = outbox;
  parking.duePages = async function* () {
    await Promise.resolve();
    const due = parking.dueItems('9999');
    yield* pages.map(([from, to]) => due.slice(from, to));
  };
  expect(await outbox.run()).toMatchObject({ published: ITEMS, closed: ITEMS });
});

test('what is loaded ahead stays as it is where Nakadi goes away meanwhile', async () => {
  outbox.nakadi.fault = (request) => (request > 0 ? { type: 'status', status: 503 } : undefined);
  expect(await outbox.run()).toMatchObject({ published: 1, away: 'away: 503' });
  expect(asked.filter((what) => what.startsWith('load'))).toEqual(['load 1', 'load 100', 'load 100']);
  outbox.nakadi.fault = () => undefined;
  outbox.clock.pass(1);
  expect(await outbox.run()).toMatchObject({ published: ITEMS - 1, closed: ITEMS - 1 });
});

test('a change that is parked after its item was loaded ahead is published behind it, in the same run', async () => {
  const id = ids[150];
  const heads = outbox.parking.headsOf.bind(outbox.parking);
  let isParked = false;
  outbox.parking.headsOf = async (items) => {
    const answer = await heads(items);
    if (items.includes(item(id)) && !isParked) {
      isParked = true;
      await outbox.park(id, 900);
    }
    return answer;
  };
  expect(await outbox.run()).toMatchObject({ published: ITEMS + 1, closed: ITEMS });
  expect([outbox.published().filter((event) => ['C151', 'C900'].includes(event)), outbox.waiting(id)]).toEqual([['C151', 'C900'], []]);
});

test('the items of a round close together; where one of them cannot, each of these closes alone', async () => {
  const closed: number[] = [];
  const together = outbox.parking.closeTogether.bind(outbox.parking);
  outbox.parking.closeTogether = (closings) => {
    closed.push(closings.length);
    return together(closings);
  };
  const alone = jest.spyOn(outbox.parking, 'close');
  let isParked = false;
  outbox.nakadi.onRequest = (events) => {
    outbox.clock.pass(1);
    if (events.length > 1 && !isParked) {
      isParked = true;
      void outbox.park(ids[1], 900);
    }
  };
  expect(await outbox.run()).toMatchObject({ published: ITEMS + 1, closed: ITEMS });
  expect(closed).toEqual([25, 25, 25, 25, 25, 25, 25, 25, 19]);
  // The probe, and the items of the group that cannot, one of them in vain.
  expect(alone).toHaveBeenCalledTimes(1 + 25 + 1);
});

test('where closing together fails, each closes alone', async () => {
  outbox.parking.closeTogether = () => Promise.reject(new Error('too large'));
  expect(await outbox.run()).toMatchObject({ published: ITEMS, closed: ITEMS });
});

test('the run ends after what it loads ahead, though the round before has failed', async () => {
  let loading = 0;
  outbox.parking.readFewRecords = () => Promise.resolve(new Map());
  const read = outbox.parking.readRecords.bind(outbox.parking);
  outbox.parking.readRecords = async (of, limit) => {
    loading++;
    await setTimeout(1);
    loading--;
    return read(of, limit);
  };
  outbox.nakadi.isInvalid = (event) => event.item !== item(ids[0]);
  outbox.parking.postpone = () => Promise.reject(new Error('throttled'));
  await expect(outbox.run()).rejects.toThrow('throttled');
  expect([loading, asked.filter((what) => what.startsWith('load')).length]).toEqual([0, 4]);
});

test.each([
  ['the next round', 3],
  ['the one behind it', 4],
])('what is published is written down, though %s cannot be read', async (_, failing) => {
  const heads = outbox.parking.headsOf.bind(outbox.parking);
  let calls = 0;
  outbox.parking.headsOf = (items) => (++calls === failing ? Promise.reject(new Error('throttled')) : heads(items));
  await expect(outbox.run()).rejects.toThrow('throttled');
  expect(outbox.nakadi.stored).toHaveLength(101);
  expect(ids.filter((id) => outbox.isOpen(id))).toEqual(ids.slice(101));
});

test('a round is closed without waiting for what is read behind it', async () => {
  const [heads, together] = [outbox.parking.headsOf.bind(outbox.parking), outbox.parking.closeTogether.bind(outbox.parking)];
  const closing = Promise.withResolvers<string>();
  let calls = 0;
  let first: string | undefined;
  outbox.parking.closeTogether = (closings) => {
    closing.resolve('closed');
    return together(closings);
  };
  outbox.parking.headsOf = async (items) => {
    if (++calls === 3) {
      first = await Promise.race([closing.promise, setTimeout(1_000, 'waited')]);
    }
    return heads(items);
  };
  expect(await outbox.run()).toMatchObject({ published: ITEMS, closed: ITEMS });
  expect(first).toBe('closed');
});
