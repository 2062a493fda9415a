import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { AccessTokens, type Client } from './access-tokens.ts';
import { send, type Answer } from './answer.ts';
import { answerControl } from './control-api.ts';
import type { Entry, EventEntry } from './event-log.ts';
import type { CompleteEventType, EventTypeDefinition } from './event-type.ts';
import { answerEventTypes } from './event-types-api.ts';
import { EventTypes } from './event-types.ts';
import type { FaultTarget, Interference } from './fault.ts';
import { Faults } from './faults.ts';
import { ListeningPort } from './listening-port.ts';
import { Problem } from './problem.ts';
import { seededRandom } from '../random.ts';
import { readBody } from './request-body.ts';
import { RequestLog, type RequestEntry } from './request-log.ts';

export interface NakadiStandInOptions {
  /** Default: 0, a free port. */
  readonly port?: number;
  /** Partitions of an event type that names no number. Default: 4. */
  readonly partitions?: number;
  /** Bearer tokens that are good until expired or revoked. Default: none; without tokens and clients, no token is needed. */
  readonly tokens?: readonly string[];
  /** Clients that may ask for tokens. Default: none. */
  readonly clients?: readonly Client[];
  /** How long an issued token is good, in seconds. Default: 3600. */
  readonly tokenLifetimeSeconds?: number;
  /** The most UTF-8 bytes of one event (Nakadi's `event.max.bytes`). Default: 999000. */
  readonly maxEventBytes?: number;
  /** The most bytes of one request after decoding; Nakadi itself has no such limit, its gateways do. Default: 50 million. */
  readonly maxBatchBytes?: number;
  /** Where the random partitions start from. Default: 1. */
  readonly seed?: number;
}

const TOKEN_PATH = '/oauth2/access_token';
const MAX_CONTROL_BYTES = 10_000_000;

/**
 * An HTTP server that stands in for Nakadi where events are published: same routes, same refusals, same answers.
 *
 * It keeps everything in memory, shows what it stored, and fails on demand.
 */
export class NakadiStandIn {
  /** Without a slash at the end. */
  readonly url: string;
  /** Where clients get their tokens. */
  readonly tokenUrl: string;
  readonly faults: Faults;
  readonly requests = new RequestLog();
  /** Lets tokens expire, and revokes them. */
  readonly tokens: AccessTokens;
  readonly #port: ListeningPort;
  readonly #eventTypes: EventTypes;
  readonly #options: NakadiStandInOptions;
  readonly #random: () => number;

  private constructor(port: ListeningPort, options: NakadiStandInOptions) {
    this.#port = port;
    this.#options = options;
    this.url = `http://127.0.0.1:${port.number}`;
    this.tokenUrl = this.url + TOKEN_PATH;
    this.faults = new Faults((refusing) => port.setOpen(!refusing));
    this.tokens = new AccessTokens({
      tokens: options.tokens ?? [], clients: options.clients ?? [], lifetimeSeconds: options.tokenLifetimeSeconds ?? 3600,
    });
    this.#eventTypes = new EventTypes(options.partitions ?? 4);
    this.#random = seededRandom(options.seed ?? 1);
  }

  /** Starts a server on 127.0.0.1. Rejects where the port is taken. */
  static async start(options: NakadiStandInOptions = {}): Promise<NakadiStandIn> {
    const server = createServer({ keepAliveTimeout: 60_000 });
    const nakadi = new NakadiStandIn(await ListeningPort.open(server, options.port ?? 0), options);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void nakadi.#serve(request, response));
    return nakadi;
  }

  /** Same rules as over HTTP. Throws a `Problem` for a faulty definition or a name that is taken. */
  createEventType(definition: EventTypeDefinition): CompleteEventType {
    return this.#eventTypes.create(definition);
  }

  /** Replaces the definition of the event type of this name; what it stored stays. Throws a `Problem` like HTTP. */
  updateEventType(definition: EventTypeDefinition): CompleteEventType {
    return this.#eventTypes.update(definition.name, definition);
  }

  /** Answers publishing to the event type with 403, until unblocked. */
  block(eventType: string): void {
    this.#eventTypes.get(eventType).blocked = true;
  }

