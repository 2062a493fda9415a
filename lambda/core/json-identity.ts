import type { JsonObject, JsonValue } from './json-value.ts';

/** Beyond this many values of one hash, further ones count as unlike all others, so that no choice of values makes the look-up slow. */
const MAX_COLLISIONS = 8;

/**
 * Whether two values are the same JSON; the order of attributes is no difference, the text of an exact number is.
 *
 * @param different takes up what of `a` was found to hold a difference, so that nobody needs to look there for equal values again
 */
export function isSameJson(a: JsonValue, b: JsonValue, different?: WeakSet<object>): boolean {
  if (a === b) {
    return true;
  }
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) {
    return false;
  }
  const same = Array.isArray(a) ? isSameList(a, b as JsonValue[], different) : isSameMap(a as JsonObject, b as JsonObject, different);
  if (!same) {
    different?.add(a);
  }
  return same;
}

function isSameList(a: JsonValue[], b: JsonValue[], different?: WeakSet<object>): boolean {
  if (a.length !== b.length) {
    return false;
  }
  for (let index = 0; index < a.length; index++) {
    if (!isSameJson(a[index], b[index], different)) {
      return false;
    }
  }
  return true;
}

function isSameMap(a: JsonObject, b: JsonObject, different?: WeakSet<object>): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) {
    return false;
  }
  for (const name of names) {
    const other = b[name] as JsonValue | undefined;
    if (other === undefined || !isSameJson(a[name], other, different)) {
      return false;
    }
  }
  // An exact number looks like a map of its text.
  return JSON.isRawJSON(a) === JSON.isRawJSON(b);
}

/**
 * Gives values numbers from 0 on: equal numbers for equal values only. Equal values get different numbers only where more than
 * {@link MAX_COLLISIONS} values have one hash.
 */
export class Identities {
  readonly #plain = new Map<JsonValue, number>();
  readonly #byHash = new Map<number, number>();
  readonly #composite: JsonValue[] = [];
  #count = 0;

  of(values: readonly JsonValue[], from: number, to: number): Int32Array {
    const numbers = new Int32Array(to - from);
    for (let index = from; index < to; index++) {
      const value = values[index];
      numbers[index - from] = typeof value === 'object' && value !== null ? this.#ofComposite(value) : this.#ofPlain(value);
    }
    return numbers;
  }

  #ofPlain(value: JsonValue): number {
    let number = this.#plain.get(value);
    if (number === undefined) {
      number = this.#count++;
      this.#plain.set(value, number);
    }
    return number;
  }

  #ofComposite(value: JsonValue): number {
    const hash = hashOf(value);
    for (let collisions = 0; collisions < MAX_COLLISIONS; collisions++) {
      const number = this.#byHash.get((hash + collisions) | 0);
      if (number === undefined) {
        this.#byHash.set((hash + collisions) | 0, this.#count);
        this.#composite[this.#count] = value;
        break;
      }
      if (isSameJson(this.#composite[number], value)) {
        return number;
      }
    }
    return this.#count++;
  }
}

/** Attributes are added up, so that their order does not matter. */
function hashOf(value: JsonValue): number {
  if (typeof value === 'string') {
    return hashOfText(value);
  }
  if (typeof value === 'number') {
    return Number.isInteger(value) ? mixed(value | 0, 1) : hashOfText(String(value));
  }
  if (typeof value !== 'object' || value === null) {
    return value === null ? 2 : value ? 3 : 4;
  }
  let hash = 5;
  if (Array.isArray(value)) {
    for (const element of value) {
      hash = mixed(hash, hashOf(element));
    }
  } else {
    for (const name in value) {
      hash = (hash + mixed(hashOfText(name), hashOf((value as JsonObject)[name]))) | 0;
    }
  }
  return hash;
}

/** @see http://www.isthe.com/chongo/tech/comp/fnv/ the same steps, on UTF-16 code units */
function hashOfText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}

function mixed(a: number, b: number): number {
  const product = Math.imul(a ^ Math.imul(b, 0x9e3779b1), 0x85ebca6b);
  return product ^ (product >>> 13);
}
