import { App, CfnParameter, Fn, PropertyInjectors, Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { TableEncryptionV2, TableV2, type TablePropsV2 } from 'aws-cdk-lib/aws-dynamodb';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Alias, Key, type IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { OutboxTable } from '../../../lib';
import { keyFaults } from '../../../lib/private/encryption';
import { DESTINATION, errorOf, KEY, newStack, outboxStack } from '../stacks';

const ARN = 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';

describe.each([
  ['a stack for any region', undefined],
  ['a stack for one region', { account: '123456789012', region: 'eu-central-1' }],
])('in %s, a key of the team', (_, env) => {
  const { stack } = outboxStack((scope) => ({ relayEncryptionKey: new Key(scope, 'Key') }), env);
  const template = Template.fromStack(stack);
  const key = { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] };

  test('encrypts parked events', () => {
    template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      Replicas: [Match.objectLike({ SSESpecification: { KMSMasterKeyId: key }, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } })],
    });
  });

  test('does not encrypt the table, which has an option of its own', () => {
    template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      StreamSpecification: Match.anyValue(),
      SSESpecification: Match.absent(),
      Replicas: [{ Region: Match.anyValue(), SSESpecification: Match.absent() }],
    });
  });

  test('encrypts dead letters, logs and the environment', () => {
    template.hasResourceProperties('AWS::SQS::Queue', { KmsMasterKeyId: key });
    template.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: key });
    template.allResourcesProperties('AWS::Lambda::Function', { KmsKeyArn: key });
  });

  test('lets CloudWatch Logs use it, for log groups of this account and region', () => {
    const { account, region, partition } = stack;
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          {
            Effect: 'Allow',
            Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
            Principal: { Service: stack.resolve(`logs.${region}.amazonaws.com`) },
            Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': stack.resolve(`arn:${partition}:logs:${region}:${account}:*`) } },
            Resource: '*',
          },
        ]),
      },
    });
  });

  test('needs no warning', () => {
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});

test('a key of another stack works', () => {
  const keys = new Stack(newStack().node.root, 'Keys');
  const key = new Key(keys, 'Key');
  const stack = new Stack(keys.node.root, 'Orders');
  new OutboxTable(stack, 'Orders', { partitionKey: KEY, destination: DESTINATION, relayEncryptionKey: key });

  Template.fromStack(stack).allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: { 'Fn::ImportValue': Match.anyValue() } });
  expect(JSON.stringify(Template.fromStack(keys).toJSON())).toContain('logs.');
});

test('an imported key is used, with a warning that its policy must let CloudWatch Logs in', () => {
  const { stack } = outboxStack((scope) => ({ relayEncryptionKey: Key.fromKeyArn(scope, 'Key', ARN) }));

  Template.fromStack(stack).allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: ARN });
  Annotations.fromStack(stack).hasWarning('/Stack/Orders/Relay', Match.stringLikeRegexp('relayEncryptionKey Stack/Key is imported.*cdk-outbox-table:keyPolicy'));
});

test('fails when a key is in another region', () => {
  const inIreland = (): unknown => outboxStack((scope) => ({ relayEncryptionKey: Key.fromKeyArn(scope, 'Key', ARN) }), { account: '123456789012', region: 'eu-west-1' });

  expect(errorOf(inIreland)).toBe(
    'Stack/Orders cannot be defined:\n' +
      '  - relayEncryptionKey must be in the region of the outbox, got eu-central-1 and eu-west-1: no service uses a key of another region; give one of eu-west-1',
  );
});

test.each<[string, (stack: Stack) => IKey]>([
  ['an alias', (stack) => Alias.fromAliasName(stack, 'Key', 'alias/orders')],
  ['the ARN of an alias', (stack) => Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-central-1:123456789012:alias/orders')],
])('fails when a key is imported by %s', (_, newKey) => {
  for (const env of [undefined, { account: '123456789012', region: 'eu-central-1' }]) {
    expect(errorOf(() => outboxStack((stack) => ({ relayEncryptionKey: newKey(stack) }), env))).toBe(
      'Stack/Orders cannot be defined:\n' +
        '  - relayEncryptionKey must be a key, got alias/orders, which permissions cannot name: import the key by Key.fromKeyArn or Key.fromLookup',
    );
  }
});

test.each<[string, (stack: Stack) => IKey]>([
  ['a parameter', (stack) => Alias.fromAliasName(stack, 'Key', new CfnParameter(stack, 'Alias').valueAsString)],
  ['a text with a parameter in it', (stack) => Alias.fromAliasName(stack, 'Key', `alias/${new CfnParameter(stack, 'Alias').valueAsString}`)],
])('fails when a key is imported by an alias whose name is %s', (_, newKey) => {
  const stack = newStack();

  expect(keyFaults(newKey(stack), stack)).toEqual([
    'relayEncryptionKey must be a key, got an alias whose name is known at deployment only, which permissions cannot name: import the key by Key.fromKeyArn or Key.fromLookup',
  ]);
});

test('an alias of the app stands for its key: log groups take no alias', () => {
  const { stack } = outboxStack((scope) => ({ relayEncryptionKey: new Key(scope, 'Key').addAlias('alias/orders') }));
  const template = Template.fromStack(stack);
  const key = { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] };

  template.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: key });
  template.allResourcesProperties('AWS::Lambda::Function', { KmsKeyArn: key });
  template.hasResourceProperties('AWS::SQS::Queue', { KmsMasterKeyId: key });
});

