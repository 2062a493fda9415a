// Simulates outboxes in which everything fails, and shows the shortest history that breaks a promise.
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { histories, type History } from './history.ts';
import { OutboxSimulation } from './outbox-simulation.ts';

const HELP = `Usage: npm run simulate -- [--runs N] [--seed S] [--size W] [--path P]

  --runs N   histories to simulate (1000)
  --seed S   number that decides which; the same seed, the same histories
  --size W   most writes in one history (12)
  --path P   starts at a history that an earlier run found, as it printed it`;

/** How often progress is shown, in milliseconds. */
const PROGRESS_MS = 5_000;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { runs: { type: 'string' }, seed: { type: 'string' }, size: { type: 'string' }, path: { type: 'string' }, help: { type: 'boolean' } },
  });
  const numbers = [values.runs ?? '1000', values.seed ?? String(Date.now() % 2 ** 31), values.size ?? '12'].map(Number);
  const [runs, seed, size] = numbers;
  if (values.help === true || numbers.some((number) => !Number.isSafeInteger(number)) || runs < 1 || size < 1) {
    print(HELP);
    return values.help === true ? 0 : 1;
  }
  const start = Date.now();
  let [count, shown] = [0, start];
  const property = fc.asyncProperty(histories(size), async (history) => {
    await new OutboxSimulation(history).run();
    count++;
    if (Date.now() - shown > PROGRESS_MS) {
      shown = Date.now();
      process.stderr.write(`${count} of ${runs} histories, ${Math.round((count * 1_000) / (shown - start))} a second\n`);
    }
  });
  const result = await fc.check(property, { numRuns: runs, seed, path: values.path });
  const seconds = (Date.now() - start) / 1_000;
  if (!result.failed) {
    print(`${runs} histories of up to ${size} writes kept every promise (seed ${seed}, ${seconds.toFixed(1)} s, ${Math.round(runs / seconds)} a second)`);
    return 0;
  }
  const [history] = result.counterexample as [History];
  print(await describe(history));
  print(`\nFailed in history ${result.numRuns}, made smaller ${result.numShrinks} times. Again: --seed ${seed} --size ${size} --path ${result.counterexamplePath}`);
  return 1;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** What happened in a history, step by step, and how it ended. */
async function describe(history: History): Promise<string> {
  const trace: string[] = [];
  const end = await new OutboxSimulation(history, trace).run().then(
    () => 'no promise was broken this time',
    (error: unknown) => String(error),
  );
  return [`History: ${JSON.stringify({ ...history, choices: [...history.choices] })}`, '', ...trace, '', end].join('\n');
}

process.exitCode = await main();
