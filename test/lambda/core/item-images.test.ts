import { unmarshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import type { Selection } from '../../../lambda/core/attribute-selection.ts';
import { InvalidImageError, itemToJson, WHOLE } from '../../../lambda/core/item-images.ts';
import { canonicalNumber } from '../../../lambda/core/number-text.ts';
import type { AttributeMap, AttributeValue } from '../../../lambda/core/stream-record.ts';
import { attributeMap, neighbour, numberText } from '../arbitraries.ts';
import { ODD_NAMES, VALUES, withName } from './item-images-table.ts';

const NO_DYNAMODB_NUMBER = 'is no number of DynamoDB, which has up to 38 digits and magnitudes from 1E-130 to 9.99E+125';
const TOO_DEEP = 'is nested deeper than the 32 levels that DynamoDB has';

/** A value in this many lists and maps: a list around it, a map around that, and so on. */
function nested(containers: number, value: AttributeValue): AttributeValue {
  let outer = value;
  for (let count = 0; count < containers; count++) {
    outer = count % 2 === 0 ? { L: [outer] } : { M: { m: outer } };
  }
  return outer;
}

function lists(count: number): AttributeValue {
  let outer: AttributeValue = { S: 'bottom' };
  for (let index = 0; index < count; index++) {
    outer = { L: [outer] };
  }
  return outer;
}

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

  test('goes as deep as DynamoDB nests: through 31 lists and maps', () => {
    expect(text(nested(31, { S: 'bottom' }))).toBe(`${'[{"m":'.repeat(15)}["bottom"]${'}]'.repeat(15)}`);
    expect(text(nested(31, { SS: ['bottom'] }))).toContain('[["bottom"]]');
    expect(text(nested(31, { L: [] }))).toContain('[[]]');
  });

  test.each([
    ['SS', fc.oneof(fc.string({ unit: 'binary', maxLength: 3 }), fc.constantFrom('\ud800', '\udc00', '\ufffd', '\ud800x', '😀')), (member: string) => member],
    ['NS', fc.oneof(numberText, neighbour), (member: string) => canonicalNumber(member)],
    ['BS', fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes).toString('base64')), (member: string) => member],
  ])('of a set (%s) is the same in whatever order its members come', (type, member, selector) => {
    const set = fc.uniqueArray(member, { minLength: 1, maxLength: 12, selector });
    const shuffled = set.chain((members) => fc.tuple(fc.constant(members), fc.shuffledSubarray(members, { minLength: members.length })));
    fc.assert(fc.property(shuffled, ([members, others]) => expect(text({ [type]: others })).toBe(text({ [type]: members }))));
  });

  test('of a binary set has the members in the order of their bytes', () => {
    const set = fc.uniqueArray(fc.uint8Array({ maxLength: 4 }), { minLength: 1, selector: String });
    fc.assert(
      fc.property(set, (members) => {
        const sorted = members.map((bytes) => Buffer.from(bytes)).sort((a, b) => Buffer.compare(a, b));
        expect(itemToJson({ v: { BS: members.map((bytes) => Buffer.from(bytes).toString('base64')) } }).v).toEqual(sorted.map((bytes) => bytes.toString('base64')));
      }),
    );
  });

  test('of a string set has the members in the order of their UTF-8 bytes', () => {
    const set = fc.uniqueArray(fc.string({ unit: 'binary', maxLength: 4 }), { minLength: 1 });
    fc.assert(fc.property(set, (SS) => expect(itemToJson({ v: { SS } }).v).toEqual([...SS].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))))));
  });

  test('is that of the parts that are taken, whatever the others hold', () => {
    const selection: Selection = { needsParts: false, pick: (name) => (name === 'bad' ? 'none' : 'all') };
    expect(itemToJson({ good: { S: 'x' }, bad: { N: 'many' } }, { ...WHOLE, selection })).toEqual({ good: 'x' });
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

test('the reason names the index that an element has in the image, not among those that are taken', () => {
  const selection: Selection = { needsParts: true, pick: () => ({ needsParts: true, pick: () => 'all' }) };
  const image: AttributeMap = { a: { L: [{ S: 'left out' }, { M: { x: { S: 'taken' } } }, { N: '1' }, { M: { y: { N: 'many' } } }] } };
  expect(() => itemToJson(image, { ...WHOLE, selection })).toThrow(new InvalidImageError('/a/3/y is no number'));
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
    ['a number has 39 digits', bad({ N: `${'1'.repeat(38)}.1` }), `/a ${NO_DYNAMODB_NUMBER}`],
    ['a number is too large', bad({ N: '1E+126' }), `/a ${NO_DYNAMODB_NUMBER}`],
    ['a number is too low', bad({ N: '-1E+126' }), `/a ${NO_DYNAMODB_NUMBER}`],
    ['a number is too small', bad({ N: '9.9E-131' }), `/a ${NO_DYNAMODB_NUMBER}`],
    ['a negative number is too small', bad({ N: '-9.9E-131' }), `/a ${NO_DYNAMODB_NUMBER}`],
    ['a number of a set is too large', bad({ NS: ['1', '1E+126'] }), `/a ${NO_DYNAMODB_NUMBER}`],
    ['a number is very long', bad({ N: `1${'0'.repeat(300_000)}1` }), `/a ${NO_DYNAMODB_NUMBER}`],
    ['a null is none', bad({ NULL: false }), '/a is a NULL that does not hold true'],
    ['a null is a text', bad({ NULL: 'true' }), '/a is a NULL that does not hold true'],
    ['a map is an array', bad({ M: [{ S: 'x' }] }), '/a must hold a value of type object'],
    ['bytes have another alphabet', bad({ B: 'AA-_' }), '/a is no base64'],
    ['bytes lack their padding', bad({ B: 'AA' }), '/a is no base64'],
    ['bytes are too short', bad({ B: 'A===' }), '/a is no base64'],
    ['bytes have padding in the middle', bad({ B: 'AA==AAAA' }), '/a is no base64'],
    ['bytes have a line break', bad({ B: 'AAAA\nAAA' }), '/a is no base64'],
    ['bytes have stray bits behind the first of three', bad({ B: 'AB==' }), '/a is no base64'],
    ['bytes have stray bits behind the second of three', bad({ B: 'AAB=' }), '/a is no base64'],
    ['a member of a binary set is no base64', bad({ BS: ['AA==', 'secret'] }), '/a is no base64'],
    ['a string set is empty', bad({ SS: [] }), '/a is an empty set, which DynamoDB does not have'],
    ['a number set is empty', bad({ NS: [] }), '/a is an empty set, which DynamoDB does not have'],
    ['a binary set is empty', bad({ BS: [] }), '/a is an empty set, which DynamoDB does not have'],
    ['a string set has a member twice', bad({ SS: ['secret', 'x', 'secret'] }), '/a is a set that holds a member twice'],
    ['a number set has a number twice, in two texts', bad({ NS: ['1', '2', '1.0'] }), '/a is a set that holds a member twice'],
    ['a binary set has a member twice', bad({ BS: ['AA==', 'AAA=', 'AA=='] }), '/a is a set that holds a member twice'],
    ['a member of a string set is null', bad({ SS: [null] }), '/a must hold a value of type string'],
    ['a value is in 32 lists and maps', { a: nested(32, { S: 'secret' }) }, `/a${'/m/0'.repeat(16)} ${TOO_DEEP}`],
    ['an empty map is in 32 lists and maps', { a: nested(32, { M: {} }) }, `/a${'/m/0'.repeat(16)} ${TOO_DEEP}`],
    ['a value is in 100,000 lists', { a: lists(100_000) }, `/a${'/0'.repeat(32)} ${TOO_DEEP}`],
    ['a place is longer than a reason can be', { ['n'.repeat(60_000)]: { N: 'secret' } }, `/${'n'.repeat(999)}… is no number`],
    ['the image is a text', 'secret' as unknown as AttributeMap, 'the image must hold a value of type object'],
    ['the image is a list', [] as unknown as AttributeMap, 'the image must hold a value of type object'],
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
  const numbers = [...(value.N === undefined ? [] : [value.N]), ...(value.NS ?? [])].map(Number);
  if (value.SS?.some((member) => !member.isWellFormed()) === true) {
    return false; // the order of halves of surrogate pairs is our own
  }
  if (new Set(numbers).size < numbers.length || numbers.some((number) => !Number.isFinite(number) || Math.abs(number) > Number.MAX_SAFE_INTEGER)) {
    return false;
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

/** Sets as arrays, sorted by value or bytes; bytes as base64. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) {
    return Buffer.from(value).toString('base64');
  }
  if (value instanceof Set) {
    return [...value].sort((a, b) => (typeof a === 'number' ? a - (b as number) : Buffer.compare(Buffer.from(a as string), Buffer.from(b as string)))).map(plain);
  }
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
  }
  return Object.is(value, -0) ? 0 : value;
}
