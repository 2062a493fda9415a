import { Lazy, Token, type Stack } from 'aws-cdk-lib';
import { AttributeType, Table, TableV2, type CfnTable, type ITable } from 'aws-cdk-lib/aws-dynamodb';
import { keysOf, keysOfTable } from '../../../lib/private/table-keys';
import { newStack } from '../stacks';

const KEYS = { partitionKey: { name: 'PK', type: AttributeType.STRING }, sortKey: { name: 'SK', type: AttributeType.NUMBER } };
const DEPLOYED = { name: Token.asString({ Ref: 'Key' }), type: AttributeType.STRING };

test('the keys that a table is defined with are known', () => {
  expect(keysOf(KEYS.partitionKey, KEYS.sortKey)).toEqual(new Map([['PK', 'S'], ['SK', 'N']]));
  expect(keysOf(KEYS.partitionKey, undefined)).toEqual(new Map([['PK', 'S']]));
});

test('keys of which one is known at deployment only are not known', () => {
  expect(keysOf(KEYS.partitionKey, DEPLOYED)).toBeUndefined();
  expect(keysOf({ name: Lazy.string({ produce: () => 'PK' }), type: AttributeType.STRING })).toBeUndefined();
});

test.each<[string, (stack: Stack) => ITable]>([
  ['a TableV2', (stack) => new TableV2(stack, 'Table', { ...KEYS, globalSecondaryIndexes: [{ indexName: 'by-type', partitionKey: { name: 'type', type: AttributeType.STRING } }] })],
  ['a Table', (stack) => new Table(stack, 'Table', KEYS)],
])('the keys of %s of the app are known, and those of its indexes are none', (_, newTable) => {
  expect(keysOfTable(newTable(newStack()))).toEqual(new Map([['PK', 'S'], ['SK', 'N']]));
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
