import { QueryCommand, type DynamoDBDocumentClient, type QueryCommandOutput } from '@aws-sdk/lib-dynamodb';
import { PARKED_EVENTS } from '../../lib/private/handler-contract.ts';
import { OPEN, type HeadRow } from './parked-event-rows.ts';

/** What the index has of an open head. */
export type OpenHead = Pick<HeadRow, typeof PARKED_EVENTS.partitionKey | typeof PARKED_EVENTS.openSince>;

/** Which open heads are wanted. */
export interface OpenHeadQuery {
  /** ISO 8601 time; absent: those that are due later, too. */
  readonly dueBefore?: string;
  /** Heads in one page; absent: as many as fit into 1 MB, some thousands. */
  readonly pageItems?: number;
}

/** The open heads, longest due first, page by page; as far as an eventually consistent index knows. */
export async function* openHeads(client: DynamoDBDocumentClient, table: string, { dueBefore, pageItems }: OpenHeadQuery = {}): AsyncGenerator<readonly OpenHead[]> {
  let startKey: Record<string, unknown> | undefined;
  do {
    const answer: QueryCommandOutput = await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: PARKED_EVENTS.openIndex,
        KeyConditionExpression: dueBefore === undefined ? '#open = :open' : '#open = :open AND dueAt <= :before',
        ExpressionAttributeNames: { '#open': PARKED_EVENTS.openKey },
        ExpressionAttributeValues: { ':open': OPEN, ...(dueBefore === undefined ? {} : { ':before': dueBefore }) },
        Limit: pageItems,
        ExclusiveStartKey: startKey,
      }),
    );
    yield (answer.Items ?? []) as OpenHead[];
    startKey = answer.LastEvaluatedKey;
  } while (startKey !== undefined);
}
