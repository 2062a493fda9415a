import { GetItemCommand, type AttributeValue as SdkAttributeValue, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SourceTable } from '../core/ports.ts';
import type { AttributeMap } from '../core/stream-record.ts';
import { wireAnswer } from './wire-answer.ts';

/** The table whose changes are published. */
export function sourceTable(client: DynamoDBClient, table: string): SourceTable {
  return {
    async read(keys) {
      const command = new GetItemCommand({ TableName: table, Key: toSdkKey(keys), ConsistentRead: true });
      const { Item } = (await wireAnswer(client, command)) as { readonly Item?: AttributeMap };
      return Item;
    },
  };
}

/** A key in the SDK's form: binary is bytes. */
function toSdkKey(keys: AttributeMap): Record<string, SdkAttributeValue> {
  const entries = Object.entries(keys).map(([name, { S, N, B }]) => {
    if (B !== undefined) {
      return [name, { B: Buffer.from(B, 'base64') }];
    }
    return [name, S !== undefined ? { S } : { N }];
  });
  return Object.fromEntries(entries) as Record<string, SdkAttributeValue>;
}
