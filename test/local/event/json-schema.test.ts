import { proposeEventSchema, proposeSchema } from '../../../local/event/json-schema.ts';

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

const TEXTS = ['{"id":"a","n":12345678901234567890.5,"patch":[{"op":"add","path":"/n","value":1}]}', '{"id":"b"}'];

test('the patch may be there, with operations of any value', () => {
  expect(proposeEventSchema(TEXTS, { patchFormat: 'array', patchAttribute: 'patch' })).toEqual({
    type: 'object',
    properties: {
      id: { type: 'string' },
      n: { type: 'number' },
      patch: { type: 'array', items: { type: 'object', properties: { op: { type: 'string' }, path: { type: 'string' }, value: {} }, required: ['op', 'path'] } },
    },
    required: ['id'],
  });
});

test('a patch as JSON text is a text, and no patch is none', () => {
  expect(proposeEventSchema(['{"id":"b"}'], { patchFormat: 'json-string', patchAttribute: 'diff' }).properties).toEqual({ id: { type: 'string' }, diff: { type: 'string' } });
  expect(proposeEventSchema(['{"id":"b"}'], { patchFormat: 'none', patchAttribute: 'diff' }).properties).toEqual({ id: { type: 'string' } });
});
