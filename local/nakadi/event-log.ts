import type { ParsedEvent } from './batch-item.ts';

interface Position {
  readonly eventType: string;
  /** The name of the partition: `0`, `1`, … */
  readonly partition: string;
  /** Counts from 0 within the partition, without gaps. */
  readonly offset: number;
  /** The compaction key, or the partition keys joined by commas; `undefined` where the event type has neither. */
  readonly key: string | undefined;
  /** When it was accepted (RFC 3339, milliseconds). */
  readonly receivedAt: string;
  /** The number of the request that brought it, as in the request log. */
  readonly request: number;
}

/** A stored event. */
export interface EventEntry extends Position {
  readonly tombstone: false;
  readonly eid: string | undefined;
  /** The event as consumers see it, metadata enriched. Numbers are doubles here; `raw` has every digit. */
  readonly event: ParsedEvent;
  /** The text of the event exactly as it was sent. */
  readonly raw: string;
}

/** A stored deletion: a key without a value. */
export interface TombstoneEntry extends Position {
  readonly tombstone: true;
  /** Of the request that deleted; kept for tests, no consumer ever sees it. */
  readonly eid: string | undefined;
  readonly event: null;
  readonly raw: null;
}

export type Entry = EventEntry | TombstoneEntry;

/** An entry before it has its place. */
export type NewEntry = Omit<EventEntry, 'offset'> | Omit<TombstoneEntry, 'offset'>;

/** What one event type has stored. */
export class EventLog {
  readonly #entries: Entry[] = [];
  readonly #partitions: Map<string, Entry[]>;

  constructor(partitions: readonly string[]) {
    this.#partitions = new Map(partitions.map((partition) => [partition, []]));
  }

  append(entry: NewEntry): void {
    const partition = this.partition(entry.partition);
    const placed: Entry = { ...entry, offset: partition.length };
    partition.push(placed);
    this.#entries.push(placed);
  }

  /** Everything, in the order of acceptance over all partitions. */
  entries(): Entry[] {
    return [...this.#entries];
  }

  /** The entries of one partition; the place in the array is the offset. */
  partition(name: string): Entry[] {
    const partition = this.#partitions.get(name);
    if (partition === undefined) throw new Error(`there is no partition ${name}`);
    return partition;
  }

  /** What consumers see: everything but the tombstones. */
  consumed(): EventEntry[] {
    return this.#entries.filter((entry) => !entry.tombstone);
  }

  /** What is left after compaction: per partition, the last event of each key, unless a tombstone came after it. */
  compacted(): EventEntry[] {
    const last = new Map<string, EventEntry>();
    for (const entry of this.#entries) {
      const key = JSON.stringify([entry.partition, entry.key]);
      last.delete(key);
      if (!entry.tombstone) last.set(key, entry);
    }
    return [...last.values()];
  }
}
