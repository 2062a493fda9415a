import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** A request as the server saw it. */
export interface SeenRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers: IncomingHttpHeaders;
  /** Text, unzipped where it came zipped. */
  readonly body: string;
  /** Which connection it came on. */
  readonly connection: unknown;
}

/** An HTTP server on this machine that answers as a test says. */
export class HttpServer {
  readonly requests: SeenRequest[] = [];
  /** Answers a request, by number. */
  answer: (response: ServerResponse, number: number, request: SeenRequest) => void = (response) => response.end();
  private readonly server = createServer((request, response) => void this.handle(request, response));

  async start(): Promise<this> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
    const body = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
    const seen = { method: request.method, path: request.url, headers: request.headers, body, connection: request.socket };
    this.answer(response, this.requests.push(seen) - 1, seen);
  }
}
