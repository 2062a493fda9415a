import fc from 'fast-check';
import { itemToJson } from '../../../lambda/core/item-images.ts';
import { isSameValue } from '../../../lambda/core/same-value.ts';
import type { AttributeMap, AttributeValue } from '../../../lambda/core/stream-record.ts';
import { anyImage, validImage } from './hard-images.ts';

const copy = (image: AttributeMap): AttributeMap => JSON.parse(JSON.stringify(image)) as AttributeMap;

test('every item is the same as its copy', () => {
  fc.assert(fc.property(validImage, (image) => expect(isSameValue({ M: image }, { M: copy(image) })).toBe(true)), { numRuns: 1_000 });
});

test('what is the same as an item is one, and has the same JSON form', () => {
  const similar = fc.tuple(validImage, fc.constantFrom('a', '1'), anyImage).map(([image, name, other]): [AttributeMap, AttributeMap] => [image, { ...image, [name]: other.a }]);
  fc.assert(
    fc.property(fc.oneof(similar, fc.tuple(validImage, anyImage)), ([image, other]) => {
      if (isSameValue({ M: other }, { M: image })) {
        expect(itemToJson(other)).toEqual(itemToJson(image));
      }
    }),
    { numRuns: 2_000 },
  );
});

test.each<[string, unknown, AttributeValue]>([
  ['another text', { S: 'x' }, { S: 'y' }],
  ['a text for a number', { S: '1' }, { N: '1' }],
  ['a number that is written otherwise', { N: '1.0' }, { N: '1' }],
  ['one descriptor too much, in front', { N: '1', S: 'x' }, { S: 'x' }],
  ['one descriptor too much', { S: 'x', N: '1' }, { S: 'x' }],
  ['one descriptor less', {}, { S: 'x' }],
  ['a descriptor that every object inherits', JSON.parse('{"__proto__":{}}'), { S: 'x' }],
  ['a list of one that every object inherits', { L: [JSON.parse('{"__proto__":{}}')] }, { L: [{ S: 'x' }] }],
  ['nothing', undefined, { S: 'x' }],
  ['null', null, { S: 'x' }],
  ['a function', Object, { M: {} }],
  ['a shorter list', { L: [{ S: 'x' }] }, { L: [{ S: 'x' }, { S: 'x' }] }],
  ['a list for a map', { M: [] }, { M: {} }],
  ['a map for a list', { L: {} }, { L: [] }],
  ['nothing for a map', { M: null }, { M: {} }],
  ['a set in another order', { SS: ['x', 'y'] }, { SS: ['y', 'x'] }],
  ['one attribute more', { M: { a: { S: 'x' }, b: { S: 'x' } } }, { M: { a: { S: 'x' } } }],
  ['one attribute less', { M: { a: { S: 'x' } } }, { M: { a: { S: 'x' }, b: { S: 'x' } } }],
  ['an attribute that is only inherited', { M: {} }, { M: JSON.parse('{"__proto__":{"S":"x"}}') as AttributeMap }],
  ['a map for null', { M: {} }, { M: null } as unknown as AttributeValue],
  ['a text for null', { S: 'x' }, null as unknown as AttributeValue],
  ['null for null', null, null as unknown as AttributeValue],
])('%s is not the same', (_, a, b) => {
  expect(isSameValue(a as AttributeValue, b)).toBe(false);
});
