import { proposeEventSchema, proposeSchema, type ProposedSchema, type Sample } from '../../../cli/event/json-schema.ts';

test.each<[string, unknown[], object]>([
  ['a text', ['a', 'b'], { type: 'string' }],
  ['integers and fractions', [1, 2.5], { type: 'number' }],
  ['a text or nothing', ['a', null], { type: ['null', 'string'] }],
  ['an empty list', [[]], { type: 'array' }],
  ['lists', [[1], ['x']], { type: 'array', items: { type: ['integer', 'string'] } }],
  [
    'objects: what all have is required',
    [{ a: 1, b: true }, { a: 2 }],
    { type: 'object', properties: { a: { type: 'integer' }, b: { type: 'boolean' } }, required: ['a'] },
  ],
])('the schema of %s', (_, samples, schema) => {
  expect(proposeSchema(samples)).toEqual(schema);
});

const ROUTE: Sample['route'] = { patchFormat: 'array', patchAttribute: 'patch' };
const TEXTS = ['{"id":"a","n":12345678901234567890.5,"patch":[{"op":"add","path":"/n","value":1}]}', '{"id":"b"}'];
const properties = (...samples: Sample[]): ProposedSchema['properties'] => proposeEventSchema(samples).properties;

test('the patch may be there, with operations of any value', () => {
  expect(proposeEventSchema(TEXTS.map((data) => ({ data, route: ROUTE })))).toEqual({
    type: 'object',
    properties: {
      id: { type: 'string' },
      n: { type: 'number' },
      patch: { type: 'array', items: { type: 'object', properties: { op: { type: 'string' }, path: { type: 'string' }, value: {} }, required: ['op', 'path'] } },
    },
    required: ['id'],
  });
});

const string = { type: 'string' };

test.each<[string, Partial<Sample['route']>, ProposedSchema['properties']]>([
  ['is a text where it is written as JSON text', { patchFormat: 'json-string', patchAttribute: 'diff' }, { id: string, diff: string }],
  ['is not there where none is written', { patchFormat: 'none' }, { id: string }],
  ['is not there where a mapping makes the data', { mapping: 'mapping-1.mjs' }, { id: string }],
])('the patch %s', (_, route, expected) => {
  expect(properties({ data: '{"id":"b"}', route: { ...ROUTE, ...route } })).toEqual(expected);
});

test('what a mapping calls as the patch is called is as the mapping made it', () => {
  expect(properties({ data: '{"patch":1}', route: { ...ROUTE, mapping: 'mapping-1.mjs' } })).toEqual({ patch: { type: 'integer' } });
});

test('routes to one event type have their patches each in its place', () => {
  const routes = [{ ...ROUTE, mapping: 'mapping-1.mjs' }, { ...ROUTE, patchAttribute: 'diff', patchFormat: 'json-string' as const }];
  expect(properties(...routes.map((route) => ({ data: '{"id":"b"}', route })))).toEqual({ id: string, diff: string });
});
