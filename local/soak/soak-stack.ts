import path from 'node:path';
import { DeleteItemCommand, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { NakadiStandIn } from '../nakadi/nakadi-stand-in.ts';
import { LocalRuntime, type EventSourceMapping, type LogLine } from '../runtime/index.ts';
import { Backlog } from '../scenario/backlog.ts';
import type { Item } from '../scenario/change.ts';
import { ORDER_EVENT_TYPE, orderEventType } from '../scenario/order-event-type.ts';
import { synthesizeSoak } from './soak-app.ts';
import { CLIENT_SECRET, IDENTITY, NAKADI, SOAK } from './soak-names.ts';

const CLIENT = { id: 'soak', secret: 'local only' };
const AWS = { region: 'eu-central-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

/** An access token is used until half a minute before its end: these last for five seconds. */
const TOKEN_SECONDS = 35;

/** The schedule of the template is not waited for: the soak starts the requeue itself. */
const NEVER_MS = 2 ** 31 - 1;

/** How the stack is run. */
export interface SoakStackOptions {
  /** Folder for the cloud assembly; it must be there. */
  readonly folder: string;
  readonly seed: number;
  readonly onLog: (line: LogLine) => void;
  readonly onError: (text: string) => void;
}

/** The soak's stack on this machine, beside a stand-in for Nakadi. */
export class SoakStack {
  readonly nakadi: NakadiStandIn;
  readonly runtime: LocalRuntime;
  readonly dynamodb: DynamoDBClient;
  readonly backlog: Backlog;
  readonly #sqs: SQSClient;

  private constructor(nakadi: NakadiStandIn, runtime: LocalRuntime) {
    this.nakadi = nakadi;
    this.runtime = runtime;
    this.dynamodb = new DynamoDBClient({ ...AWS, endpoint: runtime.endpoints.dynamodb, maxAttempts: 5 });
    this.#sqs = new SQSClient({ ...AWS, endpoint: runtime.endpoints.sqs });
    this.backlog = new Backlog(this.dynamodb, this.#sqs, runtime.resource(SOAK.parkedEvents).ref, runtime.resource(SOAK.deadLetterQueue).ref);
  }

  static async start({ folder, seed, onLog, onError }: SoakStackOptions): Promise<SoakStack> {
    const assembly = path.join(folder, 'cdk.out');
    synthesizeSoak(assembly);
    const nakadi = await NakadiStandIn.start({ clients: [CLIENT], tokenLifetimeSeconds: TOKEN_SECONDS, seed });
    try {
      nakadi.createEventType(orderEventType());
      const runtime = await LocalRuntime.start({
        assembly,
        addresses: { [NAKADI]: nakadi.url, [IDENTITY]: nakadi.url },
        secrets: { [CLIENT_SECRET]: JSON.stringify({ client_id: CLIENT.id, client_secret: CLIENT.secret }) },
        scheduleEvery: NEVER_MS,
        retrySpacing: 20,
        faults: {
          redelivery: { probability: 0.1, seed },
          killBeforeReturn: { probability: 0.05, seed: seed + 1, function: SOAK.relay },
        },
        onLog,
        onError,
      });
      return new SoakStack(nakadi, runtime);
    } catch (error) {
      await nakadi.stop();
      throw error;
    }
  }

  /** Name of the table whose changes are published. */
  get table(): string {
    return this.runtime.resource(SOAK.table).ref;
  }

  get mapping(): EventSourceMapping {
    return this.runtime.eventSourceMapping(SOAK.eventSourceMapping);
  }

  /** Takes the lease of the requeue from a run that is dead: elsewhere, it ends after the longest time that the run could have had. */
  async endLease(): Promise<void> {
    const Key = { item: { S: 'lease' }, entry: { S: 'requeue' } };
    await this.dynamodb.send(new DeleteItemCommand({ TableName: this.runtime.resource(SOAK.parkedEvents).ref, Key }));
  }

  /** What the table holds now. */
  items(): Promise<Item[]> {
    return this.#scan({ TableName: this.table, ConsistentRead: true });
  }

  /** The rows of the parked-events table, without the records in them. */
  parkedRows(): Promise<Item[]> {
    const fields = ['item', 'entry', 'open', 'keys', 'lateMarks', 'dueAt', 'reason', 'detail', 'through', 'upTo'];
    return this.#scan({
      TableName: this.runtime.resource(SOAK.parkedEvents).ref,
      ConsistentRead: true,
      ProjectionExpression: fields.map((name) => `#${name}`).join(', '),
      ExpressionAttributeNames: Object.fromEntries(fields.map((name) => [`#${name}`, name])),
    });
  }

  /** The event type as it should be, or as one that forgot a state and refuses orders in it. */
  setForgetful(forgetful: boolean): void {
    this.nakadi.updateEventType(orderEventType(forgetful ? ['RETURNED'] : []));
  }

  /** Ends everything that was ever put on Nakadi. */
  async mendNakadi(): Promise<void> {
    await this.nakadi.faults.clear();
    this.nakadi.unblock(ORDER_EVENT_TYPE);
    this.setForgetful(false);
  }

  async stop(): Promise<void> {
    await this.runtime.stop();
    await this.nakadi.stop();
    this.dynamodb.destroy();
    this.#sqs.destroy();
  }

  async #scan(input: Omit<Parameters<typeof paginateScan>[1], 'ExclusiveStartKey'>): Promise<Item[]> {
    const items: Item[] = [];
    for await (const page of paginateScan({ client: this.dynamodb }, input)) {
      items.push(...(page.Items ?? []));
    }
    return items;
  }
}
