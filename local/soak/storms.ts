import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.ts';
import type { Kills } from './kills.ts';
import type { RequeueRuns } from './requeue-runs.ts';
import type { SoakStack } from './soak-stack.ts';

/** Milliseconds from one storm to the next, about. */
const EVERY_MS = 30_000;

/** Most batches that are given up in one storm. */
const MOST_BATCHES = 4;

/** How long the requeue rests after a storm, in milliseconds, at most. */
const LONGEST_REST_MS = 4_000;

/** How long changes are made after the last storm, in milliseconds. */
const AFTERMATH_MS = 2_000;

/** How long the stream may take to be empty after the last storm, in milliseconds. */
const SETTLING_MS = 60_000;

/** Storms of kills, in which the platform gives up batches. */
export class Storms {
  readonly #stack: SoakStack;
  readonly #kills: Kills;
  readonly #requeue: RequeueRuns;
  readonly #random: Random;

  constructor(stack: SoakStack, kills: Kills, requeue: RequeueRuns, random: Random) {
    this.#stack = stack;
    this.#kills = kills;
    this.#requeue = requeue;
    this.#random = random;
  }

  /** Storms now and then until the moment (epoch milliseconds); the requeue rests for some seconds after each, so that what comes late is overtaken. */
  async until(end: number): Promise<void> {
    const everyMs = Math.min(EVERY_MS, (end - Date.now()) / 2);
    for (let next = Date.now() + everyMs / 2; next < end; next += everyMs * (0.7 + 0.6 * this.#random())) {
      await sleep(Math.max(0, next - Date.now()));
      this.#requeue.paused = true;
      await this.#kills.storm(Math.ceil(MOST_BATCHES * this.#random()));
      await sleep(LONGEST_REST_MS * this.#random());
      this.#requeue.paused = false;
    }
  }

  /** The last storm: what it makes late comes after everything else. */
  async last(): Promise<void> {
    this.#requeue.paused = true;
    await this.#kills.storm(MOST_BATCHES);
    await sleep(AFTERMATH_MS);
  }

  /** Once no more changes are made: lets the requeue go on when the stream is empty. */
  async settle(): Promise<void> {
    await this.#stack.runtime.idle(SETTLING_MS).catch(() => undefined);
    this.#requeue.paused = false;
  }
}
