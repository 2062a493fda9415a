import fc from 'fast-check';
import { applyPatch, type Operation } from 'fast-json-patch';
import { itemToJson } from '../../../lambda/core/item-images.ts';
import { createPatch, type PatchOperation } from '../../../lambda/core/json-patch.ts';
import type { JsonObject } from '../../../lambda/core/json-value.ts';
import type { AttributeMap, AttributeValue } from '../../../lambda/core/stream-record.ts';
import { attributeMap, attributeValue } from '../arbitraries.ts';
import { edited, moved, shuffled } from './list-changes.ts';

const patch = (before: AttributeMap, after: AttributeMap): PatchOperation[] => createPatch(itemToJson(before), itemToJson(after));
const written = (before: AttributeMap, after: AttributeMap): string => JSON.stringify(patch(before, after));
const list = (length: number, first = 0): AttributeValue[] => Array.from({ length }, (_, index) => ({ N: String(first + index) }));

describe('applied to the old item by another implementation, the patch gives the new one', () => {
  const given = (before: AttributeMap, after: AttributeMap): void => {
    const operations = comparable(written(before, after)) as Operation[];
    const applied = applyPatch(comparable(JSON.stringify(itemToJson(before))), operations.map(renamed), true, true, false).newDocument;
    expect(applied).toEqual(comparable(JSON.stringify(itemToJson(after))));
  };

  test('for any two items', () => {
    fc.assert(fc.property(attributeMap, attributeMap, given), { numRuns: 500 });
  });

  test('for items that differ in one attribute', () => {
    const change = fc.tuple(attributeMap, fc.constantFrom('a', '__proto__', 'constructor', ''), attributeValue, attributeValue);
    fc.assert(
      fc.property(change, ([item, name, before, after]) => given(withAttribute(item, name, before), withAttribute(item, name, after))),
      { numRuns: 300 },
    );
  });

  const element: fc.Arbitrary<AttributeValue> = fc.oneof(
    fc.integer({ min: 0, max: 5 }).map((N) => ({ N: String(N) })),
    fc.integer({ min: 0, max: 2 }).map((n) => ({ N: `900719925474099${n}` })),
    fc.integer({ min: 0, max: 2 }).map((N) => ({ M: { n: { N: String(N) }, l: { L: [{ S: 'x' }] } } })),
    fc.constantFrom<AttributeValue>({ M: { a: { S: 'x' }, b: { BOOL: true } } }, { M: { b: { BOOL: true }, a: { S: 'x' } } }),
    fc.constantFrom<AttributeValue>({ M: { rawJSON: { S: '9007199254740990' } } }, { S: '9007199254740990' }, { NULL: true }),
    fc.subarray(['a', 'b', 'c'], { minLength: 1 }).map((SS) => ({ SS })),
    fc.array(fc.constantFrom({ N: '1' }, { N: '2' }, { L: [{ N: '1' }] }, { L: [] }), { maxLength: 4 }).map((L) => ({ L })),
  );

  test('for lists of which elements moved, changed, came and went', () => {
    const lists = fc.array(element, { maxLength: 12 }).map((L) => ({ list: { L } }));
    fc.assert(fc.property(lists, lists, given), { numRuns: 500 });
  });

  test('for lists that were edited at a few places', () => {
    const steps = fc.array(fc.tuple(fc.nat(40), fc.nat(2), fc.array(element, { maxLength: 2 })), { maxLength: 6 });
    fc.assert(
      fc.property(fc.array(element, { maxLength: 40 }), steps, (before, edits) => {
        const after = edits.reduce((list, [place, removed, added]) => list.toSpliced(place, removed, ...added), before);
        given({ list: { L: before } }, { list: { L: after } });
      }),
      { numRuns: 300 },
    );
  });

  test('for lists in lists in lists', () => {
    const nested = (depth: number): fc.Arbitrary<AttributeValue> =>
      depth === 0 ? element : fc.array(fc.oneof({ weight: 3, arbitrary: nested(depth - 1) }, element), { maxLength: 4 }).map((L) => ({ L }));
    fc.assert(
      fc.property(nested(4), nested(4), (before, after) => given({ list: before }, { list: after })),
      { numRuns: 300 },
    );
  });

  test.each<[string, (list: AttributeValue[]) => AttributeValue[]]>([
    ['edited at 600 places', (before) => edited(before, 600, (_, edit) => ({ S: `new ${edit}` }))],
    ['of which a block moved', (before) => moved(before, 100, 300, 1_200)],
    ['shuffled', shuffled],
    ['backwards', (before) => before.toReversed()],
  ])('for a list of 2,000 elements %s', (_, change) => {
    const before = Array.from({ length: 2_000 }, (_, index): AttributeValue => (index % 3 === 0 ? { N: String(index % 7) } : { M: { n: { N: String(index) }, s: { S: 'x' } } }));
    given({ list: { L: before } }, { list: { L: change(before) } });
  });
});

