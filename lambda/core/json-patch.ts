import { Pointer } from 'rfc6902/pointer.js';
import { diffAny, type AddOperation, type Operation, type RemoveOperation, type ReplaceOperation } from 'rfc6902/diff.js';
import { isSameJson } from './json-identity.ts';
import { pointerStep } from './json-pointer.ts';
import type { JsonValue } from './json-value.ts';
import { listHunks } from './list-diff.ts';

/** An operation of RFC 6902; only these three are needed to describe a change. */
export type PatchOperation = AddOperation | RemoveOperation | ReplaceOperation;

/** A patch has more bytes than it may have. It ends there: each operation tells its whole path, so a patch can be much longer than both items. */
export class PatchTooLargeError extends Error {
  override readonly name = 'PatchTooLargeError';
}

/** Bytes of an operation at least, without its path and its value. */
const OPERATION_BYTES = '{"op":"add","path":""}'.length;

/**
 * The RFC 6902 patch from one item to another, or one value: applied to the first it gives exactly the second.
 *
 * `rfc6902` compares the objects. Lists are compared here, because its own comparison needs time and memory that grow with the square of a
 * list's length; and exact numbers, which it would take for objects.
 *
 * @param mostBytes how many bytes of JSON the patch may have
 * @throws PatchTooLargeError where it would have more
 * @see https://www.rfc-editor.org/rfc/rfc6902
 */
export function createPatch(before: JsonValue, after: JsonValue, path = '', mostBytes = Infinity): PatchOperation[] {
  const comparison = new Comparison(mostBytes);
  comparison.compare(before, after, new Place(undefined, path));
  return comparison.operations;
}

/**
 * The patch of two lists that have elements in common in front.
 *
 * @param path where the lists stand
 * @param offset how many elements are in front of what is given
 * @throws PatchTooLargeError where the patch would have more bytes of JSON
 */
export function createListPatch(before: JsonValue[], after: JsonValue[], path: string, offset: number, mostBytes: number): PatchOperation[] {
  const comparison = new Comparison(mostBytes);
  comparison.compareLists(before, after, new Place(undefined, path), offset);
  return comparison.operations;
}

/** A place in the item, whose text is made only where it is needed: of most places nothing is said. */
class Place extends Pointer {
  static readonly #NONE: string[] = [];
  readonly #parent: Place | undefined;
  readonly #name: string;
  #text: string | undefined;

  constructor(parent?: Place, name = '') {
    super(Place.#NONE);
    this.#parent = parent;
    this.#name = name;
  }

  override add(name: string): Place {
    return new Place(this, name);
  }

  override toString(): string {
    this.#text ??= this.#parent === undefined ? this.#name : this.#parent.toString() + pointerStep(this.#name);
    return this.#text;
  }
}

/**
 * Collects the operations. Nothing is handed back to `rfc6902`: it would pass the operations of an attribute on as the arguments of one
 * call, and a long list has more of them than a call takes.
 */
class Comparison {
  readonly operations: PatchOperation[] = [];
  /** What was found to hold a difference: looking through it anew at each depth would take the depth times as long. */
  readonly #different = new WeakSet<object>();
  #bytesLeft: number;

  constructor(mostBytes: number) {
    this.#bytesLeft = mostBytes;
  }

  compare(before: JsonValue, after: JsonValue, place: Pointer): void {
    if (isSingle(before) || isSingle(after)) {
      if (!isSameJson(before, after)) {
        this.#push({ op: 'replace', path: place.toString(), value: after });
      }
    } else if (Array.isArray(before) && Array.isArray(after)) {
      this.compareLists(before, after, place);
    } else {
      for (const operation of diffAny(before, after, place, this.#compareInside)) {
        this.#push(operation as PatchOperation);
      }
    }
  }

  #push(operation: PatchOperation): void {
    this.#bytesLeft -= operation.path.length + OPERATION_BYTES;
    if (this.#bytesLeft < 0) {
      throw new PatchTooLargeError();
    }
    this.operations.push(operation);
  }

  readonly #compareInside = (before: JsonValue, after: JsonValue, place: Pointer): Operation[] => {
    if ((typeof before === 'object' && before !== null && this.#different.has(before)) || !isSameJson(before, after, this.#different)) {
      this.compare(before, after, place);
    }
    return [];
  };

  /** Elements that give way to others are compared with them, as far as they go in pairs. */
  compareLists(before: JsonValue[], after: JsonValue[], place: Pointer, offset = 0): void {
    for (const { from, removed, to, added } of listHunks(before, after)) {
      const first = offset + to;
      const pairs = Math.min(removed, added);
      for (let index = 0; index < pairs; index++) {
        this.compare(before[from + index], after[to + index], place.add(String(first + index)));
      }
      const path = removed > pairs ? place.add(String(first + pairs)).toString() : '';
      for (let index = pairs; index < removed; index++) {
        this.#push({ op: 'remove', path });
      }
      for (let index = pairs; index < added; index++) {
        this.#push({ op: 'add', path: place.add(String(first + index)).toString(), value: after[to + index] });
      }
    }
  }
}

/** Whether a value has no parts. */
function isSingle(value: JsonValue): boolean {
  return typeof value !== 'object' || value === null || JSON.isRawJSON(value);
}
