import fc from 'fast-check';
import { InvalidImageError, itemToJson, WHOLE, type ImageShape } from '../../../lambda/core/item-images.ts';
import { ItemText } from '../../../lambda/core/item-text.ts';
import { JsonBytes } from '../../../lambda/core/json-bytes.ts';
import type { AttributeMap, AttributeValue } from '../../../lambda/core/stream-record.ts';
import { anyImage, imageShape } from './hard-images.ts';
import { ODD_NAMES, VALUES, withName } from './item-images-table.ts';
import { outcome } from './outcome.ts';

function written(image: AttributeMap, shape: ImageShape): string {
  const out = new JsonBytes();
  new ItemText(out, shape.numbersAsText).members(image, shape.selection);
  return `{${out.text()}}`;
}

describe('the text is that of the JSON form, byte for byte', () => {
  const given = (image: AttributeMap, shape: ImageShape): void => {
    expect(outcome(() => written(image, shape))).toBe(outcome(() => JSON.stringify(itemToJson(image, shape))));
  };

  test('for any image, whatever is selected; and what has no JSON form has no text', () => {
    fc.assert(fc.property(anyImage, imageShape, given), { numRuns: 3_000 });
  });

  test.each(VALUES)('for %s', (_, value) => {
    for (const numbersAsText of [false, true]) {
      given({ v: value, m: { M: { v: value, l: { L: [value, value] } } } }, { ...WHOLE, numbersAsText });
    }
  });

  test('for sets of texts of any size, members twice or in any order', () => {
    const member = fc.oneof(fc.constantFrom('', 'a', 'b', '"', '\uffff', '\ud83d\ude00', '\ud83d\ude01', '\ud800', '\udfff'), fc.string({ unit: 'binary', maxLength: 3 }));
    const set = fc.oneof(fc.array(member, { minLength: 1, maxLength: 40, size: 'max' }), fc.uniqueArray(member, { minLength: 2, maxLength: 40, size: 'max' }));
    fc.assert(fc.property(set, (SS) => { given({ v: { SS } }, WHOLE); }), { numRuns: 2_000 });
  });

  test.each(ODD_NAMES)('for attributes named %j', (name) => {
    given(withName(name, { M: withName(name, { S: 'v' }) }), WHOLE);
  });

  test.each([30, 31, 32, 40, 20_000])('for %i lists or maps in one another', (depth) => {
    for (const bottom of [{ S: 'x' }, { L: [] }, { M: {} }] satisfies AttributeValue[]) {
      for (const around of [(inner: AttributeValue) => ({ L: [inner] }), (inner: AttributeValue) => ({ M: { m: inner } })]) {
        let value: AttributeValue = bottom;
        for (let count = 0; count < depth; count++) {
          value = around(value);
        }
        given({ v: value }, WHOLE);
      }
    }
  });
});

test.each([null, 'text', 5, []])('fails when the image is %j', (image) => {
  expect(() => written(image as unknown as AttributeMap, WHOLE)).toThrow(InvalidImageError);
});
