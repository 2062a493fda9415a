import fc from 'fast-check';
import type { Selection } from '../../../lambda/core/attribute-selection.ts';
import { selectAttributes } from '../../../lambda/core/attribute-selection.ts';
import type { ImageShape } from '../../../lambda/core/item-images.ts';
import type { AttributeMap, AttributeValue } from '../../../lambda/core/stream-record.ts';
import { attributeMap } from '../arbitraries.ts';

/** Values of which many are the same JSON though they do not stand the same, and others stand nearly the same. */
const LEAVES: readonly AttributeValue[] = [
  { S: 'x' }, { S: 'y' }, { S: '1' }, { S: 'AQ==' }, { B: 'AQ==' }, { S: 'ü\n"' }, { S: '\ud800' },
  { N: '1' }, { N: '1.0' }, { N: '0' }, { N: '-0' }, { N: '-7' }, { N: '1.5' }, { N: '1.50' }, { N: '5.' }, { N: '012' },
  { N: '9007199254740993' }, { N: '9223372036854775808' }, { N: '1E+30' },
  { NULL: true }, { BOOL: true }, { BOOL: false },
  { SS: ['a', 'b'] }, { SS: ['b', 'a'] }, { L: [{ S: 'a' }, { S: 'b' }] }, { NS: ['1', '2'] }, { NS: ['2.0', '1'] },
  { M: { a: { S: 'x' }, b: { S: 'y' } } }, { M: { b: { S: 'y' }, a: { S: 'x' } } }, { M: { rawJSON: { S: '1' } } }, { M: {} }, { L: [] },
];

/** What is no value of DynamoDB. */
export const FAULTS = [
  {}, { S: 1 }, { S: 'x', N: '1' }, { N: '1', S: '1' }, { '': 1, S: 'x' }, { N: 'x' }, { N: '' }, { N: '1E+200' }, null, 5, 'S', [], { M: [] }, { M: null }, { L: {} }, { L: null }, { SS: [] },
  { SS: ['a', 'a'] }, { SS: ['a', 1] }, { SS: ['a', null] }, { NULL: false }, { BOOL: 'x' }, { B: 'x' }, { X: 1 }, { S: null },
] as readonly AttributeValue[];

function values(leaf: fc.Arbitrary<AttributeValue>): fc.Arbitrary<AttributeValue> {
  return fc.letrec<{ value: AttributeValue }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      { weight: 3, arbitrary: leaf },
      fc.array(tie('value'), { maxLength: 8 }).map((L) => ({ L })),
      fc.array(fc.tuple(fc.constantFrom('a', 'b', 'toString', '1', 'x/~'), tie('value')), { maxLength: 4 }).map((members) => ({ M: Object.fromEntries(members) })),
    ),
  })).value;
}

function images(value: fc.Arbitrary<AttributeValue>): fc.Arbitrary<AttributeMap> {
  const names = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', '', '1', 'x/~');
  return fc.array(fc.tuple(names, value), { maxLength: 5 }).map((entries) => JSON.parse(`{${entries.map(([name, one]) => `${JSON.stringify(name)}:${JSON.stringify(one)}`).join()}}`) as AttributeMap);
}

const validValue = values(fc.constantFrom(...LEAVES));
const anyValue = values(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...LEAVES) }, fc.constantFrom(...FAULTS)));

/** Items. */
export const validImage = fc.oneof(images(validValue), attributeMap);

/** Items, and what is none. */
export const anyImage = fc.oneof(images(anyValue), validImage);

/** Two images, often with much in common; the first may be faulty. */
export const imagePair: fc.Arbitrary<[AttributeMap, AttributeMap]> = fc.oneof(
  fc.tuple(anyImage, validImage),
  fc.tuple(validImage, fc.array(fc.tuple(fc.nat(8), fc.nat(1), fc.array(anyValue, { maxLength: 2 })), { maxLength: 3 })).map(([image, edits]): [AttributeMap, AttributeMap] => [withListEdits(image, edits), image]),
  fc.tuple(validImage, fc.constantFrom('a', 'b', '1'), anyValue).map(([image, name, value]): [AttributeMap, AttributeMap] => [{ ...image, [name]: value }, image]),
);

type ListEdit = readonly [place: number, removed: number, added: AttributeValue[]];

/** The same image, in which the first lists are edited. */
function withListEdits(image: AttributeMap, edits: readonly ListEdit[]): AttributeMap {
  const left = [...edits];
  return JSON.parse(JSON.stringify(image), (name, value: unknown) => {
    const edit = name === 'L' && Array.isArray(value) ? left.shift() : undefined;
    return edit === undefined ? value : (value as unknown[]).toSpliced(edit[0] % ((value as unknown[]).length + 1), edit[1], ...edit[2]);
  }) as AttributeMap;
}

const paths = fc.option(fc.array(fc.array(fc.constantFrom('a', 'b', 'c', '__proto__', ''), { minLength: 1, maxLength: 3 }).map((path) => ({ path })), { maxLength: 3 }), { nil: undefined, freq: 2 });

/** How images are written. */
export const imageShape: fc.Arbitrary<ImageShape> = fc
  .tuple(paths, paths, fc.boolean())
  .map(([include, exclude, numbersAsText]): { selection: Selection; numbersAsText: boolean } => ({ selection: selectAttributes({ include, exclude }, {}), numbersAsText }));
