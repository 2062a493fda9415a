import fc from 'fast-check';
import { SLEEP_CHOICE, type RequestFate } from './scheduler.ts';

/** Names of the items. The first letter says which route an item takes. */
export const ITEMS = ['b1', 'a1', 'm1', 'a2', 'b2', 'x1'];

/** A write to the table. */
export interface Write {
  /** Number of the item, of as many as the history has. */
  readonly item: number;
  /** `hidden` changes only what events do not show; `expire` is a deletion by time to live. */
  readonly kind: 'put' | 'hidden' | 'delete' | 'expire';
  /** What is wrong with it, until all faults end: Nakadi names its event in a 422, refuses it without naming it, seems away with it, or the mapping fails. */
  readonly fault?: 'named' | 'unnamed' | 'shunned' | 'unmapped';
  /** Milliseconds since the write before; zero: nothing comes between them. */
  readonly pause: number;
}

/** What happens to a request to Nakadi. A mask says which events of the request are stored. */
export type NakadiFault =
  | { readonly type: 'status'; readonly status: number; readonly retryAfterMs?: number }
  /** No answer, or one that is not whole: all is stored, or nothing. */
  | { readonly type: 'no-answer' | 'lost-answer' | 'garbage-200' }
  /** 207: with an event that fails, all later ones of its item fail. */
  | { readonly type: 'partly'; readonly mask: number }
  /** 207 as Nakadi's settings allow it: a later event of an item may pass. Its list may be broken. */
  | { readonly type: 'reordered'; readonly mask: number; readonly broken: boolean };

/** What happens to a request to the parked-events table. A mask says which parts of a batch are processed. */
export interface TableFault {
  readonly type: 'throttled' | 'lost-request' | 'lost-answer' | 'repeated' | 'conflict' | 'unprocessed' | 'partly' | 'torn';
  readonly mask: number;
}

/** What the number of a fault counts: all requests, or those only that it can happen to. */
export const FAULT_COUNTS: Record<TableFault['type'], RegExp> = {
  throttled: /^/,
  'lost-request': /^/,
  'lost-answer': /^/,
  repeated: /^/,
  conflict: /^(Transact|Put|Update|Delete)/,
  unprocessed: /^Batch/,
  partly: /^BatchWrite/,
  torn: /^(Query|ExecuteStatement)/,
};

/** What happens in the world, at a time of its own. */
export type Incident =
  | { readonly type: 'kill-relay' | 'kill-requeue' | 'kill-operator'; readonly requests: RequestFate }
  /** The platform fails to kill a requeue that it has frozen: now, or before it notes how far an item got. */
  | { readonly type: 'oversleep'; readonly minutes: number; readonly when: 'now' | 'it advances' }
  | { readonly type: 'slow-relay' | 'slow-requeue' | 'slow-operator'; readonly milliseconds: number }
  | { readonly type: 'give-up' | 'repeat-letter' | 'rows-expire' | 'start-requeue' }
  | { readonly type: 'deliver-again'; readonly records: number }
  | { readonly type: 'index-lags'; readonly milliseconds: number }
  | { readonly type: 'nakadi-away'; readonly minutes: number; readonly status: number }
  | { readonly type: 'event-type-away'; readonly minutes: number; readonly status: number }
  | { readonly type: 'requeue-off'; readonly minutes: number }
  /** From now on, clocks are wrong by so much: of the functions that run too. */
  | { readonly type: 'clocks-jump'; readonly of: Machine; readonly skew: number }
  /**
   * A person skips the oldest record of one of the items that wait, or all of them, after some thought: now, or while the requeue publishes of the item,
   * which takes long.
   */
  | { readonly type: 'operator-skip'; readonly item: number; readonly all: boolean; readonly thinks: number; readonly when: 'now' | 'it is published' }
  | { readonly type: 'operator-retry' };

/** Whose clocks go together. */
export type Machine = 'relay' | 'requeue' | 'operator';

type At<T> = T & { readonly at: number };

