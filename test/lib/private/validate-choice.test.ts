import { RemovalPolicy, Token } from 'aws-cdk-lib';
import { PatchFormat } from '../../../lib';
import { choiceFault, flagFault, removalPolicyFault } from '../../../lib/private/validate-choice';

test.each([undefined, ...Object.values(PatchFormat), 'dummy-value-for-/orders/format'])('%j passes as a patch format', (value) => {
  expect(choiceFault('patchFormat', value, 'PatchFormat', PatchFormat)).toBeUndefined();
});

test.each<[unknown, string]>([
  ['ARRAY', '"ARRAY"'],
  [NaN, 'NaN'],
  [100n, '100'],
  [Token.asString({ Ref: 'Format' }), 'a value that is known at deployment only'],
  ['', '""'],
  [null, 'null'],
  [0, '0'],
  [{ secret: 'abc' }, 'an object'],
])('fails when a patch format is %p', (value, given) => {
  expect(choiceFault('patchFormat', value, 'PatchFormat', PatchFormat)).toBe(`patchFormat must be PatchFormat.ARRAY, PatchFormat.JSON_STRING or PatchFormat.NONE, got ${given}`);
});

test.each([undefined, RemovalPolicy.DESTROY, RemovalPolicy.RETAIN, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE])('%j passes as a removal policy', (value) => {
  expect(removalPolicyFault('removalPolicy', value)).toBeUndefined();
});

test.each([RemovalPolicy.SNAPSHOT, 'delete'])('fails when a removal policy is %j', (value) => {
  expect(removalPolicyFault('removalPolicy', value)).toBe(
    `removalPolicy must be RemovalPolicy.DESTROY, RemovalPolicy.RETAIN or RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, got "${value}"`,
  );
});

test.each([undefined, true, false])('%j passes as a flag', (value) => {
  expect(flagFault('enabled', value)).toBeUndefined();
});

test.each<[unknown, string]>([
  ['false', '"false"'],
  [0, '0'],
  [null, 'null'],
  [() => true, 'a function'],
])('fails when a flag is %j', (value, given) => {
  expect(flagFault('enabled', value)).toBe(`enabled must be true or false, got ${given}`);
});
