import type { Nakadi, StreamRange } from '../../../lambda/core/ports.ts';
import { relayBatch, type RelayMemory } from '../../../lambda/core/relay-batch.ts';
import { requeueRun, type RunPorts } from '../../../lambda/core/requeue-run.ts';
import { padSequence, readStreamRecord, type AttributeMap, type RawStreamRecord } from '../../../lambda/core/stream-record.ts';
import { rawRecord, sequenceNumber, settings, STREAM } from '../factories.ts';
import { MemoryNakadi, type Fault } from './memory-nakadi.ts';
import { MemoryParking } from './memory-parking.ts';
import { VirtualClock } from './virtual-clock.ts';

/** Where others may come in between: called before and after whatever leaves the process. */
export type Yield = () => Promise<unknown>;

/** What happens to one request to Nakadi. A crash ends the invocation, before or after the events were stored. */
export type RequestFault = Fault | { readonly type: 'crash-before' | 'crash-after' } | undefined;

export interface SimulationOptions {
  /** Name of the item of each change, in commit order. */
  readonly changes: readonly string[];
  readonly batchSize: number;
  readonly holdForMs: number;
  /** Faults of the requests, in order; after the last one all goes well. */
  readonly faults: readonly RequestFault[];
  /** Which writes to the parked-events table fail, before or after they are done, in order. */
  readonly parkingFaults: readonly ('before' | 'after' | undefined)[];
  /** Numbers of the changes whose event Nakadi refuses, until it has seen so many requests. */
  readonly refused: readonly number[];
  readonly refusedUntil: number;
  /** How often the mapping delivers a batch that makes no progress, before it gives up. */
  readonly deliveries: number;
}

/**
 * An outbox whose table is written, relayed and requeued at the same time, over one shard, with everything in memory.
 */
export class OutboxSimulation {
  readonly nakadi = new MemoryNakadi();
  readonly clock = new VirtualClock();
  readonly parking = new MemoryParking(() => this.clock.now());
  /** Items of which the mapping gave up on a change. */
  readonly givenUp = new Set<string>();
  private readonly options: SimulationOptions;
  private readonly pause: Yield;
  private readonly table = new Map<string, AttributeMap>();
  private readonly stream: RawStreamRecord[] = [];
  private readonly deadLetters: { handle: string; body: string }[] = [];
  private laneDone = false;

  constructor(options: SimulationOptions, pause: Yield) {
    this.options = options;
    this.pause = pause;
    const { faults, parkingFaults, refused, refusedUntil } = options;
    this.nakadi.isInvalid = (event) => this.nakadi.requests.length < refusedUntil && refused.includes(Number(event.sequence.slice(-6)));
    this.nakadi.fault = (request) => {
      const fault = faults[request];
      switch (fault?.type) {
        case 'crash-before':
          return { type: 'no-response' };
        case 'crash-after':
          return { type: 'lost-answer' };
        default:
          return fault;
      }
    };
    let writes = 0;
    this.parking.onWrite = (_, moment) => {
      const fault = parkingFaults[writes >> 1];
      writes++;
      if (fault === moment) {
        throw new Error('the table did not answer');
      }
    };
  }

  async run(): Promise<void> {
    await Promise.all([this.write(), this.relay(), this.requeue()]);
  }

  /** State that the last publication of an item shows. */
  lastState(item: string): unknown {
    const last = this.nakadi.stored.findLast((event) => event.item === item);
    return last && (JSON.parse(last.json) as { data: { state: unknown } }).data.state;
  }

  private async write(): Promise<void> {
    for (const [index, id] of this.options.changes.entries()) {
      await this.pause();
      const raw = rawRecord({ id, sequence: index + 1, createdAt: Math.floor(this.clock.now() / 1_000) * 1_000 });
      this.stream.push(raw);
      this.table.set(id, raw.dynamodb!.NewImage!);
    }
  }

