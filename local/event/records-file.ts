import { readFileSync } from 'node:fs';
import type { RawStreamRecord } from '../../lambda/core/stream-record.ts';

/** A file holds no stream records; the text says what it may hold. */
export class RecordsFileError extends Error {
  override readonly name = 'RecordsFileError';
}

/**
 * The stream records of a file: one record, a list of them, the event of a function (`{"Records": […]}`), or a record a line.
 *
 * @throws RecordsFileError where there are none
 */
export function readRecords(file: string): RawStreamRecord[] {
  const text = readFileSync(file, 'utf8');
  const records = parse(text, file).flatMap((value) => {
    const inner = (value as { Records?: unknown } | null)?.Records ?? value;
    return Array.isArray(inner) ? (inner as unknown[]) : [inner];
  });
  const stranger = records.findIndex((record) => typeof record !== 'object' || record === null || !('dynamodb' in record));
  if (records.length === 0 || stranger !== -1) {
    throw new RecordsFileError(
      `${file} must hold a DynamoDB stream record, a list of them, a function's event with Records, or a record a line; ` +
        (records.length === 0 ? 'it is empty' : `number ${String(stranger + 1)} has no "dynamodb"`),
    );
  }
  return records as RawStreamRecord[];
}

function parse(text: string, file: string): unknown[] {
  try {
    return text.trim() === '' ? [] : [JSON.parse(text)];
  } catch (whole) {
    const lines = text.split('\n').map((line, index) => ({ line, number: index + 1 }));
    try {
      return lines.filter(({ line }) => line.trim() !== '').map(({ line }) => JSON.parse(line) as unknown);
    } catch {
      throw new RecordsFileError(`${file} is no JSON: ${(whole as Error).message}`, { cause: whole });
    }
  }
}
