import { parkingLot } from '../../lambda/adapters/parking-lot.ts';
import { relayBatch, type RelayMemory } from '../../lambda/core/relay-batch.ts';
import type { BatchResponse } from '../../lambda/core/stream-checkpoint.ts';
import { BrokenPromise } from './broken-promise.ts';
import { faultyClient } from './faulty-client.ts';
import { Actor } from './scheduler.ts';
import type { SimulatedNakadi } from './simulated-nakadi.ts';
import type { Change } from './source-table.ts';
import { settingsOf } from './team-rules.ts';
import type { World } from './world.ts';

/** How long an invocation of the relay may take, and how long it may start requests to Nakadi, in milliseconds. */
const TIMEOUT_MS = 220_000;
const DEADLINE_MS = 100_000;

/** Pause before a batch is delivered again, in milliseconds. */
const BACKOFF_MS = 1_000;

/**
 * A lane of the event source mapping: delivers the changes of its items in order, batch by batch, each one until it is settled, and gives a
 * batch up that gets nowhere.
 */
export class Lane {
  /** Number of changes, of all lanes, that are behind its checkpoint. */
  checkpoint = 0;
  givesUp = false;
  private readonly number: number;
  private readonly world: World;
  private readonly nakadi: SimulatedNakadi;
  private readonly actor: Actor;
  /** One for each execution environment. */
  private readonly memories: RelayMemory[] = [{}, {}];
  private invocations = 0;
  private more: () => void = () => undefined;

  constructor(number: number, world: World, nakadi: SimulatedNakadi) {
    this.number = number;
    this.world = world;
    this.nakadi = nakadi;
    this.actor = new Actor(`lane ${number}`);
  }

  /** Whether everything that is committed is settled or given up. */
  get isAtEnd(): boolean {
    return this.ahead().length === 0;
  }

  /** Says that there may be more to deliver. */
  wake(): void {
    this.more();
  }

  /** Delivers the last records once more, as far as the stream still has them. */
  deliverAgain(records: number): void {
    const { changes } = this.world.table;
    const oldest = changes.findIndex((change) => !this.world.table.isTrimmed(change, this.world.now));
    if (oldest !== -1) {
      this.checkpoint = Math.min(this.checkpoint, Math.max(oldest, this.checkpoint - records));
      this.world.note(() => `${this.actor.name}: goes back to #${this.checkpoint + 1}`);
      const again = this.ahead().filter((change) => this.world.givenUp.has(change));
      again.forEach(({ record }) => this.world.outOfTurn.add(record.item));
    }
    this.wake();
  }

  /** Never ends. */
  async run(): Promise<never> {
    let [tries, size, first] = [0, this.world.history.batchSize, 0];
    for (;;) {
      if (this.isAtEnd) {
        await new Promise<void>((resolve) => {
          this.more = resolve;
        });
        await this.world.scheduler.sleep(this.actor, this.world.history.batchWindowMs);
        continue;
      }
      const batch = this.ahead().slice(0, size);
      if (batch[0].number !== first) {
        [tries, size, first] = [0, this.world.history.batchSize, batch[0].number];
      }
      const before = this.checkpoint;
      const { settled, failed } = this.givesUp && !this.world.isCalm ? { settled: 0, failed: true } : await this.deliver(batch);
      if (this.checkpoint < before) {
        continue; // It was set back meanwhile.
      }
      tries++;
      if (settled === 0 && (this.givesUp || tries >= this.world.history.deliveries) && !this.world.isCalm) {
        this.world.note(() => `${this.actor.name}: gives up on ${batch.map(({ number }) => `#${number}`).join(' ')}`);
        this.world.deadLetters.send(batch);
        this.givesUp = false;
        this.pass(batch, batch.length);
      } else {
        this.check(batch.slice(0, settled));
        this.pass(batch, settled);
        size = failed && this.world.history.bisects && batch.length > 1 ? batch.length >> 1 : size;
        if (settled < batch.length) {
          await this.world.scheduler.sleep(this.actor, Math.min(BACKOFF_MS * 2 ** tries, 60_000));
        }
      }
    }
  }

  /** How many of a batch are settled; none where the function failed. */
  private async deliver(batch: readonly Change[]): Promise<{ settled: number; failed: boolean }> {
    const { world } = this;
    const environment = this.invocations % 2;
    const actor = new Actor(`relay ${this.number}.${this.invocations++}`, world.skews.relay, world.now + TIMEOUT_MS);
    const clock = world.scheduler.clockOf(actor);
    world.note(() => `${actor.name}: gets ${batch.map(({ id, number }) => `${id}#${number}`).join(' ')}`);
    const ports = { clock, nakadi: this.nakadi.port(actor), parkingLot: parkingLot(faultyClient(world, actor), 'parked', clock.now) };
    const ending = await world.scheduler.run(actor, () =>
      relayBatch(batch.map(({ record }) => record.raw), ports, settingsOf(world.history, world.isCalm), this.memories[environment], clock.now() + DEADLINE_MS),
    );
    world.note(() => `${actor.name}: ${ending.type === 'done' ? `answers ${answerOf(ending.value.response)}` : ending.type === 'failed' ? String(ending.error) : 'is killed'}`);
    if (ending.type !== 'done') {
      this.memories[environment] = {};
      return { settled: 0, failed: true };
    }
    const [failure] = ending.value.response.batchItemFailures;
    const settled = failure === undefined ? batch.length : batch.findIndex(({ record }) => record.sequenceNumber === failure.itemIdentifier);
    return { settled, failed: false };
  }

  private pass(batch: readonly Change[], count: number): void {
    if (count > 0) {
      this.checkpoint = batch[count - 1].number;
    }
  }

  /** What is settled must be with Nakadi, or parked, or a dead letter from an earlier delivery. */
  private check(settled: readonly Change[]): void {
    const { parked, deadLetters } = this.world;
    for (const change of settled.filter(({ isPublished }) => isPublished)) {
      const { id, number, record, eid } = change;
      const isSafe = this.nakadi.has(record.item, eid) || parked.rows.has(`${record.item} ${record.sequence}#000`) || deadLetters.hold(change) || this.world.isSkipped(change);
      if (!isSafe) {
        throw new BrokenPromise(`${id}#${number} counts as settled, but is neither published nor parked nor skipped nor a dead letter`);
      }
    }
  }

  /** The changes of its items that are still to be delivered. */
  private ahead(): Change[] {
    return this.world.table.changes.slice(this.checkpoint).filter(({ id }) => laneOf(id, this.world.history.lanes) === this.number);
  }
}

/** The lane of an item. */
export function laneOf(id: string, lanes: number): number {
  return (id.charCodeAt(0) + id.charCodeAt(1)) % lanes;
}

function answerOf({ batchItemFailures: [first] }: BatchResponse): string {
  return first === undefined ? 'all settled' : `unsettled from ${first.itemIdentifier}`;
}
