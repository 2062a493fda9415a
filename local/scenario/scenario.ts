import { setTimeout as sleep } from 'node:timers/promises';
import type { Change } from './change.ts';
import { History } from './history.ts';
import { countLines, readInput } from './input-file.ts';
import { LocalStack } from './local-stack.ts';
import { KEY_ATTRIBUTES, type ScenarioOptions } from './options.ts';
import { anyEventType, ORDER_EVENT_TYPE, orderEventType } from './order-event-type.ts';
import { Orders } from './orders.ts';
import { RelayLog } from './relay-log.ts';
import { compare, type Verdict } from './verdict.ts';
import { Writer } from './writer.ts';

/** How far a run is. */
export interface Progress {
  readonly phase: string;
  readonly committed: number;
  readonly planned: number;
  readonly accepted: number;
  readonly parked: number;
}

/** What a run came to. */
export interface Summary extends Verdict {
  readonly parked: number;
  readonly requeued: number;
  /** Items that still wait, and messages in the dead-letter queue, when the time for draining was over. */
  readonly leftParked: number;
  readonly leftDeadLetters: number;
  /** Why items still wait. */
  readonly leftReasons: readonly string[];
  /** Requests to Nakadi. */
  readonly requests: number;
  readonly writeSeconds: number;
  readonly drainSeconds: number;
  readonly eventsPerSecond: number;
  /** Lines of the input file that are no changes, or that DynamoDB refused. */
  readonly badLines: number;
}

const REQUEUE_EVERY_MS = 2_000;
/** How long the outbox may take, after the last change, until all is published; and how long the same items may wait meanwhile. */
const DRAIN_MS = 120_000;
const STUCK_MS = 15_000;

/**
 * Runs the scenario.
 *
 * @param onProgress told several times a second
 * @param onBadLine told of each line of the input that is no change
 */
export async function runScenario(
  options: ScenarioOptions,
  onProgress: (progress: Progress) => void,
  onBadLine: (line: number, fault: string) => void,
): Promise<Summary> {
  const log = new RelayLog();
  let phase = 'starting DynamoDB Local, SQS and Nakadi';
  const history = new History(KEY_ATTRIBUTES);
  let stack: LocalStack | undefined;
  const planned = options.input === undefined ? options.changes : Math.min(options.changes, await countLines(options.input));
  const tell = (): void => {
    onProgress({ phase, committed: history.count, planned, accepted: log.accepted + log.requeued, parked: log.waiting });
  };
  const ticker = setInterval(tell, 250);
  tell();
  try {
    stack = await LocalStack.start({ ports: options.ports, requeueEvery: REQUEUE_EVERY_MS, onLog: (line) => { log.read(line.line); } });
    const rejects = options.rejections && options.input === undefined;
    stack.nakadi.createEventType(options.input === undefined ? orderEventType(rejects ? ['RETURNED'] : []) : anyEventType());

    const writer = new Writer(stack.dynamodb, stack.table, history, KEY_ATTRIBUTES);
    const start = Date.now();
    let badLines = 0;
    const bad = (line: number, fault: string): void => {
      badLines++;
      onBadLine(line, fault);
    };
    phase = 'writing';
    const writing = options.input === undefined ? writeOrders(writer, options) : writeInput(writer, options.input, options, bad);
    const events = playEvents(stack, history, { ...options, changes: planned }, rejects, writing.done, (name) => { phase = name; });
    const [written] = await Promise.all([writing.finished.then(() => Date.now()), events]);
    phase = 'draining';
    await drained(stack, DRAIN_MS);
    const end = Date.now();
    phase = 'comparing the table with Nakadi';
    tell();
    const entries = stack.nakadi.consumed(ORDER_EVENT_TYPE);
    const waiting = await stack.backlog.waitingItems();
    const parkedItems = new Set(waiting.map(({ key }) => history.keyOf(key)));
    const verdict = compare(history, entries.map(({ raw }) => raw), KEY_ATTRIBUTES, parkedItems);
    return {
      ...verdict,
      parked: log.parked,
      requeued: log.requeued,
      leftParked: waiting.length,
      leftReasons: [...new Set(waiting.map(({ detail }) => detail))].slice(0, 5),
      leftDeadLetters: await stack.backlog.deadLetters(),
      requests: stack.nakadi.requests.count,
      writeSeconds: (written - start) / 1000,
      drainSeconds: (end - written) / 1000,
      eventsPerSecond: verdict.accepted / ((end - start) / 1000),
      badLines,
    };
  } finally {
    clearInterval(ticker);
    await stack?.stop();
  }
}

