import { userInfo } from 'node:os';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { ParkReason } from '../lambda/core/parked-event.ts';
import { padSequence } from '../lambda/core/occurrence.ts';
import { HELP, type ParkedCommandName } from './help.ts';
import { readItemName, type ItemName } from './item-name.ts';
import { isReason, REASONS } from './reasons.ts';
import { UsageError } from './usage-error.ts';

/** Which table, and where. */
export interface TableAccess {
  readonly table: string;
  readonly region?: string;
  readonly endpoint?: string;
}

/** Which items. */
export interface ItemFilter {
  readonly item?: ItemName;
  readonly reason?: ParkReason;
}

/** What a person wants to know of stream records. */
export interface EventQuestion {
  /** File with the records. */
  readonly file: string;
  /** File with the template of the outbox; every default where it is absent. */
  readonly template?: string;
  /** Beginning of the outbox's logical ids. */
  readonly outbox?: string;
  /** Whether a JSON schema is wanted, not the events. */
  readonly schema: boolean;
}

/** What a person wants to be done with parked events. */
export type ParkedCommand =
  | ({ readonly type: 'list'; readonly limit: number; readonly json: boolean } & ItemFilter & TableAccess)
  | ({ readonly type: 'show'; readonly item: ItemName; readonly records: boolean } & TableAccess)
  | ({ readonly type: 'retry' } & ItemFilter & TableAccess)
  | ({
      readonly type: 'skip';
      readonly item: ItemName;
      readonly because: string;
      readonly by: string;
      /** Padded sequence number that the oldest record must have. */
      readonly sequence?: string;
      readonly allRecords: boolean;
      readonly yes: boolean;
    } & TableAccess);

/** What a person wants to be done. */
export type Command = { readonly type: 'help'; readonly text: string } | ({ readonly type: 'event' } & EventQuestion) | ParkedCommand;

const TEXT = { type: 'string' } as const;
const FLAG = { type: 'boolean', default: false } as const;
const COMMON = { table: TEXT, region: TEXT, endpoint: TEXT, item: TEXT, help: FLAG };

const OPTIONS = {
  list: { ...COMMON, reason: TEXT, limit: TEXT, json: FLAG },
  show: { ...COMMON, records: FLAG },
  retry: { ...COMMON, reason: TEXT, all: FLAG },
  skip: { ...COMMON, because: TEXT, by: TEXT, sequence: TEXT, 'all-records': FLAG, yes: FLAG },
} satisfies Record<ParkedCommandName, ParseArgsConfig['options']>;

const EVENT_OPTIONS = { template: TEXT, outbox: TEXT, schema: FLAG } satisfies ParseArgsConfig['options'];

/** Longest text of `--because` and `--by`: it must fit into a row beside the record. */
const LONGEST_TEXT = 1000;

/**
 * Reads the command line.
 *
 * @throws UsageError that says what is wrong and what is allowed
 */
export function readCommandLine(argv: readonly string[]): Command {
  const [group, name, ...rest] = argv;
  if (group === '--help' || (group === 'parked' && name === '--help')) {
    return { type: 'help', text: HELP.all };
  }
  if (group === 'event') {
    return readEvent(argv.slice(1));
  }
  if (group !== 'parked' || name === undefined || !Object.hasOwn(OPTIONS, name)) {
    const given = argv.slice(0, 2).join(' ');
    throw new UsageError(`the command must be parked list, parked show, parked retry, parked skip or event${given && `, got ${JSON.stringify(given)}`}`);
  }
  return readParked(name as ParkedCommandName, rest);
}

