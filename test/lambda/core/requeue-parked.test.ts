import { INVALID_IMAGE, paddedSequence } from '../factories.ts';
import { item, RequeueHarness } from './requeue-harness.ts';

let outbox: RequeueHarness;

beforeEach(() => {
  outbox = new RequeueHarness();
});

describe('parked events', () => {
  test('are published in order, removed, and the heads closed', async () => {
    await outbox.park('a', 1);
    await outbox.park('b', 2);
    await outbox.park('a', 3);
    expect(await outbox.run()).toEqual({ published: 3, closed: 2, refused: 0, patchesLeftOut: 0, reasons: new Set() });
    expect(outbox.published()).toEqual(['C1', 'C3', 'C2']);
    expect([outbox.waiting('a'), outbox.waiting('b'), outbox.isOpen('a'), outbox.isOpen('b')]).toEqual([[], [], false, false]);
    expect(outbox.head('a')).toMatchObject({ through: paddedSequence(3), upTo: paddedSequence(3), dueAt: undefined });
  });

  test('nothing is done where nothing waits', async () => {
    expect(await outbox.run()).toMatchObject({ published: 0 });
    expect(outbox.nakadi.requests).toEqual([]);
  });

  test('of one item go first, alone, as a probe; then many items go in one request', async () => {
    for (let index = 1; index <= 30; index++) {
      await outbox.park(`item ${index}`, index);
    }
    await outbox.run();
    expect(outbox.nakadi.requests.map((request) => request.length)).toEqual([1, 29]);
  });

  test('are loaded up to half of the bytes of a request, for two rounds may be in work', async () => {
    for (let index = 1; index <= 31; index++) {
      await outbox.park(`item ${index}`, index, { id: { S: `item ${index}` }, text: { S: 'x'.repeat(1000) } });
    }
    outbox.limits = { maxBatchBytes: 20_000 };
    await outbox.run();
    // Ten are loaded at the same time, and they are more than the half; a whole request takes fifteen.
    expect(outbox.nakadi.requests.map((request) => request.length)).toEqual([1, 10, 10, 10]);
  });

  test('stay where Nakadi is away still, after a request for each of two items', async () => {
    await outbox.park('a', 1);
    await outbox.park('b', 2);
    await outbox.park('c', 3);
    outbox.nakadi.fault = () => ({ type: 'status', status: 503 });
    expect(await outbox.run()).toMatchObject({ published: 0, away: 'away: 503' });
    expect(outbox.nakadi.requests.map((request) => request.map((event) => event.item))).toEqual([[item('a')], [item('b')]]);
    expect([outbox.waiting('a'), outbox.waiting('b'), outbox.isOpen('a')]).toEqual([[1], [2], true]);
    outbox.nakadi.fault = () => undefined;
    expect(await outbox.run()).toMatchObject({ published: 3, closed: 3 });
  });

  test('stay where Nakadi is away still, after one request for the only one', async () => {
    await outbox.park('a', 1);
    outbox.nakadi.fault = () => ({ type: 'status', status: 503 });
    expect(await outbox.run()).toMatchObject({ published: 0, refused: 0, away: 'away: 503' });
    expect(outbox.nakadi.requests.length).toBe(1);
    expect(outbox.head('a')).toMatchObject({ open: true, attempts: 0 });
  });

  describe('with which Nakadi seems to be away', () => {
    const shun = (...sequences: number[]): void => {
      outbox.nakadi.fault = (_, events) => (events.some((event) => sequences.includes(Number(event.sequence.slice(-6)))) ? { type: 'status', status: 500 } : undefined);
    };
    const parkMany = async (count: number): Promise<void> => {
      for (let index = 0; index < count; index++) {
        await outbox.park(`item ${index}`, index);
        outbox.clock.pass(1);
      }
    };

    test.each([0, 1, 50, 98])('are put off, and the others of their round are published in the same run (number %d of 100)', async (place) => {
      await parkMany(100);
      shun(place);
      expect(await outbox.run()).toMatchObject({ published: 99, closed: 99, away: undefined });
      expect(outbox.head(`item ${place}`)).toMatchObject({ open: true, attempts: 1, detail: '500: why' });
    });

    test('are put off where nothing else is left, but Nakadi took something before', async () => {
      await parkMany(2);
      shun(1);
      expect(await outbox.run()).toMatchObject({ published: 1, refused: 1, away: undefined });
      expect(outbox.head('item 1')).toMatchObject({ open: true, attempts: 1, detail: '500: why' });
    });
  });

  test('go out in ever smaller requests, from run to run, where large ones are not answered in time', async () => {
    for (let index = 0; index < 300; index++) {
      await outbox.park(`item ${index}`, index);
    }
    outbox.nakadi.fault = (_, { length }) => {
      outbox.clock.pass(length > 20 ? 80_000 : 0);
      return length > 20 ? { type: 'no-response' } : undefined;
    };
    const published: number[] = [];
    while (outbox.nakadi.stored.length < 300 && published.length < 20) {
      published.push((await outbox.run()).published);
    }
    // One probe each, until requests are small enough.
    expect(published.slice(0, 3)).toEqual([1, 1, 1]);
    expect(published.length).toBeLessThan(12);
  });

  test('of an item with very many are published in rounds, in order, and none is left', async () => {
    for (let sequence = 1; sequence <= 250; sequence++) {
      await outbox.park('a', sequence);
    }
    await outbox.park('b', 251);
    expect(await outbox.run()).toMatchObject({ published: 251, closed: 2 });
    expect(outbox.nakadi.firstPublications().get(item('a'))).toEqual(Array.from({ length: 250 }, (_, index) => paddedSequence(index + 1)));
    expect(outbox.waiting('a')).toEqual([]);
  });

  test.each([89, 90, 91, 99, 100, 101, 200])('of an item with %d are removed in as many transactions as that takes, and its head closes', async (count) => {
    for (let sequence = 1; sequence <= count; sequence++) {
      await outbox.park('a', sequence);
    }
    // None of them is published with others: then they close in another way.
    outbox.parking.closeTogether = () => Promise.resolve(false);
    expect(await outbox.run()).toMatchObject({ published: count, closed: 1, refused: 0 });
    expect([outbox.waiting('a'), outbox.isOpen('a')]).toEqual([[], false]);
  });

  test('of an item with very many do not hold up the others', async () => {
    for (let sequence = 1; sequence <= 5_000; sequence++) {
      await outbox.park('hot', sequence);
    }
    for (const [index, id] of ['a', 'b', 'c'].entries()) {
      await outbox.park(id, 5_001 + index);
    }
    await outbox.run();
    const requests = outbox.nakadi.requests.map((events) => new Set(events.map((event) => event.item)));
    // The first request is the probe; the others come with the second one.
    expect(['a', 'b', 'c'].map((id) => requests.findIndex((items) => items.has(item(id))))).toEqual([1, 1, 1]);
    expect(outbox.published()).toHaveLength(5_003);
  });

  test('are all found, though the index still lists many that are closed', async () => {
    for (let sequence = 1; sequence <= 200; sequence++) {
      await outbox.park(`item ${sequence}`, sequence);
    }
    const { parking } = outbox;
    const stale = parking.dueItems('9999').slice(0, 150);
    stale.forEach((item) => parking.heads.set(item, { ...parking.heads.get(item)!, open: false, dueAt: undefined }));
    parking.duePages = async function* () {
      await Promise.resolve();
      yield* [stale.slice(0, 100), stale.slice(100), parking.dueItems('9999')];
    };
    expect(await outbox.run()).toMatchObject({ published: 50, closed: 50 });
  });

  test('of an event type that takes nothing do not hold up the others', async () => {
    outbox.shape = { cleanupPolicy: 'compact', tombstones: true };
    for (let sequence = 1; sequence <= 60; sequence++) {
      await outbox.parkRecord({ id: `gone ${sequence}`, sequence, eventName: 'REMOVE' });
    }
    await outbox.park('b', 61);
    outbox.nakadi.fault = (_, [{ json }]) => (String(json).includes('"data_op":"D"') ? { type: 'status', status: 404 } : undefined);
    const report = await outbox.run();
    expect(report).toMatchObject({ published: 1, closed: 1, refused: 60 });
    expect(report.away).toBeUndefined();
    expect(outbox.head('gone 1')).toMatchObject({ attempts: 1 });
  });

  test('are not taken up after the deadline', async () => {
    await outbox.park('a', 1);
    await outbox.run(outbox.clock.now());
    expect(outbox.nakadi.requests).toEqual([]);
  });

  test('that a crash left behind are removed, not published again', async () => {
    await outbox.park('a', 1);
    await outbox.park('a', 2);
    outbox.changeHead('a', { through: paddedSequence(1) });
    await outbox.run();
    expect(outbox.published()).toEqual(['C2']);
    expect(outbox.waiting('a')).toEqual([]);
  });

  test('that a crash left behind are removed where they are all that is left', async () => {
    await outbox.park('a', 1);
    outbox.changeHead('a', { through: paddedSequence(1) });
    await outbox.run();
    expect([outbox.published(), outbox.waiting('a'), outbox.isOpen('a')]).toEqual([[], [], false]);
  });
});

