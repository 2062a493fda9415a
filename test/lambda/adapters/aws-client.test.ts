import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { ServerResponse } from 'node:http';
import { AWS_CLIENT } from '../../../lambda/adapters/aws-client.ts';
import { HttpServer } from './http-server.ts';

/** The same time-outs, a fortieth of each. */
const timeouts = Object.entries(AWS_CLIENT.requestHandler).map(([name, value]) => [name, typeof value === 'number' ? value / 40 : value]);

let server: HttpServer;

beforeEach(async () => {
  server = await new HttpServer().start();
});
afterEach(() => server.stop());

test.each<[what: string, answer: (response: ServerResponse) => void]>([
  ['no answer comes', () => undefined],
  ['an answer ends in its middle', (response) => void response.writeHead(200, { 'content-length': '100' }).write('{')],
])('fails when %s, after a few tries', async (_, answer) => {
  server.answer = answer;
  const client = new DynamoDBClient({
    ...AWS_CLIENT,
    requestHandler: Object.fromEntries(timeouts) as typeof AWS_CLIENT.requestHandler,
    endpoint: server.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await expect(client.send(new GetItemCommand({ TableName: 'parked', Key: { item: { S: 'a' } } }))).rejects.toThrow(expect.objectContaining({ name: 'TimeoutError' }));
  expect(server.requests).toHaveLength(AWS_CLIENT.maxAttempts);
  client.destroy();
});
