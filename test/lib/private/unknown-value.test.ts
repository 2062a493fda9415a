import { App, Lazy, Stack, Token } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { areDifferent, isUnknown } from '../../../lib/private/unknown-value';

const lookedUp = (context?: Record<string, unknown>): string => {
  const stack = new Stack(new App({ context }), 'Stack', { env: { account: '123456789012', region: 'eu-central-1' } });
  return StringParameter.valueFromLookup(stack, '/nakadi/endpoint');
};

test.each([Token.asString({ Ref: 'Parameter' }), Lazy.string({ produce: () => '' }), lookedUp(), `https://${lookedUp()}/api`])('%j is not known yet', (value) => {
  expect(isUnknown(value)).toBe(true);
});

test.each<[string, string, boolean]>([
  ['eu-central-1', 'eu-west-1', true],
  ['eu-central-1', 'eu-central-1', false],
  ['eu-central-1', Token.asString({ Ref: 'AWS::Region' }), false],
  [lookedUp(), 'eu-central-1', false],
])('whether %j and %j are different is %j', (one, other, different) => {
  expect([areDifferent(one, other), areDifferent(other, one)]).toEqual([different, different]);
});

test.each(['', 'nakadi', lookedUp({ 'ssm:account=123456789012:parameterName=/nakadi/endpoint:region=eu-central-1': 'https://nakadi.example.org' }), undefined, 1])(
  '%j is known',
  (value) => {
    expect(isUnknown(value)).toBe(false);
  },
);