describe('a refused record', () => {
  test('stays, with what follows of its item; what came before is published, and the others go on', async () => {
    for (const [id, sequence] of [['a', 1], ['a', 2], ['a', 3], ['b', 4], ['c', 5]] as const) {
      await outbox.park(id, sequence);
    }
    outbox.refuse(2);
    expect(await outbox.run()).toMatchObject({ published: 3, closed: 2, refused: 1, reasons: new Set(['rejected: 422']) });
    expect([outbox.waiting('a'), outbox.waiting('b'), outbox.waiting('c')]).toEqual([[2, 3], [], []]);
    expect(outbox.head('a')).toMatchObject({ through: paddedSequence(1), open: true, attempts: 1 });
  });

  test('is tried again at growing intervals, up to an hour', async () => {
    await outbox.park('a', 1);
    outbox.refuse(1);
    const minutes: number[] = [];
    for (let run = 0; run < 9; run++) {
      await outbox.run();
      const dueAt = Date.parse(outbox.head('a').dueAt!);
      minutes.push(Math.round((dueAt - outbox.clock.now()) / 60_000));
      const requests = outbox.nakadi.requests.length;
      outbox.clock.pass(dueAt - outbox.clock.now() - 1);
      await outbox.run();
      expect(outbox.nakadi.requests.length).toBe(requests);
      outbox.clock.pass(1);
    }
    expect(minutes).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    outbox.refuse();
    expect(await outbox.run()).toMatchObject({ published: 1, closed: 1 });
  });

  test('that comes after some progress is tried again soon', async () => {
    await outbox.park('a', 1);
    await outbox.park('a', 2);
    outbox.changeHead('a', { attempts: 7 });
    outbox.refuse(2);
    await outbox.run();
    expect(outbox.head('a')).toMatchObject({ attempts: 1, dueAt: new Date(outbox.clock.now() + 60_000).toISOString() });
  });

  test('that comes in the round after some progress is tried again soon', async () => {
    for (let sequence = 1; sequence <= 101; sequence++) {
      await outbox.park('a', sequence);
    }
    outbox.changeHead('a', { attempts: 7 });
    outbox.refuse(101);
    await outbox.run();
    expect(outbox.head('a')).toMatchObject({ attempts: 1, dueAt: new Date(outbox.clock.now() + 60_000).toISOString() });
  });

  test('of which no event can be made is one too', async () => {
    await outbox.park('a', 1);
    await outbox.park('a', 2, INVALID_IMAGE);
    await outbox.park('a', 3);
    await outbox.park('b', 4);
    expect(await outbox.run()).toMatchObject({ published: 2, closed: 1, refused: 1, reasons: new Set(['rejected']) });
    expect([outbox.waiting('a'), outbox.waiting('b')]).toEqual([[2, 3], []]);
  });

  test('does not keep the requeue from probing with the next item', async () => {
    await outbox.park('a', 1, INVALID_IMAGE);
    await outbox.park('b', 2);
    expect(await outbox.run()).toMatchObject({ published: 1, refused: 1 });
  });
});