describe('the patch', () => {
  test.each<[string, AttributeMap, AttributeMap, string]>([
    ['is empty for equal items', { a: { S: 'x' } }, { a: { S: 'x' } }, '[]'],
    ['is empty for sets in another order', { a: { SS: ['x', 'y'] } }, { a: { SS: ['y', 'x'] } }, '[]'],
    ['is empty for equal numbers that are written otherwise', { a: { N: '1.0' } }, { a: { N: '1' } }, '[]'],
    ['adds, removes and replaces', { a: { S: 'x' }, b: { S: 'x' } }, { b: { S: 'y' }, c: { S: 'z' } }, '[{"op":"replace","path":"/b","value":"y"},{"op":"remove","path":"/a"},{"op":"add","path":"/c","value":"z"}]'],
    ['sees a changed set', { a: { NS: ['1', '2'] } }, { a: { NS: ['1', '3'] } }, '[{"op":"replace","path":"/a/1","value":3}]'],
    [
      'sees the last of 38 digits',
      { a: { N: '0.12345678901234567890123456789012345678' } },
      { a: { N: '0.12345678901234567890123456789012345679' } },
      '[{"op":"replace","path":"/a","value":0.12345678901234567890123456789012345679}]',
    ],
    ['sees equal exact numbers', { a: { N: '9007199254740993' } }, { a: { N: '9007199254740993' } }, '[]'],
    ['sees a number become its text', { a: { N: '9007199254740993' } }, { a: { S: '9007199254740993' } }, '[{"op":"replace","path":"/a","value":"9007199254740993"}]'],
    ['sees an exact number become a map', { a: { N: '9007199254740993' } }, { a: { M: {} } }, '[{"op":"replace","path":"/a","value":{}}]'],
    ['sees null come and go', { a: { NULL: true } }, { b: { NULL: true } }, '[{"op":"remove","path":"/a"},{"op":"add","path":"/b","value":null}]'],
    ['escapes names', { 'a/b': { S: 'x' }, 'm~n': { S: 'x' } }, { 'a/b': { S: 'y' }, 'm~n': { S: 'y' } }, '[{"op":"replace","path":"/a~1b","value":"y"},{"op":"replace","path":"/m~0n","value":"y"}]'],
  ])('%s', (_, before, after, expected) => {
    expect(written(before, after)).toBe(expected);
  });

  test.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString', ''])('sees an attribute named %j come, change and go', (name) => {
    const item = (value: string): AttributeMap => JSON.parse(`{${JSON.stringify(name)}:{"S":"${value}"}}`) as AttributeMap;
    expect(patch({}, item('x'))).toEqual([{ op: 'add', path: `/${name}`, value: 'x' }]);
    expect(patch(item('x'), item('y'))).toEqual([{ op: 'replace', path: `/${name}`, value: 'y' }]);
    expect(patch(item('x'), {})).toEqual([{ op: 'remove', path: `/${name}` }]);
  });
});

