import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { NakadiStandIn } from '../nakadi/nakadi-stand-in.ts';
import { Backlog } from './backlog.ts';
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
  readonly backlog: Backlog;
  readonly #sqs: SQSClient;
  readonly #assembly: string;

  private constructor(nakadi: NakadiStandIn, runtime: LocalRuntime, assembly: string) {
    this.nakadi = nakadi;
    this.runtime = runtime;
    this.#assembly = assembly;
    const { dynamodb, sqs } = runtime.endpoints;
    this.dynamodb = new DynamoDBClient({ endpoint: dynamodb, region: 'eu-central-1', credentials: CREDENTIALS, maxAttempts: 5 });
    this.#sqs = new SQSClient({ endpoint: sqs, region: 'eu-central-1', credentials: CREDENTIALS });
    const ref = (id: string): string => runtime.resource(`OrderStore/Orders/Relay/${id}`).ref;
    this.backlog = new Backlog(this.dynamodb, this.#sqs, ref('ParkedEvents/Table'), ref('DeadLetterQueue'));
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

  async stop(): Promise<void> {
    await this.runtime.stop();
    await this.nakadi.stop();
    this.dynamodb.destroy();
    this.#sqs.destroy();
    await rm(this.#assembly, { recursive: true, force: true });
  }
}

async function synthesize(outdir: string): Promise<void> {
  const env = { ...process.env, CDK_OUTDIR: outdir, JSII_DEPRECATED: 'quiet', CDK_VALIDATION: 'false' };
  const args = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', 'app.ts'];
  await promisify(execFile)(process.execPath, args, { cwd: EXAMPLE, env });
}