  unblock(eventType: string): void {
    this.#eventTypes.get(eventType).blocked = false;
  }

  /** All that the event type stored, tombstones too, in the order of acceptance. */
  log(eventType: string): Entry[] {
    return this.#eventTypes.get(eventType).log.entries();
  }

  /** What a consumer gets to see, in the order of acceptance: no tombstones. */
  consumed(eventType: string): EventEntry[] {
    return this.#eventTypes.get(eventType).log.consumed();
  }

  /** What is left after compaction: the last event of each key in each partition, tombstones applied. */
  compacted(eventType: string): EventEntry[] {
    return this.#eventTypes.get(eventType).log.compacted();
  }

  /** Cuts every connection and frees the port. */
  async stop(): Promise<void> {
    await this.faults.clear();
    await this.#port.end();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const [, ...path] = pathname.split('/').map(decodeOrKeep);
    if (path[0] !== '-') return this.#serveNakadi(request, response, pathname, path);
    this.#port.spare(request.socket);
    const parts = { eventTypes: this.#eventTypes, faults: this.faults, requests: this.requests, tokens: this.tokens };
    const answer = await answerOf(async () => {
      const body = await readBody(request, MAX_CONTROL_BYTES);
      return answerControl({ method: request.method ?? '', path: path.slice(1), query: searchParams, body }, parts);
    });
    // The connection was spared by an outage; it must not outlive its answer.
    return send(response, { ...answer, headers: { ...answer.headers, connection: 'close' } });
  }

  async #serveNakadi(request: IncomingMessage, response: ServerResponse, pathname: string, path: readonly string[]): Promise<void> {
    const target = faultTarget(pathname, path);
    const encoding = request.headers['content-encoding'] ?? 'identity';
    const entry = this.requests.begin({ method: request.method ?? '', path: pathname, encoding }, request.socket);
    const body = await readBody(request, this.#options.maxBatchBytes ?? 50_000_000).catch((error: unknown) => ({ error }));
    const delayMs = this.faults.delayMs(target);
    if (delayMs > 0) await sleep(delayMs, undefined, { ref: false });
    const early = this.faults.before(target);
    if (early !== undefined) return this.#finish(response, entry, early);
    const answer = await answerOf(() => {
      if (typeof body !== 'string') throw body.error;
      return this.#answer(request, path, body, target, entry);
    });
    return this.#finish(response, entry, this.faults.after(target, entry.stored) ?? answer, this.faults.slowMs(target));
  }

  #answer(request: IncomingMessage, path: readonly string[], body: string, target: FaultTarget, entry: RequestEntry): Answer {
    const { method = '', headers: { authorization, 'x-flow-id': flowId } } = request;
    if (target.on === 'token' && method === 'POST') return this.tokens.issue(authorization, body);
    this.tokens.check(authorization);
    if (path[0] !== 'event-types') throw new Problem(404, 'there is nothing at this path');
    const context = {
      maxEventBytes: this.#options.maxEventBytes ?? 999_000,
      random: this.#random,
      failing: (items: Parameters<Faults['failing']>[1]) => this.faults.failing(target, items),
    };
    const apiRequest = { method, path: path.slice(1), body, flowId: flowId?.toString(), entry };
    return answerEventTypes(apiRequest, this.#eventTypes, context);
  }

  #finish(response: ServerResponse, entry: RequestEntry, outcome: Interference, slowMs = 0): Promise<void> {
    if (typeof outcome !== 'string') {
      entry.status = outcome.status;
      return send(response, outcome, slowMs);
    }
    entry.status = outcome;
    if (outcome === 'reset') response.destroy();
    return Promise.resolve();
  }
}

async function answerOf(handle: () => Answer | Promise<Answer>): Promise<Answer> {
  try {
    return await handle();
  } catch (error) {
    return (error instanceof Problem ? error : new Problem(500, `the stand-in failed: ${String(error)}`)).toAnswer();
  }
}

function faultTarget(pathname: string, [, eventType, part]: readonly string[]): FaultTarget {
  if (pathname === TOKEN_PATH) return { on: 'token' };
  if (part === 'events' || part === 'deleted-events') return { on: 'publishing', eventType };
  return { on: 'other', eventType };
}

function decodeOrKeep(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
