import { App, Stack, Token } from 'aws-cdk-lib';
import { StreamViewType, Table, TableV2, TableV2MultiAccountReplica, type CfnGlobalTable, type CfnTable, type ITable } from 'aws-cdk-lib/aws-dynamodb';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { OutboxRelay } from '../../../lib';
import { tableFaults } from '../../../lib/private/validate-table';
import { DESTINATION, errorOf, KEY, newStack, outboxStack } from '../stacks';

const ENV = { account: '123456789012', region: 'eu-central-1' };
const TABLE_ARN = `arn:aws:dynamodb:${ENV.region}:${ENV.account}:table/orders`;
const STREAM_ARN = `${TABLE_ARN}/stream/2026-01-01T00:00:00.000`;

const imported = (stack: Stack, tableStreamArn?: string): ITable => Table.fromTableAttributes(stack, 'Table', { tableName: 'orders', tableStreamArn });

/** The faults of a table for a relay in a stack of this environment. */
const faultsIn = (env: typeof ENV | undefined, newTable: (stack: Stack) => ITable): string[] => {
  const stack = newStack(env);
  return tableFaults(newTable(stack), stack);
};

test.each<[string, (stack: Stack) => ITable]>([
  ['a TableV2', (stack) => new TableV2(stack, 'Table', { partitionKey: KEY, dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES })],
  ['a Table', (stack) => new Table(stack, 'Table', { partitionKey: KEY, stream: StreamViewType.NEW_AND_OLD_IMAGES })],
  [
    'a TableV2 whose stream was set below the CDK',
    (stack) => {
      const table = new TableV2(stack, 'Table', { partitionKey: KEY });
      (table.node.defaultChild as CfnGlobalTable).streamSpecification = Token.asAny({ 'Fn::If': ['Streamed', { StreamViewType: 'NEW_AND_OLD_IMAGES' }, { Ref: 'AWS::NoValue' }] });
      return table;
    },
  ],
  ['an imported table of the same account and region', (stack) => imported(stack, STREAM_ARN)],
  ['a table whose stream is known at deployment only', (stack) => imported(stack, Token.asString({ Ref: 'StreamArn' }))],
  ['a table whose stream is still to be looked up', (stack) => imported(stack, 'dummy-value-for-/orders/stream')],
  ['a table whose name is still to be looked up', (stack) => Table.fromTableAttributes(stack, 'Table', { tableName: 'dummy-value-for-/orders/name', tableStreamArn: STREAM_ARN })],
  [
    'a table of an account that is still to be looked up',
    (stack) => {
      const tableArn = TABLE_ARN.replace(ENV.account, 'dummy-value-for-account');
      return TableV2.fromTableAttributes(stack, 'Table', { tableArn, tableStreamArn: `${tableArn}/stream/2026-01-01T00:00:00.000` });
    },
  ],
  ['a table whose name is known at deployment only', (stack) => Table.fromTableAttributes(stack, 'Table', { tableName: Token.asString({ Ref: 'Name' }), tableStreamArn: STREAM_ARN })],
  ['a table that is imported with both ARNs', (stack) => TableV2.fromTableAttributes(stack, 'Table', { tableArn: TABLE_ARN, tableStreamArn: STREAM_ARN })],
  [
    'an imported table with a key of the team',
    (stack) => Table.fromTableAttributes(stack, 'Table', { tableName: 'orders', tableStreamArn: STREAM_ARN, encryptionKey: new Key(stack, 'Key', { alias: 'alias/orders' }) }),
  ],
  [
    'a table whose view type is known at deployment only',
    (stack) => {
      const table = new TableV2(stack, 'Table', { partitionKey: KEY, dynamoStream: StreamViewType.KEYS_ONLY });
      (table.node.defaultChild as CfnGlobalTable).streamSpecification = { streamViewType: Token.asString({ Ref: 'ViewType' }) };
      return table;
    },
  ],
  [
    'a table whose view type was set below the CDK',
    (stack) => {
      const table = new Table(stack, 'Table', { partitionKey: KEY, stream: StreamViewType.KEYS_ONLY });
      (table.node.defaultChild as CfnTable).streamSpecification = { streamViewType: 'NEW_AND_OLD_IMAGES' };
      return table;
    },
  ],
])('%s has no faults', (_, newTable) => {
  expect(faultsIn(ENV, newTable)).toEqual([]);
  expect(faultsIn(undefined, newTable)).toEqual([]);
});

