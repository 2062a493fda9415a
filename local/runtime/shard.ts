import { errorMessage } from './errors.ts';
import type { EventSourceMappingConfiguration } from './event-source-mapping-configuration.ts';
import type { EventSourceMappingCounters } from './event-source-mapping-counters.ts';
import { Lane } from './lane.ts';
import { toStreamRecord, type StreamRecord } from './stream-record.ts';
import type { ShardPage, ShardPosition, StreamSource } from './stream-source.ts';

/** What a shard's reader needs of the mapping around it. */
export interface ShardPorts {
  readonly source: StreamSource;
  readonly region: string;
  /** Milliseconds between two reads of a shard that has nothing new. */
  readonly pollInterval: number;
  readonly counters: EventSourceMappingCounters;
  /** Takes a batch of this shard to its end. */
  process(shardId: string): (records: readonly StreamRecord[]) => Promise<void>;
  now(): number;
  pause(milliseconds: number): Promise<void>;
  enabled(): Promise<void>;
  stopped(): boolean;
  onError(text: string): void;
}

/** Reads one shard, and hands its records to the lanes. */
export class Shard {
  readonly shardId: string;
  #start: ShardPosition;
  readonly #configuration: EventSourceMappingConfiguration;
  readonly #ports: ShardPorts;
  readonly #lanes: readonly Lane[];
  #lastRead: string | undefined;
  #iterator: string | undefined;
  #caughtUpAt = -Infinity;

  constructor(shardId: string, start: ShardPosition, configuration: EventSourceMappingConfiguration, ports: ShardPorts) {
    this.shardId = shardId;
    this.#start = start;
    this.#configuration = configuration;
    this.#ports = ports;
    this.#lanes = Array.from({ length: configuration.parallelizationFactor }, () => new Lane(configuration, ports.process(shardId), () => ports.now()));
  }

  /** Records that were read and are not settled yet. */
  get pending(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.pending, 0);
  }

  /** Creation time of the oldest record that is not settled yet, epoch seconds. */
  get oldest(): number | undefined {
    const times = this.#lanes.flatMap(({ oldest }) => oldest?.creationTime ?? []);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Whether a read that began after the moment (epoch milliseconds) found nothing new, and all records are settled. */
  drained(since: number): boolean {
    return this.#caughtUpAt > since && this.pending === 0;
  }

  /** Fixes the position to read from, so that records written from now on are not missed. */
  async open(): Promise<void> {
    this.#iterator = await this.#ports.source.iterator(this.shardId, this.#start);
  }

  /** Resolves when the shard is closed and all its records are settled, or the mapping is stopped. */
  async run(): Promise<void> {
    const lanes = this.#lanes.map((lane) => lane.run());
    for (let open = true; open && !this.#ports.stopped();) {
      await this.#ports.enabled();
      if (this.pending >= this.#mostPending()) await this.#ports.pause(this.#ports.pollInterval);
      else open = await this.#readOnce();
    }
    for (const lane of this.#lanes) lane.end();
    await Promise.all(lanes);
  }

  stop(): void {
    for (const lane of this.#lanes) lane.stop();
  }

  /** @returns whether the shard can have more records. */
  async #readOnce(): Promise<boolean> {
    const { source, now, pause, onError, pollInterval, stopped } = this.#ports;
    const began = now();
    let page: ShardPage;
    try {
      this.#iterator ??= await source.iterator(this.shardId, this.#lastRead === undefined ? this.#start : { after: this.#lastRead });
      page = await source.read(this.#iterator);
    } catch (error) {
      if (stopped()) return false;
      this.#recover(error);
      onError(`shard ${this.shardId} could not be read: ${errorMessage(error)}`);
      await pause(pollInterval);
      return true;
    }
    this.#iterator = page.next;
    for (const record of page.records) this.#accept(toStreamRecord(record, this.#configuration.streamArn, this.#ports.region, now()));
    if (page.records.length === 0) this.#caughtUpAt = began;
    if (page.next === undefined) return false;
    if (page.records.length === 0) await pause(pollInterval);
    return true;
  }

  /** A new iterator for the next read; what is trimmed is skipped. */
  #recover(error: unknown): void {
    this.#iterator = undefined;
    if (error instanceof Error && error.name === 'TrimmedDataAccessException') {
      this.#lastRead = undefined;
      this.#start = 'TRIM_HORIZON';
    }
  }

  #accept(record: StreamRecord): void {
    const { counters } = this.#ports;
    counters.recordsRead += 1;
    this.#lastRead = record.sequenceNumber;
    if (this.#configuration.filter(record.event)) this.#lanes[laneOf(record.itemKey, this.#lanes.length)].push(record);
    else counters.recordsFilteredOut += 1;
  }

  #mostPending(): number {
    return Math.max(2000, 2 * this.#configuration.batchSize * this.#lanes.length);
  }
}

/** The lane of an item: always the same, and items spread evenly (FNV-1a). */
function laneOf(itemKey: string, lanes: number): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(itemKey)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0) % lanes;
}
