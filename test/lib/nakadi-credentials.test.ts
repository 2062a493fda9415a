import { Template } from 'aws-cdk-lib/assertions';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { NakadiCredentials, OutboxTable, type NakadiDestination } from '../../lib';
import { DESTINATION, errorOf, KEY, newStack } from './stacks';

function synthesize(credentials: (secret: Secret) => NakadiDestination['credentials']): { template: Template; configs: string[] } {
  const stack = newStack();
  const secret = new Secret(stack, 'Secret');
  new OutboxTable(stack, 'Orders', { partitionKey: KEY, destination: { ...DESTINATION, credentials: credentials(secret) } });
  const template = Template.fromStack(stack);
  const functions = Object.values(template.findResources('AWS::Lambda::Function'));
  const configs = functions.map(({ Properties }) => JSON.stringify(Properties.Environment.Variables.OUTBOX_CREDENTIALS));
  return { template, configs };
}

test('without credentials no secret is read', () => {
  const { template, configs } = synthesize(() => NakadiCredentials.none());

  expect(configs).toEqual(['"{\\"type\\":\\"none\\"}"', '"{\\"type\\":\\"none\\"}"']);
  expect(JSON.stringify(template.findResources('AWS::IAM::Policy'))).not.toContain('secretsmanager');
});

test.each([
  ['a bearer token', (secret: Secret) => NakadiCredentials.bearerToken(secret, { field: 'access' }), 'bearer-token'],
  [
    'OAuth 2.0 client credentials',
    (secret: Secret) => NakadiCredentials.oauth2ClientCredentials({ secret, tokenEndpoint: 'https://identity.example.org/token', scopes: ['write'] }),
    'oauth2-client-credentials',
  ],
])('with %s both functions get the secret by name and may read it', (_, credentials, type) => {
  const { template, configs } = synthesize(credentials);

  expect(configs).toHaveLength(2);
  for (const config of configs) {
    expect(config).toContain(type);
    expect(config).toContain('{"Ref":"SecretA720EF05"}');
    expect(config).not.toContain('resolve:secretsmanager');
  }
  const policies = Object.values(template.findResources('AWS::IAM::Policy')).filter((policy) => JSON.stringify(policy).includes('secretsmanager:GetSecretValue'));
  expect(policies).toHaveLength(2);
});

test('fails when the token endpoint is not reached by https', () => {
  const message = errorOf(() =>
    synthesize((secret) => NakadiCredentials.oauth2ClientCredentials({ secret, tokenEndpoint: 'http://identity.example.org/token' })),
  );

  expect(message).toContain('credentials.tokenEndpoint must be a URL that starts with https://');
  expect(message).toContain('"http://identity.example.org/token"');
});

test('fails when there is no secret, which compilers refuse, with all else that is wrong', () => {
  const message = errorOf(() => synthesize(() => NakadiCredentials.oauth2ClientCredentials({ secret: undefined as never, tokenEndpoint: 'http://identity.example.org' })));

  expect(message).toContain('Stack/Orders cannot be defined:\n  - credentials.tokenEndpoint must be a URL');
  expect(message).toContain("\n  - the credentials' secret must be a Secret, got undefined: ");
});
