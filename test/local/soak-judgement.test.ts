import type { EventEntry } from '../../local/nakadi/event-log.ts';
import type { Item } from '../../local/scenario/change.ts';
import { History } from '../../local/scenario/history.ts';
import { judge, type Evidence, type Judgement } from '../../local/soak/judgement.ts';
import { describeSoak } from '../../local/soak/report.ts';
import { isGood, type SoakSummary } from '../../local/soak/soak-summary.ts';

const ITEM = '["a"]';
const key = { id: { S: 'a' } };
const item = (version: number): Item =>
  ({ ...key, version: { N: String(version) } });

/** An item that is created, updated twice, and there to stay. */
function history(): History {
  const made = new History(['id']);
  made.note(key, item(1));
  made.note(key, item(2));
  made.note(key, item(3));
  return made;
}

function entry(eid: number, operation: string, data: object, request = 1): EventEntry {
  const event = { metadata: { eid: String(eid) }, data_op: operation, data };
  return { tombstone: false, eventType: 't', partition: '0', offset: 0, key: undefined, receivedAt: '', request, eid: String(eid), event, raw: JSON.stringify(event) };
}

const patch = (version: number): object => ({ patch: [{ op: 'replace', path: '/version', value: version }] });
const CREATED = entry(1, 'C', { id: 'a', version: 1 });
const SECOND = entry(2, 'U', { id: 'a', version: 2, ...patch(2) }, 2);
const THIRD = entry(3, 'U', { id: 'a', version: 3, ...patch(3) }, 3);
const SNAPSHOT = entry(4, 'S', { id: 'a', version: 3 }, 4);

const NOTHING: Evidence = { keyAttributes: ['id'], table: [item(3)], lateItems: new Set(), overtaken: new Set() };
const judged = (log: EventEntry[], evidence: Partial<Evidence> = {}): Judgement => judge(history(), log, { ...NOTHING, ...evidence });
const whats = ({ wrongs }: Judgement): string[] => wrongs.map(({ what }) => what);

test('a log that tells every change once and in order is good', () => {
  expect(judged([CREATED, SECOND, THIRD])).toEqual({ changes: 3, accepted: 3, duplicates: 0, snapshots: 0, excused: 0, wrongs: [] });
});

test('what comes again with its eid is a duplicate, as long as the newest comes last', () => {
  expect(judged([CREATED, SECOND, CREATED, SECOND, THIRD])).toMatchObject({ duplicates: 2, wrongs: [] });
  expect(whats(judged([CREATED, SECOND, THIRD, SECOND]))).toEqual(['the last event is not the newest state']);
});

test('a wrong item is shown with what was expected and what was got', () => {
  expect(judged([CREATED, THIRD]).wrongs).toContainEqual({
    item: ITEM,
    what: '1 changes have no event',
    expected: 'C(version 1) U(version 2) U(version 3)',
    got: 'C(version 1, eid 1, request 1) U(version 3, eid 3, request 3)',
  });
});

test('an event that comes after a later one is out of order', () => {
  expect(whats(judged([SECOND, CREATED, THIRD]))).toEqual([expect.stringContaining('events came after later ones: C(version 1')]);
});

test.each([
  ['its item has dead letters', { lateItems: new Set([ITEM]) }],
  ['it failed while a later one of its request was stored', { overtaken: new Set(['1']) }],
])('an event may come after a later one where %s', (_, evidence) => {
  expect(judged([SECOND, CREATED, THIRD], evidence)).toMatchObject({ excused: 1, wrongs: [] });
});

test('an item with dead letters must converge all the same', () => {
  const lateItems = new Set([ITEM]);

  expect(judged([THIRD, CREATED, SECOND, SNAPSHOT], { lateItems })).toMatchObject({ snapshots: 1, wrongs: [] });
  expect(whats(judged([THIRD, CREATED, SECOND], { lateItems }))).toEqual(['the last event is not the newest state']);
});

test('a snapshot where nothing came late is wrong', () => {
  expect(whats(judged([CREATED, SECOND, THIRD, SNAPSHOT]))).toEqual(['there is a snapshot though nothing came late']);
});

test('a change that is told under a second eid is wrong', () => {
  expect(whats(judged([CREATED, SECOND, entry(2.5, 'U', { id: 'a', version: 2, ...patch(2) }), THIRD]))).toContain(
    '1 events say what the table never held, or tell a change under a second eid',
  );
});

test('an event of an item that nobody wrote is wrong', () => {
  expect(judged([CREATED, SECOND, THIRD, entry(5, 'C', { id: 'b' })]).wrongs).toMatchObject([{ item: '["b"]' }]);
});

test('only an event that is too large with its patch may lack it', () => {
  const photo = 'x'.repeat(500_000);
  const made = new History(['id']);
  made.note(key, { ...item(1), photo: { S: photo } });
  made.note(key, { ...item(2), photo: { S: photo } });
  const large = [entry(1, 'C', { id: 'a', version: 1, photo }), entry(2, 'U', { id: 'a', version: 2, photo })];

  expect(judge(made, large, { ...NOTHING, table: [{ ...item(2), photo: { S: photo } }] }).wrongs).toEqual([]);
  expect(whats(judged([CREATED, entry(2, 'U', { id: 'a', version: 2 }), THIRD]))).toEqual(['1 patches do not lead from one state to the next']);
});

test('a table that holds something else than was noted is no proof of anything', () => {
  expect(whats(judged([CREATED, SECOND, THIRD], { table: [] }))).toEqual(['the table does not hold what the writers noted']);
});

test('the report says what is wrong and where the logs are', () => {
  const summary: SoakSummary = {
    ...judged([CREATED, THIRD]), minutes: 5, seed: 9, requests: 3, answers: { 200: 3 }, faults: { outage: { played: 1, met: 2 } },
    kills: { relay: 1, requeue: 1 }, cutShort: { relay: 1, requeue: 1 }, redeliveries: 0, parked: 0, requeued: 0, deadLetters: 0, lateItems: 0,
    left: { items: 0, records: 0, deadLetters: 0, reasons: [] }, runtimeErrors: [], writeSeconds: 1, drainSeconds: 1, logs: '/tmp/logs',
  };

  expect(isGood(summary)).toBe(false);
  expect(describeSoak(summary)).toMatch(/NOT GOOD:\n {2}\["a"\]: 1 changes have no event\n {4}expected {2}C\(version 1\).*\n.*\n(.*\n)* {2}logs are in \/tmp\/logs$/);
  expect(describeSoak({ ...summary, wrongs: [] })).toContain('Nothing lost, everything in order.');
  expect(isGood({ ...summary, wrongs: [] })).toBe(true);
  expect(isGood({ ...summary, wrongs: [], left: { ...summary.left, items: 1 } })).toBe(false);
});
