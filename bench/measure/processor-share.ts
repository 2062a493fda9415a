import { readdirSync, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';

/** Time after which a share that was not used is lost, as where the kernel counts the quota of a function. */
const PERIOD_MS = 20;

/** How often the parent looks, in milliseconds. */
const STEP_MS = 1;

/**
 * Leaves a process so much of a processor as a small Lambda function has: it is stopped where it has had its share, and goes on where it has
 * some again. What it took too much is taken off the next share, so the mean is exact.
 */
export class ProcessorShare {
  readonly #pid: number;
  readonly #share: number;
  #ended = false;
  #done: Promise<void> = Promise.resolve();

  constructor(pid: number, share: number) {
    this.#pid = pid;
    this.#share = share;
  }

  /** Whether the system tells what processes used. */
  static isSupported(): boolean {
    return process.platform === 'linux';
  }

  start(): void {
    this.#done = this.#hold();
  }

  /** Leaves the whole processor to the process again. */
  async stop(): Promise<void> {
    this.#ended = true;
    await this.#done;
    process.kill(this.#pid, 'SIGCONT');
  }

  async #hold(): Promise<void> {
    let [seenAt, seen] = [performance.now(), this.#usedMs()];
    let left = 0;
    let stopped = false;
    while (!this.#ended) {
      await setTimeout(STEP_MS);
      const [now, used] = [performance.now(), this.#usedMs()];
      left = Math.min(left + (now - seenAt) * this.#share, PERIOD_MS * this.#share) - (used - seen);
      [seenAt, seen] = [now, used];
      if (left <= 0 !== stopped) {
        stopped = !stopped;
        process.kill(this.#pid, stopped ? 'SIGSTOP' : 'SIGCONT');
      }
    }
  }

  /** Processor time of all threads, in milliseconds. @see https://docs.kernel.org/scheduler/sched-stats.html */
  #usedMs(): number {
    const threads = `/proc/${this.#pid}/task`;
    return readdirSync(threads).reduce((sum, thread) => sum + Number(readFileSync(`${threads}/${thread}/schedstat`, 'utf8').split(' ')[0]), 0) / 1e6;
  }
}
