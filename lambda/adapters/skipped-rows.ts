import { QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { PARKED_EVENTS } from '../../lib/private/handler-contract.ts';

/** Beginning of the sort keys of what was skipped: behind the head, where nobody looks for what waits. */
const SKIPPED = 'skipped#';

/** Sort key of a part of a record that a person gave up. */
export function skippedEntry(sequence: string, skippedAt: string, part: number): string {
  return `${SKIPPED}${sequence}#${skippedAt}#${String(part).padStart(3, '0')}`;
}

/** The padded sequence number that stands in such a key. */
export function skippedSequence(entry: string): string {
  return entry.split('#')[1];
}

/**
 * The rows of what was skipped of an item, oldest change first.
 *
 * @param attributes what is read of each; all of it unless given
 */
export async function* skippedRows<Row>(client: DynamoDBDocumentClient, table: string, item: string, attributes?: string): AsyncGenerator<Row> {
  let startKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: '#item = :item AND begins_with(#entry, :skipped)',
        ProjectionExpression: attributes,
        ExpressionAttributeNames: { '#item': PARKED_EVENTS.partitionKey, '#entry': PARKED_EVENTS.sortKey },
        ExpressionAttributeValues: { ':item': item, ':skipped': SKIPPED },
        ConsistentRead: true,
        ExclusiveStartKey: startKey,
      }),
    );
    yield* (page.Items ?? []) as Row[];
    startKey = page.LastEvaluatedKey;
  } while (startKey !== undefined);
}

/** Padded sequence numbers of what was skipped of an item. */
export async function skippedSequences(client: DynamoDBDocumentClient, table: string, item: string): Promise<ReadonlySet<string>> {
  const rows = await Array.fromAsync(skippedRows<{ readonly [PARKED_EVENTS.sortKey]: string }>(client, table, item, '#entry'));
  return new Set(rows.map((row) => skippedSequence(row[PARKED_EVENTS.sortKey])));
}
