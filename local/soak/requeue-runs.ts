import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.ts';
import type { Journal } from './journal.ts';
import type { Kills } from './kills.ts';
import { SOAK } from './soak-names.ts';
import type { SoakStack } from './soak-stack.ts';

/** Milliseconds after a killed run until its lease is taken: what it sent has arrived by then. */
const DEAD_MS = 500;

/** How long the first run may take, in milliseconds: a run is killed at some moment of the time that the one before it took. */
const FIRST_RUN_MS = 1_500;

/** Starts the requeue again and again, as its schedule does; some runs two at a time, some killed. */
export class RequeueRuns {
  /** The share of runs that are killed, from 0 to 1. */
  killedShare = 0.35;
  /** While true, no further run is started. */
  paused = false;
  readonly #stack: SoakStack;
  readonly #kills: Kills;
  readonly #random: Random;
  readonly #journal: Journal;
  #runs = 0;
  #runMs = FIRST_RUN_MS;
  #stopped = false;
  #loop: Promise<void> = Promise.resolve();

  constructor(stack: SoakStack, kills: Kills, random: Random, journal: Journal) {
    this.#stack = stack;
    this.#kills = kills;
    this.#random = random;
    this.#journal = journal;
  }

  start(): void {
    this.#stack.runtime.schedule(SOAK.requeueSchedule).disable();
    this.#loop = this.#run();
    // Told by stop().
    this.#loop.catch(() => undefined);
  }

  /** Resolves when the last run is over; rejects with what went wrong in between. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      if (this.paused) {
        await sleep(50, undefined, { ref: false });
        continue;
      }
      const began = Date.now();
      const isKilled = this.#kills.counts.requeue < this.killedShare * ++this.#runs;
      const timer = isKilled ? setTimeout(() => { this.#kills.kill('requeue'); }, this.#runMs * this.#random()) : undefined;
      const together = this.#random() < 0.15 ? 2 : 1;
      const results = await Promise.all(Array.from({ length: together }, () => this.#stack.runtime.invoke(SOAK.requeue)));
      clearTimeout(timer);
      const failures = results.filter(({ functionError }) => functionError !== undefined);
      if (failures.length > 0) {
        this.#journal.note(`requeue: ${failures.map(({ payload }) => JSON.stringify(payload)).join(', ').slice(0, 500)}`);
        await sleep(DEAD_MS);
        await this.#stack.endLease();
      } else {
        this.#runMs = Date.now() - began;
      }
      await sleep(200 + 600 * this.#random());
    }
  }
}
