// npm run soak: lets everything go wrong for some minutes, and shows that nothing is lost.
import { LocalRuntimeError } from './runtime/index.ts';
import { OptionError } from './scenario/options.ts';
import { ProgressDisplay } from './scenario/report.ts';
import { HELP, readSoakOptions } from './soak/options.ts';
import { describeSoak } from './soak/report.ts';
import { runSoak } from './soak/run-soak.ts';
import { isGood } from './soak/soak-summary.ts';

async function main(): Promise<number> {
  const options = readSoakOptions(process.argv.slice(2));
  if (options === undefined) {
    console.log(HELP);
    return 0;
  }
  const display = new ProgressDisplay(process.stderr);
  const summary = await runSoak(options, (progress) => { display.show(progress); });
  display.end();
  console.log(options.json ? JSON.stringify(summary) : `\n${describeSoak(summary)}`);
  return isGood(summary) ? 0 : 1;
}

// Without a handler, a signal would end the process without cleaning up.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => process.exit(130));
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error([OptionError, LocalRuntimeError].some((known) => error instanceof known) ? `\n${(error as Error).message}` : error);
  // What was under way when the soak ended early is not waited for.
  process.exit(2);
}
