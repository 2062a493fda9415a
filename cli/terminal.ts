import { createInterface } from 'node:readline';

/** Where a person reads and answers. */
export interface Terminal {
  /** Prints a line of the result; ends when there is room for the next one. */
  print(line: string): Promise<void>;
  /** Says something beside the result. */
  note(line: string): void;
  /** Asks; anything but yes is no. */
  confirm(question: string): Promise<boolean>;
}

/** The terminal of this process. */
export const processTerminal: Terminal = {
  async print(line) {
    if (!process.stdout.write(`${line}\n`)) {
      await new Promise<void>((resolve) => process.stdout.once('drain', resolve));
    }
  },

  note(line) {
    process.stderr.write(`${line}\n`);
  },

  confirm(question) {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    return new Promise<boolean>((resolve) => {
      // The end of the input is no answer.
      lines.once('close', () => { resolve(false); });
      lines.question(`${question} [y/N] `, (answer) => {
        resolve(/^\s*y(es)?\s*$/i.test(answer));
        lines.close();
      });
    });
  },
};

/** Longest text that is shown where a line stands for an item. */
const BRIEF = 120;

/** A text that others wrote on one line: a terminal would obey its control characters. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}

/** The beginning of a text, on one line. */
export function brief(text: string): string {
  const line = oneLine(text);
  return line.length > BRIEF ? `${line.slice(0, BRIEF - 1)}…` : line;
}
