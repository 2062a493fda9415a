import jsonpatch from 'fast-json-patch';
import { isDeepStrictEqual } from 'node:util';
import type { Item } from './change.ts';
import { itemSaysTheSame, parseExact, type ExactValue } from './event-value.ts';
import type { CommittedChange, History } from './history.ts';

/** What the comparison of the table's history with Nakadi's log found. */
export interface Verdict {
  /** Changes that the table committed. */
  readonly changes: number;
  /** Events that Nakadi accepted, duplicates included. */
  readonly accepted: number;
  /** Events accepted again, with the `eid` that they had before. */
  readonly duplicates: number;
  /** Snapshots that followed late records. */
  readonly snapshots: number;
  /** Changes without an event, of items that do not wait. */
  readonly lost: number;
  /** Changes without an event yet, of items that are parked. */
  readonly waiting: number;
  /** Events whose first acceptance came after that of a later change of the item. */
  readonly outOfOrder: number;
  /** Events that say something that the table never did. */
  readonly wrong: number;
  /** Items whose last event is not their newest state. */
  readonly stale: number;
  /** Patches that do not lead from one state of the item to the next. */
  readonly badPatches: number;
}

/** What is read of an accepted event. */
interface Told {
  readonly eid: string;
  readonly operation: string;
  readonly data: Record<string, ExactValue>;
  readonly patch?: ExactValue;
  readonly mayLackPatch: boolean;
}

/**
 * Compares what the table committed with what Nakadi accepted.
 *
 * @param log texts of the accepted events, in the order of acceptance
 * @param parked items that wait, by {@link History.keyOf}
 * @param patchAttribute attribute of `data` that holds the patch
 * @param leaveOut whether an event of this text may come without its patch, because both together are too large
 */
export function compare(
  history: Pick<History, 'changes' | 'count'>,
  log: readonly string[],
  keyAttributes: readonly string[],
  parked: ReadonlySet<string> = new Set(),
  patchAttribute = 'patch',
  leaveOut: (json: string) => boolean = () => false,
): Verdict {
  const byItem = new Map<string, Told[]>();
  for (const json of log) {
    const told = { ...read(json, patchAttribute), mayLackPatch: leaveOut(json) };
    const key = JSON.stringify(keyAttributes.map((name) => told.data[name]));
    const ofItem = byItem.get(key);
    if (ofItem === undefined) {
      byItem.set(key, [told]);
    } else {
      ofItem.push(told);
    }
  }
  const sum = { changes: history.count, accepted: log.length, duplicates: 0, snapshots: 0, lost: 0, waiting: 0, outOfOrder: 0, wrong: 0, stale: 0, badPatches: 0 };
  for (const [key, committed] of history.changes) {
    const verdict = compareItem(committed, byItem.get(key) ?? [], parked.has(key));
    byItem.delete(key);
    for (const name of Object.keys(verdict) as (keyof typeof verdict)[]) {
      sum[name] += verdict[name];
    }
  }
  for (const strangers of byItem.values()) {
    sum.wrong += strangers.length;
  }
  return sum;
}

function compareItem(committed: readonly CommittedChange[], told: readonly Told[], parked: boolean): Omit<Verdict, 'changes' | 'accepted'> {
  const firsts = told.filter((event, index) => told.findIndex(({ eid }) => eid === event.eid) === index);
  const counts = { duplicates: told.length - firsts.length, snapshots: 0, lost: 0, waiting: 0, outOfOrder: 0, wrong: 0, stale: 0, badPatches: 0 };
  // The eids of an item sort as its changes do.
  const sorted = [...firsts].sort((a, b) => (a.eid < b.eid ? -1 : 1));
  let next = 0;
  let previous: Told | undefined;
  const changes = new Set<Told>();
  for (const event of sorted) {
    const found = committed.findIndex((change, index) => index >= next && tells(event, change.operation, change.item));
    if (found !== -1) {
      counts.lost += found - next;
      if (found === next && event.operation === 'U' && !leadsTo(previous, event)) {
        counts.badPatches++;
      }
      next = found + 1;
      previous = event;
      changes.add(event);
    } else if (isSnapshot(event, committed)) {
      counts.snapshots++;
    } else {
      counts.wrong++;
    }
  }
  // A snapshot shows the newest state, whenever it comes.
  let highest = '';
  for (const { eid } of firsts.filter((event) => changes.has(event))) {
    if (eid < highest) {
      counts.outOfOrder++;
    } else {
      highest = eid;
    }
  }
  counts[parked ? 'waiting' : 'lost'] += committed.length - next;
  const newest = committed.at(-1);
  const last = told.at(-1);
  if (!parked && newest !== undefined && last !== undefined && !isState(last, newest)) {
    counts.stale++;
  }
  return counts;
}

function tells(event: Told, operation: string, item: Item): boolean {
  return event.operation === operation && itemSaysTheSame(item, event.data);
}

/** A snapshot shows some state that the table had; one of an item that is gone is a deletion, and shows the last state that was published. */
function isSnapshot(event: Told, committed: readonly CommittedChange[]): boolean {
  const shows = event.operation === 'S' || (event.operation === 'D' && committed.some(({ operation }) => operation === 'D'));
  return shows && committed.some(({ item }) => itemSaysTheSame(item, event.data));
}

function isState(event: Told, newest: CommittedChange): boolean {
  return newest.operation === 'D' ? event.operation === 'D' : event.operation !== 'D' && itemSaysTheSame(newest.item, event.data);
}

function leadsTo(previous: Told | undefined, event: Told): boolean {
  if (event.patch === undefined) {
    return event.mayLackPatch;
  }
  if (previous === undefined) {
    return false;
  }
  try {
    const patch = event.patch as unknown as jsonpatch.Operation[];
    const { newDocument } = jsonpatch.applyPatch(previous.data, patch, false, false);
    return isDeepStrictEqual(newDocument, event.data);
  } catch {
    return false;
  }
}

function read(json: string, patchAttribute: string): Omit<Told, 'mayLackPatch'> {
  const event = parseExact(json) as { metadata: { eid: string }; data_op: string; data: Record<string, ExactValue> };
  const { [patchAttribute]: patch, ...data } = event.data;
  return { eid: event.metadata.eid, operation: event.data_op, data, patch };
}