/** Writers at work: when they are done, and whether they are. */
interface Writing {
  readonly finished: Promise<void>;
  readonly done: () => boolean;
}

/** Several writers at once, each with orders of its own, spread over the time that is given. */
function writeOrders(writer: Writer, options: ScenarioOptions): Writing {
  const start = Date.now();
  let made = 0;
  let done = false;
  const work = async (name: number): Promise<void> => {
    const orders = new Orders(`${String.fromCharCode(65 + (name % 26))}${String(name)}`, options.seed * 1000 + name);
    while (made < options.changes) {
      const due = start + (made++ / options.changes) * options.seconds * 1000;
      const early = due - Date.now();
      if (early > 0) {
        await sleep(early);
      }
      await writer.write(orders.next());
    }
  };
  const finished = Promise.all(Array.from({ length: options.writers }, (_, name) => work(name))).then(() => undefined).finally(() => { done = true; });
  return { finished, done: () => done };
}

/** Lines of a file, in order for each item: items are dealt to writers by their keys. */
function writeInput(writer: Writer, file: string, options: ScenarioOptions, onBadLine: (line: number, fault: string) => void): Writing {
  let done = false;
  const write = async (change: Change, line: number): Promise<void> => {
    try {
      await writer.write(change);
    } catch (error) {
      onBadLine(line, `DynamoDB refuses it: ${(error as Error).message}`);
    }
  };
  const work = async (): Promise<void> => {
    const lanes = Array.from({ length: options.writers }, () => Promise.resolve());
    let count = 0;
    for await (const input of readInput(file, { keyAttributes: KEY_ATTRIBUTES, keyFrom: options.keyFrom })) {
      if ('fault' in input) {
        onBadLine(input.line, input.fault);
        continue;
      }
      if (count++ >= options.changes) {
        break;
      }
      const lane = hashOf(JSON.stringify(writer.keyOf(input.change))) % lanes.length;
      lanes[lane] = lanes[lane].then(() => write(input.change, input.line));
      if (count % 100 === 0) {
        await Promise.all(lanes);
      }
    }
    await Promise.all(lanes);
  };
  return { finished: work().finally(() => { done = true; }), done: () => done };
}

function hashOf(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) {
    hash = (Math.imul(hash, 31) + text.charCodeAt(index)) >>> 0;
  }
  return hash;
}

/** What happens to Nakadi meanwhile: an outage in the middle, and a correction of the event type near the end. */
async function playEvents(
  stack: LocalStack,
  history: History,
  options: ScenarioOptions,
  rejects: boolean,
  done: () => boolean,
  phase: (name: string) => void,
): Promise<void> {
  const reached = async (share: number): Promise<void> => {
    while (!done() && history.count < options.changes * share) {
      await sleep(50);
    }
  };
  if (options.outage > 0) {
    await reached(0.35);
    phase('Nakadi is away');
    const outage = stack.nakadi.faults.add({ kind: 'outage', how: 'answer' });
    await sleep(options.outage * 1000);
    await outage.clear();
    phase('Nakadi is back');
  }
  if (rejects) {
    await reached(0.8);
    phase('the event type is corrected');
    stack.nakadi.updateEventType(orderEventType());
    await stack.backlog.retryNow();
  }
}

/** Waits until nothing is left in the stream, nothing is parked and the dead-letter queue is empty, or the time is over. */
async function drained(stack: LocalStack, milliseconds: number): Promise<void> {
  const deadline = Date.now() + milliseconds;
  let last = { settled: false, waiting: -1, since: Date.now() };
  while (Date.now() < deadline) {
    const settled = await stack.runtime.idle(1_000).then(() => true, () => false);
    const waiting = (await stack.backlog.openItems()).length + (await stack.backlog.deadLetters());
    if (waiting !== last.waiting || settled !== last.settled) {
      last = { settled, waiting, since: Date.now() };
    }
    // What waits although it is tried again and again needs a person.
    if (settled && (waiting === 0 || Date.now() - last.since > STUCK_MS)) {
      return;
    }
    // What was refused just before the correction is put off for a minute; an operator does not wait.
    await stack.backlog.retryNow();
    await sleep(500);
  }
}
