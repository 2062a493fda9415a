import { HEAD_ENTRY, toHead, type HeadRow } from '../../lambda/adapters/parked-event-rows.ts';
import { isOpen } from '../../lambda/core/parked-event.ts';
import { BrokenPromise } from './broken-promise.ts';
import type { Publication, SimulatedNakadi } from './simulated-nakadi.ts';
import type { Change } from './source-table.ts';
import { isMapped } from './team-rules.ts';
import type { World } from './world.ts';

/** Whether nothing waits any more. What the stream does not hold any more waits for a person. */
export function isDrained({ parked, deadLetters }: World): boolean {
  return deadLetters.readable().length === 0 && ![...parked.rows.values()].some((row) => row.open !== undefined);
}

/** What is promised of each item once everything is drained. */
export function checkDrained(world: World, nakadi: SimulatedNakadi): void {
  for (const row of world.parked.rows.values()) {
    if (/^\d/.test(String(row.entry))) {
      throw new BrokenPromise(`a row is left though its head is closed: ${row.item} ${row.entry}`);
    }
    if (row.entry === HEAD_ENTRY && isOpen(toHead(row as unknown as HeadRow))) {
      throw new BrokenPromise(`a head is open, but the requeue does not find it: ${JSON.stringify(row)}`);
    }
  }
  for (const [id, changes] of Map.groupBy(world.table.changes, (change) => change.id)) {
    const { item } = changes[0].record;
    const stored = nakadi.stored.get(item) ?? [];
    checkNothingLost(world, changes, stored);
    checkNothingElse(id, changes, stored);
    checkOrder(world, changes, stored);
    checkNewest(world, changes, stored);
  }
}

/** A day later the table is as empty as it was. */
export function checkGone({ parked }: World): void {
  for (const { item, entry } of parked.rows.values()) {
    throw new BrokenPromise(`a row is left when everything is over: ${item} ${entry === HEAD_ENTRY ? 'head' : entry}`);
  }
}

/** Every change is with Nakadi; where it wants tombstones, the tombstone of a deletion too. */
function checkNothingLost(world: World, changes: readonly Change[], stored: readonly Publication[]): void {
  for (const change of changes.filter((each) => each.isPublished && !world.deadLetters.hold(each))) {
    const wanted = change.isDeletion && change.id.startsWith('a') ? [false, true] : [false];
    for (const tombstone of wanted) {
      if (!stored.some((publication) => publication.eid === change.eid && publication.tombstone === tombstone)) {
        throw new BrokenPromise(`${name(change)} is lost${tombstone ? ' (its tombstone)' : ''}`);
      }
    }
  }
}

/** Nothing is published that the team leaves out, and nothing that is no change or snapshot of the item. */
function checkNothingElse(id: string, changes: readonly Change[], stored: readonly Publication[]): void {
  const leftOut = new Map(changes.filter((change) => !change.isPublished).map((change) => [change.eid, change]));
  const known = new Set(changes.map(({ eid }) => eid));
  if (known.size < changes.length) {
    throw new BrokenPromise(`two changes of ${id} have the same eid`);
  }
  for (const { eid, operation } of stored) {
    if (leftOut.has(eid)) {
      throw new BrokenPromise(`${name(leftOut.get(eid)!)} is published though it is left out`);
    }
    if (!known.has(eid) && operation !== 'S' && operation !== 'D') {
      throw new BrokenPromise(`an event of ${id} is of no change: ${eid}`);
    }
  }
}

/** The first publications of an item are in commit order. */
function checkOrder(world: World, changes: readonly Change[], stored: readonly Publication[]): void {
  const { item } = changes[0].record;
  if (world.late.has(item) || world.reordered.has(item) || world.disturbed.has(item)) {
    return;
  }
  const firsts = new Map<string, Publication>();
  stored.forEach((publication) => {
    const key = `${publication.eid} ${publication.tombstone}`;
    firsts.set(key, firsts.get(key) ?? publication);
  });
  const sequences = [...firsts.values()].map(({ sequence }) => sequence);
  const wrong = sequences.findIndex((sequence, index) => index > 0 && sequence < sequences[index - 1]);
  if (wrong !== -1) {
    const change = changes.find(({ record }) => sequences[wrong].startsWith(record.sequence));
    throw new BrokenPromise(`${change === undefined ? sequences[wrong] : name(change)} is first published after a later change of its item`);
  }
}

/** Whether the team's mapping leaves out the item as it is now. Of one that is gone, the mapping sees any of its last images. */
function isLeftOut(changes: readonly Change[]): boolean {
  const { id, state, isDeletion } = changes.at(-1)!;
  const seen = isDeletion ? changes.map((change) => change.state) : [state];
  return id.startsWith('m') && !seen.every(isMapped);
}

/** The last publication of an item shows its newest state. */
function checkNewest(world: World, changes: readonly Change[], stored: readonly Publication[]): void {
  const { item } = changes[0].record;
  const newest = changes.findLast((change) => change.isPublished);
  if (newest === undefined || world.disturbed.has(item) || world.deadLetters.hold(newest)) {
    return;
  }
  const last = stored.at(-1)!;
  const image = world.table.images.get(newest.id);
  // Where the mapping gives nothing for what the item is now, no snapshot of it can follow late records.
  if (world.late.has(item) && isLeftOut(changes)) {
    return;
  }
  const hasTombstone = newest.id.startsWith('a') && (newest.isDeletion || (image === undefined && last.operation === 'D'));
  const isSnapshot = newest.isDeletion || last.operation === 'D' ? image === undefined && last.operation === 'D' : last.operation === 'S' && last.state === newest.state;
  const isNewest = last.eid === newest.eid || isSnapshot;
  if (!isNewest || last.tombstone !== hasTombstone) {
    throw new BrokenPromise(`the last publication of ${newest.id} is ${last.operation} of state ${last.state}, but the newest change is ${name(newest)}`);
  }
}

function name({ id, number, kind }: Change): string {
  return `${id}#${number} (${kind})`;
}
