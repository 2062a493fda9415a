import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { ChangeEvent } from '../core/change-event.ts';
import { batchBody } from '../core/nakadi-batch.ts';
import type { Nakadi } from '../core/ports.ts';
import type { PublishAnswer } from '../core/publish-outcome.ts';
import { AccessTokenError, errorName, type TokenSource } from './access-token.ts';

const compress = promisify(gzip);

/** Where and how to publish. */
export interface NakadiHttpOptions {
  /** Base URL of Nakadi. */
  readonly endpoint: string;
  readonly requestTimeoutMs: number;
  readonly tokens: TokenSource;
}

/** Nakadi over HTTP. Connections are reused. Nothing that the other side does is thrown. */
export function nakadiHttp(options: NakadiHttpOptions): Nakadi {
  const urlOf = ({ eventType, tombstone }: ChangeEvent): string =>
    `${options.endpoint}/event-types/${encodeURIComponent(eventType)}/${tombstone ? 'deleted-events' : 'events'}`;

  const send = async (url: string, body: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<PublishAnswer> => {
    const token = await options.tokens.get();
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body,
      // A redirect would send events and token elsewhere.
      redirect: 'manual',
      signal,
    });
    return {
      type: 'response',
      status: response.status,
      body: await response.text(),
      retryAfterMs: retryAfter(response.headers.get('retry-after')),
    };
  };

  return {
    async publish(events: readonly ChangeEvent[]): Promise<PublishAnswer> {
      try {
        const url = urlOf(events[0]);
        const body = await compress(batchBody(events), { level: constants.Z_BEST_SPEED });
        const signal = AbortSignal.timeout(options.requestTimeoutMs);
        const answer = await send(url, body, signal);
        if (answer.type === 'response' && answer.status === 401) {
          options.tokens.forget();
          return await send(url, body, signal);
        }
        return answer;
      } catch (error) {
        return { type: 'no-response', detail: describe(error) };
      }
    },
  };
}

/** Seconds, or a date. @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function retryAfter(header: string | null): number | undefined {
  if (header === null) {
    return undefined;
  }
  const milliseconds = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds);
}

/** What went wrong, without the request: it holds the token. */
function describe(error: unknown): string {
  if (error instanceof AccessTokenError) {
    return error.message;
  }
  const code = (error as { cause?: { code?: unknown } } | undefined)?.cause?.code;
  return typeof code === 'string' ? `${errorName(error)}: ${code}` : errorName(error);
}
