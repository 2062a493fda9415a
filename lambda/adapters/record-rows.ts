import { ExecuteStatementCommand, QueryCommand, type DynamoDBDocumentClient, type QueryCommandOutput } from '@aws-sdk/lib-dynamodb';
import { PARKED_EVENTS } from '../../lib/private/handler-contract.ts';
import type { ParkedRecord } from '../core/parked-event.ts';
import { HEAD_ENTRY, toRecords, type RecordRow } from './parked-event-rows.ts';

type Row = RecordRow & { readonly [PARKED_EVENTS.partitionKey]: string };

/** Rows that are read of several items together, at most. */
const FEW_ROWS = 200;

/**
 * All records of each of these items, with one request, where they are so few that one answer holds them all. `Query` reads of one item only, and
 * most items wait with a few records.
 *
 * @returns nothing where there are more, or where the request fails: the items are then read one by one, which tells why. Nor anything of an item with a
 *   record that is not whole.
 */
export async function readFewRecords(client: DynamoDBDocumentClient, table: string, items: readonly string[]): Promise<ReadonlyMap<string, readonly ParkedRecord[]>> {
  const { partitionKey, sortKey } = PARKED_EVENTS;
  const statement = new ExecuteStatementCommand({
    Statement: `SELECT * FROM "${table}" WHERE "${partitionKey}" IN [${items.map(() => '?').join(', ')}] AND "${sortKey}" < '${HEAD_ENTRY}'`,
    Parameters: [...items],
    ConsistentRead: true,
    Limit: FEW_ROWS,
  });
  const answer = await client.send(statement).catch(() => undefined);
  if (answer === undefined || answer.NextToken !== undefined || answer.LastEvaluatedKey !== undefined) {
    return new Map();
  }
  // Nothing is said of the order in which they come.
  const rows = ((answer.Items ?? []) as Row[]).sort((a, b) => (a[sortKey] < b[sortKey] ? -1 : 1));
  const byItem = Map.groupBy(rows, (row) => row[partitionKey]);
  const records = new Map(items.map((item) => [item, toRecords(byItem.get(item) ?? [])]));
  return new Map([...records].filter(([item, ofItem]) => rowsOf(ofItem) === (byItem.get(item)?.length ?? 0)));
}

/** The oldest records of an item, in order, at least one whole one, and whether there are more. */
export async function readRecords(client: DynamoDBDocumentClient, table: string, item: string, limit: number): Promise<{ readonly records: readonly ParkedRecord[]; readonly more: boolean }> {
  const read = (Limit: number, ExclusiveStartKey?: Record<string, unknown>): Promise<QueryCommandOutput> =>
    client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: '#item = :item AND #entry < :head',
        ExpressionAttributeNames: { '#item': PARKED_EVENTS.partitionKey, '#entry': PARKED_EVENTS.sortKey },
        ExpressionAttributeValues: { ':item': item, ':head': HEAD_ENTRY },
        ConsistentRead: true,
        Limit,
        ExclusiveStartKey,
      }),
    );
  const rows: RecordRow[] = [];
  let startKey: Record<string, unknown> | undefined;
  // A page ends after 1 MB, maybe inside a record of several rows: read on until one record is whole.
  do {
    const page = await read(limit, startKey);
    rows.push(...((page.Items ?? []) as RecordRow[]));
    startKey = page.LastEvaluatedKey;
  } while (startKey !== undefined && toRecords(rows).length === 0);
  const records = toRecords(rows);
  // A page that is full has a key to go on from, though nothing may be there.
  const more = rows.length > rowsOf(records) || (startKey !== undefined && (await read(1, startKey)).Items?.length !== 0);
  return { records, more };
}

function rowsOf(records: readonly ParkedRecord[]): number {
  return records.reduce((rows, { parts }) => rows + parts, 0);
}
