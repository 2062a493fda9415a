import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request to DynamoDB. */
export interface Call {
  /** Name of the operation, such as `GetItem`. */
  readonly operation: string;
  readonly input: string;
}

/** Stands before DynamoDB, passes everything on, and remembers what was asked. */
export class Recorder {
  readonly calls: Call[] = [];
  readonly #server = createServer((incoming, answer) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      this.calls.push({ operation: String(incoming.headers['x-amz-target']).split('.')[1], input: body.toString() });
      const onward = request(this.#endpoint, { method: 'POST', headers: incoming.headers, agent: this.#agent }, (response) => {
        answer.writeHead(response.statusCode ?? 500, response.headers);
        response.pipe(answer);
      });
      onward.on('error', () => answer.destroy());
      onward.end(body);
    });
  });
  readonly #agent = new Agent({ keepAlive: true });
  readonly #endpoint: string;

  constructor(endpoint: string) {
    this.#endpoint = endpoint;
  }

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    this.#agent.destroy();
  }
}
