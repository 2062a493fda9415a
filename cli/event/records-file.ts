import type { RawStreamRecord } from '../../lambda/core/stream-record.ts';
import { UsageError } from '../usage-error.ts';
import { readText } from './text-file.ts';

/**
 * The stream records of a file: one record, a list of them, the event of a function (`{"Records": […]}`), or a record a line.
 *
 * @throws UsageError where there are none
 */
export function readRecords(file: string): RawStreamRecord[] {
  const records = parse(readText(file), file).flatMap((value) => {
    const inner = (value as { Records?: unknown } | null)?.Records ?? value;
    return Array.isArray(inner) ? (inner as unknown[]) : [inner];
  });
  const stranger = records.findIndex((record) => typeof record !== 'object' || record === null || !('dynamodb' in record));
  if (records.length === 0 || stranger !== -1) {
    throw new UsageError(
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
    try {
      return text.split('\n').filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as unknown);
    } catch {
      throw new UsageError(`${file} is no JSON: ${(whole as Error).message}`, { cause: whole });
    }
  }
}
