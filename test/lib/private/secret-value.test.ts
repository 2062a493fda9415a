import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret, type ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { allowSecretValue } from '../../../lib/private/secret-value';
import { newStack } from '../stacks';

const ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:nakadi';

function statementsOf(newSecret: (stack: Stack) => ISecret): unknown[] {
  const stack = newStack({ account: '123456789012', region: 'eu-central-1' });
  const secret = newSecret(stack);
  allowSecretValue(new Role(stack, 'Role', { assumedBy: new AccountPrincipal('123456789012') }), secret);
  const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  return (policy.Properties as { PolicyDocument: { Statement: unknown[] } }).PolicyDocument.Statement;
}

test.each<[string, (stack: Stack) => ISecret, unknown]>([
  ['a secret of the stack', (stack) => new Secret(stack, 'Secret'), { Ref: expect.stringMatching(/^Secret/) }],
  ['a secret that is imported with its whole ARN', (stack) => Secret.fromSecretCompleteArn(stack, 'Secret', `${ARN}-AbCdEf`), `${ARN}-AbCdEf`],
  ['a secret that is imported with an ARN without its end', (stack) => Secret.fromSecretPartialArn(stack, 'Secret', ARN), `${ARN}-??????`],
])('the value of %s may be read, and nothing else', (_, newSecret, resource) => {
  expect(statementsOf(newSecret)).toEqual([{ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: resource }]);
});

test('the value of a secret that is imported by its name may be read', () => {
  expect(statementsOf((stack) => Secret.fromSecretNameV2(stack, 'Secret', 'nakadi'))).toEqual([
    {
      Effect: 'Allow',
      Action: 'secretsmanager:GetSecretValue',
      Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':secretsmanager:eu-central-1:123456789012:secret:nakadi-??????']] },
    },
  ]);
});

test('a key of the secret may be used through Secrets Manager', () => {
  const statements = statementsOf((stack) => new Secret(stack, 'Secret', { encryptionKey: new Key(stack, 'Key') }));

  expect(statements).toHaveLength(2);
  expect(statements[1]).toEqual({
    Effect: 'Allow',
    Action: 'kms:Decrypt',
    Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-central-1.amazonaws.com' } },
    Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] },
  });
});

test('a key that an alias of the app names is the one that may be used', () => {
  const statements = statementsOf((stack) => new Secret(stack, 'Secret', { encryptionKey: new Key(stack, 'Key').addAlias('alias/nakadi') }));

  expect(statements[1]).toMatchObject({ Action: 'kms:Decrypt', Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] } });
});

test('a secret of another stack, with a key, needs nothing of this stack', () => {
  const stack = newStack();
  const secrets = new Stack(stack.node.root, 'Secrets');
  const secret = new Secret(secrets, 'Secret', { encryptionKey: new Key(secrets, 'Key') });
  allowSecretValue(new Role(stack, 'Role', { assumedBy: new AccountPrincipal('123456789012') }), secret);

  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: ['secretsmanager:GetSecretValue', 'kms:Decrypt'].map((Action) => Match.objectLike({ Action, Resource: { 'Fn::ImportValue': Match.anyValue() } })),
    },
  });
});
