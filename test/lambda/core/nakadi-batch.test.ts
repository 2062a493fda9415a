import fc from 'fast-check';
import type { ChangeEvent } from '../../../lambda/core/change-event.ts';
import { batchBody, nextBatch } from '../../../lambda/core/nakadi-batch.ts';
import { changeEvent } from '../factories.ts';

const events = (count: number, bytes?: number): ReturnType<typeof changeEvent>[] => Array.from({ length: count }, (_, index) => changeEvent('item', index, bytes));

test('the body is a JSON array of the events as they are', () => {
  const [a, b] = events(2);
  expect(batchBody([a, b]).toString()).toBe(`[${String(a.json)},${String(b.json)}]`);
  expect(batchBody([]).toString()).toBe('[]');
});

test.each([
  ['where there is more than enough', 100, true],
  ['where there is just enough', 0, true],
  ['but not where a byte is missing', -1, false],
])('the body is written into the room that is given, %s', (_, more, fits) => {
  const two = events(2);
  const plain = batchBody(two);
  const room = Buffer.alloc(plain.length + more, 'x');
  const body = batchBody(two, room);
  expect(body.toString()).toBe(plain.toString());
  expect(body.buffer === room.buffer).toBe(fits);
});

test.each([
  ['all where there is room', 10, 1_000, 10_000, 10],
  ['as many as the limit says', 10, 3, 10_000, 3],
  ['as many bytes as the limit says, brackets and commas counted', 10, 1_000, 3 * 200 + 4, 3],
  ['one less where one byte is missing', 10, 1_000, 3 * 200 + 3, 2],
  ['one that alone is larger', 10, 1_000, 50, 1],
  ['none of none', 0, 1_000, 10_000, 0],
])('a request takes %s', (_, count, maxBatchEvents, maxBatchBytes, expected) => {
  const given = events(count, 200);
  expect(nextBatch(given, { maxBatchEvents, maxBatchBytes })).toEqual(given.slice(0, expected));
});

test('a request keeps both limits, and one more event would break one', () => {
  const sizes = fc.array(fc.integer({ min: 150, max: 400 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 10 }), fc.integer({ min: 100, max: 3_000 }), (bytes, maxBatchEvents, maxBatchBytes) => {
      const all = bytes.map((size, index) => changeEvent('item', index, size));
      const batch = nextBatch(all, { maxBatchEvents, maxBatchBytes });
      const { length } = batch;
      expect(batch).toEqual(all.slice(0, length));
      const fits = (count: number): boolean => count <= maxBatchEvents && batchBody(all.slice(0, count)).length <= maxBatchBytes;
      expect(length === 1 || fits(length)).toBe(true);
      expect(length === all.length || !fits(length + 1)).toBe(true);
    }),
  );
});

describe('a request takes only', () => {
  const LIMITS = { maxBatchEvents: 100, maxBatchBytes: 1_000_000 };
  const at = (item: string, sequence: number, eventType = 'orders'): ChangeEvent => ({ ...changeEvent(item, sequence), eventType });
  const tombstone = (event: ChangeEvent): ChangeEvent => ({ ...event, sequence: `${event.sequence}~`, tombstone: true });
  const [a1, b2, c3, a4] = [at('a', 1), at('b', 2), at('c', 3), at('a', 4)];
  const [stockA, stockB] = [at('a', 5, 'stock'), at('b', 6, 'stock')];

  test.each<[string, ChangeEvent[], ChangeEvent[]]>([
    ['events of the event type of the first one', [a1, stockB, c3], [a1, c3]],
    ['events of the event type of the first one, whichever that is', [stockB, a1, c3], [stockB]],
    ['events up to a tombstone of their item', [a1, tombstone(a1), b2, a4], [a1, b2]],
    ['tombstones where the first one is one', [tombstone(a1), b2, tombstone(b2), a4, tombstone(c3)], [tombstone(a1), tombstone(c3)]],
    ['tombstones of one event type', [tombstone(a1), tombstone(stockB), tombstone(c3)], [tombstone(a1), tombstone(c3)]],
    ['events of which no earlier one of the item goes elsewhere', [b2, stockA, a4, c3], [b2, c3]],
    ['events of which no earlier one goes elsewhere, though others went before', [a1, stockA, a4], [a1]],
  ])('%s', (_, events, batch) => {
    expect(nextBatch(events, LIMITS)).toEqual(batch);
  });

  test('events of one kind, in order, none before an earlier one of its item, and in the end each one once', () => {
    const kinds = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('orders', 'stock'), fc.boolean());
    fc.assert(
      fc.property(fc.array(kinds, { maxLength: 20 }), fc.integer({ min: 1, max: 5 }), (given, maxBatchEvents) => {
        const events = given.map(([item, eventType, buried], index) => ({ ...at(item, index, eventType), tombstone: buried }));
        const sent: ChangeEvent[] = [];
        for (let rest = events; rest.length > 0; rest = rest.filter((event) => !sent.includes(event))) {
          const batch = nextBatch(rest, { ...LIMITS, maxBatchEvents });
          expect(new Set(batch.map(({ eventType, tombstone: buried }) => `${eventType} ${buried}`)).size).toBe(1);
          expect(batch.length).toBeLessThanOrEqual(maxBatchEvents);
          expect(batch).toContain(rest[0]);
          sent.push(...batch);
        }
        const ofItem = (all: readonly ChangeEvent[], name: string): ChangeEvent[] => all.filter(({ item }) => item === name);
        expect(sent).toHaveLength(events.length);
        for (const name of ['a', 'b', 'c']) {
          expect(ofItem(sent, name)).toEqual(ofItem(events, name));
        }
      }),
    );
  });
});
