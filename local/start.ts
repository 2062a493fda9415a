// The main job of the repository: runs the example on this machine and shows that nothing is lost.
import { HELP, OptionError, readOptions } from './scenario/options.ts';
import { describe, isGood, ProgressDisplay } from './scenario/report.ts';
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
  return isGood(summary) ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  const known = error instanceof OptionError || (error as { code?: string }).code === 'ENOENT' || (error as Error).name.endsWith('Error');
  console.error(known ? `\n${(error as Error).message}` : error);
  process.exitCode = 2;
}
