import { DeleteItemCommand, DynamoDBClient, PutItemCommand, type AttributeValue as SdkAttributeValue } from '@aws-sdk/client-dynamodb';
import { DescribeStreamCommand, DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { sourceTable } from '../../../lambda/adapters/source-table.ts';
import { streamReader, toLambdaForm } from '../../../lambda/adapters/stream-reader.ts';
import { itemToJson } from '../../../lambda/core/item-images.ts';
import type { StreamRange } from '../../../lambda/core/ports.ts';
import type { StreamRecord } from '../../../lambda/core/stream-record.ts';
import { createTable, startDynamoDbLocal, type DynamoDbLocal } from './dynamodb-local.ts';
import { HttpServer } from './http-server.ts';

const TABLE = 'orders';
const KEY = { id: { B: new Uint8Array([0, 1, 255]) }, line: { N: '7' } };
const ITEM: Record<string, SdkAttributeValue> = {
  ...KEY,
  text: { S: 'ä' },
  exact: { N: '0.12345678901234567890123456789012345678' },
  big: { N: '1E+125' },
  flag: { BOOL: false },
  none: { NULL: true },
  bytes: { B: new Uint8Array([1, 2]) },
  sets: { L: [{ SS: ['b', 'a'] }, { NS: ['2', '1'] }, { BS: [new Uint8Array([2]), new Uint8Array([1])] }] },
  map: { M: { constructor: { M: { deep: { B: new Uint8Array([3]) } } }, empty: { L: [] } } },
};
const AS_JSON = {
  id: 'AAH/',
  line: 7,
  text: 'ä',
  exact: '0.12345678901234567890123456789012345678',
  big: '1E+125',
  flag: false,
  none: null,
  bytes: 'AQI=',
  sets: [['a', 'b'], [1, 2], ['AQ==', 'Ag==']],
  map: { constructor: { deep: 'Aw==' }, empty: [] },
};

let local: DynamoDbLocal;
let streamArn: string;
let shardId: string;

beforeAll(async () => {
  local = await startDynamoDbLocal();
  streamArn = await createTable(local.client, {
    TableName: TABLE,
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'B' },
      { AttributeName: 'line', AttributeType: 'N' },
    ],
    KeySchema: [
      { AttributeName: 'id', KeyType: 'HASH' },
      { AttributeName: 'line', KeyType: 'RANGE' },
    ],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  });
  await local.client.send(new PutItemCommand({ TableName: TABLE, Item: ITEM }));
  for (const text of ['second', 'third', 'fourth']) {
    await local.client.send(new PutItemCommand({ TableName: TABLE, Item: { ...KEY, text: { S: text } } }));
  }
  await local.client.send(new DeleteItemCommand({ TableName: TABLE, Key: KEY }));
  const { StreamDescription: stream } = await local.streams.send(new DescribeStreamCommand({ StreamArn: streamArn }));
  shardId = stream!.Shards![0].ShardId!;
});
afterAll(() => local.stop());

const range = (start: string, end: string): StreamRange => ({ streamArn, shardId, startSequenceNumber: start, endSequenceNumber: end });

async function read(given: StreamRange): Promise<StreamRecord[]> {
  const pages = await streamReader(local.streams).open(given);
  return pages === 'trimmed' ? [] : (await Array.fromAsync(pages)).flat();
}

/** All five records. */
async function all(): Promise<StreamRecord[]> {
  const { StreamDescription: stream } = await local.streams.send(new DescribeStreamCommand({ StreamArn: streamArn }));
  const records: StreamRecord[] = [];
  const start = stream!.Shards![0].SequenceNumberRange!.StartingSequenceNumber!;
  const pages = await streamReader(local.streams).open(range(start, '9'.repeat(40)));
  for await (const page of pages === 'trimmed' ? [] : pages) {
    records.push(...page);
    if (records.length >= 5) {
      break;
    }
  }
  return records;
}

