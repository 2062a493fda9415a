import { alignIds } from './id-alignment.ts';
import { Identities, isSameJson } from './json-identity.ts';
import type { JsonValue } from './json-value.ts';

/** Neighbouring elements of an old list that give way to neighbouring elements of a new one. Either may be none. */
export interface Hunk {
  /** Index of the first removed element in the old list. */
  readonly from: number;
  readonly removed: number;
  /** Index of the first added element in the new list. */
  readonly to: number;
  readonly added: number;
}

/**
 * Where two lists differ, in order. As many elements as can be found in bounded work are kept; how many hunks there are depends on the number of
 * changes, not on the length of the lists.
 */
export function listHunks(before: readonly JsonValue[], after: readonly JsonValue[]): Hunk[] {
  let start = 0;
  while (start < before.length && start < after.length && isSameJson(before[start], after[start])) {
    start++;
  }
  let [from, to] = [before.length, after.length];
  while (from > start && to > start && isSameJson(before[from - 1], after[to - 1])) {
    from--;
    to--;
  }
  if (from - start <= 1 && to - start <= 1) {
    return from === to && from === start ? [] : [{ from: start, removed: from - start, to: start, added: to - start }];
  }
  if (from === start || to === start) {
    return [{ from: start, removed: from - start, to: start, added: to - start }];
  }
  const identities = new Identities();
  const [oldIds, newIds] = [identities.of(before, start, from), identities.of(after, start, to)];
  const aligned = hunks(partners(oldIds, newIds), newIds.length, start);
  const inPlace = hunks(samePlaces(oldIds, newIds), newIds.length, start);
  return size(inPlace) < size(aligned) ? inPlace : aligned;
}

/** What only one list has needs no search: the others are aligned. */
function partners(before: Int32Array, after: Int32Array): Int32Array {
  const [placesBefore, placesAfter] = [shared(before, after), shared(after, before)];
  const aligned = alignIds(
    placesBefore.map((place) => before[place]),
    placesAfter.map((place) => after[place]),
    before.length + after.length,
  );
  const result = new Int32Array(before.length).fill(-1);
  aligned.forEach((partner, index) => {
    result[placesBefore[index]] = partner < 0 ? -1 : placesAfter[partner];
  });
  return result;
}

/** The places of the numbers that the other list has too. */
function shared(ids: Int32Array, others: Int32Array): Int32Array {
  const known = new Uint8Array(ids.length + others.length);
  for (const id of others) {
    known[id] = 1;
  }
  let count = 0;
  const places = new Int32Array(ids.length);
  ids.forEach((id, place) => {
    if (known[id] === 1) {
      places[count++] = place;
    }
  });
  return places.subarray(0, count);
}

/** The partners where nothing is taken to have moved. */
function samePlaces(before: Int32Array, after: Int32Array): Int32Array {
  return before.map((id, index) => (id === after[index] ? index : -1));
}

/** What lies between partners. Places are counted from the start. */
function hunks(partner: Int32Array, lengthAfter: number, start: number): Hunk[] {
  const found: Hunk[] = [];
  let [from, to] = [0, 0];
  for (let index = 0; index <= partner.length; index++) {
    const next = index === partner.length ? lengthAfter : partner[index];
    if (next < 0) {
      continue;
    }
    if (index > from || next > to) {
      found.push({ from: start + from, removed: index - from, to: start + to, added: next - to });
    }
    [from, to] = [index + 1, next + 1];
  }
  return found;
}

/** The number of elements that the hunks replace, remove or add. */
function size(hunks: readonly Hunk[]): number {
  return hunks.reduce((sum, { removed, added }) => sum + Math.max(removed, added), 0);
}
