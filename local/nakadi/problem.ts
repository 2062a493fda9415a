import type { Answer } from './answer.ts';
import { STATUS_CODES } from 'node:http';

/**
 * A refusal as Nakadi words it: a problem document (RFC 7807).
 *
 * Thrown anywhere below the routes; the server turns it into the answer. Its message becomes the `detail`.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.status = status;
    this.headers = headers;
  }

  toAnswer(): Answer {
    return {
      status: this.status,
      headers: { 'content-type': 'application/problem+json', ...this.headers },
      body: JSON.stringify({
        type: 'about:blank', title: STATUS_CODES[this.status] ?? 'Unknown', status: this.status, detail: this.message,
      }),
    };
  }
}