const aliasOf = (stack: Stack, region: string): IKey =>
  Alias.fromAliasAttributes(stack, 'Alias', { aliasName: 'alias/orders', aliasTargetKey: Key.fromKeyArn(stack, 'Key', `arn:aws:kms:${region}:123456789012:key/orders`) });

test('an imported alias whose key is given stands for that key', () => {
  const { stack } = outboxStack((scope) => ({ relayEncryptionKey: aliasOf(scope, 'eu-central-1') }), { account: '123456789012', region: 'eu-central-1' });

  Template.fromStack(stack).allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: 'arn:aws:kms:eu-central-1:123456789012:key/orders' });
});

test('fails when the key of an alias is in another region', () => {
  expect(errorOf(() => outboxStack((stack) => ({ relayEncryptionKey: aliasOf(stack, 'eu-central-1') }), { account: '123456789012', region: 'eu-west-1' }))).toContain(
    'relayEncryptionKey must be in the region of the outbox, got eu-central-1 and eu-west-1',
  );
});

test.each<[string, (stack: Stack) => IKey | undefined]>([
  ['no key', () => undefined],
  ['a key of the app', (stack) => new Key(stack, 'Key', { alias: 'alias/orders' })],
  ['an alias of the app, whose key gets the grants', (stack) => new Key(stack, 'Key').addAlias('alias/orders')],
  ['a key whose ARN is known at deployment only', (stack) => Key.fromKeyArn(stack, 'Key', Fn.importValue('KeyArn'))],
  ['a key whose id is known at deployment only', (stack) => Key.fromKeyArn(stack, 'Key', `arn:aws:kms:eu-central-1:123456789012:key/${Token.asString({ Ref: 'KeyId' })}`)],
])('%s has no faults', (_, newKey) => {
  const stack = newStack();
  expect(keyFaults(newKey(stack), stack)).toEqual([]);
});

test.each<[unknown, string]>([
  ['alias/orders', '"alias/orders"'],
  [null, 'null'],
])('fails when the key is %j, which compilers refuse', (key, given) => {
  expect(keyFaults(key as IKey, newStack())).toEqual([`relayEncryptionKey must be a key, got ${given}: define a Key, or import one by Key.fromKeyArn or Key.fromLookup`]);
});

test('both functions and operators may use the keys that the app sets for all queues and tables', () => {
  const app = new App();
  const keys = new Stack(app, 'Keys', { env: { account: '123456789012', region: 'eu-central-1' } });
  const [queues, tables] = ['Queues', 'Tables'].map((id) => new Key(keys, id));
  PropertyInjectors.of(app).add(
    { constructUniqueId: Queue.PROPERTY_INJECTION_ID, inject: (props: QueueProps) => ({ ...props, encryptionMasterKey: queues }) },
    { constructUniqueId: TableV2.PROPERTY_INJECTION_ID, inject: (props: TablePropsV2) => ({ ...props, encryption: TableEncryptionV2.customerManagedKey(tables) }) },
  );
  const stack = new Stack(app, 'Stack', { env: { account: '123456789012', region: 'eu-central-1' } });
  const { relay } = new OutboxTable(stack, 'Orders', { partitionKey: KEY, destination: DESTINATION });
  relay.grantOperateParkedEvents(new Role(stack, 'Operators', { assumedBy: new AccountRootPrincipal() }));

  const mayUse = (role: string, key: Key): void => {
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: Match.stringLikeRegexp(role) }],
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: Match.arrayWith(['kms:Decrypt', 'kms:GenerateDataKey']), Resource: stack.resolve(key.keyArn) as unknown })]) },
    });
  };
  for (const role of ['OrdersRelayRole', 'OrdersRelayRequeueRole']) {
    mayUse(role, queues);
    mayUse(role, tables);
  }
  mayUse('Operators', tables);
});
