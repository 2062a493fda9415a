import { randomUUID } from 'node:crypto';
import { decideBatch, expiredPrefix, type BatchResult } from './batch-decision.ts';
import { errorMessage, TooManyRequestsException } from './errors.ts';
import type { EventSourceMappingConfiguration } from './event-source-mapping-configuration.ts';
import type { EventSourceMappingCounters } from './event-source-mapping-counters.ts';
import type { DiscardedBatch } from './failure-message.ts';
import type { Random } from '../random.ts';
import type { StreamRecord } from './stream-record.ts';

/** What the processing of batches needs of the world around it. */
export interface BatchPorts {
  /** @throws TooManyRequestsException where the function admits no further invocation now. */
  invoke(payload: string, requestId: string): Promise<BatchResult>;
  /** Sends the message about a batch that is given up; does nothing where the mapping has no destination. */
  sendToDestination?(batch: Omit<DiscardedBatch, 'functionArn' | 'streamArn'>): Promise<void>;
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after the time in milliseconds, or when the mapping is stopped. */
  pause(milliseconds: number): Promise<void>;
  /** Resolves while the mapping is enabled; waits while it is disabled. */
  enabled(): Promise<void>;
  /** Whether the mapping is stopped. */
  stopped(): boolean;
  onError(text: string): void;
}

/** How an event source mapping behaves beyond what the template says. */
export interface BatchBehaviour {
  /** Milliseconds before the n-th retry; AWS does not document its own. */
  readonly retrySpacing: (attempt: number) => number;
  /** Gives successful batches to the function again, as at-least-once delivery allows. */
  readonly redelivery?: { readonly random: Random; readonly probability: number; readonly depth: number };
}

interface Batch {
  readonly records: readonly StreamRecord[];
  /** Stays the same for all retries of the batch. */
  readonly requestId: string;
  attempts: number;
}

/** Takes batches of one lane to their end, one after the other: success, or the on-failure destination. */
export class BatchProcessor {
  readonly #shardId: string;
  readonly #configuration: EventSourceMappingConfiguration;
  readonly #behaviour: BatchBehaviour;
  readonly #counters: EventSourceMappingCounters;
  readonly #ports: BatchPorts;
  readonly #succeeded: (readonly StreamRecord[])[] = [];

  constructor(shardId: string, configuration: EventSourceMappingConfiguration, behaviour: BatchBehaviour, counters: EventSourceMappingCounters, ports: BatchPorts) {
    this.#shardId = shardId;
    this.#configuration = configuration;
    this.#behaviour = behaviour;
    this.#counters = counters;
    this.#ports = ports;
  }

  /** Resolves when every record of the batch is settled, or the mapping is stopped. */
  async process(records: readonly StreamRecord[]): Promise<void> {
    this.#counters.batches += 1;
    let pending = [newBatch(records)];
    while (pending.length > 0) {
      await this.#ports.enabled();
      if (this.#ports.stopped()) return;
      const [batch, ...others] = pending;
      const replacements = await this.#discardExpired(batch) ?? await this.#step(batch);
      pending = [...replacements, ...others];
    }
  }

  /** The records that are too old go alone; the rest becomes a batch of its own. */
  async #discardExpired(batch: Batch): Promise<Batch[] | undefined> {
    const expired = expiredPrefix(batch.records.map(({ creationTime }) => creationTime), this.#ports.now(), this.#configuration.maximumRecordAge);
    if (expired === 0) return undefined;
    await this.#discard(batch, batch.records.slice(0, expired), 'RecordAgeExceeded', null);
    return expired < batch.records.length ? [newBatch(batch.records.slice(expired))] : [];
  }

  /** One invocation. @returns what takes the batch's place. */
  async #step(batch: Batch): Promise<Batch[]> {
    const { records } = batch;
    const result = await this.#invoke(batch);
    if (result === undefined) return [batch];
    const decision = decideBatch(records.map(({ sequenceNumber }) => sequenceNumber), batch.attempts, result, this.#configuration);
    if (decision.kind === 'checkpoint') return this.#checkpoint(records);
    this.#counters.failedInvocations += 1;
    switch (decision.kind) {
      case 'discard':
        await this.#discard(batch, records, 'RetryAttemptsExhausted', decision.functionError);
        return [];
      case 'retry':
        await this.#ports.pause(this.#behaviour.retrySpacing(batch.attempts));
        return [batch];
      case 'retrySuffix': {
        const redelivered = this.#checkpoint(records.slice(0, decision.from));
        await this.#ports.pause(this.#behaviour.retrySpacing(1));
        return [...redelivered, newBatch(records.slice(decision.from))];
      }
      case 'bisect':
        this.#counters.bisections += 1;
        await this.#ports.pause(this.#behaviour.retrySpacing(1));
        return [newBatch(records.slice(0, decision.at)), newBatch(records.slice(decision.at))];
    }
  }

  /** @returns the result; `undefined` when the function could not be invoked, which costs no attempt. */
  async #invoke(batch: Batch): Promise<BatchResult | undefined> {
    const payload = JSON.stringify({ Records: batch.records.map(({ event }) => event) });
    try {
      const result = await this.#ports.invoke(payload, batch.requestId);
      if (this.#ports.stopped()) return undefined;
      this.#counters.invocations += 1;
      if (batch.attempts > 0) this.#counters.retries += 1;
      batch.attempts += 1;
      return result;
    } catch (error) {
      if (error instanceof TooManyRequestsException) this.#counters.throttles += 1;
      else if (!this.#ports.stopped()) this.#ports.onError(`the function could not be invoked: ${errorMessage(error)}`);
      await this.#ports.pause(Math.max(20, this.#behaviour.retrySpacing(1)));
      return undefined;
    }
  }

  #checkpoint(records: readonly StreamRecord[]): Batch[] {
    this.#counters.recordsProcessed += records.length;
    const { redelivery } = this.#behaviour;
    if (!redelivery) return [];
    this.#succeeded.push(records);
    if (this.#succeeded.length > redelivery.depth) this.#succeeded.shift();
    if (redelivery.random() >= redelivery.probability) return [];
    this.#counters.redeliveries += 1;
    const again = this.#succeeded[Math.floor(redelivery.random() * this.#succeeded.length)];
    this.#counters.recordsProcessed -= again.length;
    return [newBatch(again)];
  }

  async #discard(batch: Batch, records: readonly StreamRecord[], condition: DiscardedBatch['condition'], functionError: 'Unhandled' | null): Promise<void> {
    this.#counters.recordsDiscarded += records.length;
    if (!this.#ports.sendToDestination) return;
    const { requestId, attempts: invokeCount } = batch;
    try {
      await this.#ports.sendToDestination({ condition, requestId, invokeCount, functionError, shardId: this.#shardId, records });
      this.#counters.destinationDeliveries += 1;
    } catch (error) {
      // As on AWS: the message is lost, and counted.
      this.#counters.destinationDeliveryFailures += 1;
      this.#ports.onError(`the on-failure destination did not take a batch of ${String(records.length)} records: ${errorMessage(error)}`);
    }
  }
}

function newBatch(records: readonly StreamRecord[]): Batch {
  return { records, requestId: randomUUID(), attempts: 0 };
}
