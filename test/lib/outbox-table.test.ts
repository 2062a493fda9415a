import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AttributeType, StreamViewType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { OutboxTable, RouteCondition, type OutboxTableProps } from '../../lib';
import { DESTINATION, errorOf, KEY, newStack, outboxStack } from './stacks';

describe('the table', () => {
  test('has a stream with both images', () => {
    const { stack } = outboxStack();

    Template.fromStack(stack).hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      KeySchema: [{ AttributeName: 'orderId', KeyType: 'HASH' }],
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
  });

  test('takes all that a TableV2 takes', () => {
    const { stack } = outboxStack({
      sortKey: { name: 'line', type: AttributeType.NUMBER },
      timeToLiveAttribute: 'deleteAfter',
      deletionProtection: true,
      removalPolicy: RemovalPolicy.DESTROY,
      globalSecondaryIndexes: [{ indexName: 'by-customer', partitionKey: { name: 'customerId', type: AttributeType.STRING } }],
    });

    Template.fromStack(stack).hasResource('AWS::DynamoDB::GlobalTable', {
      DeletionPolicy: 'Delete',
      Properties: {
        TimeToLiveSpecification: { AttributeName: 'deleteAfter', Enabled: true },
        GlobalSecondaryIndexes: [Match.objectLike({ IndexName: 'by-customer' })],
        Replicas: [Match.objectLike({ DeletionProtectionEnabled: true })],
      },
    });
  });

  test('is kept when the stack goes, unless told otherwise', () => {
    const { stack } = outboxStack();

    Template.fromStack(stack).allResources('AWS::DynamoDB::GlobalTable', { DeletionPolicy: 'Retain' });
  });

  test('fails when a snapshot of the table is asked for, of which CloudFormation makes none', () => {
    expect(errorOf(() => outboxStack({ removalPolicy: RemovalPolicy.SNAPSHOT }))).toBe(
      'Stack/Orders cannot be defined:\n  - removalPolicy must be RemovalPolicy.DESTROY, RemovalPolicy.RETAIN or RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, got "snapshot"',
    );
  });

  test('fails when another stream view type is asked for', () => {
    expect(errorOf(() => outboxStack({ dynamoStream: StreamViewType.NEW_IMAGE }))).toBe(
      'Stack/Orders cannot be defined:\n' +
        '  - dynamoStream must be NEW_AND_OLD_IMAGES, because events need both images, got NEW_IMAGE: leave it out',
    );
  });

  test('names every fault of the table and of its relay at once', () => {
    const message = errorOf(() =>
      outboxStack({
        dynamoStream: StreamViewType.KEYS_ONLY,
        batchSize: 0,
        destination: { endpoint: 'http://nakadi.example.org', eventType: '', sequenceAttribute: KEY.name },
      }),
    );

    expect(message.split('\n')).toHaveLength(6);
    expect(message).toContain('batchSize');
    expect(message).toContain('endpoint');
    expect(message).toContain('eventType');
    expect(message).toContain('sequenceAttribute must not be a key of the table');
    expect(message).toContain('dynamoStream');
  });
});

test('its table can go on as a TableV2 of the same logical id, without the outbox', () => {
  const [stack, later] = [newStack(), newStack()];
  new OutboxTable(stack, 'Orders', { partitionKey: KEY, destination: DESTINATION });
  new TableV2(new Construct(later, 'Orders'), 'Table', { partitionKey: KEY });

  const tables = (of: Stack): string[] => Object.keys(Template.fromStack(of).findResources('AWS::DynamoDB::GlobalTable'));
  expect(tables(stack)).toEqual(expect.arrayContaining(tables(later)));
});

