import fc from 'fast-check';
import { batchBody, batchLength } from '../../../lambda/core/nakadi-batch.ts';
import { changeEvent } from '../factories.ts';

const events = (count: number, bytes?: number): ReturnType<typeof changeEvent>[] => Array.from({ length: count }, (_, index) => changeEvent('item', index, bytes));

test('the body is a JSON array of the events as they are', () => {
  const [a, b] = events(2);
  expect(batchBody([a, b])).toBe(`[${a.json},${b.json}]`);
  expect(batchBody([])).toBe('[]');
});

test.each([
  ['all where there is room', 10, 1_000, 10_000, 10],
  ['as many as the limit says', 10, 3, 10_000, 3],
  ['as many bytes as the limit says, brackets and commas counted', 10, 1_000, 3 * 200 + 4, 3],
  ['one less where one byte is missing', 10, 1_000, 3 * 200 + 3, 2],
  ['one that alone is larger', 10, 1_000, 50, 1],
  ['none of none', 0, 1_000, 10_000, 0],
])('a request takes %s', (_, count, maxBatchEvents, maxBatchBytes, expected) => {
  expect(batchLength(events(count, 200), { maxBatchEvents, maxBatchBytes })).toBe(expected);
});

test('a request keeps both limits, and one more event would break one', () => {
  const sizes = fc.array(fc.integer({ min: 150, max: 400 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 10 }), fc.integer({ min: 100, max: 3_000 }), (bytes, maxBatchEvents, maxBatchBytes) => {
      const all = bytes.map((size, index) => changeEvent('item', index, size));
      const length = batchLength(all, { maxBatchEvents, maxBatchBytes });
      const fits = (count: number): boolean => count <= maxBatchEvents && Buffer.byteLength(batchBody(all.slice(0, count))) <= maxBatchBytes;
      expect(length === 1 || fits(length)).toBe(true);
      expect(length === all.length || !fits(length + 1)).toBe(true);
    }),
  );
});
