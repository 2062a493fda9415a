import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.ts';
import type { LocalRuntime } from '../runtime/index.ts';
import type { Journal } from './journal.ts';
import { SOAK } from './soak-names.ts';

/** How long a storm may last, in milliseconds. */
const LONGEST_STORM_MS = 20_000;

/** Kills processes with SIGKILL, at whatever line they are. */
export class Kills {
  /** Processes that were killed. */
  readonly counts = { relay: 0, requeue: 0 };
  readonly #runtime: LocalRuntime;
  readonly #random: Random;
  readonly #journal: Journal;
  #heldUntil = 0;

  constructor(runtime: LocalRuntime, random: Random, journal: Journal) {
    this.#runtime = runtime;
    this.#random = random;
    this.#journal = journal;
  }

  /** Nothing is killed for so many milliseconds. */
  holdFor(milliseconds: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, Date.now() + milliseconds);
  }

  /** @returns how many processes there were to kill */
  kill(name: 'relay' | 'requeue'): number {
    const count = Date.now() < this.#heldUntil ? 0 : this.#runtime.killFunction(SOAK[name]);
    this.counts[name] += count;
    return count;
  }

  /** Kills the relay now and then until the moment (epoch milliseconds), on average once in so many milliseconds. */
  async killNowAndThen(until: number, everyMs: number): Promise<void> {
    for (;;) {
      await sleep(2 * everyMs * this.#random());
      if (Date.now() >= until) {
        return;
      }
      this.#journal.note(`killed the relay: ${String(this.kill('relay'))} processes`);
    }
  }

  /**
   * Kills every process of the relay soon after it was started, until the event source mapping has given up on some batches.
   *
   * @param batches how many
   */
  async storm(batches: number): Promise<void> {
    const { counters } = this.#runtime.eventSourceMapping(SOAK.eventSourceMapping);
    const relay = this.#runtime.function(SOAK.relay);
    const enough = counters.destinationDeliveries + batches;
    const deadline = Date.now() + LONGEST_STORM_MS;
    let killed = 0;
    while (counters.destinationDeliveries < enough && Date.now() < deadline) {
      if (relay.pids.length > 0) {
        await sleep(120 * this.#random());
        killed += this.kill('relay');
      }
      await sleep(5);
    }
    this.#journal.note(`storm: killed ${String(killed)} processes of the relay, ${String(counters.destinationDeliveries)} dead letters so far`);
  }
}
