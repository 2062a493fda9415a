import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';

/** The newest lines of an output, up to a bound. */
export class LineBuffer {
  readonly #lines: string[] = [];
  readonly #limit: number;

  /** @param limit - lines that are kept. */
  constructor(limit = 1000) {
    this.#limit = limit;
  }

  /** The kept lines, oldest first. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  push(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > this.#limit) this.#lines.shift();
  }

  /** Takes in every line of a stream; `onLine` sees each of them too. */
  follow(stream: Readable | null, onLine?: (line: string) => void): void {
    if (!stream) return;
    createInterface({ input: stream }).on('line', (line) => {
      this.push(line);
      onLine?.(line);
    });
  }
}
