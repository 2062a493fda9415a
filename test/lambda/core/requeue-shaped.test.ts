import { requeueRun } from '../../../lambda/core/requeue-run.ts';
import { paddedSequence, sequenceNumber, settings, STREAM, streamRecord } from '../factories.ts';
import { item, RequeueHarness } from './requeue-harness.ts';

let outbox: RequeueHarness;

beforeEach(() => {
  outbox = new RequeueHarness();
  outbox.shape = { cleanupPolicy: 'compact', tombstones: true };
});

/** Operations of what was published, and `gone` for tombstones. */
const published = (): string[] => outbox.nakadi.stored.map(({ json, tombstone }) => (tombstone ? 'gone' : (JSON.parse(String(json)) as { data_op: string }).data_op));

describe('a parked deletion with a tombstone', () => {
  test('is published with it, in order, and then what comes behind it', async () => {
    await outbox.parkRecord({ id: 'a', sequence: 1, eventName: 'REMOVE' });
    await outbox.park('a', 2);
    expect(await outbox.run()).toMatchObject({ closed: 1, refused: 0 });
    expect(published()).toEqual(['D', 'gone', 'C']);
    expect([outbox.waiting('a'), outbox.isOpen('a')]).toEqual([[], false]);
  });

  test('stays, once, where Nakadi refuses the tombstone, with what comes behind it', async () => {
    await outbox.parkRecord({ id: 'a', sequence: 1, eventName: 'REMOVE' });
    await outbox.park('a', 2);
    await outbox.park('b', 3);
    outbox.nakadi.isInvalid = ({ tombstone }) => tombstone;
    expect(await outbox.run()).toMatchObject({ closed: 1, refused: 1 });
    expect([outbox.waiting('a'), outbox.waiting('b')]).toEqual([[1, 2], []]);
    expect(outbox.head('a')).toMatchObject({ open: true, attempts: 1 });
    outbox.nakadi.isInvalid = () => false;
    outbox.clock.pass(60_000);
    expect(await outbox.run()).toMatchObject({ closed: 1 });
    expect(published()).toEqual(['D', 'C', 'D', 'gone', 'C']);
  });

  test('stays where Nakadi goes away before the tombstone', async () => {
    await outbox.parkRecord({ id: 'a', sequence: 1, eventName: 'REMOVE' });
    outbox.nakadi.fault = (_, [{ tombstone }]) => (tombstone ? { type: 'status', status: 503 } : undefined);
    await outbox.run();
    expect([published(), outbox.waiting('a'), outbox.isOpen('a')]).toEqual([['D'], [1], true]);
  });
});

describe('a snapshot of an item that is gone', () => {
  test('is followed by a tombstone', async () => {
    await outbox.parkLate('a', 1);
    expect(await outbox.run()).toMatchObject({ closed: 1 });
    expect(published()).toEqual(['C', 'D', 'gone']);
  });

  test('leaves the item open where its tombstone is refused', async () => {
    await outbox.parkLate('a', 1);
    outbox.nakadi.isInvalid = ({ tombstone }) => tombstone;
    expect(await outbox.run()).toMatchObject({ closed: 0, refused: 1 });
    expect(outbox.isOpen('a')).toBe(true);
  });
});

describe('parked records of which nothing is published any more', () => {
  beforeEach(() => {
    outbox.shape = { condition: { type: 'key-starts-with', attribute: 'id', value: 'b' } };
  });

  test('are removed without a request, and the item is closed', async () => {
    await outbox.park('a', 1);
    await outbox.park('a', 2);
    expect(await outbox.run()).toMatchObject({ published: 0, closed: 1, refused: 0 });
    expect([outbox.nakadi.requests, outbox.waiting('a'), outbox.isOpen('a')]).toEqual([[], [], false]);
    expect(outbox.head('a')).toMatchObject({ through: paddedSequence(2) });
  });

  test('need no snapshot, where they came late', async () => {
    await outbox.parkLate('a', 1);
    expect(await outbox.run()).toMatchObject({ published: 0, closed: 1 });
    expect([outbox.nakadi.requests, outbox.isOpen('a')]).toEqual([[], false]);
  });

  test('do not end the run: what else is due is published', async () => {
    await outbox.park('a', 1);
    await outbox.park('b', 2);
    expect(await outbox.run()).toMatchObject({ published: 1, closed: 2 });
  });

  test('are gone after a run, however many there are', async () => {
    for (let sequence = 1; sequence <= 250; sequence++) {
      await outbox.park('a', sequence);
    }
    outbox.parking.onWrite = () => {
      outbox.clock.pass(1);
    };
    await outbox.run();
    expect([outbox.waiting('a').length, outbox.isOpen('a')]).toEqual([0, false]);
  });
});

