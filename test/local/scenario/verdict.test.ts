import { History } from '../../../local/scenario/history.ts';
import { compare, type Verdict } from '../../../local/scenario/verdict.ts';

const GOOD: Verdict = { changes: 3, accepted: 3, duplicates: 0, snapshots: 0, lost: 0, waiting: 0, outOfOrder: 0, wrong: 0, stale: 0, badPatches: 0 };

/** An item that is created with n 1, updated to n 2.50, and deleted. */
function history(): History {
  const made = new History(['id']);
  const key = { id: { S: 'a' } };
  made.note(key, { id: { S: 'a' }, n: { N: '1' } });
  made.note(key, { id: { S: 'a' }, n: { N: '2.50' } });
  made.note(key, undefined);
  return made;
}

const event = (eid: number, operation: string, data: string): string => `{"metadata":{"eid":"${String(eid)}"},"data_op":"${operation}","data":${data}}`;
const CREATED = event(1, 'C', '{"id":"a","n":1}');
const UPDATED = event(2, 'U', '{"id":"a","n":2.5,"patch":[{"op":"replace","path":"/n","value":2.5}]}');
const DELETED = event(3, 'D', '{"id":"a","n":2.5}');

const verdict = (...log: string[]): Verdict => compare(history(), log, ['id']);

test('a log that tells every change in order is good', () => {
  expect(verdict(CREATED, UPDATED, DELETED)).toEqual(GOOD);
});

test('an event that comes again is a duplicate', () => {
  expect(verdict(CREATED, UPDATED, UPDATED, DELETED)).toEqual({ ...GOOD, accepted: 4, duplicates: 1 });
});

test('an old event that comes again last leaves the item stale', () => {
  expect(verdict(CREATED, UPDATED, DELETED, CREATED)).toEqual({ ...GOOD, accepted: 4, duplicates: 1, stale: 1 });
});

test.each([
  ['first', [UPDATED, DELETED], {}],
  ['middle', [CREATED, DELETED], {}],
  ['last', [CREATED, UPDATED], { stale: 1 }],
])('the %s change without an event is lost', (_, log, also) => {
  expect(verdict(...log)).toEqual({ ...GOOD, accepted: 2, lost: 1, ...also });
});

test('what is missing of an item that is parked waits, and is not lost', () => {
  expect(compare(history(), [CREATED], ['id'], new Set(['["a"]']))).toEqual({ ...GOOD, accepted: 1, waiting: 2 });
});

test('all is lost where nothing was accepted', () => {
  expect(verdict()).toEqual({ ...GOOD, accepted: 0, lost: 3 });
});

test('an event that comes after a later one is out of order', () => {
  expect(verdict(CREATED, DELETED, UPDATED)).toEqual({ ...GOOD, outOfOrder: 1, stale: 1 });
});

test('an event that says another number is wrong, however close', () => {
  expect(verdict(CREATED, event(2, 'U', '{"id":"a","n":2.500000000000000000001}'), DELETED)).toEqual({ ...GOOD, lost: 1, wrong: 1 });
});

test('an event that says more than the item has is wrong', () => {
  expect(verdict(CREATED, UPDATED, event(3, 'D', '{"id":"a","n":2.5,"x":null}'))).toEqual({ ...GOOD, lost: 1, wrong: 1 });
});

test('an event of an item that the table never had is wrong', () => {
  expect(verdict(CREATED, UPDATED, DELETED, event(4, 'C', '{"id":"b"}'))).toEqual({ ...GOOD, accepted: 4, wrong: 1 });
});

test.each([
  ['leads elsewhere', '[{"op":"replace","path":"/n","value":3}]'],
  ['cannot be applied', '[{"op":"remove","path":"/x"}]'],
])('a patch that %s is bad', (_, patch) => {
  expect(verdict(CREATED, event(2, 'U', `{"id":"a","n":2.5,"patch":${patch}}`), DELETED)).toEqual({ ...GOOD, badPatches: 1 });
});

test('a snapshot that shows a state of the item is counted, one that does not is wrong', () => {
  const snapshot = event(2.5, 'S', '{"id":"a","n":2.5}');
  const stranger = event(2.6, 'S', '{"id":"a","n":7}');

  expect(verdict(CREATED, UPDATED, snapshot, stranger, DELETED)).toEqual({ ...GOOD, accepted: 5, snapshots: 1, wrong: 1 });
});

test('a deletion that follows late records shows the last state that was published', () => {
  const late = event(2.5, 'D', '{"id":"a","n":1}');

  expect(verdict(CREATED, UPDATED, DELETED, late)).toEqual({ ...GOOD, accepted: 4, snapshots: 1 });
  expect(verdict(CREATED, UPDATED, DELETED, UPDATED)).toEqual({ ...GOOD, accepted: 4, duplicates: 1, stale: 1 });
});

test('a write that changes nothing is no change, however its numbers and sets are written', () => {
  const made = new History(['id']);
  const key = { id: { S: 'a' } };
  made.note(key, { ...key, n: { N: '1.50' }, s: { SS: ['x', 'y'] }, l: { L: [{ M: { b: { B: Uint8Array.of(1) } } }] } });
  made.note(key, { ...key, n: { N: '15e-1' }, s: { SS: ['y', 'x'] }, l: { L: [{ M: { b: { B: Buffer.from([1]) } } }] } });
  made.note(key, { ...key, n: { N: '1.51' }, s: { SS: ['y', 'x'] } });
  made.note({ id: { S: 'b' } }, undefined);

  expect([...made.changes.values()].map((changes) => changes.map(({ operation }) => operation))).toEqual([['C', 'U']]);
});
