import { Token } from 'aws-cdk-lib';
import { AttributePath, RouteCondition, type EventRoute, type NakadiDestination } from '../../../lib';
import { attributeFaults } from '../../../lib/private/validate-attributes';
import { DESTINATION } from '../stacks';

const { exact, nested, prefix } = AttributePath;
const route = (options: Partial<EventRoute>): EventRoute => ({ eventType: 'orders', condition: RouteCondition.attributeEquals('type', 'order'), ...options });
const deployed = Token.asString({ Ref: 'Name' });

test.each<[string, Partial<NakadiDestination>]>([
  ['nothing', {}],
  ['a part of what is included that is excluded', { includeAttributes: [exact('address')], excludeAttributes: [nested('address', 'street')] }],
  ['an attribute and a prefix of one name', { includeAttributes: [prefix('address')], excludeAttributes: [exact('address')] }],
  ['a route that excludes what the destination includes', { includeAttributes: [exact('a'), exact('b')], routes: [route({ excludeAttributes: [exact('b')] })] }],
  ['names that are known at deployment only', { includeAttributes: [exact(deployed)], excludeAttributes: [exact(deployed)] }],
])('%s pass', (_, options) => {
  expect(attributeFaults({ ...DESTINATION, ...options })).toEqual([]);
});

const OUT = 'must not name what excludeAttributes leave out, got';
const REMEDY = 'in both: take it out of one of them';

test.each<[string, Partial<NakadiDestination>, string]>([
  ['an attribute is included and excluded', { includeAttributes: [exact('x'), exact('a')], excludeAttributes: [exact('a')] }, `destination.includeAttributes ${OUT} "a" ${REMEDY}`],
  ['an inner attribute is', { includeAttributes: [nested('a', 'b')], excludeAttributes: [nested('a', 'b')] }, `destination.includeAttributes ${OUT} "a.b" ${REMEDY}`],
  ['a prefix is', { includeAttributes: [prefix('a')], excludeAttributes: [prefix('a')] }, `destination.includeAttributes ${OUT} "a*" ${REMEDY}`],
  [
    'a route includes what it excludes',
    { routes: [route({}), route({ includeAttributes: [exact('a')], excludeAttributes: [exact('a')] })] },
    `destination.routes[1].includeAttributes ${OUT} "a" ${REMEDY}`,
  ],
  [
    'a route includes what the destination excludes',
    { excludeAttributes: [exact('a')], routes: [route({ includeAttributes: [exact('a')] })] },
    `destination.routes[0].includeAttributes ${OUT} "a" ${REMEDY}`,
  ],
  [
    'the destination does so, once, whatever its routes',
    { includeAttributes: [exact('a')], excludeAttributes: [exact('a')], routes: [route({}), route({})] },
    `destination.includeAttributes ${OUT} "a" ${REMEDY}`,
  ],
])('fails when %s', (_, options, fault) => {
  expect(attributeFaults({ ...DESTINATION, ...options })).toEqual([fault]);
});
