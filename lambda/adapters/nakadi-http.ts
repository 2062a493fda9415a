import { constants, gzipSync } from 'node:zlib';
import type { ChangeEvent } from '../core/change-event.ts';
import { MAX_KEPT_BYTES } from '../core/json-bytes.ts';
import { batchBody } from '../core/nakadi-batch.ts';
import type { Nakadi } from '../core/ports.ts';
import type { PublishAnswer } from '../core/publish-outcome.ts';
import { keptConnection } from './http-post.ts';
import { AccessTokenError, errorName, type TokenSource } from './token-source.ts';

/** Where and how to publish. */
export interface NakadiHttpOptions {
  /** Base URL of Nakadi. */
  readonly endpoint: string;
  readonly requestTimeoutMs: number;
  readonly tokens: TokenSource;
}

/**
 * How bodies are compressed. The output comes in pieces of this size, and what takes several is copied together; that V8 collects its whole heap follows the
 * sum of all these. One piece holds the events of the default batch, about 100 of 1 KB; Node's own would take two.
 */
const GZIP = { level: constants.Z_BEST_SPEED, memLevel: constants.Z_MAX_MEMLEVEL, chunkSize: 32 * 1024 };

/** Nakadi over HTTP. Connections are reused. Nothing that the other side does is thrown. */
export function nakadiHttp(options: NakadiHttpOptions): Nakadi {
  const urlOf = ({ eventType, tombstone }: ChangeEvent): URL =>
    new URL(`${options.endpoint}/event-types/${encodeURIComponent(eventType)}/${tombstone ? 'deleted-events' : 'events'}`);
  const post = keptConnection();
  let room: Buffer | undefined;

  /** Nothing else is to be done meanwhile: another thread would only cost the way there and back. Once it is compressed, the body is done with. */
  const compressed = (events: readonly ChangeEvent[]): Buffer => {
    const body = batchBody(events, room);
    if (body.length > (room?.length ?? 0) && body.length <= MAX_KEPT_BYTES) {
      room = body;
    }
    return gzipSync(body, GZIP);
  };

  const send = async (url: URL, body: Uint8Array, deadline: number): Promise<PublishAnswer> => {
    const token = await options.tokens.get();
    const answer = await post(
      url,
      { 'content-type': 'application/json', 'content-encoding': 'gzip', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      body,
      deadline,
    );
    // Part of the answer is kept as a reason, and some servers quote the token that they refuse.
    const said = token === undefined ? answer.body : answer.body.replaceAll(token, '(token)');
    return { type: 'response', status: answer.status, body: said, retryAfterMs: retryAfter(answer.headers['retry-after']) };
  };

  return {
    async publish(events: readonly ChangeEvent[]): Promise<PublishAnswer> {
      try {
        const url = urlOf(events[0]);
        const body = compressed(events);
        const deadline = Date.now() + options.requestTimeoutMs;
        const answer = await send(url, body, deadline);
        if (answer.type === 'response' && answer.status === 401) {
          options.tokens.forget();
          return await send(url, body, deadline);
        }
        return answer;
      } catch (error) {
        return { type: 'no-response', detail: describe(error) };
      }
    },
  };
}

/** Seconds, or a date. @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function retryAfter(header: string | undefined): number | undefined {
  if (header === undefined) {
    return undefined;
  }
  const milliseconds = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds);
}

/** What went wrong, without the request: it holds the token. */
function describe(error: unknown): string {
  return error instanceof AccessTokenError ? error.message : errorName(error);
}
