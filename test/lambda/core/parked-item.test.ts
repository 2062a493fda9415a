import { itemBytes, lastRows, loadItem, progressOf, snapshotSubject, throughAfter, type Loading, type ParkedItem } from '../../../lambda/core/parked-item.ts';
import type { ParkedRecord } from '../../../lambda/core/parked-event.ts';
import type { PublishResult } from '../../../lambda/core/publish-events.ts';
import { INVALID_IMAGE, paddedSequence, rawRecord, SHAPE, shapeOf, streamRecord, STREAM } from '../factories.ts';
import { item, RequeueHarness } from './requeue-harness.ts';

let outbox: RequeueHarness;

beforeEach(() => {
  outbox = new RequeueHarness();
});

const loading = (shape = SHAPE, until = Infinity): Loading => ({ parkedEvents: outbox.parking, clock: outbox.clock, shape, until });
const load = (changed?: Loading): Promise<ParkedItem> => loadItem({ head: outbox.head('a') }, changed ?? loading());
const sequences = (records: readonly { sequence: string }[]): number[] => records.map(({ sequence }) => Number(sequence.slice(-6)));

const parked = (sequence: number, parts: number): ParkedRecord => ({
  sequence: paddedSequence(sequence),
  reason: 'late',
  late: true,
  parts,
  unpack: () => streamRecord({ id: 'a', sequence }),
});

describe('an item is loaded', () => {
  test('with the records that are due, apart from those that are published and those that were parked since', async () => {
    for (const sequence of [1, 2, 3]) {
      await outbox.park('a', sequence);
    }
    outbox.changeHead('a', { through: paddedSequence(1), upTo: paddedSequence(2) });
    const loaded = await load();
    expect(sequences(loaded.records)).toEqual([2]);
    expect(sequences(loaded.leftovers)).toEqual([1]);
    expect(loaded.events.map(sequences)).toEqual([[2]]);
  });

  test('fails where the record that the head ends with is not seen yet: the others are not all that waits', async () => {
    for (const sequence of [1, 2]) {
      await outbox.park('a', sequence);
    }
    const rows = outbox.parking.rows.get(item('a'));
    rows?.delete(paddedSequence(2));
    await expect(load()).rejects.toThrow(expect.objectContaining({ name: 'UnseenRecordError' }));
    outbox.changeHead('a', { through: paddedSequence(2) });
    expect((await load()).records).toEqual([]);
  });

  test('with events up to the first record of which none can be made', async () => {
    await outbox.park('a', 1);
    await outbox.park('a', 2, INVALID_IMAGE);
    await outbox.park('a', 3);
    const loaded = await load();
    expect(loaded.events.map(sequences)).toEqual([[1]]);
    expect(loaded).toMatchObject({ records: { length: 3 }, invalid: '/amount is no number' });
  });

  test('with the events of each record: two of a deletion with a tombstone, none of what the team leaves out', async () => {
    await outbox.park('a', 1);
    await outbox.parkRecord({ id: 'a', sequence: 2, eventName: 'REMOVE' });
    const left = { path: ['state'] };
    await outbox.parkRecord({ id: 'a', sequence: 3, eventName: 'MODIFY' });
    const shape = shapeOf({ cleanupPolicy: 'compact', tombstones: true, exclude: [left] });
    const given = await load(loading(shape));
    expect(given.events.map((events) => events.map(({ tombstone }) => tombstone))).toEqual([[false], [false, true], []]);
    expect(given.records).toHaveLength(3);
    expect(given.invalid).toBeUndefined();
  });

  test('only as far as its events fill a round: the others have their turn', async () => {
    for (const sequence of [1, 2, 3, 4]) {
      await outbox.park('a', sequence, { id: { S: 'a' }, fill: { S: 'x'.repeat(400_000) } });
    }
    const given = await load();
    expect([sequences(given.records), given.events.length, given.more]).toEqual([[1, 2, 3], 3, true]);
    expect(itemBytes(given)).toBeGreaterThan(1_200_000);
  });

  test('at least with one record, and only as far as the time goes: mappings may be slow', async () => {
    for (const sequence of [1, 2, 3]) {
      await outbox.park('a', sequence);
    }
    const until = outbox.clock.now() + 1_500;
    const shape = shapeOf({
      map: () => {
        outbox.clock.pass(1_000);
        return { type: 'data', json: '{}' };
      },
    });
    expect(sequences((await load(loading(shape, until))).records)).toEqual([1, 2]);
    expect(sequences((await load(loading(shape, until))).records)).toEqual([1]);
  });

  test('and put off before a mapping is called for it: should that end the process, the next run begins with others', async () => {
    await outbox.park('a', 1);
    let dueAt: string | undefined;
    const shape = shapeOf({
      map: () => {
        ({ dueAt } = outbox.head('a'));
        return { type: 'data', json: '{}' };
      },
    });
    await load(loading(shape));
    expect(dueAt).toBe(new Date(outbox.clock.now() + 60_000).toISOString());
  });

  test('from its records, where all of them are known', async () => {
    await outbox.park('a', 1);
    const { records } = await outbox.parking.readRecords(item('a'), 9);
    outbox.parking.readRecords = () => Promise.reject(new Error('read again'));
    expect(await loadItem({ head: outbox.head('a'), records }, loading())).toMatchObject({ records: [{ sequence: paddedSequence(1) }], more: false });
  });

  test('with its newest record, where a snapshot may have to tell what it was', async () => {
    await outbox.park('a', 1);
    expect((await load()).last).toBeUndefined();
    await outbox.parkLate('a', 2);
    expect((await load()).last?.sequence).toBe(paddedSequence(2));
  });

  test('without what its records hold, once its events are made', async () => {
    await outbox.park('a', 1);
    const record = streamRecord({ id: 'a', sequence: 1 });
    const { records, events } = await loadItem({ head: outbox.head('a'), records: [{ ...parked(1, 1), unpack: () => record }] }, loading());
    expect(records).toEqual([{ sequence: paddedSequence(1), parts: 1 }]);
    expect([record.raw, events[0][0].item]).toEqual([{}, item('a')]);
  });
});

