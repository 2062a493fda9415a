// The main job of the repository: runs the example on this machine and shows that nothing is lost.
import { LocalRuntimeError } from './runtime/index.ts';
import { InputFileError } from './scenario/input-file.ts';
import { HELP, OptionError, readOptions } from './scenario/options.ts';
import { describe, isEmpty, isGood, ProgressDisplay } from './scenario/report.ts';
import { runScenario } from './scenario/scenario.ts';

/** Bad lines of an input file that are shown; the rest is counted. */
const SHOWN_BAD_LINES = 20;

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    console.log(HELP);
    return 0;
  }
  const display = new ProgressDisplay(process.stderr);
  let badLines = 0;
  const summary = await runScenario(
    options,
    (progress) => { display.show(progress); },
    (line, fault) => {
      if (++badLines <= SHOWN_BAD_LINES) {
        display.end();
        console.error(`${options.input ?? ''}:${String(line)}: ${fault}`);
      }
    },
  );
  display.end();
  console.log(options.json ? JSON.stringify(summary) : `\n${describe(summary)}`);
  if (isEmpty(summary)) {
    console.error(`no line of ${options.input ?? 'the input'} is a change`);
    return 2;
  }
  return isGood(summary) ? 0 : 1;
}

/** Errors that a user can mend; of any other, the stack tells where the bug is. */
const KNOWN_ERRORS = [OptionError, InputFileError, LocalRuntimeError];

// Without a handler, a signal would end the process without cleaning up.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => process.exit(130));
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(KNOWN_ERRORS.some((known) => error instanceof known) ? `\n${(error as Error).message}` : error);
  process.exitCode = 2;
}
