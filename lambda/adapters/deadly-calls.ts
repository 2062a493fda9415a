import { hash } from 'node:crypto';
import { existsSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';

/** Characters of a digest. */
const DIGEST = 64;

/** How many calls may be under way: the one that is waited for, and some that were given up and whose threads have not ended yet. */
const PLACES = 4;

const FREE = ' '.repeat(DIGEST);

/**
 * The calls that ended the process, whatever it died of: a call is written down before it begins, and what stands there when the next process starts was under
 * way when the last one ended. Lambda keeps a function's temporary files when it starts the process of an execution environment anew.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export class DeadlyCalls {
  readonly #file: number;
  readonly #deadly: ReadonlySet<string>;
  readonly #taken = new Array<boolean>(PLACES).fill(false);

  /** @param path of the file: places for what is under way, and behind them what was deadly */
  constructor(path: string) {
    const digests = existsSync(path) ? (readFileSync(path, 'latin1').match(/[0-9a-f]{64}/g) ?? []) : [];
    this.#deadly = new Set(digests);
    writeFileSync(path, FREE.repeat(PLACES) + [...this.#deadly].join(''));
    this.#file = openSync(path, 'r+');
  }

  /**
   * Writes down that a call begins. What tells a call from others is known by its digest only.
   *
   * @returns what is to be called when it has ended; undefined where it was deadly: then it must not begin
   */
  begin(call: string): (() => void) | undefined {
    const digest = hash('sha256', call, 'hex');
    if (this.#deadly.has(digest)) {
      return undefined;
    }
    const free = this.#taken.indexOf(false);
    const place = free === -1 ? PLACES - 1 : free;
    this.#taken[place] = true;
    this.#write(place, digest);
    return () => {
      this.#taken[place] = false;
      this.#write(place, FREE);
    };
  }

  #write(place: number, text: string): void {
    writeSync(this.#file, text, place * DIGEST, 'latin1');
  }
}