/** All that decides what happens: the same history always takes the same course. */
export interface History {
  readonly writes: readonly Write[];
  /** How many items are written to. */
  readonly items: number;
  /** One write has an image so large that its record takes several rows. */
  readonly large: boolean;
  /** How many more times the first item is written to in one go: more than the requeue publishes or removes at once. */
  readonly burst: number;
  readonly batchSize: number;
  /** Bytes in a page of the parked-events table: few, so that small rows come in pages too. */
  readonly pageBytes: number;
  /** For how many commands a transaction that is under way is seen in part: who reads several rows sees its updates, and not its other writes. */
  readonly unseenFor: number;
  /** How long the mapping gathers a batch, in milliseconds. */
  readonly batchWindowMs: number;
  readonly lanes: number;
  /** How often the requeue is started, in milliseconds. */
  readonly requeueEveryMs: number;
  readonly holdForMs: number;
  readonly retryBudgetMs: number;
  readonly maxBatchEvents: number;
  /** How often the mapping delivers a batch that gets nowhere, before it gives up. */
  readonly deliveries: number;
  readonly bisects: boolean;
  /** Milliseconds by which clocks are wrong at first. */
  readonly skews: Record<Machine, number>;
  /** By number of the request. */
  readonly nakadi: readonly At<{ readonly fault: NakadiFault }>[];
  readonly table: readonly At<{ readonly fault: TableFault }>[];
  /** By number of the event. */
  readonly incidents: readonly At<{ readonly incident: Incident }>[];
  /** Who comes next. */
  readonly choices: Uint8Array;
  /** Hours after which the stream delivers everything once more that it still has; zero: not. */
  readonly replayAfterHours: number;
  /** Whether the team has a mapping for some items: where it has none, the requeue loads ahead. */
  readonly isMapped: boolean;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const write: fc.Arbitrary<Write> = fc.record({
  item: fc.nat(ITEMS.length - 1),
  kind: fc.constantFrom<Write['kind'][]>('put', 'put', 'put', 'put', 'put', 'put', 'put', 'hidden', 'hidden', 'delete', 'delete', 'expire'),
  fault: fc.oneof({ weight: 12, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constantFrom<Write['fault'][]>('named', 'unnamed', 'shunned', 'unmapped') }),
  pause: fc.oneof(
    { weight: 40, arbitrary: fc.constantFrom(0, 0, 0, 1, 5, 20, 20, 50, 50, 100, 200, SECOND, 30 * SECOND, 70 * SECOND) },
    { weight: 1, arbitrary: fc.constantFrom(10 * MINUTE, 5 * HOUR, 27 * HOUR) },
  ),
});

const mask = fc.noBias(fc.nat(255));

const skew = fc.constantFrom(0, 0, -4 * SECOND, 4 * SECOND);

const nakadiFault: fc.Arbitrary<NakadiFault> = fc.oneof(
  fc.constantFrom<NakadiFault[]>(
    { type: 'status', status: 503 },
    { type: 'status', status: 429, retryAfterMs: 2 * SECOND },
    { type: 'status', status: 408 },
    { type: 'status', status: 401 },
    { type: 'status', status: 403 },
    { type: 'status', status: 404 },
    { type: 'status', status: 400 },
    { type: 'status', status: 413 },
    { type: 'status', status: 422 },
    { type: 'no-answer' },
    { type: 'lost-answer' },
    { type: 'lost-answer' },
    { type: 'garbage-200' },
    { type: 'partly', mask: 0 },
  ),
  fc.record({ type: fc.constant('partly' as const), mask }),
  fc.record({ type: fc.constant('reordered' as const), mask, broken: fc.boolean() }),
);

const tableFault = fc.oneof(
  fc.record({ at: fc.nat(80), fault: fc.record({ type: fc.constantFrom<TableFault['type'][]>('throttled', 'lost-request', 'lost-answer', 'repeated'), mask }) }),
  fc.record({ at: fc.nat(15), fault: fc.record({ type: fc.constantFrom<TableFault['type'][]>('conflict', 'torn', 'torn'), mask }) }),
  fc.record({ at: fc.nat(4), fault: fc.record({ type: fc.constantFrom<TableFault['type'][]>('unprocessed', 'partly'), mask }) }),
);

const incident: fc.Arbitrary<Incident> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constantFrom('kill-relay' as const, 'kill-requeue' as const, 'kill-relay' as const, 'kill-requeue' as const, 'kill-operator' as const), requests: fc.constantFrom<RequestFate[]>('are lost', 'take effect', 'take effect later') }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('oversleep' as const), minutes: fc.constantFrom(7, 60), when: fc.constantFrom('now' as const, 'it advances' as const) }) },
  { weight: 5, arbitrary: fc.record({ type: fc.constantFrom('slow-relay' as const, 'slow-requeue' as const, 'slow-requeue' as const, 'slow-operator' as const), milliseconds: fc.constantFrom(50, 200, 3 * SECOND) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constantFrom('give-up' as const, 'give-up' as const, 'repeat-letter' as const, 'rows-expire' as const, 'start-requeue' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('deliver-again' as const), records: fc.integer({ min: 1, max: 12 }) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('index-lags' as const), milliseconds: fc.constantFrom(0, 200, 2 * SECOND, 20 * SECOND) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('nakadi-away' as const), minutes: fc.constantFrom(1, 20, 1_800), status: fc.constantFrom(0, 503, 401) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('event-type-away' as const), minutes: fc.constantFrom(1, 20, 600), status: fc.constantFrom(403, 404) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('requeue-off' as const), minutes: fc.constantFrom(5, 600, 1_500) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('clocks-jump' as const), of: fc.constantFrom<Machine[]>('relay', 'requeue', 'operator'), skew }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('operator-skip' as const), item: fc.nat(2), all: fc.boolean(), thinks: fc.constantFrom(0, 50, 2 * SECOND), when: fc.constantFrom('now' as const, 'it is published' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('operator-retry' as const) }) },
);

