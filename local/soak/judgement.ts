import { isDeepStrictEqual } from 'node:util';
import type { EventEntry } from '../nakadi/event-log.ts';
import type { Item } from '../scenario/change.ts';
import { comparable } from '../scenario/event-value.ts';
import type { CommittedChange, History } from '../scenario/history.ts';
import { compare, type Verdict } from '../scenario/verdict.ts';

/** What is known of a soak beside its events. */
export interface Evidence {
  readonly keyAttributes: readonly string[];
  /** What the table holds at the end. */
  readonly table: readonly Item[];
  /** Items of which the platform gave up a batch, by {@link History.keyOf}: their events may be in any order, as long as the newest is last. */
  readonly lateItems: ReadonlySet<string>;
  /** Events that failed while others of their request were stored. */
  readonly overtaken: ReadonlySet<string>;
}

/** What an item's events should have been. */
export interface Wrong {
  readonly item: string;
  readonly what: string;
  readonly expected: string;
  readonly got: string;
}

/** Whether the outbox kept its promises, item by item. */
export interface Judgement extends Pick<Verdict, 'changes' | 'accepted' | 'duplicates' | 'snapshots'> {
  /** Events that came after later ones of their item, as events may that come late or fail in part. */
  readonly excused: number;
  readonly wrongs: readonly Wrong[];
}

/** An event of at most this many characters is never sent without its patch: the patch says at most what the item says again. */
const PATCH_FITS = 450_000;

/** How many changes or events of an item a report shows: the last ones. */
const SHOWN = 12;

/** Judges what Nakadi accepted, in the order of acceptance, by what the table committed. */
export function judge(history: History, accepted: readonly EventEntry[], evidence: Evidence): Judgement {
  const { keyAttributes, table, lateItems, overtaken } = evidence;
  const events = Map.groupBy(accepted, ({ event }) => JSON.stringify(keyAttributes.map((name) => (event.data as Record<string, unknown>)[name])));
  const held = new Map(table.map((item) => [history.keyOf(item), item]));
  const sum = { changes: history.count, accepted: accepted.length, duplicates: 0, snapshots: 0, excused: 0 };
  const wrongs: Wrong[] = [];
  for (const item of new Set([...history.changes.keys(), ...events.keys(), ...held.keys()])) {
    const committed = history.changes.get(item) ?? [];
    const told = events.get(item) ?? [];
    const isLate = lateItems.has(item);
    const verdict = compare(ofOneItem(item, committed), told.map(({ raw }) => raw), keyAttributes, undefined, undefined, (json) => json.length > PATCH_FITS);
    const { excused, outOfOrder } = inversions(told, (eid) => isLate || overtaken.has(eid));
    sum.duplicates += verdict.duplicates;
    sum.snapshots += verdict.snapshots;
    sum.excused += excused;
    const findings: [boolean | number, string][] = [
      [verdict.lost, `${String(verdict.lost)} changes have no event`],
      [verdict.wrong, `${String(verdict.wrong)} events say what the table never held, or tell a change under a second eid`],
      [verdict.badPatches, `${String(verdict.badPatches)} patches do not lead from one state to the next`],
      [verdict.stale, 'the last event is not the newest state'],
      [outOfOrder.length, `events came after later ones: ${outOfOrder.map(brief).join(' ')}`],
      [!isLate && verdict.snapshots, 'there is a snapshot though nothing came late'],
      [!isNewest(committed.at(-1), held.get(item)), 'the table does not hold what the writers noted'],
    ];
    for (const [found, what] of findings) {
      if (found !== false && found !== 0) {
        wrongs.push({ item, what, expected: shown(committed.map(({ operation, item: { version } }) => `${operation}(version ${version?.N ?? '?'})`)), got: shown(told.map(brief)) });
      }
    }
  }
  return { ...sum, wrongs };
}

function ofOneItem(item: string, committed: readonly CommittedChange[]): Pick<History, 'changes' | 'count'> {
  return { changes: committed.length === 0 ? new Map() : new Map([[item, committed]]), count: committed.length };
}

/** First acceptances of events behind those of later changes. */
function inversions(told: readonly EventEntry[], isExcused: (eid: string) => boolean): { readonly excused: number; readonly outOfOrder: EventEntry[] } {
  const seen = new Set<string>();
  const behind: EventEntry[] = [];
  let highest = '';
  for (const entry of told) {
    const { eid = '' } = entry;
    if (!seen.has(eid) && eid < highest) {
      behind.push(entry);
    }
    seen.add(eid);
    highest = eid > highest ? eid : highest;
  }
  const outOfOrder = behind.filter(({ eid = '' }) => !isExcused(eid));
  return { excused: behind.length - outOfOrder.length, outOfOrder };
}

function isNewest(newest: CommittedChange | undefined, held: Item | undefined): boolean {
  if (newest === undefined || newest.operation === 'D' || held === undefined) {
    return held === undefined && (newest === undefined || newest.operation === 'D');
  }
  return isDeepStrictEqual(comparable(newest.item), comparable(held));
}

/** Operation, version, eid and request of an event. */
function brief({ event, eid = '', request }: EventEntry): string {
  const { data_op: operation, data } = event as { data_op?: string; data: { version?: number } };
  return `${operation ?? '?'}(version ${String(data.version ?? '?')}, eid ${eid}, request ${String(request)})`;
}

function shown(texts: readonly string[]): string {
  return `${texts.length > SHOWN ? '… ' : ''}${texts.slice(-SHOWN).join(' ')}`;
}
