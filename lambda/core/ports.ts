import type { ChangeEvent } from './change-event.ts';
import type { Head, ParkedRecord, ParkReason } from './parked-event.ts';
import type { PublishAnswer } from './publish-outcome.ts';
import type { AttributeMap, StreamRecord } from './stream-record.ts';

/** Time and chance. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** From 0 inclusive to 1 exclusive. */
  random(): number;
}

/** Nakadi. */
export interface Nakadi {
  /** Sends one request with events of one event type, all of them tombstones or none; never throws for what the other side does. */
  publish(events: readonly ChangeEvent[]): Promise<PublishAnswer>;
}

/** A record that is to wait, and why. */
export interface Parking {
  readonly record: StreamRecord;
  readonly reason: ParkReason;
  readonly detail: string;
}

/** The parked-events table, as the relay uses it. */
export interface ParkingLot {
  /**
   * Heads of these items, strongly consistent; one read where the stream has parked nothing: then nobody asks which items these are. Items without a head
   * are absent; one may be named twice.
   */
  readHeads(streamArn: string, items: Iterable<string>): Promise<ReadonlyMap<string, Head>>;
  /** Says that the stream parks records from now on. Must come before the first `park` of an invocation. */
  announce(streamArn: string): Promise<void>;
  /** Parks one record, unless an earlier delivery has parked it. */
  park(parking: Parking): Promise<void>;
}

/** What the requeue writes down of an item that it could not publish, or not to the end. */
export interface Failure {
  readonly attempts: number;
  readonly detail: string;
  /** Attempts that the head had when it was read. Where a person has made the item due since, which begins to count anew, nothing is written. */
  readonly attemptsBefore?: number;
}

/** The parked-events table, as the requeue uses it. */
export interface ParkedEvents extends Pick<ParkingLot, 'announce'> {
  /** Items with an open head that are due, longest due first, page by page; as far as an eventually consistent index knows. */
  duePages(before: string): AsyncIterable<readonly string[]>;
  /** Heads of these items, strongly consistent. Items without a head are absent. */
  headsOf(items: readonly string[]): Promise<ReadonlyMap<string, Head>>;
  /** All records of each of these items, in order, where there are few of them. Of items that are absent nothing is known: they are to be read alone. */
  readFewRecords(items: readonly string[]): Promise<ReadonlyMap<string, readonly ParkedRecord[]>>;
  /** The oldest records of an item, in order. */
  readRecords(item: string, limit: number): Promise<{ readonly records: readonly ParkedRecord[]; readonly more: boolean }>;
  /** Parks records of one item that the event source mapping gave up on as late, and marks the item's head as holding late records. */
  parkLate(...records: readonly StreamRecord[]): Promise<void>;
  /** Sets `through`, all up to here being published, and then removes the records. */
  advance(item: string, through: string, published: readonly PublishedRecord[]): Promise<void>;
  /**
   * Closes a head and removes the records of its item in one transaction, unless something was parked since the head was read: then nothing
   * changes, and the answer is false.
   */
  close(head: Head, published: readonly PublishedRecord[]): Promise<boolean>;
  /**
   * Does the same for several items with few requests, though not at once: sets `through`, removes the records, closes the heads. False where that does not
   * go through to the end, for whichever of them: then each is to be closed alone.
   */
  closeTogether(closings: readonly Closing[]): Promise<boolean>;
  /** How much waits; as far as an eventually consistent index knows. */
  backlog(): Promise<Backlog>;
  /** Puts the item off until a time, and says why. */
  postpone(item: string, dueAt: string, failure?: Failure): Promise<void>;
  /** Streams that have announced parking, with the time of the last announcement. */
  announcements(): Promise<readonly { readonly streamArn: string; readonly at: number }[]>;
  /** Takes an announcement back, unless it was renewed. */
  withdraw(announcement: { readonly streamArn: string; readonly at: number }): Promise<void>;
}

/** What remains to be known of a parked record, once it is published: which rows are to go. */
export type PublishedRecord = Pick<ParkedRecord, 'sequence' | 'parts'>;

/** A head that is to be closed, as it was read, with the records of its item, which are published. */
export interface Closing {
  readonly head: Head;
  readonly published: readonly PublishedRecord[];
}

/** How much waits in the parked-events table. */
export interface Backlog {
  /** Items with an open head. */
  readonly items: number;
  /** Whether there are more of them: no more than some ten thousand are counted. */
  readonly more: boolean;
  /** ISO 8601 time since which the first of the counted items waits. */
  readonly openSince?: string;
}

/** A range of a stream that the event source mapping gave up on. */
export interface StreamRange {
  readonly streamArn: string;
  readonly shardId: string;
  readonly startSequenceNumber: string;
  readonly endSequenceNumber: string;
}

/** A message of the dead-letter queue. */
export interface DeadLetter {
  readonly handle: string;
  readonly body: string;
}

/** The dead-letter queue. */
export interface DeadLetterQueue {
  receive(): Promise<readonly DeadLetter[]>;
  delete(letter: DeadLetter): Promise<void>;
}

/** The table's stream. */
export interface StreamReader {
  /** The records of a range, page by page; `trimmed` where the stream does not hold its start any more. */
  open(range: StreamRange): Promise<AsyncIterable<readonly StreamRecord[]> | 'trimmed'>;
}

/** The table whose changes are published. */
export interface SourceTable {
  /** The item as it is now, strongly consistent; undefined where there is none. */
  read(keys: AttributeMap): Promise<AttributeMap | undefined>;
}

/** One holder at a time. */
export interface Lease {
  /** False where somebody else holds it. */
  acquire(until: number): Promise<boolean>;
  release(): Promise<void>;
}
