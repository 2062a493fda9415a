import type { AttributePathConfig } from '../../../lib/private/handler-contract.ts';
import { selectAttributes, type SelectionConfig } from '../../../lambda/core/attribute-selection.ts';
import { itemToJson } from '../../../lambda/core/item-images.ts';
import type { AttributeMap } from '../../../lambda/core/stream-record.ts';

const KEYS: AttributeMap = { id: { S: 'o-1' } };
const ORDER: AttributeMap = {
  id: { S: 'o-1' },
  idea: { S: 'no key' },
  secretA: { S: 'x' },
  secretB: { M: { a: { N: '1' } } },
  customer: { M: { name: { S: 'Ada' }, card: { M: { number: { N: '4111' }, holder: { S: 'Ada' } } } } },
  lines: { L: [{ M: { sku: { S: 'p' }, cost: { N: '1' } } }, { S: 'note' }, { L: [{ M: { cost: { N: '2' }, sku: { S: 'q' } } }] }, { M: {} }] },
  tags: { SS: ['a'] },
};

const exact = (...path: string[]): AttributePathConfig => ({ path });
const prefix = (name: string): AttributePathConfig => ({ path: [name], prefix: true });
const selected = (config: SelectionConfig, image = ORDER, keys = KEYS): unknown =>
  JSON.parse(JSON.stringify(itemToJson(image, { selection: selectAttributes(config, keys), numbersAsText: false })));
const whole = selected({}) as Record<string, unknown>;
const without = (...names: string[]): unknown => Object.fromEntries(Object.entries(whole).filter(([name]) => !names.includes(name)));
const only = (...names: string[]): unknown => Object.fromEntries(names.map((name) => [name, whole[name]]));

test('all attributes are taken where nothing is said', () => {
  expect(selected({})).toEqual(JSON.parse(JSON.stringify(itemToJson(ORDER))));
  expect(selectAttributes({}, KEYS)).toBe('all');
});

describe('left out are', () => {
  test.each<[string, AttributePathConfig[], unknown]>([
    ['attributes by their names', [exact('tags'), exact('lines')], without('tags', 'lines')],
    ['no attributes whose names only start so', [exact('secret')], whole],
    ['attributes by the beginning of their names, but not the key', [prefix('secret'), prefix('id')], without('secretA', 'secretB', 'idea')],
    ['all attributes but the key', [prefix('')], only('id')],
    ['a key attribute by its name', [exact('id')], without('id')],
    ['parts of maps', [exact('customer', 'card', 'number')], { ...whole, customer: { name: 'Ada', card: { holder: 'Ada' } } }],
    ['parts of maps in lists, in lists of lists too, but not their neighbours', [exact('lines', 'cost')], { ...whole, lines: [{ sku: 'p' }, 'note', [{ sku: 'q' }], {}] }],
    ['no parts of what has no parts', [exact('tags', 'a'), exact('secretA', 'x')], whole],
    ['a whole map, though a part of it is named too', [exact('customer', 'name'), exact('customer')], without('customer')],
    ['several parts of one map', [exact('customer', 'name'), exact('customer', 'card', 'holder')], { ...whole, customer: { card: { number: 4111 } } }],
    ['none, where no attribute is meant', [exact('other'), exact('customer', 'other')], whole],
  ])('%s', (_, exclude, expected) => {
    expect(selected({ exclude })).toEqual(expected);
  });
});

describe('taken are', () => {
  test.each<[string, AttributePathConfig[], unknown]>([
    ['attributes by their names, and the key', [exact('tags')], only('id', 'tags')],
    ['attributes by the beginning of their names', [prefix('secret')], only('id', 'secretA', 'secretB')],
    ['parts of maps', [exact('customer', 'card', 'number')], { id: 'o-1', customer: { card: { number: 4111 } } }],
    ['parts of maps in lists; what has no parts is not taken', [exact('lines', 'sku')], { id: 'o-1', lines: [{ sku: 'p' }, [{ sku: 'q' }], {}] }],
    ['no parts of what has none', [exact('tags', 'a'), exact('secretA', 'x')], only('id')],
    ['a whole map, though a part of it is named too', [exact('customer', 'name'), exact('customer')], only('id', 'customer')],
    ['the key alone, where no attribute is meant', [exact('other')], only('id')],
    ['the key alone, where nothing is', [], only('id')],
  ])('%s', (_, include, expected) => {
    expect(selected({ include })).toEqual(expected);
  });
});

describe('what is taken and left out', () => {
  test.each<[string, SelectionConfig, unknown]>([
    ['is left out', { include: [exact('tags'), exact('secretA')], exclude: [exact('tags')] }, only('id', 'secretA')],
    ['is left out by its beginning', { include: [exact('secretA'), exact('tags')], exclude: [prefix('secret')] }, only('id', 'tags')],
    ['is left out inside of what is taken', { include: [exact('customer')], exclude: [exact('customer', 'card')] }, { id: 'o-1', customer: { name: 'Ada' } }],
    ['is taken around what is left out', { include: [exact('customer', 'card')], exclude: [exact('customer', 'card', 'number')] }, { id: 'o-1', customer: { card: { holder: 'Ada' } } }],
    ['is the key without its excluded attribute', { include: [], exclude: [exact('id')] }, {}],
  ])('%s', (_, config, expected) => {
    expect(selected(config)).toEqual(expected);
  });
});

test('a key attribute stays whole, though a path leads into it', () => {
  expect(selected({ exclude: [exact('id', 'x')], include: [exact('id', 'y')] })).toEqual({ id: 'o-1' });
});

test.each(['__proto__', 'constructor', ''])('an attribute named %j can be taken and left out', (name) => {
  const image = JSON.parse(`{"id":{"S":"o-1"},${JSON.stringify(name)}:{"S":"v"}}`) as AttributeMap;
  expect(JSON.stringify(selected({ exclude: [exact(name)] }, image))).toBe('{"id":"o-1"}');
  expect(JSON.stringify(selected({ include: [exact(name)] }, image))).toBe(`{"id":"o-1",${JSON.stringify(name)}:"v"}`);
  expect(JSON.stringify(selected({ include: [] }, image))).toBe('{"id":"o-1"}');
});

test('what is left out is not even read: it cannot fail', () => {
  const image = { id: { S: 'o-1' }, broken: { N: 'many' }, map: { M: { broken: { X: 1 } } } } as unknown as AttributeMap;
  expect(selected({ exclude: [exact('broken'), exact('map', 'broken')] }, image)).toEqual({ id: 'o-1', map: {} });
});