const choice = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: fc.nat(5) }, { weight: 1, arbitrary: fc.constant(SLEEP_CHOICE) });

/** Histories of up to so many writes. */
export function histories(size: number): fc.Arbitrary<History> {
  const lasts = 20 * size;
  return fc.record({
    writes: fc.array(write, { minLength: Math.ceil(size / 3), maxLength: size, size: 'max' }),
    items: fc.constantFrom(1, 2, 2, 3, ITEMS.length),
    large: fc.integer({ min: 0, max: 99 }).map((number) => number === 99),
    burst: fc.integer({ min: 0, max: 99 }).map((number) => (number === 99 ? 110 : 0)),
    batchSize: fc.constantFrom(1, 2, 3, 10, 10),
    pageBytes: fc.constantFrom(700, 1_500, 10_000),
    unseenFor: fc.constantFrom(0, 0, 2, 8),
    batchWindowMs: fc.constantFrom(0, 100, 2_000),
    lanes: fc.constantFrom(1, 1, 2),
    requeueEveryMs: fc.constantFrom(50, 200, SECOND, MINUTE),
    holdForMs: fc.constantFrom(0, 0, 0, 3 * SECOND, 15 * MINUTE),
    retryBudgetMs: fc.constantFrom(0, 0, SECOND, 20 * SECOND),
    maxBatchEvents: fc.constantFrom(1, 3, 1_000),
    deliveries: fc.constantFrom(50, 3, 1),
    bisects: fc.boolean(),
    skews: fc.record({ relay: skew, requeue: skew, operator: skew }),
    nakadi: fc.array(fc.record({ at: fc.nat(size), fault: nakadiFault }), { minLength: 2, maxLength: 12, size: 'max' }),
    table: fc.array(tableFault, { maxLength: 8, size: 'max' }),
    incidents: fc.array(fc.record({ at: fc.nat(lasts), incident }), { maxLength: 8, size: 'max' }),
    choices: fc.array(choice, { maxLength: lasts / 2, size: 'max' }).map((choices) => Uint8Array.from(choices)),
    replayAfterHours: fc.constantFrom(0, 0, 0, 1, 20),
    isMapped: fc.constantFrom(true, false, false),
  });
}