test.each<[string, (stack: Stack) => ITable]>([
  ['a TableV2', (stack) => new TableV2(stack, 'Table', { partitionKey: KEY, dynamoStream: StreamViewType.KEYS_ONLY })],
  ['a Table', (stack) => new Table(stack, 'Table', { partitionKey: KEY, stream: StreamViewType.KEYS_ONLY })],
])('fails when the stream of %s lacks an image', (_, newTable) => {
  expect(faultsIn(undefined, newTable)).toEqual([
    "table Stack/Table must have a stream of view type NEW_AND_OLD_IMAGES, because events need both images, got KEYS_ONLY: change the table's stream",
  ]);
});

test('a TableV2 has a stream where it has replicas', () => {
  expect(faultsIn(ENV, (stack) => new TableV2(stack, 'Table', { partitionKey: KEY, replicas: [{ region: 'eu-west-1' }] }))).toEqual([]);
});

test('a replica of a table of another account has the stream that this table has', () => {
  const app = new App();
  const source = new TableV2(new Stack(app, 'Source', { env: { ...ENV, account: '210987654321' } }), 'Table', { partitionKey: KEY, tableName: 'orders' });
  const stack = new Stack(app, 'Stack', { env: { ...ENV, region: 'eu-west-1' } });
  const replica = new TableV2MultiAccountReplica(stack, 'Table', { replicaSourceTable: source, tableName: 'orders' });

  expect(tableFaults(replica, stack)).toEqual([]);
});

test.each<[unknown, string]>([
  ['orders', '"orders"'],
  [{}, 'an object'],
])('fails when the table is %j, which compilers refuse', (table, given) => {
  expect(tableFaults(table as ITable, newStack())).toEqual([`table must be a DynamoDB table, got ${given}: give the table whose changes are published`]);
});

test('fails when there is no table, which compilers refuse', () => {
  expect(tableFaults(null as never, newStack())).toEqual(['table must be a DynamoDB table, got null: give the table whose changes are published']);
  expect(tableFaults(undefined, newStack())).toEqual(['table must be a DynamoDB table, got undefined: give the table whose changes are published']);
});

test.each<[string, (stack: Stack) => ITable]>([
  ['a Table', (stack) => new Table(stack, 'Table', { partitionKey: KEY })],
  ['a TableV2', (stack) => new TableV2(stack, 'Table', { partitionKey: KEY })],
  ['an imported table', (stack) => imported(stack)],
])('fails when %s has no stream', (_, newTable) => {
  expect(faultsIn(undefined, newTable)).toEqual([
    'table Stack/Table has no stream: define it with StreamViewType.NEW_AND_OLD_IMAGES as its dynamoStream (TableV2) or stream (Table), or import it with its tableStreamArn',
  ]);
});

test.each([TABLE_ARN, 'orders', '', 'arn:aws:kinesis:eu-central-1:123456789012:stream/orders'])('fails when the stream of a table is %j', (arn) => {
  expect(faultsIn(ENV, (stack) => imported(stack, arn))).toEqual([
    `table Stack/Table must have the ARN of a stream as its tableStreamArn, arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL, got ${JSON.stringify(arn)}: import it with what LatestStreamArn says of it`,
  ]);
});

test.each<[string, (stack: Stack, tableStreamArn: string) => ITable]>([
  ['by its ARN', (stack, tableStreamArn) => Table.fromTableAttributes(stack, 'Table', { tableArn: TABLE_ARN, tableStreamArn })],
  ['by its ARN as a TableV2', (stack, tableStreamArn) => TableV2.fromTableAttributes(stack, 'Table', { tableArn: TABLE_ARN, tableStreamArn })],
  ['by its name', (stack, tableStreamArn) => imported(stack, tableStreamArn)],
])('fails when a table that is imported %s has the stream of another table', (_, newTable) => {
  const other = `arn:aws:dynamodb:${ENV.region}:${ENV.account}:table/customers/stream/2026-01-01T00:00:00.000`;

  expect(faultsIn(ENV, (stack) => newTable(stack, other))).toEqual([
    'table Stack/Table must have a tableStreamArn of its own, got one of the table customers for the table orders: import it with both ARNs of one table',
  ]);
});

