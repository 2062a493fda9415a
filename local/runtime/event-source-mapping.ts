import { pause } from './async-invocations.ts';
import { BatchProcessor, type BatchBehaviour } from './batch-processor.ts';
import type { BatchResult } from './batch-decision.ts';
import { errorMessage } from './errors.ts';
import type { EventSourceMappingConfiguration } from './event-source-mapping-configuration.ts';
import { noCounts, type EventSourceMappingCounters } from './event-source-mapping-counters.ts';
import { failureMessage } from './failure-message.ts';
import { Shard, type ShardPorts } from './shard.ts';
import type { StreamSource } from './stream-source.ts';
import { Wakeup } from './wakeup.ts';

/** What an event source mapping is connected to. */
export interface EventSourceMappingPorts {
  readonly source: StreamSource;
  readonly region: string;
  readonly functionArn: string;
  /** @throws TooManyRequestsException where the function admits no further invocation now. */
  invoke(payload: string, requestId: string): Promise<BatchResult>;
  /** Sends a message to the on-failure queue; absent where the mapping has none. */
  sendToDestination?(message: string): Promise<void>;
  onError(text: string): void;
  /** Epoch milliseconds. @default Date.now */
  now?(): number;
}

/** How an event source mapping polls and behaves beyond what the template says. */
export interface EventSourceMappingBehaviour extends BatchBehaviour {
  /** Milliseconds between two reads of a shard that has nothing new (Lambda: 250). */
  readonly pollInterval: number;
  /** Milliseconds between two looks for new shards. */
  readonly shardInterval: number;
}

/** Reads a DynamoDB stream in the order of its shards, and invokes a function with batches of its records. */
export class EventSourceMapping {
  readonly configuration: EventSourceMappingConfiguration;
  readonly counters: EventSourceMappingCounters = noCounts();
  readonly #behaviour: EventSourceMappingBehaviour;
  readonly #ports: EventSourceMappingPorts;
  readonly #abort = new AbortController();
  readonly #switch = new Wakeup();
  readonly #discovery = new Wakeup();
  readonly #running = new Map<string, Shard>();
  readonly #finished = new Set<string>();
  readonly #runs = new Set<Promise<void>>();
  #waitingShards = 0;
  #discoveredAt = -Infinity;
  #finishedAt = -Infinity;
  #enabled: boolean;

  constructor(configuration: EventSourceMappingConfiguration, behaviour: EventSourceMappingBehaviour, ports: EventSourceMappingPorts) {
    this.configuration = configuration;
    this.#behaviour = behaviour;
    this.#ports = ports;
    this.#enabled = configuration.enabled;
  }

  get enabled(): boolean {
    return this.#enabled;
  }

  /** Records that were read and are not settled yet. */
  get pending(): number {
    return [...this.#running.values()].reduce((sum, { pending }) => sum + pending, 0);
  }

  /** Milliseconds since the oldest unsettled record was written; 0 when all are settled. */
  get iteratorAge(): number {
    const times = [...this.#running.values()].flatMap(({ oldest }) => oldest ?? []);
    return times.length === 0 ? 0 : Math.max(0, this.#now() - Math.min(...times) * 1000);
  }

  /** Starts to read; resolves when the positions in the existing shards are fixed. */
  async start(): Promise<void> {
    await this.#discover(this.configuration.startingPosition);
    this.#track(this.#keepDiscovering());
  }

  /** Continues where {@link disable} stopped. */
  enable(): void {
    this.#enabled = true;
    this.#switch.notify();
  }

  /** Stops before the next read and the next invocation, and remembers the position. */
  disable(): void {
    this.#enabled = false;
  }

  /** Whether everything that was in the stream at the moment (epoch milliseconds) is settled. */
  drained(since: number): boolean {
    // Strictly later: within one millisecond, a look may have come before what it is to see.
    const current = this.#discoveredAt > Math.max(since, this.#finishedAt);
    // Does not wait for the next regular look.
    if (!current) this.#discovery.notify();
    return current && this.#waitingShards === 0 && [...this.#running.values()].every((shard) => shard.drained(since));
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    for (const shard of this.#running.values()) shard.stop();
    this.#switch.notify();
    this.#discovery.notify();
    await Promise.all(this.#runs);
  }

  async #keepDiscovering(): Promise<void> {
    while (!this.#stopped()) {
      await this.#discovery.wait(this.#behaviour.shardInterval);
      if (this.#stopped()) return;
      try {
        // A shard that comes later holds only records that came later.
        await this.#discover('TRIM_HORIZON');
      } catch (error) {
        if (!this.#stopped()) this.#ports.onError(`the stream could not be described: ${errorMessage(error)}`);
      }
    }
  }

  /** Starts the shards whose parents are done. */
  async #discover(start: 'TRIM_HORIZON' | 'LATEST'): Promise<void> {
    const began = this.#now();
    const shards = await this.#ports.source.shards();
    const known = new Set(shards.map(({ shardId }) => shardId));
    // Nothing of a closed shard is newer than LATEST.
    if (start === 'LATEST') for (const { shardId, closed } of shards) if (closed) this.#finished.add(shardId);
    let waiting = 0;
    for (const { shardId, parentShardId } of shards) {
      if (this.#finished.has(shardId) || this.#running.has(shardId)) continue;
      // A parent that the stream no longer lists is trimmed.
      if (parentShardId !== undefined && known.has(parentShardId) && !this.#finished.has(parentShardId)) waiting += 1;
      else await this.#run(shardId, start);
    }
    this.#waitingShards = waiting;
    this.#discoveredAt = began;
  }

  async #run(shardId: string, start: 'TRIM_HORIZON' | 'LATEST'): Promise<void> {
    const shard = new Shard(shardId, start, this.configuration, this.#shardPorts());
    await shard.open();
    this.#running.set(shardId, shard);
    this.#track(shard.run().then(() => {
      this.#running.delete(shardId);
      this.#finished.add(shardId);
      this.#finishedAt = this.#now();
      this.#discovery.notify();
    }));
  }

  #shardPorts(): ShardPorts {
    const { source, region, functionArn, onError, sendToDestination, invoke } = this.#ports;
    const { streamArn } = this.configuration;
    const common = {
      now: () => this.#now(),
      pause: (milliseconds: number) => pause(milliseconds, this.#abort.signal),
      enabled: () => this.#whileDisabled(),
      stopped: () => this.#stopped(),
      onError,
    };
    const process: ShardPorts['process'] = (shardId) => {
      const processor = new BatchProcessor(shardId, this.configuration, this.#behaviour, this.counters, {
        ...common,
        invoke,
        ...(sendToDestination ? { sendToDestination: (batch) => sendToDestination(failureMessage({ ...batch, functionArn, streamArn }, this.#now())) } : {}),
      });
      return (records) => processor.process(records);
    };
    return { ...common, source, region, pollInterval: this.#behaviour.pollInterval, counters: this.counters, process };
  }

  async #whileDisabled(): Promise<void> {
    while (!this.#enabled && !this.#stopped()) await this.#switch.wait();
  }

  #track(run: Promise<void>): void {
    const tracked = run.finally(() => { this.#runs.delete(tracked); });
    this.#runs.add(tracked);
  }

  #stopped(): boolean {
    return this.#abort.signal.aborted;
  }

  #now(): number {
    return this.#ports.now?.() ?? Date.now();
  }
}
