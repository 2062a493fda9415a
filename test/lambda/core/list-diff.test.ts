import fc from 'fast-check';
import type { JsonValue } from '../../../lambda/core/json-value.ts';
import { listHunks } from '../../../lambda/core/list-diff.ts';
import { edited, moved, numbers, scattered, shuffled } from './list-changes.ts';

const letters = (max: number): fc.Arbitrary<string[]> => fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: max });

test.each<[string, string, string]>([
  ['', '', ''],
  ['abc', 'abc', ''],
  ['', 'ab', '0-0 0+2'],
  ['ab', '', '0-2 0+0'],
  ['abc', 'axbc', '1-0 1+1'],
  ['abc', 'bc', '0-1 0+0'],
  ['abc', 'ab', '2-1 2+0'],
  ['aaa', 'aa', '2-1 2+0'],
  ['abc', 'axc', '1-1 1+1'],
  ['abcd', 'xbyd', '0-1 0+1, 2-1 2+1'],
  ['abcd', 'bcda', '0-1 0+0, 4-0 3+1'],
])('from %j to %j the hunks are %j', (before, after, expected) => {
  expect(
    listHunks([...before], [...after])
      .map(({ from, removed, to, added }) => `${from}-${removed} ${to}+${added}`)
      .join(', '),
  ).toBe(expected);
});

test('the hunks lead from the old list to the new one', () => {
  fc.assert(fc.property(letters(20), letters(20), (before, after) => expect(follow(before, after)).toEqual(after)), { numRuns: 500 });
});

test('of short lists no more elements change than must', () => {
  const shortest = (before: string[], after: string[]): number => before.length + after.length - 2 * common(before, after);
  fc.assert(
    fc.property(letters(10), letters(10), (before, after) => {
      const inPlace = Math.max(before.length, after.length);
      expect(changes(before, after)).toBeLessThanOrEqual(Math.min(shortest(before, after), inPlace));
    }),
    { numRuns: 500 },
  );
});

test('the hunks of long lists lead there too, whatever was done to them', () => {
  const kinds = fc.constantFrom(1, 2, 10, 5_000);
  const places = fc.array(fc.nat(1_999), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(kinds, fc.nat(900), places, (kind, edits, [from, ...to]) => {
      const before = scattered(2_000, kind);
      const after = to.reduce((list, place) => moved(list, from, 150, place), edited(before, edits, (element) => (element + 1) % (kind + 1)));
      expect(follow(before, after)).toEqual(after);
    }),
    { numRuns: 100 },
  );
});

describe('of a list of 10,000 elements', () => {
  const unique = numbers(10_000);
  const digits = scattered(10_000, 10);
  const flags = scattered(10_000, 2);
  const other = (_: number, edit: number): number => -1 - edit;

  test.each<[string, number[], number[], number]>([
    ['an insert in front and one in the middle', unique, unique.toSpliced(5_000, 0, -1).toSpliced(0, 0, -2), 2],
    ['200 replacements and an insert', unique, unique.map((n) => (n % 50 === 7 ? -n : n)).toSpliced(3, 0, -1), 201],
    ['3,000 scattered edits', unique, edited(unique, 3_000, other), 3_000],
    ['3,000 scattered edits among few kinds', digits, edited(digits, 3_000, other), 3_200],
    ['3,000 scattered edits to other known digits', digits, edited(digits, 3_000, (n) => (n + 3) % 10), 3_400],
    ['300 scattered edits to other known digits', digits, edited(digits, 300, (n) => (n + 3) % 10), 330],
    ['300 scattered edits of flags', flags, edited(flags, 300, (n) => 1 - n), 400],
    ['3,000 scattered edits of flags', flags, edited(flags, 3_000, (n) => 1 - n), 4_500],
    ['100 scattered edits among equal elements', Array<number>(10_000).fill(0), edited(Array<number>(10_000).fill(0), 100, () => 1), 100],
    ['3,000 scattered edits among equal elements', Array<number>(10_000).fill(0), edited(Array<number>(10_000).fill(0), 3_000, () => 1), 3_000],
    ['a block of 1,000 that moved', unique, moved(unique, 1_000, 1_000, 6_000), 2_000],
    ['a block of 1,000 digits that moved', digits, moved(digits, 1_000, 1_000, 6_000), 2_000],
    ['a block of 1,000 flags that moved', flags, moved(flags, 1_000, 1_000, 6_000), 2_000],
    ['the first element becoming the last of few kinds, with 300 edits', [-1, ...digits], [...edited(digits, 300, (n) => (n + 3) % 10), -1], 350],
    ['all other elements', unique, numbers(10_000, 10_000), 10_000],
    ['the list backwards', unique, unique.toReversed(), 10_000],
    ['the list shuffled', unique, shuffled(unique), 10_000],
    ['the digits shuffled', digits, shuffled(digits), 9_200],
  ])('%s changes few elements', (_, before, after, most) => {
    expect(follow(before, after)).toEqual(after);
    expect(changes(before, after)).toBeLessThanOrEqual(most);
  });
});

test.each<[string, number[], number[]]>([
  ['shuffled', numbers(100_000), shuffled(numbers(100_000))],
  ['backwards', numbers(100_000), numbers(100_000).toReversed()],
  ['of two kinds, shuffled', scattered(100_000, 2), shuffled(scattered(100_000, 2))],
  ['of a thousand kinds, shuffled', scattered(100_000, 1_000), shuffled(scattered(100_000, 1_000))],
  ['with another period', numbers(100_000).map((n) => n % 2), numbers(100_000).map((n) => (n % 3) % 2)],
])('100,000 elements %s take bounded work', (_, before, after) => {
  expect(follow(before, after)).toEqual(after);
});

/** The number of elements that are replaced, removed or added. */
function changes(before: readonly JsonValue[], after: readonly JsonValue[]): number {
  return listHunks(before, after).reduce((sum, { removed, added }) => sum + Math.max(removed, added), 0);
}

/** The list that the hunks make of the old one. */
function follow(before: readonly JsonValue[], after: readonly JsonValue[]): JsonValue[] {
  const result: JsonValue[] = [];
  let next = 0;
  for (const { from, removed, to, added } of listHunks(before, after)) {
    while (next < from) {
      result.push(before[next++]);
    }
    if (result.length !== to) {
      throw new Error(`the hunk at ${from} adds at ${to}, the list has ${result.length} elements by then`);
    }
    next += removed;
    for (let index = 0; index < added; index++) {
      result.push(after[to + index]);
    }
  }
  return result.concat(before.slice(next));
}

/** Length of the longest common subsequence. */
function common(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) {
    return 0;
  }
  return a[0] === b[0] ? 1 + common(a.slice(1), b.slice(1)) : Math.max(common(a.slice(1), b), common(a, b.slice(1)));
}