test('fails when the key of a table is imported by an alias', () => {
  const withAlias = (stack: Stack): ITable =>
    Table.fromTableAttributes(stack, 'Table', { tableName: 'orders', tableStreamArn: STREAM_ARN, encryptionKey: Alias.fromAliasName(stack, 'Key', 'alias/orders') });

  for (const env of [ENV, undefined]) {
    expect(faultsIn(env, withAlias)).toEqual([
      'the encryptionKey of table Stack/Table must be a key, got alias/orders, which permissions cannot name: import the key by Key.fromKeyArn or Key.fromLookup',
    ]);
  }
});

test('fails when the table is in another region and in another account', () => {
  expect(faultsIn({ account: '210987654321', region: 'eu-west-1' }, (stack) => imported(stack, STREAM_ARN))).toEqual([
    'table Stack/Table must be in the region of its relay, got eu-central-1 and eu-west-1: no event source mapping reads from another region; define the relay in a stack there',
    "table Stack/Table must be in the account of its relay, got 123456789012 and 210987654321: define the relay in a stack of the table's account",
  ]);
});

test('fails when the table has no stream, with all else that is wrong with it', () => {
  const withoutStream = (stack: Stack): ITable => TableV2.fromTableAttributes(stack, 'Table', { tableArn: TABLE_ARN, encryptionKey: Alias.fromAliasName(stack, 'Key', 'alias/orders') });

  expect(faultsIn({ account: '210987654321', region: 'eu-west-1' }, withoutStream)).toEqual([
    expect.stringContaining('has no stream'),
    expect.stringContaining('alias/orders'),
    expect.stringContaining('must be in the region of its relay'),
    expect.stringContaining('must be in the account of its relay'),
  ]);
});

test('fails when the table is in a stack for another region', () => {
  const app = new App();
  const table = new TableV2(new Stack(app, 'Tables', { env: ENV }), 'Table', { partitionKey: KEY, dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES });

  expect(tableFaults(table, new Stack(app, 'Relays', { env: { ...ENV, region: 'eu-west-1' } }))).toEqual([expect.stringContaining('got eu-central-1 and eu-west-1')]);
});

test('fails together with all else that is wrong', () => {
  const stack = newStack(ENV);
  const message = errorOf(() => new OutboxRelay(stack, 'Relay', { table: imported(stack, TABLE_ARN), destination: DESTINATION, batchSize: 0 }));

  expect(message.split('\n')).toEqual(['Stack/Relay cannot be defined:', expect.stringContaining('batchSize'), expect.stringContaining('tableStreamArn')]);
});

test('fails when the table is an OutboxTable, which compilers refuse', () => {
  const { stack, outbox } = outboxStack();

  expect(tableFaults(outbox as never, stack)).toEqual(['table must be a DynamoDB table, got an object: give the table whose changes are published']);
});

test("fails when the table is a replica that the CDK makes, which has no stream's ARN", () => {
  const app = new App();
  const primary = new TableV2(new Stack(app, 'Primary', { env: ENV }), 'Table', {
    tableName: 'orders',
    partitionKey: KEY,
    dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
    replicas: [{ region: 'eu-west-1' }],
  });
  const stack = new Stack(app, 'Replica', { env: { ...ENV, region: 'eu-west-1' } });

  expect(errorOf(() => new OutboxRelay(stack, 'Outbox', { table: primary.replica('eu-west-1'), destination: DESTINATION }))).toBe(
    'Replica/Outbox cannot be defined:\n' +
      '  - table Primary/Table/ReplicaTableeu-west-1 must have the ARN of a stream as its tableStreamArn, got a pattern that ends with /stream/*, as TableV2.replica makes it: ' +
      'import the replica by TableV2.fromTableAttributes with what its own LatestStreamArn says',
  );
});
