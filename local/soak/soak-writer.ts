import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../random.ts';
import type { History } from '../scenario/history.ts';
import { Writer } from '../scenario/writer.ts';
import { SOAK_KEYS } from './soak-names.ts';
import { SoakChanges } from './soak-changes.ts';
import type { SoakStack } from './soak-stack.ts';

/** How many write at the same time. */
export const WRITERS = 4;

/** Milliseconds between two changes of large items, at least. */
const LARGE_EVERY_MS = 1_500;

/** Large changes in one soak, for the memory that their events take. */
const MOST_LARGE = 400;

/** Changes in a burst, and milliseconds of the pause behind it, at most. */
const LONGEST_BURST = 28;
const LONGEST_PAUSE_MS = 2_400;

/**
 * One writer: bursts and pauses, with a large change now and then.
 *
 * @param goesOn asked before each change
 * @param totalMs how long that will be, about
 */
export async function writeWhile(goesOn: () => boolean, totalMs: number, stack: SoakStack, history: History, index: number, seed: number): Promise<void> {
  const writer = new Writer(stack.dynamodb, stack.table, history, SOAK_KEYS);
  const random = seededRandom(seed * 100 + index);
  const changes = new SoakChanges(String.fromCharCode(65 + index), seed * 1000 + 2 * index);
  const largeEveryMs = Math.max(LARGE_EVERY_MS, totalMs / MOST_LARGE) * WRITERS;
  let nextLarge = Date.now() + largeEveryMs * random();
  while (goesOn()) {
    for (let left = Math.ceil(LONGEST_BURST * random()); left > 0 && goesOn(); left--) {
      const isLarge = Date.now() >= nextLarge;
      nextLarge += isLarge ? largeEveryMs : 0;
      const step = isLarge ? changes.nextLarge() : changes.next();
      await (step.type === 'one' ? writer.write(step.change) : writer.writeTogether(step.changes));
    }
    await sleep(LONGEST_PAUSE_MS * random());
  }
}