function readParked(name: ParkedCommandName, args: string[]): Command {
  if (args.includes('--help')) {
    return { type: 'help', text: HELP[name] };
  }
  switch (name) {
    case 'list': {
      const { limit, json, ...values } = parse(args, OPTIONS.list);
      return { type: 'list', ...access(values), ...filter(values), limit: limit === undefined ? Infinity : readLimit(limit), json };
    }
    case 'show': {
      const { records, ...values } = parse(args, OPTIONS.show);
      return { type: 'show', ...access(values), item: readItemName(required('--item', values.item)), records };
    }
    case 'retry': {
      const values = parse(args, OPTIONS.retry);
      const chosen = [values.item, values.reason, values.all || undefined].filter((choice) => choice !== undefined);
      if (chosen.length !== 1) {
        throw new UsageError('say which items: exactly one of --item KEY, --reason REASON and --all');
      }
      return { type: 'retry', ...access(values), ...filter(values) };
    }
    case 'skip': {
      const { sequence, yes, 'all-records': allRecords, ...values } = parse(args, OPTIONS.skip);
      if (allRecords && sequence !== undefined) {
        throw new UsageError('--sequence names one record, --all-records means all: give only one of them');
      }
      return {
        type: 'skip',
        ...access(values),
        item: readItemName(required('--item', values.item)),
        because: readText('--because', required('--because', values.because)),
        by: readText('--by', required('--by', values.by ?? userName())),
        sequence: sequence === undefined ? undefined : readSequence(sequence),
        allRecords,
        yes,
      };
    }
  }
}

function readEvent(args: string[]): Command {
  if (args.includes('--help')) {
    return { type: 'help', text: HELP.event };
  }
  const { values, positionals } = understood(() => parseArgs({ args, options: EVENT_OPTIONS, allowPositionals: true }));
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) {
    throw new UsageError(`one FILE with stream records must be named, got ${String(positionals.length)}`);
  }
  if (values.outbox !== undefined && values.template === undefined) {
    throw new UsageError('--outbox chooses among the outboxes of a template: name the template with --template');
  }
  return { type: 'event', file, ...values };
}

function parse<Options extends NonNullable<ParseArgsConfig['options']>>(args: string[], options: Options): ReturnType<typeof parseArgs<{ options: Options }>>['values'] {
  return understood(() => parseArgs({ args, options }).values);
}

function understood<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    // The rest of such a message tells of positional arguments that look like options.
    throw new UsageError((error as Error).message.replaceAll('\n', ' ').split('. To specify a positional')[0]);
  }
}

function access({ table, region, endpoint }: { table?: string; region?: string; endpoint?: string }): TableAccess {
  if (endpoint !== undefined && !/^https?:\/\/[^/]/.test(endpoint)) {
    throw new UsageError(`--endpoint must be a URL, for instance http://127.0.0.1:8000, got ${JSON.stringify(endpoint)}`);
  }
  return { table: required('--table', table), region, endpoint };
}

function filter({ item, reason }: { item?: string; reason?: string }): ItemFilter {
  if (reason !== undefined && !isReason(reason)) {
    throw new UsageError(`--reason must be one of ${Object.keys(REASONS).join(', ')}, got ${JSON.stringify(reason)}`);
  }
  return { ...(item !== undefined && { item: readItemName(item) }), ...(reason !== undefined && { reason }) };
}

function required(name: string, value: string | undefined): string {
  if (value === undefined || value.trim() === '') {
    throw new UsageError(`${name} is missing`);
  }
  return value;
}

function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined; // a user without a name, as in some containers
  }
}

function readText(name: string, text: string): string {
  if (text.length > LONGEST_TEXT) {
    throw new UsageError(`${name} must have up to ${String(LONGEST_TEXT)} characters, got ${String(text.length)}`);
  }
  return text;
}

function readLimit(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) {
    throw new UsageError(`--limit must be a whole number from 1 on, got ${JSON.stringify(text)}`);
  }
  return Number(text);
}

function readSequence(text: string): string {
  if (!/^\d{1,40}$/.test(text)) {
    throw new UsageError(`--sequence must be a sequence number of up to 40 digits, got ${JSON.stringify(text)}`);
  }
  return padSequence(text);
}
