import type { Socket } from 'node:net';

/** One request to Nakadi's API or the token endpoint. */
export interface RequestEntry {
  /** Counts from 1. */
  readonly number: number;
  readonly method: string;
  readonly path: string;
  /** The connection it came on; counts from 1. */
  readonly connection: number;
  /** When it came (RFC 3339, milliseconds). */
  readonly receivedAt: string;
  /** The content encoding of its body. */
  readonly encoding: string;
  /** What it was answered with; `reset` and `silence` where a fault left it without an answer, `pending` before that. */
  status: number | 'reset' | 'silence' | 'pending';
  /** How many events its body had, as far as it was read. */
  events: number;
  /** How many of them were stored. */
  stored: number;
}

/** Every request that the server got, control API apart. */
export class RequestLog {
  readonly #entries: RequestEntry[] = [];
  readonly #connections = new WeakMap<Socket, number>();
  #connectionCount = 0;

  /** How many requests there were. */
  get count(): number {
    return this.#entries.length;
  }

  /** How many connections those requests came on. */
  get connections(): number {
    return this.#connectionCount;
  }

  /** The requests in the order they came. */
  get list(): readonly Readonly<RequestEntry>[] {
    return this.#entries;
  }

  /** Notes a request that just came; the server fills in the rest as it knows it. */
  begin(request: Pick<RequestEntry, 'method' | 'path' | 'encoding'>, socket: Socket): RequestEntry {
    const entry: RequestEntry = {
      ...request,
      number: this.#entries.length + 1,
      connection: this.#connectionOf(socket),
      receivedAt: new Date().toISOString(),
      status: 'pending',
      events: 0,
      stored: 0,
    };
    this.#entries.push(entry);
    return entry;
  }

  #connectionOf(socket: Socket): number {
    const known = this.#connections.get(socket);
    if (known !== undefined) return known;
    this.#connections.set(socket, ++this.#connectionCount);
    return this.#connectionCount;
  }
}
