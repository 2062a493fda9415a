import { BatchGetCommand, type BatchGetCommandOutput, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Head } from '../core/parked-event.ts';
import { inGroups } from '../core/in-groups.ts';
import { HEAD_ENTRY, rowKey, toHead, type HeadRow } from './parked-event-rows.ts';
import { untilProcessed } from './write-conflicts.ts';

/** Items in one BatchGetItem. */
const BATCH_GET_ITEMS = 100;

/** Heads of items, strongly consistent; items without a head are absent. */
export async function readHeads(client: DynamoDBDocumentClient, table: string, items: Iterable<string>): Promise<ReadonlyMap<string, Head>> {
  const heads = new Map<string, Head>();
  for (const some of inGroups([...new Set(items)], BATCH_GET_ITEMS)) {
    const keys = some.map((item): Record<string, unknown> => rowKey(item, HEAD_ENTRY));
    await untilProcessed(keys, async (rest) => {
      const answer: BatchGetCommandOutput = await client.send(new BatchGetCommand({ RequestItems: { [table]: { Keys: [...rest], ConsistentRead: true } } }));
      for (const row of answer.Responses?.[table] ?? []) {
        heads.set((row as HeadRow).item, toHead(row as HeadRow));
      }
      return answer.UnprocessedKeys?.[table]?.Keys;
    });
  }
  return heads;
}
