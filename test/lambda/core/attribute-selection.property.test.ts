import fc from 'fast-check';
import type { AttributePathConfig } from '../../../lib/private/handler-contract.ts';
import { assembleEvents } from '../../../lambda/core/change-event.ts';
import { itemToJson } from '../../../lambda/core/item-images.ts';
import type { JsonObject, JsonValue } from '../../../lambda/core/json-value.ts';
import type { AttributeMap, AttributeValue } from '../../../lambda/core/stream-record.ts';
import { keyedRecord, shapeOf } from '../factories.ts';
import { FAULTS } from './hard-images.ts';

const NAMES = ['a', 'b', 'ab', 'abc', '__proto__', 'constructor', '', 'a/b', '~'];

/** Items in which every name inside of them is one of a few, and every value says where it stands: so a leak can be seen in the text. */
const { value } = fc.letrec<{ value: AttributeValue; map: AttributeMap }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<AttributeValue>({ S: '' }, { N: '1' }, { SS: ['x'] }, { B: 'AA==' }, { BOOL: true }, { NULL: true }),
    fc.array(tie('value'), { maxLength: 3 }).map((L) => ({ L })),
    tie('map').map((M) => ({ M })),
  ),
  map: fc.array(fc.tuple(fc.constantFrom(...NAMES), tie('value')), { maxLength: 4 }).map(ownEntries),
}));
const item = fc.array(fc.tuple(fc.constantFrom(...NAMES), value), { maxLength: 6 }).map((entries) => ({ ...ownEntries(entries), pk: { S: 'P' }, sk: { S: 'K' } }));

const path: fc.Arbitrary<AttributePathConfig> = fc.oneof(
  { weight: 2, arbitrary: fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 }).map((names) => ({ path: names })) },
  { weight: 1, arbitrary: fc.constantFrom(...NAMES, 'p').map((name) => ({ path: [name], prefix: true })) },
  { weight: 1, arbitrary: fc.constantFrom('pk', 'sk').map((name) => ({ path: [name] })) },
);
const paths = fc.option(fc.array(path, { maxLength: 4 }), { nil: undefined });

function ownEntries(entries: readonly (readonly [string, AttributeValue])[]): AttributeMap {
  const map = Object.create(null) as Record<string, AttributeValue>;
  entries.forEach(([name, attribute]) => (map[name] = attribute));
  return map;
}

/** The scalars of a value with the places where they stand, elements of lists without their numbers: what paths speak of. */
function leaves(json: JsonValue, place: readonly string[] = []): (readonly [readonly string[], JsonValue])[] {
  if (Array.isArray(json)) {
    return json.flatMap((element) => leaves(element, place));
  }
  return typeof json === 'object' && json !== null ? Object.entries(json).flatMap(([name, inner]) => leaves(inner, [...place, name])) : [[place, json]];
}

const isKey = (name: string): boolean => name === 'pk' || name === 'sk';
const covers = ({ path: names, prefix }: AttributePathConfig, place: readonly string[]): boolean =>
  prefix === true ? place[0].startsWith(names[0]) && !isKey(place[0]) : names.every((name, index) => place[index] === name);

/** Whether a scalar at this place belongs to the event, said once more in other words. */
function belongs(place: readonly string[], include: readonly AttributePathConfig[] | undefined, exclude: readonly AttributePathConfig[] = []): boolean {
  if (isKey(place[0])) {
    return !exclude.some((one) => one.prefix !== true && one.path.length === 1 && one.path[0] === place[0]);
  }
  return (include?.some((one) => covers(one, place)) ?? true) && !exclude.some((one) => covers(one, place));
}

test('an event has exactly the scalars that are selected, as they are without a selection', () => {
  fc.assert(
    fc.property(item, paths, paths, (image, include, exclude) => {
      const record = keyedRecord({ pk: image.pk, sk: image.sk }, { newImage: image });
      const assembly = assembleEvents(record, shapeOf({ include, exclude }));
      const [{ json }] = assembly.type === 'events' ? assembly.events : [];
      const { data } = JSON.parse(String(json)) as { data: JsonObject };
      const expected = leaves(itemToJson(image)).filter(([place]) => belongs(place, include, exclude));
      expect(leaves(data)).toEqual(expected);
    }),
    { numRuns: 1_000 },
  );
});