describe('of a list of 10,000 elements', () => {
  test('an insertion is one operation', () => {
    const after = list(10_000).toSpliced(5_000, 0, { S: 'new' });
    expect(patch({ l: { L: list(10_000) } }, { l: { L: after } })).toEqual([{ op: 'add', path: '/l/5000', value: 'new' }]);
  });

  test('two insertions are two', () => {
    const after = list(10_000).toSpliced(9_000, 0, { S: 'second' }).toSpliced(10, 0, { S: 'first' });
    expect(patch({ l: { L: list(10_000) } }, { l: { L: after } })).toEqual([
      { op: 'add', path: '/l/10', value: 'first' },
      { op: 'add', path: '/l/9001', value: 'second' },
    ]);
  });

  test('a removal is one, and a change inside an element is one', () => {
    const element = (state: string): AttributeValue => ({ M: { state: { S: state } } });
    const before = [...list(5_000), element('new'), ...list(5_000, 10_000)];
    const after = [...list(4_999, 1), element('paid'), ...list(5_000, 10_000)];
    expect(patch({ l: { L: before } }, { l: { L: after } })).toEqual([
      { op: 'remove', path: '/l/0' },
      { op: 'replace', path: '/l/4999/state', value: 'paid' },
    ]);
  });

  test('all elements may be others', () => {
    expect(patch({ l: { L: list(10_000) } }, { l: { L: list(10_000, 10_000) } })).toHaveLength(10_000);
  });

  const line = (sku: number, state: string): AttributeValue => ({ M: { sku: { N: String(sku) }, state: { S: state } } });
  const lines = Array.from({ length: 10_000 }, (_, index) => line(index, 'new'));

  test.each<[string, AttributeValue[], number]>([
    ['one line in front and one in the middle', lines.toSpliced(5_000, 0, line(-1, 'new')).toSpliced(0, 0, line(-2, 'new')), 2],
    ['one line in front, and attributes in another order', [line(-1, 'new'), ...lines.map(backwards)], 1],
    ['200 lines paid and one in front', [line(-1, 'new'), ...lines.map((element, index) => (index % 50 === 7 ? line(index, 'paid') : element))], 201],
    ['all lines paid', lines.map((_, index) => line(index, 'paid')), 10_000],
    ['3,000 lines replaced, inserted and removed', edited(lines, 3_000, (_, edit) => line(-edit, 'new')), 3_000],
    ['a block of 1,000 lines that moved', moved(lines, 1_000, 1_000, 6_000), 2_000],
  ])('%s make a patch of that many operations', (_, after, count) => {
    expect(patch({ l: { L: lines } }, { l: { L: after } })).toHaveLength(count);
  });
});

test('is empty for equal lists of maps in another order of attributes, at every depth', () => {
  const item = (names: string[]): AttributeMap => ({ l: { L: [{ L: [{ M: Object.fromEntries(names.map((name) => [name, { L: [{ M: Object.fromEntries(names.map((inner) => [inner, { S: inner }])) }] }])) }] }] } });
  expect(patch(item(['a', 'b', 'c']), item(['c', 'a', 'b']))).toEqual([]);
});

test('what was found to differ is not looked through again at each depth', () => {
  let read = 0;
  const leaf = Object.defineProperty({}, 'n', { enumerable: true, get: () => ++read });
  const nested = (inside: object): JsonObject => Array.from({ length: 100 }).reduce<JsonObject>((value) => ({ same: [{ x: 1 }], value }), inside as JsonObject);

  expect(createPatch(nested(leaf), nested({ n: 'other' }))).toMatchObject([{ op: 'replace', value: 'other' }]);
  expect(read).toBeLessThan(10);
});

test('an item may be one list of as many elements as DynamoDB takes, all of them others', () => {
  const flags = (BOOL: boolean): AttributeMap => ({ l: { L: Array.from({ length: 200_000 }, () => ({ BOOL })) } });
  expect(patch(flags(true), flags(false))).toHaveLength(200_000);
});

function backwards(value: AttributeValue): AttributeValue {
  return { M: Object.fromEntries(Object.entries(value.M!).reverse()) };
}

function withAttribute(item: AttributeMap, name: string, value: AttributeValue): AttributeMap {
  const changed = Object.assign(Object.create(null) as Record<string, AttributeValue>, item);
  changed[name] = value;
  return changed;
}

/** Parsed, with the text of each number kept, and without the name that the other implementation cannot set. */
function comparable(json: string): unknown {
  const parse = JSON.parse as (text: string, reviver: (name: string, value: unknown, context: { source?: string }) => unknown) => unknown;
  return parse(json, (_, value, { source }) => {
    if (typeof value === 'number') {
      return `number ${source}`;
    }
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name === '__proto__' ? '(proto)' : name, member as unknown]))
      : value;
  });
}

function renamed(operation: Operation): Operation {
  return { ...operation, path: operation.path.replaceAll(/(?<=\/)__proto__(?=\/|$)/g, '(proto)') };
}
