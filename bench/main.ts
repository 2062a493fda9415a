// npm run bench: measures the relay beside the floor and other relays.
import { HELP, OptionError, readOptions } from './options.ts';
import { describeMachine } from './report/machine.ts';
import { isReached } from './report/finding.ts';
import { table } from './report/table.ts';
import { runBench } from './run-bench.ts';

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    console.log(HELP);
    return 0;
  }
  const machine = describeMachine();
  const findings = await runBench(options, (part) => { console.error(`${part} …`); });
  const judged = findings.map((finding) => ({ ...finding, reached: isReached(finding) }));
  console.log(options.json ? JSON.stringify({ machine, findings: judged }) : `\n${table(machine, findings)}`);
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof OptionError ? error.message : error);
  process.exit(2);
}
