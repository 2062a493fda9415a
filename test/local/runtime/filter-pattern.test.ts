import { compileFilters } from '../../../local/runtime/filter-pattern.ts';

const modify = {
  eventName: 'MODIFY',
  dynamodb: {
    ApproximateCreationDateTime: 100,
    Keys: { pk: { S: 'order#1' } },
    NewImage: { state: { S: 'Paid' }, total: { N: '12.5' }, tags: { SS: ['a', 'b'] }, lines: { L: [{ M: { sku: { S: 'x' } } }, { M: { sku: { S: 'y' } } }] }, gone: { NULL: true }, note: { S: '' } },
  },
};
const remove = { eventName: 'REMOVE', dynamodb: { Keys: { pk: { S: 'order#1' } } }, userIdentity: { type: 'Service' } };
const image = (matcher: unknown): object => ({ dynamodb: { NewImage: { state: { S: matcher } } } });

test.each<[object[], object, boolean]>([
  [[], modify, true],
  [[{}], modify, true],
  [[{ eventName: ['MODIFY'] }], modify, true],
  [[{ eventName: ['INSERT', 'MODIFY'] }], modify, true],
  [[{ eventName: ['INSERT'] }], modify, false],
  [[{ eventName: ['INSERT'] }, { eventName: ['MODIFY'] }], modify, true],
  [[{ eventName: ['MODIFY'], dynamodb: { Keys: { pk: { S: ['other'] } } } }], modify, false],
  [[image(['Paid'])], modify, true],
  [[image(['paid'])], modify, false],
  [[image([{ 'equals-ignore-case': 'PAID' }])], modify, true],
  [[image([{ prefix: 'Pa' }])], modify, true],
  [[image([{ prefix: 'aid' }])], modify, false],
  [[image([{ suffix: 'aid' }])], modify, true],
  [[image([{ 'anything-but': 'Paid' }])], modify, false],
  [[image([{ 'anything-but': ['Open', 'Shipped'] }])], modify, true],
  [[image([{ 'anything-but': { prefix: 'P' } }])], modify, false],
  [[image([{ 'anything-but': ['Open'] }])], remove, false],
  [[image([{ exists: true }])], modify, true],
  [[image([{ exists: true }])], remove, false],
  [[image([{ exists: false }])], modify, false],
  [[image([{ exists: false }])], remove, true],
  // Only leaves exist: an object is no value.
  [[{ dynamodb: { NewImage: { state: [{ exists: true }] } } }], modify, false],
  [[{ dynamodb: { NewImage: { total: { N: [{ numeric: ['>', 10] }] } } } }], modify, false],
  [[{ dynamodb: { NewImage: { total: { N: ['12.5'] } } } }], modify, true],
  [[{ dynamodb: { ApproximateCreationDateTime: [{ numeric: ['>=', 100, '<', 101] }] } }], modify, true],
  [[{ dynamodb: { ApproximateCreationDateTime: [{ numeric: ['>', 100] }] } }], modify, false],
  [[{ dynamodb: { NewImage: { tags: { SS: ['b'] } } } }], modify, true],
  [[{ dynamodb: { NewImage: { tags: { SS: ['c'] } } } }], modify, false],
  [[{ dynamodb: { NewImage: { lines: { L: { M: { sku: { S: ['y'] } } } } } } }], modify, true],
  [[{ dynamodb: { NewImage: { gone: { NULL: [true] } } } }], modify, true],
  [[{ dynamodb: { NewImage: { note: { S: [''] } } } }], modify, true],
  [[{ $or: [{ eventName: ['INSERT'] }, { eventName: ['MODIFY'] }] }], modify, true],
  [[{ $or: [{ eventName: ['INSERT'] }, { eventName: ['REMOVE'] }] }], modify, false],
  [[{ userIdentity: { type: ['Service'] } }], remove, true],
  [[{ userIdentity: { type: ['Service'] } }], modify, false],
])('%j: whether the record passes', (patterns, record, passes) => {
  expect(compileFilters(patterns.map((pattern) => JSON.stringify(pattern)), 'Mapping')(record)).toBe(passes);
});

test.each(['not json', '[]', '"x"', '{"eventName":"INSERT"}', '{"eventName":[]}', '{"a":[{"prefix":1}]}', '{"a":[{"exists":1}]}', '{"a":[{"numeric":[">"]}]}', '{"a":[{"cidr":"10.0.0.0/8"}]}'])(
  'fails when the pattern is %s', (pattern) => {
    expect(() => compileFilters([pattern], 'Mapping')).toThrow('Mapping: Invalid filter pattern definition.');
  });
