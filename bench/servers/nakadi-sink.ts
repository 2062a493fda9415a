import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** What came in since the last reset. */
export interface SinkReport {
  readonly requests: number;
  readonly connections: number;
  /** All bytes that came over the connections, heads of requests too. */
  readonly bytes: number;
  /** Events, where they were kept. */
  readonly events: number;
  /** Events that came after a newer one of the same order, or a second time. */
  readonly outOfOrder: number;
}

/** How the sink behaves. */
export interface SinkMode {
  /** How long it takes to answer, in milliseconds. */
  readonly latencyMs: number;
  /** Whether requests are kept, so that events can be counted and their order be checked. */
  readonly keep: boolean;
}

/** Takes every request, and answers 200. */
export class NakadiSink {
  readonly server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #bodies: Buffer[] = [];
  #mode: SinkMode = { latencyMs: 0, keep: false };
  #requests = 0;
  /** Connections that a request came over. */
  readonly #used = new Set<Socket>();
  #readBefore = 0;

  constructor() {
    this.server = createServer({ keepAliveTimeout: 600_000, requestTimeout: 0 }, (request, response) => {
      this.#take(request, response);
    });
    this.server.on('connection', (socket) => {
      this.#sockets.add(socket);
    });
  }

  /** Forgets what came in. */
  reset(mode: SinkMode): void {
    this.#mode = mode;
    this.#requests = 0;
    this.#used.clear();
    this.#bodies.length = 0;
    this.#sockets.forEach((socket) => {
      if (socket.destroyed) {
        this.#sockets.delete(socket);
      }
    });
    this.#readBefore = this.#read();
  }

  report(): SinkReport {
    return { requests: this.#requests, connections: this.#used.size, bytes: this.#read() - this.#readBefore, ...this.#order() };
  }

  #read(): number {
    return [...this.#sockets].reduce((bytes, socket) => bytes + socket.bytesRead, 0);
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => {
      if (this.#mode.keep) {
        chunks.push(chunk);
      }
    });
    request.on('end', () => {
      this.#requests++;
      this.#used.add(request.socket);
      if (this.#mode.keep) {
        const body = Buffer.concat(chunks);
        this.#bodies.push(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body);
      }
      if (this.#mode.latencyMs === 0) {
        response.end();
      } else {
        setTimeout(() => response.end(), this.#mode.latencyMs);
      }
    });
  }

  #order(): Pick<SinkReport, 'events' | 'outOfOrder'> {
    const newest = new Map<string, number>();
    let events = 0;
    let outOfOrder = 0;
    for (const body of this.#bodies) {
      for (const { data } of JSON.parse(body.toString()) as { data: { orderId: string; version: number } }[]) {
        events++;
        outOfOrder += data.version <= (newest.get(data.orderId) ?? -1) ? 1 : 0;
        newest.set(data.orderId, data.version);
      }
    }
    return { events, outOfOrder };
  }
}
