import fc from 'fast-check';
import { listSteps, type ListStep } from '../../../lambda/core/list-diff.ts';

const letters = (max: number): fc.Arbitrary<string[]> => fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: max });

test.each<[string, string, string]>([
  ['', '', ''],
  ['abc', 'abc', '==='],
  ['', 'ab', '++'],
  ['ab', '', '--'],
  ['abc', 'axbc', '=+=='],
  ['abc', 'bc', '-=='],
  ['abc', 'ab', '==-'],
  ['aaa', 'aa', '==-'],
])('from %j to %j the steps are %j', (before, after, expected) => {
  expect(signs(listSteps([...before], [...after]))).toBe(expected);
});

test('the steps lead from the old list to the new one', () => {
  fc.assert(fc.property(letters(20), letters(20), (before, after) => expect(follow(before, after)).toEqual(after)), { numRuns: 500 });
});

test('there are no fewer steps that change something', () => {
  fc.assert(fc.property(letters(10), letters(10), (before, after) => expect(edits(before, after)).toBe(before.length + after.length - 2 * common(before, after))));
});

test('lists with more edits than the bound are replaced throughout, but for what they share at both ends', () => {
  const before = ['same', ...numbers('a', 300), 'end'];
  const after = ['same', ...numbers('b', 300), 'end'];
  expect(follow(before, after)).toEqual(after);
  expect(edits(before, after)).toBe(600);
});

test.each([
  [1, 128],
  [2, 64],
])('long lists keep what they share as long as there are up to 128 edits (every %d00th of %d)', (step, count) => {
  const before = numbers('n', 20_000);
  const after = before.flatMap((element, index) => (index % (step * 100) === 50 && index / (step * 100) < count ? [element, `new ${index}`] : [element]));
  expect(edits(before, after)).toBe(count);
});

function numbers(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

function signs(steps: readonly ListStep[]): string {
  return steps.map((step) => ({ keep: '=', remove: '-', add: '+' })[step]).join('');
}

function edits(before: readonly string[], after: readonly string[]): number {
  return listSteps(before, after).filter((step) => step !== 'keep').length;
}

/** The list that the steps make of the old one; elements that are kept must stand in both. */
function follow(before: readonly string[], after: readonly string[]): string[] {
  const result: string[] = [];
  let from = 0;
  for (const step of listSteps(before, after)) {
    if (step === 'remove') {
      from++;
    } else {
      result.push(step === 'keep' ? before[from++] : after[result.length]);
    }
  }
  expect(from).toBe(before.length);
  return result;
}

/** Length of the longest common subsequence. */
function common(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) {
    return 0;
  }
  return a[0] === b[0] ? 1 + common(a.slice(1), b.slice(1)) : Math.max(common(a.slice(1), b), common(a, b.slice(1)));
}
