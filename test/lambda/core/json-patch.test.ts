import fc from 'fast-check';
import { applyPatch, type Operation } from 'fast-json-patch';
import { itemToJson } from '../../../lambda/core/item-images.ts';
import { createPatch, type PatchOperation } from '../../../lambda/core/json-patch.ts';
import type { AttributeMap, AttributeValue } from '../../../lambda/core/stream-record.ts';
import { attributeMap, attributeValue } from '../arbitraries.ts';

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

  test('for lists of which elements moved, changed, came and went', () => {
    const element = fc.oneof(
      fc.integer({ min: 0, max: 5 }).map((N) => ({ N: String(N) })),
      fc.integer({ min: 0, max: 2 }).map((N) => ({ M: { n: { N: String(N) }, l: { L: [{ S: 'x' }] } } })),
    );
    const lists = fc.array(element, { maxLength: 12 }).map((L) => ({ list: { L } }));
    fc.assert(fc.property(lists, lists, given), { numRuns: 500 });
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
});

test('an item may be one list of as many elements as DynamoDB takes, all of them others', () => {
  const flags = (BOOL: boolean): AttributeMap => ({ l: { L: Array.from({ length: 200_000 }, () => ({ BOOL })) } });
  expect(patch(flags(true), flags(false))).toHaveLength(200_000);
});

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
