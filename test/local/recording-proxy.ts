import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a client asked a service of AWS for. */
export interface AwsCall {
  /** First word of what the client calls itself (`AWS_SDK_UA_APP_ID`); absent: nothing. */
  readonly app?: string;
  /** Name of the operation, for instance `DynamoDB_20120810.Query`. */
  readonly target: string;
  readonly body: unknown;
}

/** Stands before a service on this machine, and keeps what it is asked. */
export class RecordingProxy {
  readonly calls: AwsCall[] = [];
  readonly #server: Server;

  private constructor(service: string) {
    this.#server = createServer((incoming, answer) => {
      void bodyOf(incoming).then((body) => {
        this.#record(incoming, body);
        const { method, headers, url } = incoming;
        const forwarded = request(new URL(url ?? '/', service), { method, headers }, (response) => {
          answer.writeHead(response.statusCode ?? 502, response.headers);
          response.pipe(answer);
        });
        forwarded.on('error', () => answer.destroy());
        forwarded.end(body);
      });
    });
  }

  static async start(service: string): Promise<RecordingProxy> {
    const proxy = new RecordingProxy(service);
    await new Promise<void>((resolve) => { proxy.#server.listen(0, '127.0.0.1', resolve); });
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  #record({ headers }: IncomingMessage, body: Buffer): void {
    const target = headers['x-amz-target'];
    if (typeof target === 'string') {
      this.calls.push({ app: / app\/(\w+)/.exec(headers['user-agent'] ?? '')?.[1], target, body: JSON.parse(body.toString()) as unknown });
    }
  }
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  return Buffer.concat((await Array.fromAsync(incoming)) as Buffer[]);
}
