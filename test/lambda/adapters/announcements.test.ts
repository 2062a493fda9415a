import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ServerResponse } from 'node:http';
import { announcements } from '../../../lambda/adapters/announcements.ts';
import { STREAM } from '../factories.ts';
import { HttpServer } from './http-server.ts';

const ANNOUNCED = '{"Item":{"announcedAt":{"N":"1"}}}';

let server: HttpServer;
let client: DynamoDBClient;
let time: number;
let isAnnounced: (streamArn: string) => Promise<boolean>;

const clientOf = (maxAttempts: number): DynamoDBClient =>
  new DynamoDBClient({ endpoint: server.url, region: 'eu-central-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' }, maxAttempts });

beforeEach(async () => {
  server = await new HttpServer().start();
  server.answer = (response) => response.end('{}');
  client = clientOf(1);
  time = Date.UTC(2026, 0, 1);
  isAnnounced = announcements(client, 'parked', () => time);
});
afterEach(async () => {
  client.destroy();
  await server.stop();
});

const signatures = (): unknown[] => server.requests.map(({ headers }) => `${headers['amz-sdk-invocation-id'] as string} ${headers.authorization}`);

test('the same question is sent again for a minute, with the same signature and over the same connection', async () => {
  for (let batch = 0; batch < 6; batch++) {
    expect(await isAnnounced(STREAM)).toBe(false);
    time += 10_000;
  }
  expect(server.requests).toHaveLength(6);
  expect(new Set(signatures()).size).toBe(1);
  expect(new Set(server.requests.map(({ body }) => body))).toEqual(
    new Set([expect.stringMatching(/^(?=.*"ConsistentRead":true)(?=.*"TableName":"parked")(?=.*"S":"announcements")/)]),
  );
  expect(new Set(server.requests.map(({ connection }) => connection)).size).toBe(1);

  expect(await isAnnounced(STREAM)).toBe(false);
  expect(new Set(signatures()).size).toBe(2);
});

test('an announcement is seen in an answer to a question that is sent again', async () => {
  expect(await isAnnounced(STREAM)).toBe(false);
  server.answer = (response) => response.end(ANNOUNCED);
  expect(await isAnnounced(STREAM)).toBe(true);
  expect(new Set(signatures()).size).toBe(1);
});

test('another stream is another question', async () => {
  await isAnnounced(STREAM);
  await isAnnounced(`${STREAM}1`);
  await isAnnounced(STREAM);
  expect(server.requests.map(({ body }) => body.includes(`${STREAM}1`))).toEqual([false, true, false]);
});

test.each<[why: string, trouble: (response: ServerResponse) => void]>([
  ['is refused', (response) => response.writeHead(400).end('{"__type":"com.amazon.coral.service#InvalidSignatureException"}')],
  ['finds DynamoDB away', (response) => response.writeHead(500).end('{}')],
  ['gets no answer', (response) => response.destroy()],
  ['gets an answer that breaks off', (response) => void response.writeHead(200, { 'content-length': '100' }).write('{', () => response.destroy())],
  ['gets no JSON', (response) => response.end('<html>')],
  ['gets nothing', (response) => response.end()],
])('the client asks itself when a question that is sent again %s', async (_, trouble) => {
  await isAnnounced(STREAM);
  server.answer = (response, number) => (number === 1 ? trouble(response) : response.end(ANNOUNCED));
  expect(await isAnnounced(STREAM)).toBe(true);
  expect(new Set(signatures()).size).toBe(2);
});

test('a question that was refused is not sent again', async () => {
  server.answer = (response) => response.writeHead(400).end('{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException"}');
  for (let batch = 0; batch < 2; batch++) {
    await expect(isAnnounced(STREAM)).rejects.toThrow();
  }
  expect(server.requests).toHaveLength(2);
  expect(new Set(signatures()).size).toBe(2);
});

test('a question that got no answer is not sent again, where the client got none either', async () => {
  await isAnnounced(STREAM);
  server.answer = (response) => response.destroy();
  await expect(isAnnounced(STREAM)).rejects.toThrow();
  expect(server.requests).toHaveLength(3);
  await expect(isAnnounced(STREAM)).rejects.toThrow();
  expect(server.requests).toHaveLength(4);
});

test('the minute begins before the first try', async () => {
  const patient = announcements(clientOf(2), 'parked', () => time);
  server.answer = (response, number) => {
    time += 40_000;
    response.writeHead(number === 0 ? 500 : 200).end('{}');
  };
  await patient(STREAM);
  server.answer = (response) => response.end('{}');
  await patient(STREAM);
  expect(new Set(server.requests.map(({ headers }) => headers['amz-sdk-invocation-id'])).size).toBe(2);
});

test('fails when the client gets no answer either', async () => {
  await isAnnounced(STREAM);
  server.answer = (response) => response.writeHead(400).end('{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"}');
  await expect(isAnnounced(STREAM)).rejects.toThrow(expect.objectContaining({ name: 'ResourceNotFoundException' }));
});
