import { Token } from 'aws-cdk-lib';
import { AttributePath, CleanupPolicy, PatchFormat, RouteCondition, type NakadiDestination } from '../../../lib';
import { findDestinationFaults } from '../../../lib/private/validate-destination';
import { DESTINATION } from '../stacks';

const { endpoint } = DESTINATION;
const route = (condition: RouteCondition, eventType = 'orders'): { eventType: string; condition: RouteCondition } => ({ eventType, condition });
const { keyStartsWith, attributeEquals } = {
  keyStartsWith: (value: string) => RouteCondition.keyStartsWith('PK', value),
  attributeEquals: (value: string) => RouteCondition.attributeEquals('type', value),
};

test.each<[string, NakadiDestination]>([
  ['an event type', DESTINATION],
  ['routes that exclude each other', { endpoint, routes: [route(keyStartsWith('ORDER#')), route(keyStartsWith('INVOICE#')), route(attributeEquals('a')), route(attributeEquals('b'))] }],
  ['routes of which only a run can tell', { endpoint, routes: [route(keyStartsWith('A')), route(attributeEquals('a'))] }],
  ['routes that are known at deployment only', { endpoint, routes: [route(keyStartsWith('A')), route(keyStartsWith(Token.asString({ Ref: 'Prefix' })))] }],
  ['tombstones of a compacted event type', { ...DESTINATION, cleanupPolicy: CleanupPolicy.COMPACT, tombstones: true }],
  ['a sequence attribute named as a patch that is not written', { ...DESTINATION, patchFormat: PatchFormat.NONE, sequenceAttribute: 'patch' }],
  ['tombstones that one route has', { endpoint, routes: [{ ...route(keyStartsWith('A')), cleanupPolicy: CleanupPolicy.COMPACT_AND_DELETE, tombstones: true }] }],
])('%s pass', (_, destination) => {
  expect(findDestinationFaults(destination)).toEqual([]);
});

test.each<[string, NakadiDestination, string]>([
  ['there is neither an event type nor a route', { endpoint }, 'destination must have an eventType, or routes, got neither'],
  ['there are both', { ...DESTINATION, routes: [route(keyStartsWith('A'))] }, 'destination must have an eventType or routes, got both: make the event type a route, or leave it out'],
  ['there is no route', { endpoint, routes: [] }, 'destination.routes must have at least one route, got none'],
  ['a route has no event type', { endpoint, routes: [route(keyStartsWith('A'), '')] }, 'destination.routes[0].eventType must be a name without spaces around it, got ""'],
  ['tombstones are for an event type that is not compacted', { ...DESTINATION, tombstones: true }, 'destination.tombstones need a compacted event type, got cleanupPolicy delete: Nakadi deletes from no other'],
  ['patch and sequence number have one place', { ...DESTINATION, sequenceAttribute: 'patch' }, 'destination.sequenceAttribute and patchAttribute must differ, got "patch" for both'],
  ['nothing is included', { ...DESTINATION, includeAttributes: [] }, 'destination.includeAttributes must name at least one attribute, got none: leave it out to include all'],
  ['a path has no name', { ...DESTINATION, excludeAttributes: [AttributePath.nested()] }, 'destination includes or excludes an attribute path without a name: name at least one attribute'],
  ['a prefix is empty', { ...DESTINATION, excludeAttributes: [AttributePath.prefix('')] }, 'destination includes or excludes an attribute path without a name: name at least one attribute'],
  [
    'a route starts where another one does',
    { endpoint, routes: [route(keyStartsWith('ORDER#')), route(keyStartsWith('ORDER#LINE#'))] },
    'destination.routes[0] and destination.routes[1] meet the same items: their conditions on "PK" are "ORDER#" and "ORDER#LINE#"; make them exclude each other',
  ],
  [
    'two routes ask for the same value',
    { endpoint, routes: [route(attributeEquals('a')), route(attributeEquals('a'))] },
    'destination.routes[0] and destination.routes[1] meet the same items: their conditions on "type" are "a" and "a"; make them exclude each other',
  ],
])('fails when %s', (_, destination, fault) => {
  expect(findDestinationFaults(destination)).toEqual([fault]);
});

test('fails when there is more to say than the environment of a function holds', () => {
  const excludeAttributes = Array.from({ length: 100 }, (_, index) => AttributePath.exact(`attribute-${index}-with-a-long-name`));

  expect(findDestinationFaults({ ...DESTINATION, excludeAttributes })).toEqual([
    expect.stringMatching(/^destination takes \d{4} bytes of the functions' environment, and 3000 are free: use fewer routes, or name fewer attributes$/),
  ]);
});
