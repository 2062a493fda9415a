import { parseArgs } from 'node:util';

/** The parts of the bench. */
export const PARTS = ['cpu', 'wire', 'small-processor', 'long-lists', 'start-up', 'synth', 'requeue'] as const;

export type Part = (typeof PARTS)[number];

/** What the command line asks for. */
export interface BenchOptions {
  readonly json: boolean;
  readonly smoke: boolean;
  readonly million: boolean;
  readonly parts: readonly Part[];
}

export const HELP = `npm run bench -- [OPTION]...

Measures the relay beside the least that any relay must do, and beside other relays; about seven minutes.

  --only PART   one part only, may be given several times: ${PARTS.join(', ')}
  --million     let the requeue drain a million events too, which takes many minutes
  --smoke       see in seconds that everything runs; the numbers say nothing
  --json        print the findings as JSON
  --help        print this

docs/performance.md says what each line means. Exits with 0 whatever the numbers are.
`;

/** An option that cannot be. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}

/**
 * Reads the command line.
 *
 * @returns undefined where help is asked for
 * @throws OptionError that says what is wrong and what is allowed
 */
export function readOptions(argv: readonly string[]): BenchOptions | undefined {
  const { json, smoke, million, only, help } = parse(argv);
  const unknown = only.find((part) => !PARTS.includes(part as Part));
  if (unknown !== undefined) {
    throw new OptionError(`--only must be one of ${PARTS.join(', ')}, got ${JSON.stringify(unknown)}`);
  }
  return help ? undefined : { json, smoke, million, parts: only.length > 0 ? (only as Part[]) : PARTS };
}

function parse(argv: readonly string[]): { json: boolean; smoke: boolean; million: boolean; only: string[]; help: boolean } {
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({
      args: [...argv],
      options: { json: flag, smoke: flag, million: flag, only: { type: 'string', multiple: true, default: [] as string[] }, help: flag },
    }).values;
  } catch (error) {
    throw new OptionError(`${(error as Error).message.split('\n')[0]}; \`npm run bench -- --help\` lists what can be given`);
  }
}
