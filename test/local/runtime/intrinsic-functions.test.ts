import { evaluateCondition, resolveIntrinsics, type ResolutionScope } from '../../../local/runtime/intrinsic-functions.ts';
import type { Json } from '../../../local/runtime/json.ts';

const scope: ResolutionScope = {
  place: 'Stack/Thing',
  ref: (logicalId) => (logicalId === 'AWS::NoValue' ? undefined : `ref-${logicalId}`),
  getAtt: (logicalId, attribute) => `att-${logicalId}-${attribute}`,
  importValue: (name) => `import-${name}`,
  condition: (name) => name === 'Yes',
  findInMap: (...keys) => keys.join('/'),
};

test.each<[string, Json, Json | undefined]>([
  ['plain values stay', { a: [1, true, null, 'x'] }, { a: [1, true, null, 'x'] }],
  ['Ref', { Ref: 'Table' }, 'ref-Table'],
  ['Ref to nothing leaves a member out', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
  ['Ref to nothing leaves an element out', [{ Ref: 'AWS::NoValue' }, 1], [1]],
  ['Fn::GetAtt as a list', { 'Fn::GetAtt': ['Table', 'StreamArn'] }, 'att-Table-StreamArn'],
  ['Fn::GetAtt as text', { 'Fn::GetAtt': 'Table.Endpoint.Port' }, 'att-Table-Endpoint.Port'],
  ['Fn::Join', { 'Fn::Join': [':', ['a', { Ref: 'B' }, 3]] }, 'a:ref-B:3'],
  ['Fn::Split and Fn::Select', { 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
  ['Fn::Select with an index as text', { 'Fn::Select': ['0', ['x', 'y']] }, 'x'],
  ['Fn::Sub', { 'Fn::Sub': '${A}-${B.C.D}-${AWS::Region}-${!Kept}' }, 'ref-A-att-B-C.D-ref-AWS::Region-${Kept}'],
  ['Fn::Sub with variables', { 'Fn::Sub': ['${A}${V}', { V: { Ref: 'W' } }] }, 'ref-Aref-W'],
  ['Fn::If, met', { 'Fn::If': ['Yes', { Ref: 'A' }, 'b'] }, 'ref-A'],
  ['Fn::If, not met', { a: { 'Fn::If': ['No', 'a', { Ref: 'AWS::NoValue' }] } }, {}],
  ['Fn::ImportValue', { 'Fn::ImportValue': { 'Fn::Sub': 'x-${A}' } }, 'import-x-ref-A'],
  ['Fn::FindInMap', { 'Fn::FindInMap': ['M', { Ref: 'A' }, 'k'] }, 'M/ref-A/k'],
  ['Fn::Base64', { 'Fn::Base64': 'hi' }, 'aGk='],
  ['a property that is named Condition', { Condition: { Bool: { x: 'y' } } }, { Condition: { Bool: { x: 'y' } } }],
  ['two keys that look like functions', { Ref: 'A', x: 1 }, { Ref: 'A', x: 1 }],
])('resolves: %s', (_, value, expected) => {
  expect(resolveIntrinsics(value, scope)).toEqual(expected);
});

test.each<[Json, boolean]>([
  [{ 'Fn::Equals': [{ Ref: 'A' }, 'ref-A'] }, true],
  [{ 'Fn::Equals': ['true', true] }, true],
  [{ 'Fn::Equals': ['a', 'b'] }, false],
  [{ 'Fn::Not': [{ Condition: 'Yes' }] }, false],
  [{ 'Fn::And': [{ Condition: 'Yes' }, { 'Fn::Not': [{ Condition: 'No' }] }] }, true],
  [{ 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] }, false],
  [{ 'Fn::Or': [{ Condition: 'No' }, { Condition: 'Yes' }] }, true],
])('evaluates the condition %j', (expression, expected) => {
  expect(evaluateCondition(expression, scope)).toBe(expected);
});

test.each<[string, Json, string]>([
  ['an unknown function', { 'Fn::Cidr': ['10.0.0.0/8', 1] }, 'Stack/Thing uses Fn::Cidr, which the local runtime does not support'],
  ['a dynamic reference', 'x{{resolve:secretsmanager:a}}', 'Stack/Thing uses a dynamic reference'],
  ['an index beyond the list', { 'Fn::Select': [2, ['a']] }, 'selects element 2'],
  ['a badly formed join', { 'Fn::Join': 'x' }, 'uses Fn::Join with "x", expected a list'],
])('fails when a value has %s', (_, value, text) => {
  expect(() => resolveIntrinsics(value, scope)).toThrow(text);
});

test('fails when a condition is no condition function', () => {
  expect(() => evaluateCondition({ 'Fn::Join': ['', []] }, scope)).toThrow('uses Fn::Join as a condition');
});
