import { unmarshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { InvalidImageError, itemToJson, WHOLE } from '../../../lambda/core/item-images.ts';
import type { AttributeMap, AttributeValue } from '../../../lambda/core/stream-record.ts';
import { attributeMap } from '../arbitraries.ts';
import { ODD_NAMES, VALUES, withName } from './item-images-table.ts';

const text = (value: AttributeValue, numbersAsText = false): string => JSON.stringify(itemToJson({ v: value }, { ...WHOLE, numbersAsText }).v);

describe('the JSON form', () => {
  test.each(VALUES)('of %s', (_, value, json) => {
    expect(text(value)).toBe(json);
  });

  test.each(VALUES)('where numbers are strings, of %s', (_, value, json, numbersAsText = json) => {
    expect(text(value, true)).toBe(numbersAsText);
  });

  test.each(VALUES)('is one that every parser of JSON reads, of %s', (_, value, json) => {
    expect(JSON.stringify(JSON.parse(text(value, true)))).toBe(text(value, true));
    expect(() => JSON.parse(json) as unknown).not.toThrow();
  });

  test.each(ODD_NAMES)('has an attribute named %j, outside and inside', (name) => {
    const written = JSON.stringify(name);
    expect(JSON.stringify(itemToJson(withName(name, { M: withName(name, { S: 'v' }) })))).toBe(`{${written}:{${written}:"v"}}`);
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

  test('is the same for a set of any strings, lone surrogates too, in whatever order they come', () => {
    const strings = fc.uniqueArray(fc.oneof(fc.string({ unit: 'binary', maxLength: 3 }), fc.constantFrom('\ud800', '\udc00', '\ufffd', '\ud800x', '😀')), { minLength: 1, maxLength: 8 });
    const shuffled = strings.chain((SS) => fc.tuple(fc.constant(SS), fc.shuffledSubarray(SS, { minLength: SS.length })));
    fc.assert(fc.property(shuffled, ([SS, others]) => expect(text({ SS: others })).toBe(text({ SS }))));
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
  const bad = (value: unknown): AttributeMap => ({ a: value as AttributeValue });

  test.each<[string, AttributeMap, string]>([
    ['a number is none', { amount: { N: 'many' } }, '/amount is no number'],
    ['a number deep inside is none', { order: { M: { lines: { L: [{ N: '1' }, { N: '' }] } } } }, '/order/lines/1 is no number'],
    ['a number of a set is none', { sizes: { NS: ['1', 'x'] } }, '/sizes is no number'],
    ['a number is one of JavaScript', bad({ N: 42 }), '/a is no number'],
    ['a number is infinite', bad({ N: 'Infinity' }), '/a is no number'],
    ['a type descriptor is unknown', bad({ X: '1' }), '/a has the type descriptor "X", which DynamoDB does not have'],
    ['a type descriptor is in small letters', bad({ s: '1' }), '/a has the type descriptor "s", which DynamoDB does not have'],
    ['a type descriptor is missing', { a: { L: [{}] } }, '/a/0 must have one type descriptor, got none'],
    ['there are two type descriptors', bad({ S: '1', N: '1' }), '/a must have one type descriptor, got 2'],
    ['the value is null', bad(null), '/a must have one type descriptor, got none'],
    ['the value is a plain one', bad('secret'), '/a must have one type descriptor, got none'],
    ['the value is undefined', bad(undefined), '/a must have one type descriptor, got none'],
    ['a value in a map is null', bad({ M: { b: null } }), '/a/b must have one type descriptor, got none'],
    ['a list is none', bad({ L: { 0: { S: 'x' } } }), '/a must hold a list'],
    ['a list is null', bad({ L: null }), '/a must hold a list'],
    ['a set is none', bad({ SS: 'secret' }), '/a must hold a list'],
    ['a member of a set is no string', bad({ SS: ['x', 1] }), '/a must hold a value of type string'],
    ['bytes are no text', bad({ B: new Uint8Array([1]) }), '/a must hold a value of type string'],
    ['a string is a number', bad({ S: 1 }), '/a must hold a value of type string'],
    ['a string is null', bad({ S: null }), '/a must hold a value of type string'],
    ['a boolean is a text', bad({ BOOL: 'true' }), '/a must hold a value of type boolean'],
    ['a map is null', bad({ M: null }), '/a must hold a value of type object'],
    ['a map is a text', bad({ M: 'secret' }), '/a must hold a value of type object'],
    ['the place has names that a JSON pointer escapes', { 'a/b': { M: { 'm~n': { M: { '': { N: 'secret' } } } } } }, '/a~1b/m~0n/ is no number'],
    ['it is in an attribute that is called __proto__', withName('__proto__', { N: 'secret' }), '/__proto__ is no number'],
  ])('%s: the reason names the place, not the value', (_, image, message) => {
    expect(() => itemToJson(image)).toThrow(new InvalidImageError(message));
    expect(message).not.toContain('secret');
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