describe('what is parked while the requeue works', () => {
  test('keeps the head open, and is published in the same run', async () => {
    await outbox.park('a', 1);
    outbox.nakadi.onRequest = () => {
      outbox.clock.pass(1);
      if (outbox.nakadi.requests.length === 1) {
        void outbox.park('a', 2);
      }
    };
    expect(await outbox.run()).toMatchObject({ published: 2, closed: 1 });
    expect(outbox.published()).toEqual(['C1', 'C2']);
    expect([outbox.waiting('a'), outbox.isOpen('a')]).toEqual([[], false]);
  });

  test('after the head was read is neither published out of turn nor removed', async () => {
    await outbox.park('a', 1);
    const read = outbox.parking.readRecords.bind(outbox.parking);
    let parkedMeanwhile = false;
    outbox.parking.readRecords = async (of, limit) => {
      if (!parkedMeanwhile) {
        parkedMeanwhile = true;
        await outbox.park('a', 2);
      }
      return read(of, limit);
    };
    expect(await outbox.run()).toMatchObject({ published: 2, closed: 1 });
    expect(outbox.nakadi.requests.map((request) => request.map((event) => event.sequence))).toEqual([[paddedSequence(1)], [paddedSequence(2)]]);
  });
});

describe('where the table fails', () => {
  test('an item that cannot be finished is put off, and the others go on', async () => {
    await outbox.parkLate('a', 1);
    await outbox.park('b', 2);
    outbox.onRead = () => {
      throw Object.assign(new Error('no such key'), { name: 'ValidationException' });
    };
    expect(await outbox.run()).toMatchObject({ closed: 1, refused: 1, reasons: new Set(['the requeue failed: ValidationException']) });
    expect(outbox.head('a')).toMatchObject({ open: true, attempts: 1, dueAt: expect.stringMatching('03:05:06') as string });
    expect([outbox.waiting('a'), outbox.waiting('b')]).toEqual([[1], []]);
  });

  test('an item that cannot be read is put off, and the others go on', async () => {
    await outbox.park('a', 1);
    await outbox.park('b', 2);
    const read = outbox.parking.readRecords.bind(outbox.parking);
    outbox.parking.readRecords = (of, limit) => (of === item('a') ? Promise.reject(new RangeError('bad row')) : read(of, limit));
    expect(await outbox.run()).toMatchObject({ closed: 1, reasons: new Set(['the requeue failed: RangeError']) });
    expect([outbox.waiting('a'), outbox.waiting('b')]).toEqual([[1], []]);
  });

  test('an item that a person makes due while it is refused once more is not put off', async () => {
    await outbox.park('a', 1);
    outbox.changeHead('a', { attempts: 5 });
    outbox.refuse(1);
    const dueAt = new Date(outbox.clock.now()).toISOString();
    outbox.nakadi.onRequest = () => {
      outbox.changeHead('a', { attempts: 0, dueAt });
    };
    await outbox.run();
    expect(outbox.head('a')).toMatchObject({ open: true, attempts: 0, dueAt });
  });

  test('the run fails only after everything that was begun has ended', async () => {
    await outbox.park('probe', 1);
    await outbox.park('a', 2);
    await outbox.park('b', 3);
    outbox.refuse(2, 3);
    let writing = 0;
    const postpone = outbox.parking.postpone.bind(outbox.parking);
    outbox.parking.postpone = async (...[of, ...rest]) => {
      if (of === item('a')) {
        throw new Error('throttled');
      }
      writing++;
      await new Promise((resolve) => setTimeout(resolve, 5));
      await postpone(of, ...rest);
      writing--;
    };
    await expect(outbox.run()).rejects.toThrow('throttled');
    expect(writing).toBe(0);
    expect(outbox.head('b')).toMatchObject({ attempts: 1 });
  });
});
