import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { skippedEvents } from '../../lambda/adapters/skipped-events.ts';
import { HEAD_ENTRY, toHead, type HeadRow } from '../../lambda/adapters/parked-event-rows.ts';
import { isOpen, unpackRecord } from '../../lambda/core/parked-event.ts';
import { readStreamRecord } from '../../lambda/core/stream-record.ts';
import { BrokenPromise } from './broken-promise.ts';
import type { Row } from './dynamodb-expression.ts';
import type { Command } from './memory-dynamodb.ts';
import { DECISION } from './operators.ts';
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

/**
 * A row goes when `through` has passed it: before, its going would be a hole that nobody sees. Late ones go beside that, and may have been parked
 * once more meanwhile.
 */
export function checkPassed({ parked, late }: World, { item, entry }: Row): void {
  const head = parked.rows.get(`${item} ${HEAD_ENTRY}`);
  const [sequence] = String(entry).split('#');
  if (/^\d/.test(sequence) && !late.has(String(item)) && String(head?.through) < sequence) {
    throw new BrokenPromise(`a row is removed before its item has come so far: ${item} ${entry}`);
  }
}

/** A day later the table is as empty as it was, but for what a person has skipped. */
export function checkGone({ parked }: World): void {
  for (const { item, entry } of parked.rows.values()) {
    if (String(entry).startsWith('skipped#')) {
      continue;
    }
    throw new BrokenPromise(`a row is left when everything is over: ${item} ${entry === HEAD_ENTRY ? 'head' : entry}`);
  }
}

/** Every change is with Nakadi, or skipped by a person; where it wants tombstones, the tombstone of a deletion too. */
function checkNothingLost(world: World, changes: readonly Change[], stored: readonly Publication[]): void {
  for (const change of changes.filter((each) => each.isPublished && !world.deadLetters.hold(each) && !world.isSkipped(each))) {
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
  if (world.late.has(item) || world.outOfTurn.has(item) || world.reordered.has(item) || world.disturbed.has(item)) {
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

/**
 * The last publication of an item shows its newest state, or, where a person has decided that its last changes are not to be published, the newest one
 * before these or one of them: it may have been out before that decision.
 */
function checkNewest(world: World, changes: readonly Change[], stored: readonly Publication[]): void {
  const { item } = changes[0].record;
  const newest = changes.findLast((change) => change.isPublished && !world.isSkipped(change));
  if (newest === undefined || world.disturbed.has(item) || world.deadLetters.hold(newest)) {
    return;
  }
  // Where the mapping gives nothing for what the item is now, no snapshot of it can follow late records.
  if (world.late.has(item) && world.history.isMapped && isLeftOut(changes)) {
    return;
  }
  // Of an item that is gone, only its records tell what it was: where a person skips them, no snapshot can follow either.
  if (world.late.has(item) && !world.table.images.has(newest.id) && changes.some((change) => world.isSkipped(change))) {
    return;
  }
  const last = stored.at(-1)!;
  const shown = changes.slice(changes.indexOf(newest));
  const isGone = !world.table.images.has(newest.id) || shown.some(({ isDeletion }) => isDeletion);
  const isSnapshot = last.operation === 'D' ? isGone : last.operation === 'S' && shown.some(({ isDeletion, state }) => !isDeletion && state === last.state);
  const isChange = shown.some(({ eid, isPublished }) => isPublished && eid === last.eid);
  const wantsTombstone = newest.id.startsWith('a') && last.operation === 'D' && !shown.some((change) => world.isSkipped(change));
  if ((!isChange && !isSnapshot) || (wantsTombstone && !last.tombstone)) {
    throw new BrokenPromise(`the last publication of ${newest.id} is ${last.operation} of state ${last.state}, but the newest change is ${name(newest)}`);
  }
}

/** What a person has skipped is kept as it was, with who did it and why. */
export async function checkTraces({ parked, table, scheduler }: World): Promise<void> {
  const client = { send: (command: Command) => Promise.resolve(parked.execute(command)) } as unknown as DynamoDBDocumentClient;
  const { skipped } = skippedEvents(client, 'parked', () => scheduler.now);
  const traces = new Set([...parked.rows.values()].filter(({ entry }) => String(entry).startsWith('skipped#')).map(({ item }) => String(item)));
  for (const item of traces) {
    for await (const { sequence, by, because, parts } of skipped(item)) {
      const change = table.changes.find(({ record }) => record.item === item && record.sequence === sequence);
      const isWhole = readStreamRecord(unpackRecord(parts)).sequence === change?.record.sequence;
      if (!isWhole || by !== DECISION.by || because !== DECISION.because) {
        throw new BrokenPromise(`the trace of what was skipped is not whole: ${item} ${sequence}`);
      }
    }
  }
}

function name({ id, number, kind }: Change): string {
  return `${id}#${number} (${kind})`;
}
