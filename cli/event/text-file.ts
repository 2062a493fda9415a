import { readFileSync } from 'node:fs';
import { UsageError } from '../usage-error.ts';

/** @throws UsageError where there is no such file */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder, name a file in it' : message;
    throw new UsageError(`cannot read ${file}: ${reason}`, { cause: error });
  }
}
