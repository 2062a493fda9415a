import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { NakadiCredentials, type OutboxTable, type OutboxTableProps } from '../../lib';
import { DESTINATION, outboxStack } from './stacks';

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
}

interface Policy {
  readonly PolicyDocument: { readonly Statement: Statement[] };
  readonly Roles: { readonly Ref: string }[];
}

type PropsOf = (stack: Stack) => Partial<OutboxTableProps>;

const EVERYTHING: PropsOf = (stack) => ({
  relayEncryptionKey: new Key(stack, 'Key'),
  destination: { ...DESTINATION, credentials: NakadiCredentials.bearerToken(new Secret(stack, 'Token', { encryptionKey: new Key(stack, 'TokenKey') })) },
});

/** Each action that the roles whose ids begin like this may take, and the resources that it is allowed on. */
function allowed(role: string, props: PropsOf = () => ({})): { stack: Stack; outbox: OutboxTable; actions: Record<string, unknown[]> } {
  const { stack, outbox } = outboxStack(props);
  const actions: Record<string, unknown[]> = {};
  for (const { Properties } of Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'))) {
    const { PolicyDocument, Roles } = Properties as Policy;
    for (const { Action, Resource } of Roles.some(({ Ref }) => Ref.startsWith(role)) ? PolicyDocument.Statement : []) {
      for (const action of [Action].flat()) {
        (actions[action] ??= []).push(...[Resource].flat());
      }
    }
  }
  return { stack, outbox, actions };
}

describe('the relay may', () => {
  test('read the stream, publish nothing but dead letters, and park', () => {
    const { stack, outbox, actions } = allowed('OrdersRelayRole');
    const on = (arn: string | undefined): unknown[] => [stack.resolve(arn)];
    const { relay, table } = outbox;

    expect(actions).toEqual({
      'logs:CreateLogStream': on(relay.logGroups[0].logGroupArn),
      'logs:PutLogEvents': on(relay.logGroups[0].logGroupArn),
      'dynamodb:DescribeStream': on(table.tableStreamArn),
      'dynamodb:GetRecords': on(table.tableStreamArn),
      'dynamodb:GetShardIterator': on(table.tableStreamArn),
      'dynamodb:ListStreams': on(table.tableStreamArn),
      'sqs:SendMessage': on(relay.deadLetterQueue.queueArn),
      'dynamodb:GetItem': on(relay.parkedEventsTable.tableArn),
      'dynamodb:BatchGetItem': on(relay.parkedEventsTable.tableArn),
      'dynamodb:PutItem': on(relay.parkedEventsTable.tableArn),
      'dynamodb:UpdateItem': on(relay.parkedEventsTable.tableArn),
    });
  });
});

describe('the requeue may', () => {
  test('read single items and the stream, take dead letters, and drain what is parked', () => {
    const { stack, outbox, actions } = allowed('OrdersRelayRequeueRole');
    const on = (...arns: (string | undefined)[]): unknown => arns.map((arn) => stack.resolve(arn) as unknown);
    const { relay, table } = outbox;
    const parked = relay.parkedEventsTable.tableArn;

    expect(actions).toEqual({
      'logs:CreateLogStream': on(relay.logGroups[1].logGroupArn),
      'logs:PutLogEvents': on(relay.logGroups[1].logGroupArn),
      'dynamodb:GetRecords': on(table.tableStreamArn),
      'dynamodb:GetShardIterator': on(table.tableStreamArn),
      'sqs:ReceiveMessage': on(relay.deadLetterQueue.queueArn),
      'sqs:DeleteMessage': on(relay.deadLetterQueue.queueArn),
      'dynamodb:GetItem': on(table.tableArn),
      'dynamodb:BatchGetItem': on(parked),
      'dynamodb:PartiQLSelect': on(parked),
      'dynamodb:PutItem': on(parked),
      'dynamodb:UpdateItem': on(parked),
      'dynamodb:DeleteItem': on(parked),
      'dynamodb:BatchWriteItem': on(parked),
      'dynamodb:Query': on(parked, `${parked}/index/open-items`),
    });
  });
});

test('the schedule may start the requeue and nothing else', () => {
  const { stack, outbox, actions } = allowed('OrdersRelayRequeueSchedule');

  expect(actions).toEqual({ 'lambda:InvokeFunction': [stack.resolve(outbox.relay.requeueFunction.functionArn)] });
});

test.each(['OrdersRelayRole', 'OrdersRelayRequeueRole'])('%s may read the value of the secret, and use the keys, and no more for them', (role) => {
  const more = Object.entries(allowed(role, EVERYTHING).actions).filter(([action]) => /^(kms|secretsmanager):/.test(action));

  expect(Object.fromEntries(more)).toEqual({
    'secretsmanager:GetSecretValue': [{ Ref: expect.stringMatching(/^Token/) }],
    'kms:Decrypt': expect.arrayContaining(['TokenKey', 'Key'].map((key) => ({ 'Fn::GetAtt': [expect.stringMatching(`^${key}[0-9A-F]{8}$`), 'Arn'] }))),
    ...Object.fromEntries(
      ['DescribeKey', 'Encrypt', 'GenerateDataKey', 'ReEncryptFrom', 'ReEncryptTo'].map((action) => [
        `kms:${action}`,
        [{ 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] }],
      ]),
    ),
  });
});

describe('no statement of a role', () => {
  const roles = ['OrdersRelayRole', 'OrdersRelayRequeueRole', 'OrdersRelayRequeueSchedule'];
  const wildcards = (props: PropsOf): string[] => [
    ...new Set(
      roles.flatMap((role) =>
        Object.entries(allowed(role, props).actions)
          .filter(([action, resources]) => action.includes('*') || JSON.stringify(resources).includes('*'))
          .map(([action]) => action),
      ),
    ),
  ];

  test('has a wildcard', () => {
    expect(wildcards(EVERYTHING)).toEqual([]);
  });

  test('has a wildcard beside those of network interfaces and traces, which IAM limits to no resource', () => {
    expect(wildcards((stack) => ({ ...EVERYTHING(stack), vpc: new Vpc(stack, 'Vpc'), tracing: Tracing.ACTIVE })).sort()).toEqual([
      'ec2:AssignPrivateIpAddresses',
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:UnassignPrivateIpAddresses',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
  });
});

test('no role has a managed policy', () => {
  const roles = Object.values(Template.fromStack(outboxStack(EVERYTHING).stack).findResources('AWS::IAM::Role'));

  expect(roles).toHaveLength(3);
  expect(roles.filter(({ Properties }) => (Properties as { ManagedPolicyArns?: unknown }).ManagedPolicyArns !== undefined)).toEqual([]);
});