/** Shows the texts of events where they are printed. */
const texts = (name: string, value: unknown): unknown => (name === 'json' ? String(value) : value);

const SECRET = 'secret';

/** The value with a mark on every text in it and on every name of its attributes. */
function marked(given: AttributeValue): AttributeValue {
  if (given.M !== undefined) {
    return { M: ownEntries(Object.entries(given.M).map(([name, inner]) => [`${SECRET}${name}`, marked(inner)])) };
  }
  return given.L !== undefined ? { L: given.L.map(marked) } : { SS: [SECRET] };
}

/** The value with marks on all that a path excludes. */
function withMarks(given: AttributeValue, exclude: readonly AttributePathConfig[], place: readonly string[]): AttributeValue {
  if (place.length > 0 && !belongs(place, undefined, exclude)) {
    return marked(given);
  }
  if (given.M !== undefined) {
    return { M: ownEntries(Object.entries(given.M).map(([name, inner]) => [name, withMarks(inner, exclude, [...place, name])])) };
  }
  return given.L !== undefined ? { L: given.L.map((element) => withMarks(element, exclude, place)) } : given;
}

test('nothing of an excluded attribute is anywhere in an event: not in data, patch, compaction key or tombstone', () => {
  const excluded = fc.array(path, { minLength: 1, maxLength: 4 });
  const change = fc.tuple(item, item, excluded, fc.constantFrom('INSERT', 'MODIFY', 'REMOVE'), fc.constantFrom('array' as const, 'json-string' as const));
  let seen = 0;
  fc.assert(
    fc.property(change, ([before, after, exclude, eventName, patchFormat]) => {
      const image = (given: AttributeMap): AttributeMap => withMarks({ M: given }, exclude, []).M!;
      const newImage = image(after);
      // A key attribute keeps its value; where it is excluded, its value is the secret.
      const keys = { pk: newImage.pk.S === undefined ? { S: SECRET } : newImage.pk, sk: newImage.sk.S === undefined ? { S: SECRET } : newImage.sk };
      const options = { eventName, oldImage: { ...image(before), ...keys }, newImage: { ...newImage, ...keys } };
      const shape = shapeOf({ exclude, patchFormat, cleanupPolicy: 'compact', tombstones: true, flowIdAttribute: 'sk', patchAttribute: '(patch)' });
      seen += JSON.stringify(options).includes(SECRET) ? 1 : 0;
      const shown = JSON.stringify(assembleEvents(keyedRecord(keys, options), shape), texts);
      expect(shown).toMatch(/"type":"(events".*data_op|nothing|invalid)/);
      expect(shown).not.toContain(SECRET);
    }),
    { numRuns: 1_000 },
  );
  expect(seen).toBeGreaterThan(300);
});

test('what is left out is not looked at, whatever stands there', () => {
  const anything = fc.constantFrom<readonly unknown[]>(...FAULTS.map((fault) => [fault]), [{ M: { secret: null } }], [{ L: [null] }]);
  const rest = { pk: { S: 'P' }, sk: { S: 'K' } };
  const shapes = [{ exclude: [{ path: ['secret'] }] }, { include: [{ path: ['state'] }] }];
  const inside = { include: [{ path: ['state'] }, { path: ['secret', 'x'] }] };
  const told = (before: readonly unknown[], after: readonly unknown[], selection: Parameters<typeof shapeOf>[0]): unknown => {
    const image = (state: string, [secret]: readonly unknown[]): AttributeMap => ({ ...rest, ...(secret === undefined ? {} : { secret: secret as AttributeValue }), state: { S: state } });
    return JSON.parse(JSON.stringify(assembleEvents(keyedRecord(rest, { eventName: 'MODIFY', oldImage: image('old', before), newImage: image('new', after) }), shapeOf(selection)), texts));
  };
  fc.assert(
    fc.property(anything, anything, fc.constantFrom(...shapes), (before, after, selection) => {
      expect(told(before, after, selection)).toEqual(told([], [], selection));
    }),
  );
  expect(told([{ L: [{ S: 'x' }] }], [null], inside)).toEqual(told([{ L: [{ S: 'x' }] }], [], inside));
});
