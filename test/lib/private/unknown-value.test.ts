import { App, Lazy, Stack, Token } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { isUnknown } from '../../../lib/private/unknown-value';

const lookedUp = (context?: Record<string, unknown>): string => {
  const stack = new Stack(new App({ context }), 'Stack', { env: { account: '123456789012', region: 'eu-central-1' } });
  return StringParameter.valueFromLookup(stack, '/nakadi/endpoint');
};

test.each([Token.asString({ Ref: 'Parameter' }), Lazy.string({ produce: () => '' }), lookedUp(), `https://${lookedUp()}/api`])('%j is not known yet', (value) => {
  expect(isUnknown(value)).toBe(true);
});

test.each(['', 'nakadi', lookedUp({ 'ssm:account=123456789012:parameterName=/nakadi/endpoint:region=eu-central-1': 'https://nakadi.example.org' }), undefined, 1])(
  '%j is known',
  (value) => {
    expect(isUnknown(value)).toBe(false);
  },
);