test('two outboxes fit into one stack', () => {
  const stack = newStack();
  const orders = new OutboxTable(stack, 'Orders', { partitionKey: KEY, destination: DESTINATION });
  const payments = new OutboxTable(stack, 'Payments', { partitionKey: KEY, destination: { ...DESTINATION, eventType: 'payments.changed' } });

  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::Lambda::EventSourceMapping', 2);
  template.resourceCountIs('AWS::DynamoDB::GlobalTable', 4);
  expect(stack.resolve(orders.relay.parkedEventsTable.tableName)).not.toEqual(stack.resolve(payments.relay.parkedEventsTable.tableName));
});

test('fails when there is no partition key, which compilers refuse, without an error of the CDK', () => {
  expect(errorOf(() => outboxStack({ partitionKey: undefined }))).toBe(
    'Stack/Orders cannot be defined:\n  - partitionKey must be given, got undefined: name the attribute that items are told apart by, and its type',
  );
});

test('fails when there is no destination, which compilers refuse, with all else that is wrong', () => {
  expect(errorOf(() => outboxStack({ destination: undefined, batchSize: 0 })).split('\n')).toEqual([
    'Stack/Orders cannot be defined:',
    expect.stringContaining('destination must be given'),
    expect.stringContaining('batchSize'),
  ]);
});

test('fails when a route can never match by the type of a key of an index, among the first faults', () => {
  const message = errorOf(() =>
    outboxStack({
      globalSecondaryIndexes: [{ indexName: 'by-score', partitionKey: { name: 'score', type: AttributeType.NUMBER } }],
      destination: { endpoint: DESTINATION.endpoint, routes: [{ eventType: 'orders', condition: RouteCondition.attributeEquals('score', 'x') }] },
    }),
  );

  expect(message).toMatch(/^Stack\/Orders cannot be defined:\n {2}- destination\.routes\[0\]\.condition asks whether "score" is "x"/);
});

describe('replicas', () => {
  const replicas = [{ region: 'eu-west-1' }];

  test('fail when the region of the stack is not known, with all else that is wrong', () => {
    expect(errorOf(() => outboxStack({ replicas, batchSize: 0 })).split('\n')).toEqual([
      'Stack/Orders cannot be defined:',
      expect.stringContaining('batchSize'),
      '  - replicas need a stack whose region is known, got a stack for any region: give the stack an env with a region',
    ]);
  });

  test('need no more than that', () => {
    const { stack } = outboxStack({ replicas }, { account: '123456789012', region: 'eu-central-1' });

    Template.fromStack(stack).hasResourceProperties('AWS::DynamoDB::GlobalTable', { Replicas: [Match.objectLike({ Region: 'eu-west-1' }), Match.anyValue()] });
  });
});

describe('a key of the table itself', () => {
  const encryption = (stack: Stack): Partial<OutboxTableProps> => ({ encryption: TableEncryptionV2.customerManagedKey(new Key(stack, 'Key')) });

  test('can be used by both functions to read', () => {
    const { stack } = outboxStack(encryption, { account: '123456789012', region: 'eu-central-1' });

    const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
    expect(policies.filter((policy) => JSON.stringify(policy).includes('"kms:Decrypt"'))).toHaveLength(2);
  });

  test('fails when the region of the stack is not known', () => {
    expect(errorOf(() => outboxStack(encryption))).toContain(
      'encryption with a key of your own needs a stack whose region is known, got a stack for any region: give the stack an env with a region',
    );
  });

  test('fails when it is imported by an alias, with all else that is wrong', () => {
    const byAlias = (stack: Stack): Partial<OutboxTableProps> => ({
      encryption: TableEncryptionV2.customerManagedKey(Alias.fromAliasName(stack, 'Key', 'alias/orders')),
      batchSize: 0,
    });

    expect(errorOf(() => outboxStack(byAlias, { account: '123456789012', region: 'eu-central-1' })).split('\n')).toEqual([
      'Stack/Orders cannot be defined:',
      expect.stringContaining('batchSize'),
      '  - the key of encryption must be a key, got alias/orders, which permissions cannot name: import the key by Key.fromKeyArn or Key.fromLookup',
    ]);
  });
});
