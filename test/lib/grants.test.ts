import type { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AccountPrincipal, Group, Role, ServicePrincipal, User, type Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { errorOf, outboxStack } from './stacks';

const GRANTEES: [string, (stack: Stack) => IGrantable][] = [
  ['a role', (stack) => new Role(stack, 'Grantee', { assumedBy: new AccountPrincipal('123456789012') })],
  ['an imported role', (stack) => Role.fromRoleArn(stack, 'Grantee', `arn:aws:iam::${stack.account}:role/operator`)],
  ['a user', (stack) => new User(stack, 'Grantee')],
  ['a group', (stack) => new Group(stack, 'Grantee')],
];

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
}

/** The statements of the policy that a grant makes for the grantee. */
function statementsFor(stack: Stack): Statement[] {
  const policies = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith('Grantee'));
  return policies.flatMap(([, policy]) => (policy.Properties as { PolicyDocument: { Statement: Statement[] } }).PolicyDocument.Statement);
}

const SERVICE = new ServicePrincipal('states.amazonaws.com');

describe('whoever may start the requeue', () => {
  test.each(GRANTEES)('is %s that may invoke this function and nothing else', (_, grantee) => {
    const { stack, outbox } = outboxStack();
    const grant: Grant = outbox.relay.grantRequeue(grantee(stack));

    expect(grant.success).toBe(true);
    const arn = stack.resolve(outbox.relay.requeueFunction.functionArn) as unknown;
    expect(statementsFor(stack)).toEqual([
      { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: expect.arrayContaining([arn, { 'Fn::Join': ['', [arn, ':$LATEST']] }]) },
    ]);
  });

  test('is a service that the function lets in', () => {
    const { stack, outbox } = outboxStack();
    outbox.relay.grantRequeue(SERVICE);

    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction',
      Principal: 'states.amazonaws.com',
      FunctionName: stack.resolve(outbox.relay.requeueFunction.functionArn),
    });
  });
});

describe('whoever may operate parked events', () => {
  test.each(GRANTEES)('is %s that may do what the command does, and nothing else', (_, grantee) => {
    const { stack, outbox } = outboxStack();
    const grant = outbox.relay.grantOperateParkedEvents(grantee(stack));

    expect(grant.success).toBe(true);
    const arn = stack.resolve(outbox.relay.parkedEventsTable.tableArn) as unknown;
    expect(statementsFor(stack)).toEqual([
      { Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'], Resource: arn },
      { Effect: 'Allow', Action: 'dynamodb:Query', Resource: [arn, { 'Fn::Join': ['', [arn, '/index/open-items']] }] },
    ]);
    expect(JSON.stringify(Template.fromStack(stack).findResources('AWS::DynamoDB::GlobalTable'))).not.toContain('ResourcePolicy');
  });

  test.each(GRANTEES)('is %s that may use the key of the table', (_, grantee) => {
    const { stack, outbox } = outboxStack((scope) => ({ relayEncryptionKey: new Key(scope, 'Key') }));
    outbox.relay.grantOperateParkedEvents(grantee(stack));

    expect(statementsFor(stack)).toContainEqual({
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'],
      Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] },
    });
  });

  test('is a role of another account, which the table lets in', () => {
    const { stack, outbox } = outboxStack(() => ({}), { account: '123456789012', region: 'eu-central-1' });
    outbox.relay.grantOperateParkedEvents(Role.fromRoleArn(stack, 'Grantee', 'arn:aws:iam::210987654321:role/operator'));

    Template.fromStack(stack).hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      Replicas: [
        Match.objectLike({
          ResourcePolicy: { PolicyDocument: Match.objectLike({ Statement: Match.arrayWith([Match.objectLike({ Action: 'dynamodb:Query', Resource: '*' })]) }) },
        }),
      ],
    });
  });

  test('fails when it is a service', () => {
    const { outbox } = outboxStack();

    expect(errorOf(() => outbox.relay.grantOperateParkedEvents(SERVICE))).toMatch(
      /^Stack\/Orders\/Relay cannot be operated by a service, got .*: grant it to a role, a user or a group$/,
    );
  });
});

describe('whoever may read and write the data', () => {
  test.each(GRANTEES)('is %s with the actions of the documentation', (_, grantee) => {
    const { stack, outbox } = outboxStack();
    const grant = outbox.grantReadWriteData(grantee(stack));

    expect(grant.success).toBe(true);
    expect(
      statementsFor(stack)
        .flatMap(({ Action }) => Action)
        .sort(),
    ).toEqual(
      [
        'BatchGetItem', 'BatchWriteItem', 'ConditionCheckItem', 'DeleteItem', 'DescribeTable', 'GetItem', 'GetRecords', 'GetShardIterator', 'PutItem',
        'Query', 'Scan', 'UpdateItem',
      ].map((action) => `dynamodb:${action}`),
    );
  });

  test('fails when it is a service', () => {
    const { outbox } = outboxStack();

    expect(errorOf(() => outbox.grantReadWriteData(SERVICE))).toContain('ServicePrincipal');
  });
});
