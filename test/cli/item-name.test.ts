import fc from 'fast-check';
import { readItemName, writeKey } from '../../cli/item-name.ts';
import { canonicalNumber } from '../../lambda/core/number-text.ts';
import { itemDigest } from '../../lambda/core/occurrence.ts';
import type { AttributeMap } from '../../lambda/core/stream-record.ts';
import { numberText } from '../lambda/arbitraries.ts';

test.each<[string, AttributeMap]>([
  ['{"orderId":"A-1"}', { orderId: { S: 'A-1' } }],
  ['{"orderId":{"S":"A-1"}}', { orderId: { S: 'A-1' } }],
  ['{"customerId":"c","orderId":7}', { customerId: { S: 'c' }, orderId: { N: '7' } }],
  ['{"n":12345678901234567890123}', { n: { N: '12345678901234567890123' } }],
  ['{"n":1.50}', { n: { N: '1.5' } }],
  ['{"n":{"N":"1.5"},"b":{"B":"AAE="}}', { n: { N: '1.5' }, b: { B: 'AAE=' } }],
  ['{"n":{"N":"1.50"}}', { n: { N: '1.5' } }],
  ['{"n":{"N":"1e40"}}', { n: { N: canonicalNumber('1e40')! } }],
])('%s names the item with the key %j', (text, keys) => {
  expect(readItemName(text)).toEqual({ type: 'key', keys });
});

test('an id names an item, too', () => {
  const id = itemDigest('arn', { orderId: { S: 'A-1' } });
  expect(readItemName(id)).toEqual({ type: 'id', id });
});

test.each([
  ['orderId=A-1', /^--item must be a key as JSON, for instance .*, got "orderId=A-1"$/],
  ['"A-1"', /^--item must be a key as JSON/],
  ['7', /^--item must be a key as JSON/],
  ['["A-1"]', /^--item must be a key as JSON/],
  ['null', /^--item must be a key as JSON/],
  ['{}', /got 0 attributes$/],
  ['{"a":"1","b":"2","c":"3"}', /got 3 attributes$/],
  ['{"a":true}', /"a" is none of these$/],
  ['{"a":null}', /"a" is none of these$/],
  ['{"a":{"S":1}}', /"a" is none of these$/],
  ['{"a":{"SS":["x"]}}', /"a" is none of these$/],
  ['{"a":{"S":"x","N":"1"}}', /"a" is none of these$/],
])('fails when an item is named %s', (text, message) => {
  expect(() => readItemName(text)).toThrow(message);
});

test('fails when a long number may have lost digits, on a Node that does not tell them', () => {
  const parse = JSON.parse;
  const withoutSource = jest.spyOn(JSON, 'parse').mockImplementation((text, reviver) => parse(text, (name, value) => reviver?.call({}, name, value) as unknown));
  try {
    expect(readItemName('{"n":123}')).toEqual({ type: 'key', keys: { n: { N: '123' } } });
    expect(() => readItemName('{"n":12345678901234567890}')).toThrow('write long numbers as {"N":"…"}');
  } finally {
    withoutSource.mockRestore();
  }
});

test('a key reads as it was written', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }).map((S) => ({ S })),
    numberText.map((text) => ({ N: canonicalNumber(text)! })),
    fc.uint8Array({ maxLength: 8 }).map((bytes) => ({ B: Buffer.from(bytes).toString('base64') })),
  );
  const name = fc.string({ minLength: 1 }).filter((text) => text !== '__proto__');
  fc.assert(
    fc.property(fc.dictionary(name, value, { minKeys: 1, maxKeys: 2, noNullPrototype: true }), (keys) => {
      expect(readItemName(writeKey(keys))).toEqual({ type: 'key', keys });
    }),
  );
});

test.each(['\u009b31m', '\u007f', '\u202eevil', '\u2028', '\u{e0001}', '\u001b[2J'])('a key with %j is shown without what a terminal obeys, and reads as it was', (text) => {
  const written = writeKey({ [text]: { S: text } });
  expect(written).toMatch(/^[\x20-\x7e]+$/);
  expect(readItemName(written)).toEqual({ type: 'key', keys: { [text]: { S: text } } });
});