describe('the stream', () => {
  test('gives records as the event source mapping delivers them', async () => {
    const [first, second, , , last] = await all();
    expect(first.raw).toMatchObject({ eventName: 'INSERT', eventSourceARN: streamArn, dynamodb: { Keys: { id: { B: 'AAH/' }, line: { N: '7' } } } });
    expect(first.raw.dynamodb).not.toHaveProperty('OldImage');
    expect(first.raw).not.toHaveProperty('userIdentity');
    expect(JSON.parse(JSON.stringify(first.raw))).toEqual(first.raw);
    expect(Number.isInteger(first.raw.dynamodb!.ApproximateCreationDateTime)).toBe(true);
    expect(Math.abs(first.createdAt - Date.now())).toBeLessThan(60_000);
    expect(exact(itemToJson(first.raw.dynamodb!.NewImage!))).toEqual(AS_JSON);
    expect(second.raw).toMatchObject({ eventName: 'MODIFY', dynamodb: { NewImage: { text: { S: 'second' } }, OldImage: { text: { S: 'ä' } } } });
    expect(last.raw).toMatchObject({ eventName: 'REMOVE', dynamodb: { OldImage: { text: { S: 'fourth' } } } });
    expect(last.raw.dynamodb).not.toHaveProperty('NewImage');
  });

  test('gives a range, both ends with it, and nothing more', async () => {
    const numbers = (await all()).map(({ sequenceNumber }) => sequenceNumber);
    expect((await read(range(numbers[1], numbers[3]))).map(({ sequenceNumber }) => sequenceNumber)).toEqual(numbers.slice(1, 4));
    expect((await read(range(numbers[2], numbers[2]))).map(({ sequenceNumber }) => sequenceNumber)).toEqual([numbers[2]]);
  });

  test.each([
    ['shard', () => ({ ...range('1'.repeat(21), '2'.repeat(21)), shardId: 'shardId-00000000000000000000-00000000' })],
    ['stream', () => ({ ...range('1'.repeat(21), '2'.repeat(21)), streamArn: streamArn.replace(/[^/]*$/, '2020-01-01T00:00:00.000') })],
  ])('that does not hold the %s any more says so', async (_, given) => {
    expect(await streamReader(local.streams).open(given())).toBe('trimmed');
  });

  test('that has trimmed the start of a range says so', async () => {
    expect(await streamReader(failing('TrimmedDataAccessException')).open(range('1', '2'))).toBe('trimmed');
  });

  test('fails when it cannot be read now', async () => {
    await expect(streamReader(failing('LimitExceededException')).open(range('1', '2'))).rejects.toThrow('LimitExceededException');
  });

  test('fails when the shard ends before the range does', async () => {
    const answers = [{ ShardIterator: 'first' }, { Records: [], NextShardIterator: 'second' }, { Records: [] }];
    const server = await new HttpServer().start();
    server.answer = (response) => response.end(JSON.stringify(answers.shift()));
    const client = new DynamoDBStreamsClient({ endpoint: server.url, region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 's' } });
    const pages = await streamReader(client).open(range('1', '2'));
    await expect(Array.fromAsync(pages as AsyncIterable<unknown>)).rejects.toThrow('ended before sequence number 2');
    client.destroy();
    await server.stop();
  });
});

test('a deletion by the table itself keeps its mark', () => {
  const record = { eventName: 'REMOVE' as const, userIdentity: { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' }, dynamodb: { SequenceNumber: '1', ApproximateCreationDateTime: 1.5 } };
  expect(toLambdaForm(record, 'arn')).toEqual({
    eventName: 'REMOVE',
    eventSourceARN: 'arn',
    dynamodb: { ApproximateCreationDateTime: 1, SequenceNumber: '1' },
    userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
  });
});

describe('the table', () => {
  const keys = { id: { B: 'AQ==' }, line: { N: '1' } };

  test('gives an item as it is now, in the same form', async () => {
    await local.client.send(new PutItemCommand({ TableName: TABLE, Item: { ...ITEM, id: { B: new Uint8Array([1]) }, line: { N: '1' } } }));
    expect(exact(itemToJson((await sourceTable(local.client, TABLE).read(keys))!))).toEqual({ ...AS_JSON, id: 'AQ==', line: 1 });
  });

  test('gives an attribute that is named __proto__, which the SDK would lose', async () => {
    const server = await new HttpServer().start();
    server.answer = (response) => response.end('{"Item":{"__proto__":{"S":"x"},"id":{"B":"AQ=="}}}');
    const client = new DynamoDBClient({ endpoint: server.url, region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 's' } });
    expect(JSON.stringify(await sourceTable(client, TABLE).read(keys))).toBe('{"__proto__":{"S":"x"},"id":{"B":"AQ=="}}');
    client.destroy();
    await server.stop();
  });

  test('gives nothing where there is no item', async () => {
    expect(await sourceTable(local.client, TABLE).read({ ...keys, line: { N: '2' } })).toBeUndefined();
  });
});

/** As plain values; exact numbers as their text. */
function exact(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, member: unknown) => (JSON.isRawJSON(member) ? member.rawJSON : member)));
}

function failing(name: string): DynamoDBStreamsClient {
  return { send: () => Promise.reject(Object.assign(new Error(name), { name })) } as unknown as DynamoDBStreamsClient;
}
