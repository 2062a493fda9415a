import { assembleEvents, type ChangeEvent } from './change-event.ts';
import type { EventShape } from './event-route.ts';
import { hasLate, isUnpublished, type Head, type ParkedRecord } from './parked-event.ts';
import type { Clock, ParkedEvents, PublishedRecord } from './ports.ts';
import type { PublishResult } from './publish-events.ts';
import type { SnapshotSubject } from './snapshot-event.ts';
import { letGo, type StreamRecord } from './stream-record.ts';

/** An item that waits, as one round of the requeue sees it. */
export interface ParkedItem {
  readonly head: Head;
  /** The oldest records that are still to be published, in order. */
  readonly records: readonly PublishedRecord[];
  /** Rows that a crash left behind: published, but not removed. */
  readonly leftovers: readonly PublishedRecord[];
  /** Whether the item has more records than these. */
  readonly more: boolean;
  /** The events of each record, as far as events can be made of them; none of a record that the team leaves out. */
  readonly events: readonly (readonly ChangeEvent[])[];
  /** Why no event can be made of the record after these. */
  readonly invalid?: string;
  /** The newest of the records, where the item has late ones. */
  readonly last?: LastRecord;
}

/** A record of which a snapshot may be taken. */
type LastRecord = Pick<StreamRecord, 'sequence' | 'raw'>;

/** How far an item got. */
export type ItemProgress =
  /** All that was parked is published. */
  | { readonly type: 'drained' }
  /** These are published; more waits. */
  | { readonly type: 'advanced'; readonly published: readonly PublishedRecord[] }
  /** These are published; the next one was refused. */
  | { readonly type: 'refused'; readonly published: readonly PublishedRecord[]; readonly detail: string };

/** Records in one round of an item that has many, and bytes of an item's events: so a long item holds up neither the others nor the memory. */
const RECORDS_PER_ROUND = 100;
const BYTES_PER_ROUND = 1_000_000;

/** How long an item is put off before a mapping is called for it, in milliseconds. */
const MAPPING_POSTPONEMENT_MS = 60_000;

/** An item that waits, as it was read. */
export interface WaitingItem {
  /** Read before the records, never after: what is parked in between stands beyond its `upTo`. */
  readonly head: Head;
  /** All of its records, where they are known. */
  readonly records?: readonly ParkedRecord[];
}

/** What loading needs besides the item. */
export interface Loading {
  readonly parkedEvents: ParkedEvents;
  readonly clock: Clock;
  readonly shape: EventShape;
  /** Epoch milliseconds after which no further event is made: only mappings can take that long. */
  readonly until: number;
}

/** The head tells of a record that was not among those read. */
class UnseenRecordError extends Error {
  override readonly name = 'UnseenRecordError';
}

/**
 * Loads an item: the oldest of its records, at least one.
 *
 * Head and record are written by one transaction, but read by two requests, between which DynamoDB promises no order: the record that the head ends with
 * may not be seen yet. Taken for all there is, the others would let the head close over it.
 *
 * @throws UnseenRecordError where that is so: the item is to be loaded later
 */
export async function loadItem({ head, records }: WaitingItem, { parkedEvents, clock, shape, until }: Loading): Promise<ParkedItem> {
  const { item } = head;
  const { records: rows, more } = records === undefined ? await parkedEvents.readRecords(item, RECORDS_PER_ROUND) : { records, more: false };
  if (!more && head.upTo > head.through && !rows.some(({ sequence }) => sequence === head.upTo)) {
    throw new UnseenRecordError();
  }
  const waiting = rows.filter((row) => isUnpublished(row, head));
  // Without what they hold, which is of no use once the events are made.
  const due = waiting.map(placeOf);
  // Rows beyond `upTo` were parked after the head was read: they are neither due nor left behind.
  const leftovers = rows.filter((row) => !row.late && row.sequence <= head.through).map(placeOf);
  if (hasMapping(shape)) {
    // Should a mapping end the process, the next run begins with other items.
    await parkedEvents.postpone(item, new Date(clock.now() + MAPPING_POSTPONEMENT_MS).toISOString());
  }
  const events: (readonly ChangeEvent[])[] = [];
  let last: LastRecord | undefined;
  let bytes = 0;
  for (const [index, parked] of waiting.entries()) {
    if (index > 0 && (bytes >= BYTES_PER_ROUND || clock.now() >= until)) {
      return { head, records: due.slice(0, index), leftovers, more: true, events, last };
    }
    const record = parked.unpack();
    last = hasLate(head) ? { sequence: record.sequence, raw: record.raw } : undefined;
    const assembly = assembleEvents(record, shape);
    letGo(record);
    if (assembly.type === 'invalid') {
      return { head, records: due, leftovers, more, events, last, invalid: assembly.detail };
    }
    events.push(assembly.type === 'events' ? assembly.events : []);
    bytes += bytesOf(events[index]);
  }
  return { head, records: due, leftovers, more, events, last };
}

