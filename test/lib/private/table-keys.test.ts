import { Lazy, Token, type Stack } from 'aws-cdk-lib';
import { AttributeType, Table, TableV2, type Attribute, type CfnTable, type ITable, type TablePropsV2 } from 'aws-cdk-lib/aws-dynamodb';
import { keysOf, keysOfTable } from '../../../lib/private/table-keys';
import { newStack } from '../stacks';

const KEYS = { partitionKey: { name: 'PK', type: AttributeType.STRING }, sortKey: { name: 'SK', type: AttributeType.NUMBER } };
const DEPLOYED = { name: Token.asString({ Ref: 'Key' }), type: AttributeType.STRING };

test('the keys that a table is defined with are known', () => {
  const own = new Map([['PK', 'S'], ['SK', 'N']]);

  expect(keysOf(KEYS)).toEqual({ own, typed: own });
  expect(keysOf({ partitionKey: KEYS.partitionKey })?.own).toEqual(new Map([['PK', 'S']]));
});

test('the keys of the indexes that a table is defined with have types, too', () => {
  const attribute = (name: string): Attribute => ({ name, type: AttributeType.BINARY });
  const indexes = {
    globalSecondaryIndexes: [
      { indexName: 'one', partitionKey: attribute('a'), sortKey: attribute('b') },
      { indexName: 'two', partitionKeys: [attribute('c'), attribute('d')], sortKeys: [attribute('e')] },
    ],
    localSecondaryIndexes: [{ indexName: 'three', sortKey: attribute('f') }],
  };

  expect(keysOf({ ...KEYS, ...indexes })).toEqual({
    own: new Map([['PK', 'S'], ['SK', 'N']]),
    typed: new Map([['PK', 'S'], ['SK', 'N'], ...[...'abcdef'].map((name) => [name, 'B'] as const)]),
  });
  expect(keysOfTable(new TableV2(newStack(), 'Table', { ...KEYS, ...indexes }))).toEqual(keysOf({ ...KEYS, ...indexes }));
});

test('keys of which one is known at deployment only are not known', () => {
  expect(keysOf({ ...KEYS, sortKey: DEPLOYED })).toBeUndefined();
  expect(keysOf({ partitionKey: { name: Lazy.string({ produce: () => 'PK' }), type: AttributeType.STRING } })).toBeUndefined();
});

test('keys of which one is still to be looked up are not known', () => {
  const props = { ...KEYS, sortKey: { name: 'dummy-value-for-/orders/sort-key', type: AttributeType.STRING } };

  expect(keysOf(props)).toBeUndefined();
  expect(keysOfTable(new TableV2(newStack(), 'Table', props))).toBeUndefined();
});

test('a table that is defined without a partition key has no keys', () => {
  expect(keysOf({ sortKey: KEYS.sortKey } as TablePropsV2)).toBeUndefined();
});

test.each<[string, (stack: Stack) => ITable]>([
  ['a TableV2', (stack) => new TableV2(stack, 'Table', { ...KEYS, globalSecondaryIndexes: [{ indexName: 'by-type', partitionKey: { name: 'type', type: AttributeType.STRING } }] })],
  [
    'a Table',
    (stack) => {
      const table = new Table(stack, 'Table', KEYS);
      table.addGlobalSecondaryIndex({ indexName: 'by-type', partitionKey: { name: 'type', type: AttributeType.STRING } });
      return table;
    },
  ],
])('the keys of %s of the app are known, and those of its indexes apart', (_, newTable) => {
  const own = new Map([['PK', 'S'], ['SK', 'N']]);

  expect(keysOfTable(newTable(newStack()))).toEqual({ own, typed: new Map([...own, ['type', 'S']]) });
});

test.each<[string, (stack: Stack) => ITable]>([
  ['an imported table', (stack) => Table.fromTableName(stack, 'Table', 'orders')],
  ['a Table whose key is known at deployment only', (stack) => new Table(stack, 'Table', { partitionKey: DEPLOYED })],
  ['a TableV2 whose key is known at deployment only', (stack) => new TableV2(stack, 'Table', { partitionKey: DEPLOYED })],
  [
    'a table whose template computes them',
    (stack) => {
      const table = new Table(stack, 'Table', KEYS);
      (table.node.defaultChild as CfnTable).keySchema = Token.asAny({ 'Fn::If': ['Sorted', [], []] });
      return table;
    },
  ],
])('the keys of %s are not known', (_, newTable) => {
  expect(keysOfTable(newTable(newStack()))).toBeUndefined();
});
