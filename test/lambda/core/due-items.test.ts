import { DueItems } from '../../../lambda/core/due-items.ts';
import { SHAPE } from '../factories.ts';
import { item, RequeueHarness } from './requeue-harness.ts';

const NOW = '2026-01-03T00:00:00.000Z';
const NOBODY: ReadonlySet<string> = new Set();

let outbox: RequeueHarness;
let failures: string[];

beforeEach(() => {
  outbox = new RequeueHarness();
  failures = [];
});

const dueItems = (before = NOW): DueItems =>
  new DueItems({ parkedEvents: outbox.parking, clock: outbox.clock, shape: SHAPE }, before, (failed, error) => {
    failures.push(`${failed}: ${String(error)}`);
    return Promise.resolve();
  });
const load = async (due: DueItems, { items = 100, bytes = 1e6, inWork = NOBODY, until = Infinity } = {}): Promise<string[]> =>
  (await due.load(await due.read(items, inWork, until), bytes, until)).map(({ head }) => head.item);
const listed = (...pages: (readonly string[])[]): void => {
  outbox.parking.duePages = async function* () {
    await Promise.resolve();
    yield* pages;
  };
};
const parkAll = async (ids: readonly string[], fill = 0): Promise<void> => {
  for (const [index, id] of ids.entries()) {
    await outbox.park(id, index + 1, { id: { S: id }, fill: { S: 'x'.repeat(fill) } });
    outbox.clock.pass(1);
  }
};
const idsOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `item ${index}`);

test('items come longest due first, so many at a time, until none is left', async () => {
  await parkAll(['a', 'b', 'c', 'd', 'e']);
  const due = dueItems();
  expect([await load(due, { items: 2 }), await load(due, { items: 2 }), await load(due, { items: 2 }), await load(due)]).toEqual([['a', 'b'].map(item), ['c', 'd'].map(item), [item('e')], []]);
});

test('what the bytes of a round leave over comes first in the next one', async () => {
  const ids = idsOf(300);
  await parkAll(ids, 10_000);
  const due = dueItems();
  const rounds: string[][] = [];
  for (let round = await load(due, { items: 200, bytes: 500_000 }); round.length > 0; round = await load(due, { items: 200, bytes: 500_000 })) {
    rounds.push(round);
  }
  expect(rounds[0].length).toBeGreaterThanOrEqual(45);
  expect(rounds[0].length).toBeLessThanOrEqual(60);
  expect(rounds.flat().sort()).toEqual(ids.map(item).sort());
});

test('items that are in work are left out, though the index lists them', async () => {
  await parkAll(['a', 'b', 'c']);
  expect(await load(dueItems(), { inWork: new Set([item('b')]) })).toEqual([item('a'), item('c')]);
});

test('where all of a page are in work or closed already, the next ones come', async () => {
  await parkAll(idsOf(6));
  const due = outbox.parking.dueItems(NOW);
  outbox.parking.heads.set(due[1], { ...outbox.parking.heads.get(due[1])!, open: false, dueAt: undefined });
  listed([due[0], due[1], 'without a head'], due.slice(2));
  expect(await load(dueItems(), { items: 3, inWork: new Set([due[0]]) })).toEqual(due.slice(2, 5));
});

test('an item that is listed twice comes once', async () => {
  await parkAll(['a', 'b']);
  listed([item('a')], [item('a'), item('b')]);
  expect(await load(dueItems())).toEqual([item('a'), item('b')]);
});

test('items that are due later do not come, though the index lists them', async () => {
  await parkAll(['a', 'b']);
  const before = new Date(outbox.clock.now() - 2).toISOString();
  listed([item('a'), item('b')]);
  expect(await load(dueItems(before))).toEqual([item('a')]);
});

test('nothing comes when the time is over', async () => {
  await parkAll(['a']);
  const due = dueItems();
  expect(await load(due, { until: outbox.clock.now() })).toEqual([]);
  const read = await due.read(100, NOBODY, Infinity);
  expect(await due.load(read, 1e6, outbox.clock.now())).toEqual([]);
  expect(await load(due)).toEqual([item('a')]);
});

test('an item that cannot be loaded is told of, and the others come', async () => {
  await parkAll(['a', 'b']);
  const read = outbox.parking.readRecords.bind(outbox.parking);
  outbox.parking.readRecords = (of, limit) => (of === item('a') ? Promise.reject(new RangeError('bad row')) : read(of, limit));
  expect(await load(dueItems())).toEqual([item('b')]);
  expect(failures).toEqual([`${item('a')}: RangeError: bad row`]);
});

test('items with many records are read one by one, with their oldest records', async () => {
  for (let sequence = 1; sequence <= 120; sequence++) {
    await outbox.park('many', sequence);
  }
  await outbox.park('a', 121);
  const due = dueItems();
  const loaded = await due.load(await due.read(100, NOBODY, Infinity), 1e6, Infinity);
  expect(loaded.map(({ records, more }) => [records.length, more])).toEqual([[100, true], [1, false]]);
});
