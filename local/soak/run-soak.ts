import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../random.ts';
import { History } from '../scenario/history.ts';
import { RelayLog } from '../scenario/relay-log.ts';
import type { Progress } from '../scenario/scenario.ts';
import { Journal } from './journal.ts';
import { Kills } from './kills.ts';
import { NakadiFaults } from './nakadi-faults.ts';
import type { SoakOptions } from './options.ts';
import { RequeueRuns } from './requeue-runs.ts';
import { SOAK_KEYS } from './soak-names.ts';
import { SoakStack } from './soak-stack.ts';
import { summarize, type SoakSummary } from './soak-summary.ts';
import { WRITERS, writeWhile } from './soak-writer.ts';
import { Storms } from './storms.ts';

/** How many put faults on Nakadi at the same time. */
const PLAYERS = 2;

/** Longest time from one fault of a player to its next, in milliseconds. */
const LONGEST_SLOT_MS = 5_000;

/** Milliseconds between two kills of the relay, on average. */
const KILL_EVERY_MS = 3_000;

/** How long the outbox may take until all is published once nothing goes wrong any more, beside the time of the soak. */
const DRAIN_MS = 180_000;

/**
 * Runs a soak: for some minutes changes are made and everything goes wrong; then nothing does, the outbox drains, and what Nakadi accepted is
 * compared with what the table committed.
 *
 * @param onProgress told twice a second
 */
export async function runSoak(options: SoakOptions, onProgress: (progress: Progress) => void): Promise<SoakSummary> {
  const { minutes, seed } = options;
  const journal = new Journal();
  const log = new RelayLog();
  const history = new History(SOAK_KEYS);
  const runtimeErrors: string[] = [];
  let phase = 'starting DynamoDB Local, SQS and Nakadi';
  let start = Date.now();
  const ticker = setInterval(() => {
    // How many changes there will be is not known: the bar shows the time.
    const planned = Math.max(1, history.count / Math.min(1, Math.max(0.001, (Date.now() - start) / (minutes * 60_000))));
    onProgress({ phase, committed: history.count, planned, accepted: log.accepted + log.requeued, parked: log.waiting });
  }, 500);
  let stack: SoakStack | undefined;
  try {
    stack = await SoakStack.start({
      folder: journal.folder,
      seed,
      onLog: ({ function: name, line }) => {
        log.read(line);
        journal.noteLine(name, line);
      },
      onError: (text) => {
        runtimeErrors.push(text);
        journal.note(`local runtime: ${text}`);
      },
    });
    const kills = new Kills(stack.runtime, seededRandom(seed + 10), journal);
    const faults = new NakadiFaults(stack, kills, seededRandom(seed + 20), journal);
    const requeue = new RequeueRuns(stack, kills, seededRandom(seed + 30), journal);
    const storms = new Storms(stack, kills, requeue, seededRandom(seed + 40));
    requeue.start();

    phase = 'everything goes wrong';
    start = Date.now();
    const end = start + minutes * 60_000;
    const slotMs = Math.min(LONGEST_SLOT_MS, (PLAYERS * (end - start)) / (NakadiFaults.kinds + PLAYERS));
    let over = false;
    const writers = Array.from({ length: WRITERS }, (_, index) => writeWhile(() => !over, end - start, stack as SoakStack, history, index, seed));
    const writing = Promise.all(writers).finally(() => { over = true; });
    writing.catch(() => undefined);
    await Promise.all([...Array.from({ length: PLAYERS }, () => faults.play(end, slotMs)), kills.killNowAndThen(end, KILL_EVERY_MS), storms.until(end)]);
    await storms.last();
    over = true;
    await writing;

    phase = 'draining';
    journal.note('nothing goes wrong any more');
    const written = Date.now();
    requeue.killedShare = 0;
    await stack.mendNakadi();
    await storms.settle();
    await drained(stack, written + DRAIN_MS + minutes * 60_000);
    await requeue.stop();
    const drainSeconds = (Date.now() - written) / 1000;

    phase = 'comparing the table with Nakadi';
    const { parked, requeued } = log;
    const counts = { minutes, seed, faults: faults.counts, kills: kills.counts, parked, requeued, runtimeErrors, writeSeconds: (written - start) / 1000, drainSeconds };
    return await summarize(stack, history, journal, counts, faults.overtaken);
  } catch (error) {
    if (stack !== undefined) {
      journal.keep();
      throw new Error(`the soak ended early; its logs are in ${journal.folder}`, { cause: error });
    }
    throw error;
  } finally {
    clearInterval(ticker);
    await stack?.stop();
  }
}

/** Waits until nothing is in the stream, the dead-letter queue is empty and nothing is parked, or the time is over. */
async function drained(stack: SoakStack, deadline: number): Promise<void> {
  while (Date.now() < deadline) {
    const settled = await stack.runtime.idle(2_000).then(() => true, () => false);
    // In this order: what was in the queue is parked before it leaves the queue.
    const letters = await stack.backlog.deadLetters();
    const items = await stack.backlog.openItems();
    if (settled && letters + items.length === 0) {
      return;
    }
    // What was refused is put off for a minute or more; an operator does not wait.
    await stack.backlog.retryNow();
    await sleep(500);
  }
}
