// The requeue as it is shipped, in a process of its own: at each message it runs until nothing waits.
import { performance } from 'node:perf_hooks';
import { bundle } from '../contenders/bundle.ts';

/** What draining took. */
export interface Drain {
  readonly elapsedMs: number;
  /** Largest memory of the process, in mebibytes. */
  readonly memoryMiB: number;
}

interface Requeue {
  handler(event: unknown, context: { awsRequestId: string; getRemainingTimeInMillis(): number }): Promise<void>;
}

const { handler } = (await import(bundle('requeue'))) as Requeue;

async function drain(): Promise<Drain> {
  const start = performance.now();
  await handler({}, { awsRequestId: 'bench', getRemainingTimeInMillis: () => 3_600_000 });
  return { elapsedMs: performance.now() - start, memoryMiB: process.resourceUsage().maxRSS / 1024 };
}

process.on('message', () => {
  void drain().then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit());
