import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const PIECES = 10;

/** What the server sends back. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An answer with a JSON body. */
export function json(status: number, value: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

/** Sends the answer; with `slowMs`, the body leaves in small pieces over that many milliseconds. */
export async function send(response: ServerResponse, answer: Answer, slowMs = 0): Promise<void> {
  const body = Buffer.from(answer.body ?? '');
  if (slowMs === 0) {
    response.writeHead(answer.status, answer.status === 204 ? answer.headers : { ...answer.headers, 'content-length': body.length });
    response.end(body);
    return;
  }
  // Without a length even an empty body ends only when it is over.
  response.writeHead(answer.status, answer.headers);
  response.flushHeaders();
  for (let piece = 0; piece < PIECES && !response.destroyed; piece++) {
    await sleep(slowMs / PIECES, undefined, { ref: false });
    response.write(body.subarray((body.length * piece) / PIECES, (body.length * (piece + 1)) / PIECES));
  }
  response.end();
}