  /** The event source mapping: batches in order, delivered again from the checkpoint, given up after too many deliveries. */
  private async relay(): Promise<void> {
    const memory: RelayMemory = { oneTryUntil: 0 };
    const ports = { clock: this.clock, nakadi: this.port(this.crashing()), parkingLot: this.port(this.parking) };
    const behaviour = settings({ holdForMs: this.options.holdForMs, retryBudgetMs: 1_000 });
    for (let position = 0, deliveries = 0; position < this.options.changes.length; ) {
      await this.pause();
      const batch = this.stream.slice(position, position + this.options.batchSize);
      const next = await relayBatch(batch, ports, behaviour, memory, this.clock.now() + 10_000).then(
        ({ response: { batchItemFailures: [first] } }) => (first ? this.stream.findIndex((raw) => raw.dynamodb!.SequenceNumber === first.itemIdentifier) : position + batch.length),
        () => position,
      );
      deliveries = next > position ? 0 : deliveries + (batch.length > 0 ? 1 : 0);
      position = next;
      if (deliveries === this.options.deliveries) {
        this.giveUp(batch);
        [position, deliveries] = [position + batch.length, 0];
      }
    }
    this.laneDone = true;
  }

  private giveUp(batch: readonly RawStreamRecord[]): void {
    batch.forEach((raw) => this.givenUp.add(readStreamRecord(raw).item));
    const [start, end] = [batch[0], batch[batch.length - 1]].map((raw) => raw.dynamodb!.SequenceNumber);
    const info = { streamArn: STREAM, shardId: 'shard', startSequenceNumber: start, endSequenceNumber: end };
    this.deadLetters.push({ handle: String(start), body: JSON.stringify({ DDBStreamBatchInfo: info }) });
  }

  private async requeue(): Promise<void> {
    const ports: RunPorts = {
      clock: this.clock,
      nakadi: this.port(this.crashing()),
      parkedEvents: this.port(this.parking),
      sourceTable: this.port({ read: (keys: AttributeMap) => Promise.resolve(this.table.get(keys.id.S!)) }),
      stream: { open: (range) => Promise.resolve(this.read(range)) },
      deadLetters: {
        receive: () => Promise.resolve(this.deadLetters.slice(0, 1)),
        delete: (letter) => Promise.resolve(void this.deadLetters.splice(this.deadLetters.findIndex(({ handle }) => handle === letter.handle), 1)),
      },
      lease: { acquire: () => Promise.resolve(true), release: () => Promise.resolve() },
    };
    for (let runs = 0; !this.laneDone || this.deadLetters.length > 0 || [...this.parking.heads.values()].some(({ open }) => open); runs++) {
      if (runs > 1_000) {
        throw new Error('the requeue does not come to an end');
      }
      await this.pause();
      const now = this.clock.now();
      await requeueRun(ports, settings({}), { stopAt: now + 180_000, killedAt: now + 300_000 }).catch(() => undefined);
      if (this.laneDone) {
        this.clock.pass(3_600_000);
      }
    }
  }

  private async *read(range: StreamRange): AsyncGenerator<ReturnType<typeof readStreamRecord>[]> {
    for (const raw of this.stream) {
      const sequence = padSequence(raw.dynamodb!.SequenceNumber!);
      if (sequence >= padSequence(range.startSequenceNumber) && sequence <= padSequence(range.endSequenceNumber)) {
        await this.pause();
        yield [readStreamRecord(raw)];
      }
    }
  }

  private crashing(): Nakadi {
    return {
      publish: async (events) => {
        const fault = this.options.faults[this.nakadi.requests.length];
        const answer = await this.nakadi.publish(events);
        if (fault?.type === 'crash-before' || fault?.type === 'crash-after') {
          throw new Error('the function was ended');
        }
        return answer;
      },
    };
  }

  /** The port with a pause before and after each call. */
  private port<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (_, name) => {
        const method = (target as Record<string | symbol, (...args: unknown[]) => Promise<unknown>>)[name];
        return async (...args: unknown[]) => {
          await this.pause();
          const answer = await method.apply(target, args);
          await this.pause();
          return answer;
        };
      },
    });
  }
}

/** The last sequence number of each item, by name. */
export function newest(changes: readonly string[]): Map<string, number> {
  return new Map(changes.map((id, index) => [id, index + 1]));
}

/** Padded sequence numbers of the changes of an item. */
export function sequencesOf(changes: readonly string[], id: string): string[] {
  return changes.flatMap((name, index) => (name === id ? [padSequence(sequenceNumber(index + 1))] : []));
}