test('with a mapping, parked events are published as they are without one', async () => {
  outbox.shape = { map: (input) => (input.includes('"id":"b"') ? { type: 'failed', detail: 'the mapping failed' } : { type: 'data', json: '{}' }) };
  for (const [index, id] of ['a', 'b', 'a', 'c'].entries()) {
    await outbox.park(id, index + 1);
  }
  expect(await outbox.run()).toMatchObject({ published: 3, closed: 2, refused: 1 });
  expect([outbox.waiting('a'), outbox.waiting('b'), outbox.waiting('c')]).toEqual([[], [2], []]);
  outbox.nakadi.fault = () => ({ type: 'status', status: 503 });
  await outbox.park('a', 5);
  await outbox.run();
  outbox.nakadi.fault = () => undefined;
  expect(await outbox.run()).toMatchObject({ published: 1, closed: 1 });
});

test('of a dead letter only records of which something is published are parked', async () => {
  const { nakadi, clock, parking: parkedEvents } = outbox;
  const info = { shardId: 's', startSequenceNumber: sequenceNumber(1), endSequenceNumber: sequenceNumber(3), streamArn: STREAM };
  const letters = [{ handle: 'h', body: JSON.stringify({ DDBStreamBatchInfo: info }) }];
  const records = [streamRecord({ id: 'a', sequence: 1 }), streamRecord({ id: 'b', sequence: 2 }), streamRecord({ id: 'b', sequence: 3, newImage: { id: { S: 'b' }, n: { N: 'many' } } })];
  async function* pages(): AsyncGenerator<typeof records> {
    yield await Promise.resolve(records);
  }
  const ports = {
    nakadi,
    clock,
    parkedEvents,
    sourceTable: { read: () => Promise.resolve(undefined) },
    stream: { open: () => Promise.resolve(pages()) },
    deadLetters: { receive: () => Promise.resolve(letters.splice(0)), delete: () => Promise.resolve() },
    lease: { acquire: () => Promise.resolve(true), release: () => Promise.resolve() },
  };
  const shape = { condition: { type: 'key-starts-with' as const, attribute: 'id', value: 'b' } };
  const report = await requeueRun(ports, settings({}, shape), { stopAt: clock.now() + 60_000, killedAt: clock.now() + 120_000 });
  expect(report!.deadLetters).toMatchObject({ read: 1, records: 2 });
  expect([parkedEvents.heads.has(item('a')), outbox.waiting('b')]).toEqual([false, [3]]);
});

test('an item whose event type takes nothing is put off for longer each time, and the others go on', async () => {
  await outbox.park('a', 1);
  await outbox.parkRecord({ id: 'b', sequence: 2, eventName: 'REMOVE' });
  outbox.nakadi.fault = (_, [{ tombstone }]) => (tombstone ? { type: 'status', status: 403 } : undefined);
  expect(await outbox.run()).toMatchObject({ closed: 1, refused: 1 });
  expect(outbox.head('b')).toMatchObject({ open: true, attempts: 1 });
  outbox.nakadi.fault = () => undefined;
  outbox.clock.pass(60_000);
  expect(await outbox.run()).toMatchObject({ closed: 1 });
  expect(published()).toEqual(['C', 'D', 'D', 'gone']);
});

test('an item whose snapshot has an event type that takes nothing is put off, and does not publish its late records again and again', async () => {
  await outbox.park('a', 1);
  await outbox.parkLate('b', 2);
  outbox.nakadi.fault = (_, [{ tombstone }]) => (tombstone ? { type: 'status', status: 403 } : undefined);
  expect(await outbox.run()).toMatchObject({ refused: 1 });
  expect(outbox.head('b')).toMatchObject({ open: true, attempts: 1, detail: '403: why', dueAt: new Date(outbox.clock.now() + 60_000).toISOString() });
  const before = published();
  await outbox.run();
  expect(published()).toEqual(before);
});

test('a deletion whose tombstone alone is not taken is put off for longer each time, and not published each minute', async () => {
  await outbox.parkRecord({ id: 'b', sequence: 2, eventName: 'REMOVE' });
  outbox.nakadi.fault = (_, [{ tombstone }]) => (tombstone ? { type: 'status', status: 503 } : undefined);
  expect(await outbox.run()).toMatchObject({ closed: 0, refused: 1 });
  expect(outbox.head('b')).toMatchObject({ open: true, attempts: 1, detail: '503: why', dueAt: new Date(outbox.clock.now() + 60_000).toISOString() });
  await outbox.run();
  expect(published()).toEqual(['D']);
});
