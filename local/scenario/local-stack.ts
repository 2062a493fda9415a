import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { DynamoDBClient, QueryCommand, UpdateItemCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { NakadiStandIn } from '../nakadi/nakadi-stand-in.ts';
import type { Item } from './change.ts';
import { LocalRuntime, LocalRuntimeError, ServiceError, type LogLine } from '../runtime/index.ts';

const EXAMPLE = path.join(import.meta.dirname, '..', '..', 'examples', 'order-store');
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** How the example is run. */
export interface LocalStackOptions {
  readonly ports?: { readonly dynamodb?: number; readonly sqs?: number; readonly nakadi?: number };
  /** Milliseconds between two runs of the requeue. */
  readonly requeueEvery: number;
  readonly onLog?: (line: LogLine) => void;
}

/** The example's stack, synthesized and running on this machine, beside a stand-in for Nakadi. */
export class LocalStack {
  readonly nakadi: NakadiStandIn;
  readonly runtime: LocalRuntime;
  readonly dynamodb: DynamoDBClient;
  readonly #sqs: SQSClient;
  readonly #assembly: string;

  private constructor(nakadi: NakadiStandIn, runtime: LocalRuntime, assembly: string) {
    this.nakadi = nakadi;
    this.runtime = runtime;
    this.#assembly = assembly;
    const { dynamodb, sqs } = runtime.endpoints;
    this.dynamodb = new DynamoDBClient({ endpoint: dynamodb, region: 'eu-central-1', credentials: CREDENTIALS, maxAttempts: 5 });
    this.#sqs = new SQSClient({ endpoint: sqs, region: 'eu-central-1', credentials: CREDENTIALS });
  }

  /** Synthesizes the example and starts it. */
  static async start(options: LocalStackOptions): Promise<LocalStack> {
    const assembly = await mkdtemp(path.join(tmpdir(), 'outbox-table-'));
    process.once('exit', () => { rmSync(assembly, { recursive: true, force: true }); });
    let nakadi: NakadiStandIn | undefined;
    try {
      await synthesize(assembly);
      const client = { id: 'order-store', secret: 'local only' };
      nakadi = await NakadiStandIn.start({ port: options.ports?.nakadi, clients: [client] }).catch((error: unknown) => {
        throw new LocalRuntimeError(`port ${String(options.ports?.nakadi)} is taken; choose another one with the option ports.nakadi`, { cause: error });
      });
      const runtime = await LocalRuntime.start({
        assembly,
        addresses: { 'https://nakadi.example.org': nakadi.url, 'https://identity.example.org': nakadi.url },
        secrets: { 'order-store/nakadi-client': JSON.stringify({ client_id: client.id, client_secret: client.secret }) },
        ports: { dynamodb: options.ports?.dynamodb, sqs: options.ports?.sqs },
        scheduleEvery: options.requeueEvery,
        onLog: options.onLog,
      });
      return new LocalStack(nakadi, runtime, assembly);
    } catch (error) {
      await nakadi?.stop();
      await rm(assembly, { recursive: true, force: true });
      // Whoever starts the scenario chooses ports by options of the command line.
      throw error instanceof LocalRuntimeError ? new ServiceError(error.message.replace(/ports\.(\w+)/, '--$1-port'), { cause: error }) : error;
    }
  }

  /** Name of the order table. */
  get table(): string {
    return this.runtime.resource('OrderStore/Orders/Table').ref;
  }

  /** Keys of the heads of the items that wait. */
  async openItems(): Promise<Record<string, AttributeValue>[]> {
    const keys: Record<string, AttributeValue>[] = [];
    let startKey: Record<string, AttributeValue> | undefined;
    do {
      const answer = await this.dynamodb.send(
        new QueryCommand({
          TableName: this.#parkedEvents,
          IndexName: 'open-items',
          KeyConditionExpression: '#open = :open',
          ExpressionAttributeNames: { '#open': 'open' },
          ExpressionAttributeValues: { ':open': { S: 'open' } },
          ExclusiveStartKey: startKey,
        }),
      );
      keys.push(...(answer.Items ?? []).map(({ item, entry }) => ({ item, entry })));
      startKey = answer.LastEvaluatedKey;
    } while (startKey !== undefined);
    return keys;
  }

  /** Some of the items that wait: their keys, and why. */
  async waitingItems(): Promise<{ readonly key: Item; readonly detail: string }[]> {
    const items = [];
    for (const head of (await this.openItems()).slice(0, 1000)) {
      const { Items = [] } = await this.dynamodb.send(
        new QueryCommand({
          TableName: this.#parkedEvents,
          KeyConditionExpression: '#item = :item',
          ExpressionAttributeNames: { '#item': 'item', '#keys': 'keys' },
          ExpressionAttributeValues: { ':item': head.item },
          ProjectionExpression: '#item, entry, #keys, detail',
        }),
      );
      const keys = Items.find(({ entry }) => entry.S === 'head')?.keys.S;
      const detail = Items.map((row) => row.detail?.S).find((text) => text !== undefined && text !== '');
      if (keys !== undefined) {
        items.push({ key: JSON.parse(keys) as Item, detail: detail ?? '' });
      }
    }
    return items;
  }

  /** Makes every item that waits due now: what an operator does once the reason is gone. */
  async retryNow(): Promise<void> {
    for (const key of await this.openItems()) {
      await this.dynamodb.send(
        new UpdateItemCommand({
          TableName: this.#parkedEvents,
          Key: key,
          ConditionExpression: 'attribute_exists(#open)',
          UpdateExpression: 'SET dueAt = :now',
          ExpressionAttributeNames: { '#open': 'open' },
          ExpressionAttributeValues: { ':now': { S: new Date().toISOString() } },
        }),
      ).catch((error: unknown) => {
        // Closed in the meantime.
        if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') {
          throw error;
        }
      });
    }
  }

  /** Messages in the dead-letter queue, those in flight included. */
  async deadLetters(): Promise<number> {
    const { Attributes } = await this.#sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: this.runtime.resource('OrderStore/Orders/Relay/DeadLetterQueue').ref,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return Number(Attributes?.ApproximateNumberOfMessages ?? 0) + Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0);
  }

  async stop(): Promise<void> {
    await this.runtime.stop();
    await this.nakadi.stop();
    this.dynamodb.destroy();
    this.#sqs.destroy();
    await rm(this.#assembly, { recursive: true, force: true });
  }

  get #parkedEvents(): string {
    return this.runtime.resource('OrderStore/Orders/Relay/ParkedEvents/Table').ref;
  }
}

async function synthesize(outdir: string): Promise<void> {
  const env = { ...process.env, CDK_OUTDIR: outdir, JSII_DEPRECATED: 'quiet', CDK_VALIDATION: 'false' };
  const args = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', 'app.ts'];
  await promisify(execFile)(process.execPath, args, { cwd: EXAMPLE, env });
}
