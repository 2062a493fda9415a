import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What happened during a soak, as files in a folder. It goes with the process, unless something was wrong. */
export class Journal {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'outbox-soak-'));
  #isKept = false;

  constructor() {
    process.once('exit', () => {
      if (!this.#isKept) {
        rmSync(this.folder, { recursive: true, force: true });
      }
    });
  }

  /** Notes what the soak did, in `timeline.log`. */
  note(text: string): void {
    this.#append('timeline.log', `${new Date().toISOString()} ${text}`);
  }

  /** Notes what a function said, in `functions.log`. */
  noteLine(name: string, line: string): void {
    this.#append('functions.log', `${new Date().toISOString()} ${name} ${line}`);
  }

  /** Keeps the folder, with these files of JSON Lines in it. */
  keep(files: Readonly<Record<string, readonly unknown[]>> = {}): void {
    this.#isKept = true;
    for (const [name, values] of Object.entries(files)) {
      writeFileSync(path.join(this.folder, name), values.map((value) => `${JSON.stringify(value)}\n`).join(''));
    }
  }

  #append(file: string, line: string): void {
    appendFileSync(path.join(this.folder, file), `${line}\n`);
  }
}
