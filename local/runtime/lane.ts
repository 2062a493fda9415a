import type { EventSourceMappingConfiguration } from './event-source-mapping-configuration.ts';
import type { StreamRecord } from './stream-record.ts';
import { Wakeup } from './wakeup.ts';

/** Largest payload of an invocation, in bytes. */
const LARGEST_BATCH = 6 * 1024 * 1024;

/** Bytes of a payload around its records. */
const ENVELOPE = '{"Records":[]}'.length;

/**
 * The records of a shard that are processed one batch after the other.
 * With a parallelization factor, a shard has several lanes, and each item's records stay in one of them.
 */
export class Lane {
  readonly #configuration: EventSourceMappingConfiguration;
  readonly #process: (records: readonly StreamRecord[]) => Promise<void>;
  readonly #now: () => number;
  readonly #news = new Wakeup();
  #queue: StreamRecord[] = [];
  #inFlight: readonly StreamRecord[] = [];
  #stopped = false;
  #ended = false;

  /** @param process - takes a batch to its end. */
  constructor(configuration: EventSourceMappingConfiguration, process: (records: readonly StreamRecord[]) => Promise<void>, now: () => number) {
    this.#configuration = configuration;
    this.#process = process;
    this.#now = now;
  }

  /** Records that are not settled yet. */
  get pending(): number {
    return this.#queue.length + this.#inFlight.length;
  }

  /** The oldest record that is not settled yet. */
  get oldest(): StreamRecord | undefined {
    return this.#inFlight[0] ?? this.#queue[0];
  }

  push(record: StreamRecord): void {
    this.#queue.push(record);
    this.#news.notify();
  }

  /** No more records will come: what is there goes without waiting for the window. */
  end(): void {
    this.#ended = true;
    this.#news.notify();
  }

  stop(): void {
    this.#stopped = true;
    this.#news.notify();
  }

  /** Forms and processes batches until {@link stop}, or until all is done after {@link end}. */
  async run(): Promise<void> {
    while (!this.#stopped) {
      if (this.#queue.length === 0) {
        if (this.#ended) return;
        await this.#news.wait();
        continue;
      }
      await this.#fill();
      // Read at each step, since stop() may have come during the wait.
      if (this.#isStopped()) return;
      this.#inFlight = this.#take();
      await this.#process(this.#inFlight);
      if (!this.#isStopped()) this.#inFlight = [];
    }
  }

  #isStopped(): boolean {
    return this.#stopped;
  }

  /** Waits until a batch is full, or its window is over. The window starts with the first record after the last invocation. */
  async #fill(): Promise<void> {
    const windowEnd = this.#now() + this.#configuration.maximumBatchingWindow * 1000;
    while (!this.#stopped && !this.#ended && this.#full() === undefined) {
      const left = windowEnd - this.#now();
      if (left <= 0) return;
      await this.#news.wait(left);
    }
  }

  /** How many records a full batch takes; `undefined` while there is room. */
  #full(): number | undefined {
    let bytes = ENVELOPE;
    for (const [index, { size }] of this.#queue.entries()) {
      bytes += size + (index > 0 ? 1 : 0);
      if (bytes > LARGEST_BATCH) return Math.max(1, index);
      if (index + 1 === this.#configuration.batchSize) return index + 1;
    }
    return undefined;
  }

  #take(): StreamRecord[] {
    const count = this.#full() ?? this.#queue.length;
    const batch = this.#queue.slice(0, count);
    this.#queue = this.#queue.slice(count);
    return batch;
  }
}
