import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import { Actor, type Scheduler } from './scheduler.ts';

let current: Scheduler | undefined;

/** Whose pauses these are does not matter: who is dead meanwhile gets no answer to what it asks next. */
const anybody = new Actor('anybody');

/** Makes the pauses of the adapters pass in a scheduler's time. */
export function useVirtualTimers(scheduler: Scheduler): void {
  if (current === undefined) {
    timers.setTimeout = ((milliseconds: number) => current!.sleep(anybody, Math.ceil(milliseconds > 0 ? 20 : 0))) as typeof timers.setTimeout;
    syncBuiltinESMExports();
  }
  current = scheduler;
}
