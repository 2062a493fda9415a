import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../core/ports.ts';

/** The machine's time and chance. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds) => setTimeout(milliseconds),
  random: () => Math.random(),
};