describe('how far an item got', () => {
  const result = (events: ParkedItem['events'], accepted: readonly number[], refused: readonly number[] = []): PublishResult => {
    const all = events.flat();
    return {
      accepted: new Set(accepted.map((index) => all[index])),
      refused: new Map(refused.map((index) => [all[index], 'why'])),
      behind: new Set(),
      blocked: new Map(),
      waiting: [],
    };
  };
  const loaded = async (change: Partial<ParkedItem> = {}): Promise<ParkedItem> => {
    for (const sequence of [1, 2, 3]) {
      await outbox.park('a', sequence);
    }
    return { ...await load(), ...change };
  };

  test('to the end', async () => {
    const given = await loaded();
    expect(progressOf(given, result(given.events, [0, 1, 2]))).toEqual({ type: 'drained' });
  });

  test('to the end of what was loaded', async () => {
    const given = await loaded({ more: true });
    expect(progressOf(given, result(given.events, [0, 1, 2]))).toMatchObject({ type: 'advanced', published: { length: 3 } });
  });

  test('up to the first one that was not accepted', async () => {
    const given = await loaded();
    expect(progressOf(given, result(given.events, [0]))).toMatchObject({ type: 'advanced', published: { length: 1 } });
    expect(progressOf(given, result(given.events, []))).toMatchObject({ type: 'advanced', published: { length: 0 } });
  });

  test('up to the first one that was accepted only in part: its tombstone is missing', async () => {
    const given = await loaded();
    const tombstone = { ...given.events[1][0], tombstone: true };
    const events = [given.events[0], [given.events[1][0], tombstone], given.events[2]];
    expect(progressOf({ ...given, events }, result(events, [0, 1]))).toMatchObject({ type: 'advanced', published: { length: 1 } });
    expect(progressOf({ ...given, events }, result(events, [0, 1], [2]))).toMatchObject({ type: 'refused', published: { length: 1 }, detail: 'why' });
    expect(progressOf({ ...given, events }, result(events, [0, 1, 2]))).toMatchObject({ type: 'advanced', published: { length: 2 } });
    expect(progressOf({ ...given, events }, result(events, [0, 1, 2, 3]))).toEqual({ type: 'drained' });
  });

  test('past records of which nothing is published', async () => {
    const given = await loaded();
    const events = [[], given.events[1], []];
    expect(progressOf({ ...given, events }, result(events, [0]))).toEqual({ type: 'drained' });
    expect(progressOf({ ...given, events }, result(events, [], [0]))).toMatchObject({ type: 'refused', published: { length: 1 } });
    expect(progressOf({ ...given, events: [[], [], []] }, result([], []))).toEqual({ type: 'drained' });
  });

  test('up to the first one that was refused', async () => {
    const given = await loaded();
    expect(progressOf(given, result(given.events, [0], [1]))).toMatchObject({ type: 'refused', published: { length: 1 }, detail: 'why' });
  });

  test('up to the first one of which no event can be made', async () => {
    const given = await loaded({ invalid: 'no number' });
    const events = given.events.slice(0, 2);
    expect(progressOf({ ...given, events }, result(events, [0, 1]))).toMatchObject({ type: 'refused', published: { length: 2 }, detail: 'no number' });
    expect(progressOf({ ...given, events }, result(events, [0]))).toMatchObject({ type: 'advanced', published: { length: 1 } });
  });
});

test.each<[string, number[], number]>([
  ['to the last one that was published', [2, 3], 3],
  ['not at all where nothing was', [], 1],
  ['not beyond what was parked, though late records were published', [2, 9], 2],
  ['not back, though late records were published', [0], 1],
])('through may go %s', async (_, published, through) => {
  for (const sequence of [1, 2, 3, 4]) {
    await outbox.park('a', sequence);
  }
  outbox.changeHead('a', { through: paddedSequence(1) });
  const records = published.map((sequence) => parked(sequence, 1));
  expect(throughAfter(outbox.head('a'), records)).toBe(paddedSequence(through));
});

describe('a snapshot', () => {
  test('is taken only of items with late records', async () => {
    await outbox.park('a', 1);
    expect(snapshotSubject(await load())).toBeUndefined();
  });

  test.each([
    ['the late record where that is newest', 2, 5, 5],
    ['what was parked where that is newer', 7, 5, 7],
  ])('stands behind %s', async (_, parked, late, sequence) => {
    await outbox.park('a', parked);
    await outbox.parkLate('a', late);
    expect(snapshotSubject(await load())).toEqual({
      streamArn: STREAM,
      keys: { id: { S: 'a' } },
      sequence: paddedSequence(sequence),
      lateMarks: 1,
      last: rawRecord({ id: 'a', sequence }),
    });
  });
});

test.each([
  [[1, 1, 1], 2, 2],
  [[1, 1, 1], 3, 3],
  [[3, 1, 2], 3, 2],
  [[3, 3], 2, 0],
  [[], 2, 0],
])('of records with %j rows, with a limit of %d the last %d are taken', (parts, limit, expected) => {
  const records = parts.map((count, sequence) => parked(sequence, count));
  expect(lastRows(records, limit)).toEqual(records.slice(records.length - expected));
});
