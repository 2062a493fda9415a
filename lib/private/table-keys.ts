import { Stack, Token } from 'aws-cdk-lib';
import { CfnGlobalTable, CfnTable, type Attribute, type ITable } from 'aws-cdk-lib/aws-dynamodb';

/** The key attributes of a table: their names, and their types as DynamoDB writes them. */
export type TableKeys = ReadonlyMap<string, string>;

/** The keys that a table is defined with; undefined where a name is known at deployment only. */
export function keysOf(...attributes: (Attribute | undefined)[]): TableKeys | undefined {
  const given = attributes.filter((attribute) => attribute !== undefined);
  return given.some(({ name }) => Token.isUnresolved(name)) ? undefined : new Map(given.map(({ name, type }) => [name, type]));
}

/** What the template says of a table's keys; what is an intrinsic function there is no text. */
interface Schema {
  readonly keySchema?: { readonly attributeName?: unknown }[];
  readonly attributeDefinitions?: { readonly attributeName?: unknown; readonly attributeType?: string }[];
}

/** The keys of a table; undefined where it is not of this app, or where they are known at deployment only. */
export function keysOfTable(table: ITable): TableKeys | undefined {
  const resource = table.node.defaultChild;
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
  const keys = new Map<string, string>();
  for (const { attributeName: name } of keySchema) {
    const type = attributeDefinitions.find(({ attributeName }) => attributeName === name)?.attributeType;
    if (typeof name !== 'string' || typeof type !== 'string') {
      return undefined;
    }
    keys.set(name, type);
  }
  return keys;
}
