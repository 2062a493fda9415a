import fc from 'fast-check';
import { InvalidImageError, itemToJson, WHOLE, type ImageShape } from '../../../lambda/core/item-images.ts';
import { ItemText } from '../../../lambda/core/item-text.ts';
import { JsonBytes } from '../../../lambda/core/json-bytes.ts';
import { createPatch } from '../../../lambda/core/json-patch.ts';
import { PatchText } from '../../../lambda/core/patch-text.ts';
import type { AttributeMap, AttributeValue } from '../../../lambda/core/stream-record.ts';
import { imagePair, imageShape } from './hard-images.ts';
import { edited, moved, shuffled } from './list-changes.ts';
import { outcome } from './outcome.ts';

function written(before: AttributeMap, after: AttributeMap, shape: ImageShape): string {
  const out = new JsonBytes();
  new PatchText(out, new ItemText(out, shape.numbersAsText), shape.numbersAsText).operations(before, after, shape.selection);
  return `[${out.text()}]`;
}

describe('the text is that of the patch between the JSON forms, byte for byte', () => {
  const given = (before: AttributeMap, after: AttributeMap, shape: ImageShape): void => {
    expect(outcome(() => written(before, after, shape))).toBe(outcome(() => JSON.stringify(createPatch(itemToJson(before, shape), itemToJson(after, shape)))));
  };

  test('for any two images, whatever is selected; and where the old one is faulty there is none', () => {
    fc.assert(fc.property(imagePair, imageShape, ([before, after], shape) => given(before, after, shape)), { numRuns: 5_000 });
  });

  const line = (number: number, state = 'new'): AttributeValue => ({ M: { line: { N: String(number) }, state: { S: state } } });
  const lines = Array.from({ length: 300 }, (_, index) => line(index));
  /** The same line, whose number is written otherwise. */
  const rewritten = (value: AttributeValue): AttributeValue => ({ M: { ...value.M!, line: { N: `${value.M!.line.N!}.0` } } });
  const backwards = (value: AttributeValue): AttributeValue => ({ M: Object.fromEntries(Object.entries(value.M!).reverse()) });

  test.each<[string, AttributeValue[]]>([
    ['that is the same', lines],
    ['with one more at the end', [...lines, line(-1)]],
    ['with one more in front', [line(-1), ...lines]],
    ['with one less', lines.toSpliced(150, 1)],
    ['with one changed', lines.with(150, line(150, 'paid'))],
    ['with two changed', lines.with(150, line(150, 'paid')).with(200, line(200, 'paid'))],
    ['with two inserted', lines.toSpliced(200, 0, line(-1)).toSpliced(10, 0, line(-2))],
    ['with equal ones inserted beside one another', lines.toSpliced(150, 0, line(150), line(150))],
    ['whose attributes stand in another order', lines.map(backwards)],
    ['whose attributes stand in another order where one is inserted', lines.map((element, index) => (index > 100 ? backwards(element) : element)).toSpliced(100, 0, line(-1))],
    ['whose numbers are written otherwise', lines.map(rewritten)],
    ['whose numbers are written otherwise where one is inserted', lines.map((element, index) => (index > 100 ? rewritten(element) : element)).toSpliced(100, 0, line(-1))],
    ['in which one number is written otherwise where it comes twice', lines.toSpliced(150, 0, rewritten(line(150)))],
    ['in which one number is written otherwise where it comes thrice', lines.toSpliced(150, 0, rewritten(line(150)), line(150))],
    ['in which one number is written otherwise and one line has another state', lines.with(150, rewritten(line(150))).with(151, line(151, 'paid'))],
    ['edited all over', edited(lines, 100, (_, edit) => line(-edit))],
    ['of which a block moved', moved(lines, 10, 50, 200)],
    ['shuffled', shuffled(lines)],
    ['that is empty', []],
  ])('for a list %s, forth and back', (_, after) => {
    given({ id: { S: '1' }, l: { L: lines } }, { l: { L: after }, id: { S: '1' } }, WHOLE);
    given({ l: { L: after } }, { l: { L: lines } }, WHOLE);
  });

  test.each([30, 31])('for a change inside %i lists or maps in one another', (depth) => {
    for (const around of [(inner: AttributeValue) => ({ L: [inner] }), (inner: AttributeValue) => ({ M: { 'm/': inner } })]) {
      const nested = (bottom: AttributeValue): AttributeMap => ({ v: Array.from({ length: depth }).reduce<AttributeValue>((inner) => around(inner), bottom) });
      given(nested({ S: 'x' }), nested({ S: 'y' }), WHOLE);
      given(nested({ M: { a: { S: 'x' } } }), nested({ M: {} }), WHOLE);
      given(nested({ M: {} }), nested({ L: [] }), WHOLE);
    }
  });
});

test.each([null, 'text', 5, []])('fails when the old image is %j', (before) => {
  expect(() => written(before as unknown as AttributeMap, { a: { S: 'x' } }, WHOLE)).toThrow(InvalidImageError);
});

test('an item may be one list of as many elements as DynamoDB takes, all of them others', () => {
  const flags = (BOOL: boolean): AttributeMap => ({ l: { L: Array.from({ length: 200_000 }, () => ({ BOOL })) } });
  expect(JSON.parse(written(flags(true), flags(false), WHOLE))).toHaveLength(200_000);
});
