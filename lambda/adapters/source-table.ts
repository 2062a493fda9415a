import { GetItemCommand, type AttributeValue as SdkAttributeValue, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SourceTable } from '../core/ports.ts';
import { toLambdaMap, toSdkMap } from './attribute-values.ts';

/** The table whose changes are published. */
export function sourceTable(client: DynamoDBClient, table: string): SourceTable {
  return {
    async read(keys) {
      const answer = await client.send(new GetItemCommand({ TableName: table, Key: toSdkMap(keys), ConsistentRead: true }));
      return answer.Item && toLambdaMap(answer.Item as Record<string, SdkAttributeValue>);
    },
  };
}
