import { AssembledEvent } from '../../../lambda/core/assembled-event.ts';
import { jsonText, paddedSequence, streamRecord } from '../factories.ts';

const record = streamRecord({ id: 'a', sequence: 7 });
const [event, tombstone] = [false, true].map((isTombstone) => new AssembledEvent(record, 'orders', { eid: 'eid', json: jsonText('{}'), patchLeftOut: true }, isTombstone));

test('item and place are those of the change', () => {
  expect([event.item, event.sequence]).toEqual([record.item, paddedSequence(7)]);
});

test('a tombstone is of the same item, and stands behind the event and before the next change', () => {
  expect(tombstone.item).toBe(event.item);
  const places = [paddedSequence(6), event.sequence, tombstone.sequence, paddedSequence(8)];
  expect([...new Set(places)].toSorted()).toEqual(places);
});
