// A contender in a process of its own. Argument: what to run, as JSON.
import { performance } from 'node:perf_hooks';
import { payloads, type Batches } from '../data/payloads.ts';
import type { Contender, Targets } from '../contenders/contender.ts';

/** What the process is to run. */
export interface ContenderTask {
  readonly module: string;
  readonly targets: Targets;
  readonly batches: Batches;
}

/** What is to be run now. */
export interface Order {
  readonly invocations: number;
  /** Number of the first batch. Absent: where the last run ended. */
  readonly first?: number;
}

/** What some invocations took. */
export interface Effort {
  readonly invocations: number;
  readonly events: number;
  /** Processor time of the whole process, in microseconds. */
  readonly cpuMicros: number;
  readonly elapsedMs: number;
  /** Largest memory of the process so far, in mebibytes. */
  readonly memoryMiB: number;
}

const task = JSON.parse(process.argv[2]) as ContenderTask;
const batches = payloads(task.batches);
const { default: contender } = (await import(`../${task.module}`)) as { default: Contender };
const invoke = await contender(task.targets, batches);

let next = 0;

async function run(invocations: number): Promise<Effort> {
  const [startedAt, before] = [performance.now(), process.cpuUsage()];
  for (let count = 0; count < invocations; count++) {
    await invoke(next++ % batches.length);
  }
  const { user, system } = process.cpuUsage(before);
  return {
    invocations,
    events: invocations * task.batches.records,
    cpuMicros: user + system,
    elapsedMs: performance.now() - startedAt,
    memoryMiB: process.resourceUsage().maxRSS / 1024,
  };
}

process.on('message', ({ invocations, first = next }: Order) => {
  next = first;
  void run(invocations).then((effort) => process.send?.(effort));
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
