import type { AttributeMap } from '../../lambda/core/stream-record.ts';

/** Types of key attributes, as DynamoDB writes them, by name. */
export type KeyTypes = ReadonlyMap<string, string>;

/** What of a resource's properties is looked at; anything may stand in their places. */
interface Properties {
  readonly FunctionName?: unknown;
  readonly EventSourceArn?: unknown;
  readonly KeySchema?: unknown;
  readonly AttributeDefinitions?: unknown;
}

/** The key of the table whose stream feeds a function; undefined where the template does not hold it, or not as text. */
export function keysOfSource(resources: Readonly<Record<string, { readonly Type?: string; readonly Properties?: object }>>, functionId: string): KeyTypes | undefined {
  const propertiesOf = (id?: string): Properties => resources[id ?? '']?.Properties ?? {};
  const source = Object.keys(resources).find((id) => resources[id].Type === 'AWS::Lambda::EventSourceMapping' && referenced(propertiesOf(id).FunctionName) === functionId);
  const { KeySchema, AttributeDefinitions } = propertiesOf(referenced(propertiesOf(source).EventSourceArn));
  if (!Array.isArray(KeySchema) || !Array.isArray(AttributeDefinitions)) {
    return undefined;
  }
  const types = new Map((AttributeDefinitions as Record<string, unknown>[]).map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]));
  const keys = (KeySchema as Record<string, unknown>[]).map(({ AttributeName }) => [AttributeName, types.get(AttributeName)] as const);
  return keys.every((key): key is readonly [string, string] => key.every((part) => typeof part === 'string')) ? new Map(keys) : undefined;
}

/** Logical id of the resource that a value refers to. */
function referenced(value: unknown): string | undefined {
  const { Ref, 'Fn::GetAtt': attribute } = (value ?? {}) as { Ref?: string; 'Fn::GetAtt'?: string[] };
  return Ref ?? attribute?.[0];
}

/** What is wrong with the key of a record for a table with these keys; undefined where nothing is, or where the relay itself says it. */
export function keyFault(keys: AttributeMap | undefined, table: KeyTypes): string | undefined {
  if (typeof keys !== 'object' || keys === null) {
    return undefined;
  }
  const given = new Map(Object.entries(keys).map(([name, value]) => [name, Object.keys((value as object | null) ?? {}).join(' ')]));
  const isKey = given.size === table.size && [...given].every(([name, type]) => table.get(name) === type);
  return isKey ? undefined : `the record's key is ${shown(given)}, the table's is ${shown(table)}`;
}

function shown(keys: KeyTypes): string {
  return [...keys].map(([name, type]) => `${name} (${type})`).join(' and ');
}