function placeOf({ sequence, parts }: ParkedRecord): PublishedRecord {
  return { sequence, parts };
}

/** Whether a team's mapping takes part in making events. */
export function hasMapping({ routes }: EventShape): boolean {
  return routes.some(({ map }) => map !== undefined);
}

/** Whether a record of the item, or what is left of one, has several rows. */
export function hasLargeRecord({ leftovers, records }: ParkedItem): boolean {
  return [...leftovers, ...records].some(({ parts }) => parts > 1);
}

function bytesOf(events: readonly ChangeEvent[]): number {
  return events.reduce((bytes, event) => bytes + event.json.bytes, 0);
}

/** Bytes of an item's events. */
export function itemBytes({ events }: ParkedItem): number {
  return events.reduce((bytes, ofRecord) => bytes + bytesOf(ofRecord), 0);
}

/** Reads from a result of publishing how far an item got: up to its first record of which not every event was accepted. */
export function progressOf(item: ParkedItem, result: PublishResult): ItemProgress {
  const stop = item.events.findIndex((events) => !events.every((event) => result.accepted.has(event)));
  const count = stop === -1 ? item.events.length : stop;
  const published = item.records.slice(0, count);
  const refusal = stop === -1 ? item.invalid : refusalOf(item.events[stop], result);
  if (refusal !== undefined) {
    return { type: 'refused', published, detail: refusal };
  }
  return count === item.records.length && !item.more ? { type: 'drained' } : { type: 'advanced', published };
}

/** Why one of these events was refused, undefined where none was. */
export function refusalOf(events: readonly ChangeEvent[], result: PublishResult): string | undefined {
  const refused = events.find((event) => result.refused.has(event));
  return refused && result.refused.get(refused);
}

/** Why the event type of one of these events takes nothing, undefined where each takes something. */
export function blockOf(events: readonly ChangeEvent[], { blocked }: PublishResult): string | undefined {
  const one = events.find((event) => blocked.has(event));
  return one && blocked.get(one);
}

/** How far `through` may go: late records are published beside it. */
export function throughAfter(head: Head, published: readonly PublishedRecord[]): string {
  const inRange = published.map(({ sequence }) => sequence).filter((sequence) => sequence <= head.upTo && sequence > head.through);
  return inRange.at(-1) ?? head.through;
}

/** What a snapshot of the item is taken of, where it needs one. */
export function snapshotSubject({ head, last }: ParkedItem): SnapshotSubject | undefined {
  if (!hasLate(head)) {
    return undefined;
  }
  return {
    streamArn: head.streamArn,
    keys: head.keys,
    lateMarks: head.lateMarks,
    sequence: last && last.sequence > head.upTo ? last.sequence : head.upTo,
    last: last?.raw ?? {},
  };
}

/** As many of the last records as have no more than this many rows together. */
export function lastRows(records: readonly PublishedRecord[], limit: number): readonly PublishedRecord[] {
  let rows = 0;
  let start = records.length;
  while (start > 0 && rows + records[start - 1].parts <= limit) {
    start--;
    rows += records[start].parts;
  }
  return records.slice(start);
}
