import { parseArgs, type ParseArgsConfig } from 'node:util';
import { OptionError } from '../scenario/options.ts';

/** What a soak may vary. */
export interface SoakOptions {
  /** For how long changes are made and things go wrong. */
  readonly minutes: number;
  readonly seed: number;
}

const OPTIONS = {
  minutes: { type: 'string', default: '5' },
  seed: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const satisfies ParseArgsConfig['options'];

export const HELP = `npm run soak -- [OPTION]...

Runs an outbox on this machine and lets everything go wrong for some minutes: Nakadi fails in every way that its stand-in knows, relay and
requeue are killed (SIGKILL) at random moments, batches are delivered again or given up. Then nothing goes wrong, the outbox drains, and
what the table committed is compared with what Nakadi accepted.

  --minutes M   how long things go wrong, from 0.2 to 600 (default 5)
  --seed S      another seed makes other changes and other faults (default: a new one each time); what falls between them is chance
  --json        print the summary as one line of JSON
  --help        print this

Exits with 0 when nothing was lost, everything was in order and nothing is left; with 1 when something was wrong: the report says what, and
where the logs are; with 2 when the soak could not be run.
`;

/**
 * Reads the command line.
 *
 * @returns undefined where help is asked for
 * @throws OptionError that says what is wrong and what is allowed
 */
export function readSoakOptions(argv: readonly string[]): (SoakOptions & { readonly json: boolean }) | undefined {
  const { minutes, seed, json, help } = parse(argv);
  if (help) {
    return undefined;
  }
  if (!(Number(minutes) >= 0.2 && Number(minutes) <= 600)) {
    throw new OptionError(`--minutes must be a number from 0.2 to 600, got ${JSON.stringify(minutes)}`);
  }
  if (seed !== undefined && !/^\d{1,6}$/.test(seed)) {
    throw new OptionError(`--seed must be a whole number from 0 to 999999, got ${JSON.stringify(seed)}`);
  }
  return { minutes: Number(minutes), seed: seed === undefined ? Date.now() % 1_000_000 : Number(seed), json };
}

function parse(argv: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'] {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS }).values;
  } catch (error) {
    throw new OptionError(`${(error as Error).message.split('\n')[0]}; \`npm run soak -- --help\` lists what can be given`);
  }
}
