import type { ParkedEventsOperator } from '../lambda/adapters/parked-events-operator.ts';
import { forEachOf } from '../lambda/core/for-each-of.ts';
import type { Command } from './command-line.ts';
import type { Terminal } from './terminal.ts';
import { waitingItems } from './waiting-items.ts';

/** How many items are written at the same time. */
const WRITE_CONCURRENCY = 16;

/** Makes items due now. */
export async function retryParked(events: ParkedEventsOperator, command: Extract<Command, { type: 'retry' }>, terminal: Terminal): Promise<number> {
  let retried = 0;
  for await (const page of waitingItems(events, command)) {
    await forEachOf(page, WRITE_CONCURRENCY, async ({ head }) => {
      if (await events.retry(head)) {
        retried++;
      }
    });
  }
  terminal.note(
    retried === 0 ? 'no such item waits' : `${String(retried)} ${retried === 1 ? 'item is' : 'items are'} due now: the next run of the requeue publishes what it can`,
  );
  return retried > 0 ? 0 : 1;
}
