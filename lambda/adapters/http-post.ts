import http, { type Agent, type ClientRequest, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import https from 'node:https';

/** An answer, whole. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends a request and gives its answer; redirects are not followed. Throws where no whole answer comes. */
export type HttpPost = (url: URL, headers: Readonly<Record<string, string>>, body: Uint8Array, deadline: number) => Promise<HttpAnswer>;

/** How long a connection may take, in milliseconds. */
const CONNECT_TIMEOUT_MS = 10_000;

/** Longest answer that is read: what Nakadi says of 10,000 events takes a tenth of it. */
const MAX_ANSWER_BYTES = 20_000_000;

/** How a connection that the other side closed shows itself. */
const DEAD = new Set<unknown>(['ECONNRESET', 'EPIPE']);

/** The time for connecting, or for the whole answer, is over. */
class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** The answer is longer than what is read. */
class AnswerTooLargeError extends Error {
  override readonly name = 'AnswerTooLargeError';
}

/**
 * Posts over one connection that is kept.
 *
 * Node's own client costs a fifth of `fetch`. A connection that was kept while the function was frozen may be dead; the first request on it then fails at
 * once, and is sent again on a new one. All requests go to one endpoint.
 */
export function keptConnection(): HttpPost {
  let agent: Agent | undefined;

  const once = (url: URL, options: RequestOptions, body: Uint8Array, deadline: number, again: () => Promise<HttpAnswer>): Promise<HttpAnswer> =>
    new Promise((resolve, reject) => {
      const client = url.protocol === 'http:' ? http : https;
      agent ??= new client.Agent({ keepAlive: true, maxSockets: 1 });
      const sent: ClientRequest = client.request(url, { ...options, agent }, (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.byteLength;
          if (bytes > MAX_ANSWER_BYTES) {
            fail(new AnswerTooLargeError());
          } else {
            chunks.push(chunk);
          }
        });
        response.on('error', fail);
        response.on('end', () => {
          const status = response.statusCode ?? 0;
          const succeed = (): void => {
            end();
            resolve({ status, headers: response.headers, body: Buffer.concat(chunks).toString() });
          };
          // Nobody has read what was not sent: that it was taken is believed only once all has gone out.
          if (sent.writableFinished || status >= 300) {
            succeed();
          } else {
            sent.once('finish', succeed);
          }
        });
      });
      const timer = setTimeout(() => {
        fail(new TimeoutError());
      }, Math.max(0, deadline - Date.now()));
      let answered = false;
      let ended = false;
      /** Where not all was sent, the rest would keep the only connection from those that come next. */
      function end(): void {
        ended = true;
        clearTimeout(timer);
        if (!sent.writableFinished) {
          sent.destroy();
        }
      }
      function fail(error: Error): void {
        if (ended) {
          return; // What is destroyed fails once more.
        }
        end();
        sent.destroy();
        const isDead = sent.reusedSocket && !answered && DEAD.has((error as { code?: unknown }).code);
        if (isDead && Date.now() < deadline) {
          again().then(resolve, reject);
        } else {
          reject(error);
        }
      }
      sent.on('response', () => (answered = true));
      sent.on('error', fail);
      // Nothing else tells of an answer that changes the protocol.
      sent.on('close', () => {
        if (!answered) {
          fail(new Error('the connection was closed without an answer'));
        }
      });
      sent.on('socket', (socket) => {
        if (socket.connecting) {
          const connecting = setTimeout(() => {
            fail(new TimeoutError());
          }, CONNECT_TIMEOUT_MS);
          socket.once(url.protocol === 'http:' ? 'connect' : 'secureConnect', () => {
            clearTimeout(connecting);
          });
          socket.once('close', () => {
            clearTimeout(connecting);
          });
        }
      });
      sent.end(body);
    });

  return (url, headers, body, deadline) => {
    const options = { method: 'POST', headers: { 'accept-encoding': 'identity', ...headers, 'content-length': String(body.byteLength) } };
    return once(url, options, body, deadline, () => once(url, { ...options }, body, deadline, () => Promise.reject(new Error('the connection broke again'))));
  };
}
