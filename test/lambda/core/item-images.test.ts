import { unmarshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { InvalidImageError, itemToJson } from '../../../lambda/core/item-images.ts';
import type { AttributeMap, AttributeValue } from '../../../lambda/core/stream-record.ts';
import { attributeMap } from '../arbitraries.ts';

const text = (value: AttributeValue): string => JSON.stringify(itemToJson({ v: value }).v);

describe('the JSON form', () => {
  test.each<[string, AttributeValue, string]>([
    ['a string', { S: 'ä "quoted" \u0000' }, '"ä \\"quoted\\" \\u0000"'],
    ['an empty string', { S: '' }, '""'],
    ['an integer', { N: '42' }, '42'],
    ['a fraction', { N: '1.50' }, '1.5'],
    ['a negative zero', { N: '-0' }, '0'],
    ['an integer beyond 2^53', { N: '9007199254740993' }, '9007199254740993'],
    ['the largest 64-bit integer', { N: '9223372036854775807' }, '9223372036854775807'],
    ['an integer beyond 64 bits, as a string', { N: '9223372036854775808' }, '"9223372036854775808"'],
    ['a fraction of 38 digits', { N: '0.12345678901234567890123456789012345678' }, '0.12345678901234567890123456789012345678'],
    ['a small number', { N: '1E-7' }, '0.0000001'],
    ['the smallest number', { N: '1E-130' }, '1E-130'],
    ['the largest number, as a string', { N: '9.9E+125' }, '"9.9E+125"'],
    ['true', { BOOL: true }, 'true'],
    ['false', { BOOL: false }, 'false'],
    ['null', { NULL: true }, 'null'],
    ['bytes, as base64', { B: 'AAH/' }, '"AAH/"'],
    ['a string set, sorted', { SS: ['b', 'a', 'C'] }, '["C","a","b"]'],
    ['a number set, sorted by value', { NS: ['10', '9', '-1', '1E+40', '0.5'] }, '[-1,0.5,9,10,"1E+40"]'],
    ['a number set of neighbours that are one double', { NS: ['9007199254740993', '9007199254740992'] }, '[9007199254740992,9007199254740993]'],
    ['a binary set, sorted', { BS: ['/w==', 'AA=='] }, '["/w==","AA=="]'],
    ['a list', { L: [{ S: 'a' }, { N: '1' }, { L: [] }] }, '["a",1,[]]'],
    ['a map', { M: { a: { M: {} }, b: { L: [{ NULL: true }] } } }, '{"a":{},"b":[null]}'],
  ])('of %s', (_, value, expected) => {
    expect(text(value)).toBe(expected);
  });

  test.each(['__proto__', 'constructor', 'hasOwnProperty', ''])('has an attribute named %j', (name) => {
    const image = JSON.parse(`{${JSON.stringify(name)}:{"M":{${JSON.stringify(name)}:{"S":"v"}}}}`) as AttributeMap;
    expect(JSON.stringify(itemToJson(image))).toBe(`{${JSON.stringify(name)}:{${JSON.stringify(name)}:"v"}}`);
  });

  test('goes as deep as DynamoDB nests', () => {
    let value: AttributeValue = { S: 'bottom' };
    for (let depth = 0; depth < 32; depth++) {
      value = depth % 2 === 0 ? { L: [value] } : { M: { m: value } };
    }
    expect(text(value)).toBe(`${'{"m":['.repeat(16)}"bottom"${']}'.repeat(16)}`);
  });

  test('is the same for a set in whatever order its elements come', () => {
    const shuffled = fc
      .record({ type: fc.constantFrom('SS', 'NS', 'BS'), elements: fc.uniqueArray(fc.integer({ min: -1e6, max: 1e6 }).map(String), { minLength: 1, maxLength: 20 }) })
      .chain(({ type, elements }) => fc.tuple(fc.constant(type), fc.constant(elements), fc.shuffledSubarray(elements, { minLength: elements.length })));
    fc.assert(fc.property(shuffled, ([type, elements, others]) => expect(text({ [type]: others })).toBe(text({ [type]: elements }))));
  });

  test('is what unmarshall of the SDK gives, wherever that can represent the value', () => {
    fc.assert(
      fc.property(attributeMap, (image) => {
        fc.pre(representable({ M: image }));
        const unmarshalled: unknown = unmarshall(bytes({ M: image }).M as never);
        expect(JSON.parse(JSON.stringify(itemToJson(image)))).toEqual(plain(unmarshalled));
      }),
      { numRuns: 300 },
    );
  });
});

describe('an image fails when', () => {
  test.each<[string, AttributeMap, string]>([
    ['a number is none', { amount: { N: 'many' } }, '/amount is no number'],
    ['a number deep inside is none', { order: { M: { lines: { L: [{ N: '1' }, { N: '' }] } } } }, '/order/lines/1 is no number'],
    ['a number of a set is none', { sizes: { NS: ['1', 'x'] } }, '/sizes is no number'],
    ['a type descriptor is unknown', { a: { X: '1' } as AttributeValue }, '/a has the type descriptor "X", which DynamoDB does not have'],
    ['a type descriptor is missing', { a: { L: [{}] } }, '/a/0 has no type descriptor'],
  ])('%s', (_, image, message) => {
    expect(() => itemToJson(image)).toThrow(new InvalidImageError(message));
  });
});

/** Whether `unmarshall` gives the value: it drops `__proto__`, and refuses or rounds numbers that a double does not hold. */
function representable(value: AttributeValue): boolean {
  if (value.N !== undefined) {
    return Number.isFinite(Number(value.N)) && Math.abs(Number(value.N)) <= Number.MAX_SAFE_INTEGER;
  }
  if (value.M !== undefined) {
    return Object.keys(value.M).every((name) => name !== '__proto__' && representable(value.M![name]));
  }
  return value.L?.every(representable) ?? true;
}

/** The value with binary as bytes, as the SDK has it. */
function bytes(value: AttributeValue): Record<string, unknown> {
  const decode = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));
  if (value.M !== undefined) {
    return { M: Object.fromEntries(Object.entries(value.M).map(([name, attribute]) => [name, bytes(attribute)])) };
  }
  if (value.L !== undefined) {
    return { L: value.L.map(bytes) };
  }
  return value.B !== undefined ? { B: decode(value.B) } : value.BS !== undefined ? { BS: value.BS.map(decode) } : { ...value };
}

/** Sets as sorted arrays, bytes as base64. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) {
    return Buffer.from(value).toString('base64');
  }
  if (value instanceof Set) {
    return [...value].map(plain).sort((a, b) => (typeof a === 'number' ? a - (b as number) : (a as string) < (b as string) ? -1 : 1));
  }
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
  }
  return Object.is(value, -0) ? 0 : value;
}
