import { appendFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What happened during a soak, as files in a folder; they are kept where something went wrong. */
export class Journal {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Notes what the soak did, in `timeline.log`. */
  note(text: string): void {
    this.#append('timeline.log', `${new Date().toISOString()} ${text}`);
  }

  /** Notes what a function said, in `functions.log`. */
  noteLine(name: string, line: string): void {
    this.#append('functions.log', `${new Date().toISOString()} ${name} ${line}`);
  }

  /** Writes values as JSON Lines. */
  async keep(file: string, values: Iterable<unknown>): Promise<void> {
    const lines = Array.from(values, (value) => JSON.stringify(value));
    await writeFile(path.join(this.folder, file), lines.map((line) => `${line}\n`).join(''));
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  #append(file: string, line: string): void {
    appendFileSync(path.join(this.folder, file), `${line}\n`);
  }
}
