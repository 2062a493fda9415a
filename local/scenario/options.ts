import { parseArgs, type ParseArgsConfig } from 'node:util';

/** What a run of the scenario may vary. */
export interface ScenarioOptions {
  /** How many changes the writers make; of an input file: at most, and all where it is not said. */
  readonly changes: number;
  readonly writers: number;
  /** Over how many seconds the changes are spread. */
  readonly seconds: number;
  /** Length of the Nakadi outage in the middle, in seconds; 0: none. */
  readonly outage: number;
  /** Whether Nakadi refuses some events until their event type is corrected. */
  readonly rejections: boolean;
  readonly seed: number;
  /** File to replay in place of made-up orders. */
  readonly input?: string;
  /** For each key attribute of the table, the attribute of an input item that it is filled from; `#` is the number of the line. */
  readonly keyFrom: Readonly<Record<string, string>>;
  /** Ports of the local services; absent ones are free ports. */
  readonly ports: { readonly dynamodb?: number; readonly sqs?: number; readonly nakadi?: number };
  /** Whether the summary is one line of JSON. */
  readonly json: boolean;
}

/** Key attributes of the example's table. */
export const KEY_ATTRIBUTES: readonly string[] = ['customerId', 'orderId'];

/** An option was given that cannot be; the text says what is allowed. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}

const OPTIONS = {
  changes: { type: 'string' },
  writers: { type: 'string', default: '8' },
  seconds: { type: 'string', default: '25' },
  outage: { type: 'string', default: '10' },
  'no-rejections': { type: 'boolean', default: false },
  seed: { type: 'string', default: '1' },
  input: { type: 'string' },
  key: { type: 'string', multiple: true },
  'dynamodb-port': { type: 'string' },
  'sqs-port': { type: 'string' },
  'nakadi-port': { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const satisfies ParseArgsConfig['options'];

export const HELP = `npm start -- [OPTION]...

Synthesizes examples/order-store and runs it on this machine: its table in DynamoDB Local, its queue in an SQS emulator, its functions in
processes of their own, and a stand-in for Nakadi. Writers change orders, Nakadi goes away in the middle, and refuses some events until
their event type is corrected. At the end everything that was committed is compared with everything that Nakadi accepted.

  --changes N         changes to make (default 6000; with --input: all that the file has)
  --writers N         how many writers make them at the same time (default 8)
  --seconds N         over how many seconds they are spread (default 25)
  --outage N          length of the Nakadi outage in seconds, 0 for none (default 10)
  --no-rejections     Nakadi refuses no event
  --seed N            another seed makes other orders (default 1)
  --input FILE        replay a file: JSON Lines of items, or of Put, Update and Delete requests, or a DynamoDB export (also gzip)
  --key NAME=FROM     with --input: fill the table's key attribute NAME from the item's attribute FROM, or from the line's number (#);
                      may be given for each of customerId and orderId
  --dynamodb-port N   port of DynamoDB Local (default: a free one), likewise --sqs-port and --nakadi-port
  --json              print the summary as one line of JSON
  --help              print this

Exits with 0 when nothing was lost, nothing was out of order and every event says what the table said; with 1 when something was; with 2
when the run could not be made.
`;

/**
 * Reads the command line.
 *
 * @returns undefined where help is asked for
 * @throws OptionError that says what is wrong and what is allowed
 */
export function readOptions(argv: readonly string[]): ScenarioOptions | undefined {
  const values = parse(argv);
  if (values.help) {
    return undefined;
  }
  if (values.input === undefined && values.key !== undefined) {
    throw new OptionError('--key fills the key attributes of an input file: give one with --input FILE');
  }
  return {
    changes: values.changes === undefined ? defaultChanges(values.input) : number('--changes', values.changes, 1, 10_000_000),
    writers: number('--writers', values.writers, 1, 64),
    seconds: number('--seconds', values.seconds, 0, 3600),
    outage: number('--outage', values.outage, 0, 600),
    rejections: !values['no-rejections'],
    seed: number('--seed', values.seed, 0, 2 ** 31),
    input: values.input,
    keyFrom: keys(values.key ?? []),
    ports: {
      dynamodb: port('--dynamodb-port', values['dynamodb-port']),
      sqs: port('--sqs-port', values['sqs-port']),
      nakadi: port('--nakadi-port', values['nakadi-port']),
    },
    json: values.json,
  };
}

function defaultChanges(input: string | undefined): number {
  return input === undefined ? 6000 : Infinity;
}

function parse(argv: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'] {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS }).values;
  } catch (error) {
    throw new OptionError(`${(error as Error).message.split('\n')[0]}; \`npm start -- --help\` lists what can be given`);
  }
}

function number(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < min || value > max) {
    throw new OptionError(`${name} must be a whole number from ${String(min)} to ${String(max)}, got ${JSON.stringify(text)}`);
  }
  return value;
}

function port(name: string, text: string | undefined): number | undefined {
  return text === undefined ? undefined : number(name, text, 1, 65_535);
}

function keys(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name, from] = /^([^=]+)=(.+)$/.exec(text) ?? [];
      if (name === undefined || from === undefined) {
        throw new OptionError(`--key must be NAME=FROM, for instance --key orderId=id or --key orderId=#, got ${JSON.stringify(text)}`);
      }
      if (!KEY_ATTRIBUTES.includes(name)) {
        throw new OptionError(`--key can fill ${KEY_ATTRIBUTES.join(' and ')}, got ${JSON.stringify(name)}`);
      }
      return [name, from];
    }),
  );
}
