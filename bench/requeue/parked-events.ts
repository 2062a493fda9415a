import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { CreateTableCommand, DeleteTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ANNOUNCEMENTS, HEAD_ENTRY, OPEN, rowKey } from '../../lambda/adapters/parked-event-rows.ts';
import { recordPuts } from '../../lambda/adapters/parking-lot.ts';
import { BEFORE_ALL } from '../../lambda/core/parked-event.ts';
import { readStreamRecord, type StreamRecord } from '../../lambda/core/stream-record.ts';
import { PARKED_EVENTS } from '../../lib/private/handler-contract.ts';
import { orderRecords } from '../data/order-records.ts';
import { ONE_KB } from '../data/order-size.ts';

type Row = Record<string, unknown>;

/** Parked records of an item. */
const RECORDS_PER_ITEM = 5;

const PARKED_AT = '2026-01-01T00:00:00.000Z';
const WRITES_AT_ONCE = 8;
const ROWS_PER_WRITE = 25;

/** Makes a table like that of the construct, in which so many events wait. */
export async function parkEvents(client: DynamoDBClient, table: string, events: number): Promise<void> {
  const { partitionKey, sortKey, openIndex, openKey, dueKey, openSince } = PARKED_EVENTS;
  await client.send(new CreateTableCommand({
    TableName: table,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [partitionKey, sortKey, openKey, dueKey].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
    KeySchema: [{ AttributeName: partitionKey, KeyType: 'HASH' }, { AttributeName: sortKey, KeyType: 'RANGE' }],
    GlobalSecondaryIndexes: [{
      IndexName: openIndex,
      KeySchema: [{ AttributeName: openKey, KeyType: 'HASH' }, { AttributeName: dueKey, KeyType: 'RANGE' }],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: [openSince] },
    }],
  }));
  const documents = DynamoDBDocumentClient.from(client);
  const rows = tableRows(table, events);
  const write = async (): Promise<void> => {
    for (let chunk = take(rows, ROWS_PER_WRITE); chunk.length > 0; chunk = take(rows, ROWS_PER_WRITE)) {
      await documents.send(new BatchWriteCommand({ RequestItems: { [table]: chunk.map((Item) => ({ PutRequest: { Item } })) } }));
    }
  };
  await Promise.all(Array.from({ length: WRITES_AT_ONCE }, write));
}

export async function dropTable(client: DynamoDBClient, table: string): Promise<void> {
  await client.send(new DeleteTableCommand({ TableName: table }));
}

function take(rows: Iterator<Row>, count: number): Row[] {
  const taken: Row[] = [];
  for (let next = rows.next(); next.done !== true; next = rows.next()) {
    if (taken.push(next.value) === count) {
      break;
    }
  }
  return taken;
}

function* tableRows(table: string, events: number): Generator<Row> {
  for (let done = 0; done < events; done += RECORDS_PER_ITEM) {
    const records = itemRecords(done);
    if (done === 0) {
      yield { ...rowKey(ANNOUNCEMENTS, records[0].streamArn), announcedAt: Date.parse(PARKED_AT) };
    }
    const [last] = records.slice(-1);
    yield {
      ...rowKey(last.item, HEAD_ENTRY),
      streamArn: last.streamArn,
      keys: JSON.stringify(last.keys),
      through: BEFORE_ALL,
      upTo: last.sequence,
      [PARKED_EVENTS.openKey]: OPEN,
      openSince: PARKED_AT,
      dueAt: PARKED_AT,
    };
    for (const record of records) {
      yield* recordPuts(table, { record, reason: 'away', detail: 'status 503' }, PARKED_AT, false).map(({ Put }) => Put.Item);
    }
  }
}

/** Changes of one item, in order. */
function itemRecords(first: number): StreamRecord[] {
  const [{ dynamodb: { Keys } = {} }] = orderRecords(ONE_KB, 1, 0, first + 1);
  return orderRecords(ONE_KB, RECORDS_PER_ITEM, first).map((raw) => {
    const image = { ...raw.dynamodb?.NewImage, ...Keys };
    return readStreamRecord({ ...raw, dynamodb: { ...raw.dynamodb, Keys, NewImage: image, OldImage: { ...raw.dynamodb?.OldImage, ...Keys } } });
  });
}
