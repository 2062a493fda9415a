import { readFileSync } from 'node:fs';

/** A file that was named cannot be read, or does not hold what it should; the text says what to name in its place. */
export class InputFileError extends Error {
  override readonly name = 'InputFileError';
}

/** @throws InputFileError where there is no such file */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder, name a file in it' : message;
    throw new InputFileError(`cannot read ${file}: ${reason}`, { cause: error });
  }
}
