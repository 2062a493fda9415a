import { PARKED_EVENTS } from '../../lib/private/handler-contract.ts';
import { BEFORE_ALL, unpackRecord, type Head, type ParkedRecord, type ParkReason } from '../core/parked-event.ts';
import { readStreamRecord, type AttributeMap, type StreamRecord } from '../core/stream-record.ts';

/** Sort key of an item's head; sorts behind its rows, which start with digits. */
export const HEAD_ENTRY = 'head';

/** Partition key of the announcements; items have digests there. */
export const ANNOUNCEMENTS = 'announcements';

/** Partition key and sort key of the lease. */
export const LEASE_KEY = { [PARKED_EVENTS.partitionKey]: 'lease', [PARKED_EVENTS.sortKey]: 'requeue' };

/** What the index of open heads has as its partition key. */
export const OPEN = 'open';

/** How a head is stored. */
export interface HeadRow {
  readonly [PARKED_EVENTS.partitionKey]: string;
  readonly streamArn: string;
  /** The item's key in DynamoDB JSON. */
  readonly keys: string;
  readonly through?: string;
  readonly upTo?: string;
  readonly lateMarks?: number;
  readonly lateSettled?: number;
  readonly attempts?: number;
  readonly dueAt?: string;
  readonly openSince?: string;
}

/** How a part of a parked record is stored. */
export interface RecordRow {
  readonly [PARKED_EVENTS.sortKey]: string;
  readonly reason: ParkReason;
  readonly late?: boolean;
  readonly part: number;
  readonly parts: number;
  readonly record: Uint8Array;
}

/** Key of a row in the table. */
export function rowKey(item: string, entry: string): Record<string, string> {
  return { [PARKED_EVENTS.partitionKey]: item, [PARKED_EVENTS.sortKey]: entry };
}

/** Sort key of a part of a record: the padded sequence number first, so that rows sort as changes do. */
export function recordEntry(sequence: string, part: number): string {
  return `${sequence}#${String(part).padStart(3, '0')}`;
}

export function toHead(row: HeadRow): Head {
  return {
    item: row.item,
    streamArn: row.streamArn,
    keys: JSON.parse(row.keys) as AttributeMap,
    through: row.through ?? BEFORE_ALL,
    upTo: row.upTo ?? BEFORE_ALL,
    lateMarks: row.lateMarks ?? 0,
    lateSettled: row.lateSettled ?? 0,
    dueAt: row.dueAt,
    attempts: row.attempts ?? 0,
  };
}

/**
 * Puts the parts of records together; a record of which not all parts are there is left out. Parts beyond those are what an earlier, longer
 * form of the same record left.
 */
export function toRecords(rows: readonly RecordRow[]): ParkedRecord[] {
  const bySequence = Map.groupBy(rows, (row) => row[PARKED_EVENTS.sortKey].split('#')[0]);
  return [...bySequence].flatMap(([sequence, all]) => {
    const [{ parts, reason, late }] = all;
    const whole = all.filter((row, index) => row.part === index && row.parts === parts).slice(0, parts);
    if (whole.length < parts) {
      return [];
    }
    const unpack = (): StreamRecord => readStreamRecord(unpackRecord(whole.map((row) => row.record)));
    return [{ sequence, reason, late: late === true, parts: all.length, unpack }];
  });
}
