import fc from 'fast-check';
import { canonicalNumber } from '../../lambda/core/number-text.ts';
import type { AttributeMap, AttributeValue } from '../../lambda/core/stream-record.ts';

/** Names that plain JavaScript objects stumble over, and names that JSON Pointers must escape. */
const oddNames = fc.constantFrom('__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', 'length', '', '0', '1', '-', 'a/b', 'a~b', '~1', '/');

/** Any text that JavaScript has, halves of surrogate pairs included. */
const text = fc.string({ unit: fc.oneof(fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)), fc.constantFrom('a', '\ud83d', '\ude00', '\u0000', '"', '\\')), maxLength: 6 });

const names = fc.oneof({ weight: 3, arbitrary: fc.constantFrom('a', 'b', 'c', 'd') }, { weight: 1, arbitrary: oddNames }, fc.string({ maxLength: 4 }));

/** A number as a writer may have written it: any sign, leading zeros, fraction and exponent. */
export const numberText: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 38 }),
    fc.nat({ max: 38 }),
    fc.option(fc.integer({ min: -90, max: 85 }), { nil: undefined }),
  )
  .map(([sign, digits, point, power]) => {
    const text = digits.join('');
    const at = Math.min(point, text.length - 1);
    const plain = at === 0 ? text : `${text.slice(0, -at)}.${text.slice(-at)}`;
    return `${sign}${plain}${power === undefined ? '' : `E${power}`}`;
  });

/** A number that is one double with many others. */
export const neighbour: fc.Arbitrary<string> = fc
  .record({
    sign: fc.constantFrom('', '-'),
    digits: fc.constantFrom('9007199254740992', '90071992547409920000', '12345678901234567890123456789012345'),
    last: fc.integer({ min: 0, max: 99 }),
    power: fc.constantFrom('', 'E-30', 'E-100', 'E+80'),
  })
  .map(({ sign, digits, last, power }) => `${sign}${digits}.${last}${power}`);

const base64 = fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes).toString('base64'));

const setOf = <T>(element: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.uniqueArray(element, { minLength: 1, maxLength: 5 });

const { map, value } = fc.letrec<{ value: AttributeValue; map: AttributeMap }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom('x', 'y', 'z').map((S) => ({ S })),
    text.map((S) => ({ S })),
    fc.integer({ min: 0, max: 3 }).map((N) => ({ N: String(N) })),
    numberText.map((N) => ({ N })),
    fc.boolean().map((BOOL) => ({ BOOL })),
    fc.constant({ NULL: true }),
    base64.map((B) => ({ B })),
    setOf(text).map((SS) => ({ SS })),
    setOf(fc.integer({ min: -20, max: 20 }).map(String)).map((NS) => ({ NS })),
    fc.uniqueArray(fc.oneof(neighbour, numberText), { minLength: 1, maxLength: 5, selector: canonicalNumber }).map((NS) => ({ NS })),
    setOf(base64).map((BS) => ({ BS })),
    fc.array(tie('value'), { maxLength: 8 }).map((L) => ({ L })),
    tie('map').map((M) => ({ M })),
  ),
  map: fc.array(fc.tuple(names, tie('value')), { maxLength: 6 }).map((entries) => {
    const attributes = Object.create(null) as Record<string, AttributeValue>;
    for (const [name, attribute] of entries) {
      attributes[name] = attribute;
    }
    return attributes;
  }),
}));

/** Any value, nested. */
export const attributeValue: fc.Arbitrary<AttributeValue> = value;

/** Any item. */
export const attributeMap: fc.Arbitrary<AttributeMap> = map;
