import { Stack } from 'aws-cdk-lib';
import { CfnGlobalTable, CfnTable, type Attribute, type ITable, type TablePropsV2 } from 'aws-cdk-lib/aws-dynamodb';
import { isUnknown } from './unknown-value';

/** Names of attributes, and their types as DynamoDB writes them. */
type Types = ReadonlyMap<string, string>;

/** The attributes that DynamoDB holds to a type. */
export interface TableKeys {
  /** The table's own key: every item has it. */
  readonly own: Types;
  /** That, and the keys of the table's indexes, as far as they are known: an item has them, if at all, in this type. */
  readonly typed: Types;
}

/** The keys that a table is defined with; undefined where it has none yet, or where a name of its own key is known at deployment only. */
export function keysOf(props: TablePropsV2): TableKeys | undefined {
  const own = [props.partitionKey, props.sortKey].filter((attribute) => attribute !== undefined);
  if (props.partitionKey === undefined || own.some(({ name }) => isUnknown(name))) {
    return undefined;
  }
  const { globalSecondaryIndexes = [], localSecondaryIndexes = [] } = props;
  const ofIndexes = [
    ...globalSecondaryIndexes.flatMap(({ partitionKey, sortKey, partitionKeys = [], sortKeys = [] }) => [partitionKey, sortKey, ...partitionKeys, ...sortKeys]),
    ...localSecondaryIndexes.map(({ sortKey }) => sortKey),
  ].filter((attribute) => attribute !== undefined);
  return { own: typesOf(own), typed: typesOf([...own, ...ofIndexes]) };
}

function typesOf(attributes: Attribute[]): Types {
  return new Map(attributes.map(({ name, type }) => [name, type]));
}

/** What the template says of a table's keys; what is an intrinsic function there is no text. */
interface Schema {
  readonly keySchema?: { readonly attributeName?: unknown }[];
  readonly attributeDefinitions?: { readonly attributeName?: unknown; readonly attributeType?: unknown }[];
}

/** The keys of a table; undefined where it is not of this app, or where they are known at deployment only. */
export function keysOfTable(table: ITable | undefined): TableKeys | undefined {
  const resource = table?.node.defaultChild;
  if (!CfnTable.isCfnTable(resource) && !CfnGlobalTable.isCfnGlobalTable(resource)) {
    return undefined;
  }
  const { keySchema, attributeDefinitions } = Stack.of(resource).resolve({
    keySchema: resource.keySchema,
    attributeDefinitions: resource.attributeDefinitions,
  }) as Schema;
  if (!Array.isArray(keySchema) || !Array.isArray(attributeDefinitions)) {
    return undefined;
  }
  // Only keys are defined there.
  const typed = new Map<string, string>();
  for (const { attributeName: name, attributeType: type } of attributeDefinitions) {
    if (typeof name === 'string' && typeof type === 'string') {
      typed.set(name, type);
    }
  }
  const own = keySchema.map(({ attributeName }) => [attributeName, typed.get(attributeName as string)] as const);
  return own.every((entry): entry is readonly [string, string] => typeof entry[1] === 'string' && !isUnknown(entry[0])) ? { own: new Map(own), typed } : undefined;
}
