import { join } from 'node:path';
import { ChangeMessageVisibilityCommand, CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { deadLetterQueue } from '../../../lambda/adapters/dead-letter-queue.ts';
import { startService, type ServiceProcess } from './service-process.ts';

let service: ServiceProcess;
let client: SQSClient;

beforeAll(async () => {
  const server = join(__dirname, '..', '..', '..', 'node_modules', 'fauxqs', 'dist', 'server.js');
  service = await startService((port) => ({ file: process.execPath, args: [server], env: { FAUXQS_PORT: String(port), FAUXQS_LOGGER: 'false' } }));
  client = new SQSClient({ endpoint: service.endpoint, region: 'eu-central-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } });
});
afterAll(async () => {
  client.destroy();
  await service.stop();
});

async function queue(name: string, messages: readonly string[]): Promise<string> {
  const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName: name, Attributes: { VisibilityTimeout: '60' } }));
  for (const MessageBody of messages) {
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  }
  return QueueUrl;
}

test('messages come up to ten at a time, until there are no more', async () => {
  const messages = Array.from({ length: 12 }, (_, index) => `message ${index}`);
  const letters = deadLetterQueue(client, await queue('many', messages));
  const received = [await letters.receive(), await letters.receive(), await letters.receive()];
  expect(received.map(({ length }) => length)).toEqual([10, 2, 0]);
  expect(received.flat().map(({ body }) => body).sort()).toEqual(messages.sort());
});

test('a message that is deleted is gone, another one comes again when its time is over', async () => {
  const url = await queue('few', ['good', 'bad']);
  const letters = deadLetterQueue(client, url);
  const received = await letters.receive();
  await letters.delete(received.find(({ body }) => body === 'good')!);
  await client.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle: received.find(({ body }) => body === 'bad')!.handle, VisibilityTimeout: 0 }));
  expect((await letters.receive()).map(({ body }) => body)).toEqual(['bad']);
});

test('fails when there is no queue', async () => {
  await expect(deadLetterQueue(client, `${service.endpoint}/000000000000/none`).receive()).rejects.toThrow();
});
