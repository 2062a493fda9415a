import type { Clock } from '../../../lambda/core/ports.ts';
import { CREATED_AT } from '../factories.ts';

/** Time that passes only where somebody sleeps, or says so. */
export class VirtualClock implements Clock {
  readonly pauses: number[] = [];
  /** What `random` gives. */
  chance = 0.5;
  private time: number;

  constructor(time = CREATED_AT + 1_000) {
    this.time = time;
  }

  now(): number {
    return this.time;
  }

  pass(milliseconds: number): void {
    this.time += milliseconds;
  }

  sleep(milliseconds: number): Promise<void> {
    this.pauses.push(milliseconds);
    this.pass(milliseconds);
    return Promise.resolve();
  }

  random(): number {
    return this.chance;
  }
}
