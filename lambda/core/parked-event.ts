import { gunzipSync, gzipSync } from 'node:zlib';
import { padSequence } from './occurrence.ts';
import type { AttributeMap, RawStreamRecord, StreamRecord } from './stream-record.ts';

/** Why a record waits. */
export type ParkReason =
  /** Nakadi refused its event. */
  | 'rejected'
  /** No event can be made of it. */
  | 'invalid'
  /** Nakadi was away longer than the stream holds records back. */
  | 'away'
  /** An earlier change of the same item waits. */
  | 'behind'
  /** The event source mapping gave up on it: newer changes of the item may be out already. */
  | 'late';

/**
 * What is known of an item that waits or has waited.
 *
 * ```
 *            published              parked, in rows
 *  ────────────────────────┤├──────────────────────────┤├───── not seen yet ──>
 *                       through                       upTo
 * ```
 */
export interface Head {
  readonly item: string;
  readonly streamArn: string;
  readonly keys: AttributeMap;
  /** Padded sequence number up to which all of the item's parked records are published. */
  readonly through: string;
  /** Padded sequence number of the newest parked record. */
  readonly upTo: string;
  /** How often late records were added; they must be published before the head may close. */
  readonly lateMarks: number;
  /** How many of these marks are settled. */
  readonly lateSettled: number;
  /** ISO 8601 time from which the requeue looks at the item; undefined while the head is closed. */
  readonly dueAt?: string;
  /** How often the item's oldest record was refused. */
  readonly attempts: number;
}

/**
 * A reason for the log: what happened, and the status of Nakadi's answer or the name of the error. The whole detail may quote an item; it stands with
 * the parked record only.
 */
export function briefReason(reason: ParkReason | 'held', detail = ''): string {
  const [status] = /^\d{3}(?=:)/.exec(detail) ?? [];
  if (status !== undefined) {
    return `${reason}: ${status}`;
  }
  return reason === 'away' || reason === 'held' ? `${reason}: ${detail}` : reason;
}

/** Before every sequence number. */
export const BEFORE_ALL = padSequence('');

/**
 * Whether the item waits: the relay parks its changes, the requeue publishes them. It does so until the requeue closes it, though a person may have skipped
 * all that waits: what the requeue is publishing at this moment must not be overtaken.
 */
export function isOpen(head: Head): boolean {
  return head.dueAt !== undefined || head.upTo > head.through || hasLate(head);
}

/** Whether the item holds records that the event source mapping gave up on. */
export function hasLate(head: Head): boolean {
  return head.lateMarks > head.lateSettled;
}

/** A record that waits in the table. */
export interface ParkedRecord {
  /** Padded sequence number. */
  readonly sequence: string;
  readonly reason: ParkReason;
  /** Whether it came through the dead-letter queue. */
  readonly late: boolean;
  /** Number of rows that hold it. */
  readonly parts: number;
  /** The record, anew each time. It stays packed until it is its turn: a small row may hold a large record. */
  unpack(): StreamRecord;
}

/** Whether a record is still to be published. Rows at or before `through` are what a crash left behind. */
export function isUnpublished(parked: Pick<ParkedRecord, 'sequence' | 'late'>, head: Pick<Head, 'through' | 'upTo'>): boolean {
  return parked.late || (parked.sequence > head.through && parked.sequence <= head.upTo);
}

/** Bytes of a record in one row: a DynamoDB item takes 400 KB, and the other attributes need some. */
const ROW_BYTES = 350_000;

/** The record as compressed bytes, cut to the size of rows: what events are made of, whichever way it came. */
export function packRecord({ eventName, eventSourceARN, dynamodb = {}, userIdentity }: RawStreamRecord): Uint8Array[] {
  const { ApproximateCreationDateTime, Keys, NewImage, OldImage, SequenceNumber } = dynamodb;
  const images = { ApproximateCreationDateTime, Keys, NewImage, OldImage, SequenceNumber };
  const packed = gzipSync(JSON.stringify({ eventName, eventSourceARN, dynamodb: images, userIdentity }));
  const parts: Uint8Array[] = [];
  for (let start = 0; start < packed.length; start += ROW_BYTES) {
    parts.push(packed.subarray(start, start + ROW_BYTES));
  }
  return parts;
}

/** The record that was packed. */
export function unpackRecord(parts: readonly Uint8Array[]): RawStreamRecord {
  return JSON.parse(gunzipSync(Buffer.concat(parts)).toString('utf8')) as RawStreamRecord;
}
