import fc from 'fast-check';
import { itemToJson } from '../../../lambda/core/item-images.ts';
import { Identities, isSameJson } from '../../../lambda/core/json-identity.ts';
import type { JsonValue } from '../../../lambda/core/json-value.ts';
import { attributeValue } from '../arbitraries.ts';

const value = attributeValue.map((attribute) => itemToJson({ attribute }).attribute);
const map = (json: string): JsonValue => JSON.parse(json) as JsonValue;

test.each<[JsonValue, JsonValue, boolean]>([
  [1, 1, true],
  [1, '1', false],
  [0, false, false],
  [null, {}, false],
  [null, null, true],
  [[], {}, false],
  [{}, [], false],
  [[1, 2], [1, 2], true],
  [[1, 2], [2, 1], false],
  [[1, 2], [1], false],
  [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
  [{ a: 1, b: 2 }, { a: 1 }, false],
  [{ a: 1 }, { a: 1, b: 2 }, false],
  [{ a: 1 }, { b: 1 }, false],
  [map('{"__proto__":1}'), map('{"__proto__":1}'), true],
  [map('{"__proto__":1}'), map('{"__proto__":2}'), false],
  ['\ud800', '\ud801', false],
  [JSON.rawJSON('9007199254740993'), JSON.rawJSON('9007199254740993'), true],
  [JSON.rawJSON('9007199254740993'), JSON.rawJSON('9007199254740995'), false],
  [JSON.rawJSON('9007199254740993'), '9007199254740993', false],
  [JSON.rawJSON('9007199254740993'), { rawJSON: '9007199254740993' }, false],
])('case %#: %j and %j are the same: %j', (a, b, same) => {
  expect(isSameJson(a, b)).toBe(same);
  expect(isSameJson(b, a)).toBe(same);
  const [first, second] = new Identities().of([a, b], 0, 2);
  expect(first === second).toBe(same);
});

test('values have one number where they are the same, another where they are not', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(value, fc.constantFrom<JsonValue>(1, 2, null, [1], [2], { a: 1 })), { maxLength: 12 }), (values) => {
      const numbers = new Identities().of(values, 0, values.length);
      values.forEach((a, i) => values.forEach((b, j) => expect(numbers[i] === numbers[j]).toBe(isSameJson(a, b))));
    }),
    { numRuns: 300 },
  );
});

test('the numbers begin at 0 and leave none out', () => {
  const identities = new Identities();
  expect([...identities.of(['left out', 'a', [1], 'a', { m: 1 }], 1, 5)]).toEqual([0, 1, 0, 2]);
  expect([...identities.of([[1], 'b'], 0, 2)]).toEqual([1, 3]);
});

test('200,000 different values have different numbers', () => {
  const values = Array.from({ length: 200_000 }, (_, index) => [index]);
  expect(new Set(new Identities().of(values, 0, values.length)).size).toBe(200_000);
  expect([...new Identities().of([...values, ...values], 0, 400_000)].slice(200_000)).toEqual(values.flat());
});

test('what holds a difference is told', () => {
  const before = { same: { x: 1 }, list: [{ y: 1 }, { y: 2 }] };
  const different = new WeakSet<object>();
  expect(isSameJson(before, { same: { x: 1 }, list: [{ y: 1 }, { y: 3 }] }, different)).toBe(false);
  expect([before, before.same, before.list, ...before.list].map((part) => different.has(part))).toEqual([true, false, true, false, true]);
});
