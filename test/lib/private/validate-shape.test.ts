import { AttributePath, CleanupPolicy, EventMapping, NakadiCredentials, NumberEncoding, PatchFormat, RouteCondition, UnroutedItems, type NakadiDestination } from '../../../lib';
import { choiceFaults, isWritable, shapeFaults } from '../../../lib/private/validate-shape';

const condition = RouteCondition.keyStartsWith('PK', 'ORDER#');
const DESTINATION: NakadiDestination = { endpoint: 'https://nakadi.example.org', routes: [{ eventType: 'orders', condition }] };

const WHOLE: NakadiDestination = {
  ...DESTINATION,
  unroutedItems: UnroutedItems.REFUSE,
  credentials: NakadiCredentials.none(),
  cleanupPolicy: CleanupPolicy.COMPACT,
  tombstones: true,
  timeToLiveDeletions: false,
  patchFormat: PatchFormat.NONE,
  numberEncoding: NumberEncoding.STRING,
  includeAttributes: [AttributePath.exact('a'), AttributePath.nested('b', 'c')],
  excludeAttributes: [AttributePath.prefix('d')],
  mapping: EventMapping.fromInline('export default () => ({ data: {} });'),
};

test('a destination with all that it may say passes, on its own and in a route', () => {
  expect(shapeFaults(WHOLE)).toEqual([]);
  expect(shapeFaults({ ...DESTINATION, routes: [{ ...WHOLE, eventType: 'orders', condition }] })).toEqual([]);
  expect(isWritable(WHOLE)).toBe(true);
});

test.each<[string, unknown, string]>([
  [
    'an included attribute is its name',
    { includeAttributes: [AttributePath.exact('a'), 'b'] },
    'destination.includeAttributes[1] must be made by AttributePath, got "b": give AttributePath.exact(name), or another of its methods',
  ],
  ['excluded attributes are a name', { excludeAttributes: 'b' }, 'destination.excludeAttributes must be a list of attribute paths, got "b": give a list'],
  [
    'an excluded attribute is a condition',
    { excludeAttributes: [condition] },
    'destination.excludeAttributes[0] must be made by AttributePath, got an object: give AttributePath.exact(name), or another of its methods',
  ],
  ['a mapping is the path of a file', { mapping: 'map.mjs' }, 'destination.mapping must be made by EventMapping, got "map.mjs": give EventMapping.fromFile(path), or another of its methods'],
  ['routes are none', { routes: null }, 'destination.routes must be a list of routes, got null: give a list, or destination.eventType in its place'],
  ['routes are one', { routes: { eventType: 'orders', condition } }, 'destination.routes must be a list of routes, got an object: give a list, or destination.eventType in its place'],
  [
    'a condition is an attribute path',
    { routes: [{ eventType: 'orders', condition: AttributePath.exact('a') }] },
    'destination.routes[0].condition must be made by RouteCondition, got an object: say which items the route is for, with RouteCondition.attributeEquals(name, value), or another of its methods',
  ],
  [
    'there is nothing in the place of a route',
    { routes: [{ eventType: 'orders', condition }, undefined] },
    'destination.routes[1].condition must be made by RouteCondition, got undefined: say which items the route is for, with RouteCondition.attributeEquals(name, value), or another of its methods',
  ],
])('fails when %s, which compilers refuse', (_, given, fault) => {
  const destination = { ...DESTINATION, ...(given as object) };

  expect(shapeFaults(destination)).toEqual([fault]);
  expect(isWritable(destination)).toBe(false);
});

test.each<[string, unknown, string]>([
  ['unrouted items are refused in capitals', { unroutedItems: 'REFUSE' }, 'destination.unroutedItems must be UnroutedItems.DROP or UnroutedItems.REFUSE, got "REFUSE"'],
  [
    'a cleanup policy is none of Nakadi',
    { cleanupPolicy: 'forever' },
    'destination.cleanupPolicy must be CleanupPolicy.DELETE, CleanupPolicy.COMPACT or CleanupPolicy.COMPACT_AND_DELETE, got "forever"',
  ],
  ['a patch format is none', { patchFormat: 'xml' }, 'destination.patchFormat must be PatchFormat.ARRAY, PatchFormat.JSON_STRING or PatchFormat.NONE, got "xml"'],
  ['a number encoding is none', { numberEncoding: true }, 'destination.numberEncoding must be NumberEncoding.EXACT or NumberEncoding.STRING, got true'],
  ['tombstones are a text', { tombstones: 'true' }, 'destination.tombstones must be true or false, got "true"'],
  ['deletions by time to live are a text', { timeToLiveDeletions: 'false' }, 'destination.timeToLiveDeletions must be true or false, got "false"'],
  ['a route says a format that is none', { routes: [{ eventType: 'orders', condition, patchFormat: '' }] }, 'destination.routes[0].patchFormat must be PatchFormat.ARRAY, PatchFormat.JSON_STRING or PatchFormat.NONE, got ""'],
])('fails when %s, which compilers refuse', (_, given, fault) => {
  expect(choiceFaults({ ...DESTINATION, ...(given as object) }).filter((found) => found !== undefined)).toEqual([fault]);
});

test('choices that are right pass, and so do those of a destination whose routes are no list', () => {
  expect(choiceFaults(WHOLE).filter((found) => found !== undefined)).toEqual([]);
  expect(choiceFaults({ ...WHOLE, routes: null as never }).filter((found) => found !== undefined)).toEqual([]);
});

// What of the CDK's context is not there is undefined, and of any type.
const nothing = undefined as never;

test.each<[string, unknown, string]>([
  ['a name to leave out is missing', { excludeAttributes: [AttributePath.exact(nothing)] }, 'destination.excludeAttributes[0] must name attributes by texts, got undefined: give each name as a text'],
  ['one of several names is a number', { includeAttributes: [AttributePath.nested('a', 5 as never)] }, 'destination.includeAttributes[0] must name attributes by texts, got 5: give each name as a text'],
  ['a prefix is null', { includeAttributes: [AttributePath.prefix(null as never)] }, 'destination.includeAttributes[0] must name attributes by texts, got null: give each name as a text'],
  [
    'a value to compare with is missing',
    { routes: [{ eventType: 'orders', condition: RouteCondition.attributeEquals('type', nothing) }] },
    'destination.routes[0].condition must compare an attribute with a text, got undefined: give name and value as texts',
  ],
  [
    'a prefix of the key is missing',
    { routes: [{ eventType: 'orders', condition: RouteCondition.keyStartsWith('PK', nothing) }] },
    'destination.routes[0].condition must compare an attribute with a text, got undefined: give name and value as texts',
  ],
  [
    'the attribute to compare is missing',
    { routes: [{ eventType: 'orders', condition: RouteCondition.attributeEquals(nothing, 'x') }] },
    'destination.routes[0].condition must compare an attribute with a text, got undefined: give name and value as texts',
  ],
])('fails when %s', (_, given, fault) => {
  expect(shapeFaults({ ...DESTINATION, ...(given as object) })).toEqual([fault]);
});

test.each<[string, unknown]>([
  ['its event type is an object', { eventType: {} }],
  ['the data type of a route is a number', { routes: [{ eventType: 'orders', condition, dataType: 5 }] }],
  ['there is none', undefined],
  ['it is null', null],
  ['its endpoint is missing', { endpoint: undefined }],
])('a destination cannot be written where %s', (_, given) => {
  const destination = given && { ...WHOLE, ...(given as object) };

  expect(isWritable(destination as NakadiDestination)).toBe(false);
});
