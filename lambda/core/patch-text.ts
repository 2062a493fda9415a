import { pickFrom, type Selection } from './attribute-selection.ts';
import { isTaken, valueToJson, type ImageShape } from './item-images.ts';
import { isMap, requireMap, type ItemText } from './item-text.ts';
import type { JsonBytes } from './json-bytes.ts';
import { isSameJson } from './json-identity.ts';
import { createListPatch, createPatch, PatchTooLargeError, type PatchOperation } from './json-patch.ts';
import { pointerStep } from './json-pointer.ts';
import type { JsonValue } from './json-value.ts';
import { canonicalNumber } from './number-text.ts';
import { countAttributes, isSameValue } from './same-value.ts';
import type { AttributeMap, AttributeValue } from './stream-record.ts';

/** How the operations that are made here begin. */
const BEGIN = { add: '{"op":"add","path":', remove: '{"op":"remove","path":', replace: '{"op":"replace","path":' };

/**
 * Writes the patch from one image to another as JSON text: the same, byte for byte, as `createPatch` gives for their JSON forms. Most of two images is
 * equal as it stands; of that no JSON form is made.
 *
 * The new image must be valid; what is no value in the old one is found where it differs.
 */
export class PatchText {
  readonly #out: JsonBytes;
  readonly #values: ItemText;
  readonly #numbersAsText: boolean;
  #start = 0;
  #mostBytes = Infinity;

  constructor(out: JsonBytes, values: ItemText, numbersAsText: boolean) {
    this.#out = out;
    this.#values = values;
    this.#numbersAsText = numbersAsText;
  }

  /**
   * Writes the operations, without brackets around them.
   *
   * @param mostBytes how many bytes the text that they are part of may have with them
   * @throws PatchTooLargeError where it would have more; of the old image nothing is looked at then beyond that place
   * @throws InvalidImageError that may name another place than the first: `itemToJson` names that
   */
  operations(before: AttributeMap, after: AttributeMap, selection: Selection, mostBytes = Infinity): void {
    requireMap(before);
    this.#mostBytes = mostBytes;
    this.#start = this.#out.length;
    this.#compareMaps(before, after, selection, '', 0);
  }

  /** What both have comes first, then what went, then what came; as in `createPatch`. */
  #compareMaps(before: AttributeMap, after: AttributeMap, selection: Selection, path: string, level: number): void {
    const gone: string[] = [];
    let shared = 0;
    for (const name in before) {
      const inside = pickFrom(selection, name);
      // A list is gone through once, in search of what is another there.
      if (!(inside === 'all' && isList(before[name])) && isSameValue(before[name], after[name])) {
        shared++;
        continue;
      }
      if (isTaken(before[name], inside)) {
        if (Object.hasOwn(after, name) && isTaken(after[name], inside)) {
          shared++;
          this.#compareValues(before[name], after[name], inside, path + pointerStep(name), level + 1);
        } else {
          this.#json(before[name], level + 1, inside);
          gone.push(name);
        }
      }
    }
    for (const name of gone) {
      this.#begin('remove', path + pointerStep(name));
      this.#out.ascii('}');
    }
    if (countAttributes(after) > shared) {
      for (const name in after) {
        const inside = pickFrom(selection, name);
        if (isTaken(after[name], inside) && !(Object.hasOwn(before, name) && isTaken(before[name], inside))) {
          this.#begin('add', path + pointerStep(name));
          this.#end(after[name], level + 1, inside);
        }
      }
    }
  }

  #compareValues(before: AttributeValue, after: AttributeValue, selection: Selection, path: string, level: number): void {
    const type = selection === 'all' ? sharedType(before, after) : undefined;
    if (type === 'M' && isMap(before.M)) {
      this.#compareMaps(before.M, after.M as AttributeMap, 'all', path, level);
    } else if (type === 'L' && Array.isArray(before.L)) {
      this.#compareLists(before, after, path, level);
    } else if ((type === 'S' && typeof before.S === 'string') || (type === 'BOOL' && typeof before.BOOL === 'boolean') || (type === 'N' && isOtherNumber(before.N, after.N))) {
      this.#begin('replace', path);
      this.#end(after, level, 'all');
    } else {
      this.#write(createPatch(this.#json(before, level, selection), this.#json(after, level, selection), path, this.#bytesLeft));
    }
  }

  /** Compares what is left of two lists without what is equal at their ends. */
  #compareLists(before: AttributeValue, after: AttributeValue, path: string, level: number): void {
    const [old, current] = [before.L as readonly AttributeValue[], after.L as readonly AttributeValue[]];
    let start = 0;
    while (start < old.length && start < current.length && isSameValue(old[start], current[start])) {
      start++;
    }
    if (start === old.length && start === current.length) {
      return;
    }
    let [from, to] = [old.length, current.length];
    while (from > start && to > start && from + to > 2 * start + 2 && isSameValue(old[from - 1], current[to - 1])) {
      from--;
      to--;
    }
    if (from === start + 1 && to === start + 1) {
      this.#compareValues(old[start], current[start], 'all', `${path}/${start}`, level + 1);
    } else if (this.#isSameJson(old[start], current[start], level + 1)) {
      // More is equal in front than it seems, perhaps with what was taken off the end.
      this.#write(createPatch(this.#json(before, level), this.#json(after, level), path, this.#bytesLeft));
    } else {
      const [removed, added] = [old.slice(start, from), current.slice(start, to)].map((elements) => elements.map((element) => this.#json(element, level + 1)));
      this.#write(createListPatch(removed, added, path, start, this.#bytesLeft));
    }
  }

  #isSameJson(a: AttributeValue | undefined, b: AttributeValue | undefined, level: number): boolean {
    return a !== undefined && b !== undefined && isSameJson(this.#json(a, level), this.#json(b, level));
  }

  #json(value: AttributeValue, level: number, selection: ImageShape['selection'] = 'all'): JsonValue {
    return valueToJson(value, level, { selection, numbersAsText: this.#numbersAsText });
  }

  get #bytesLeft(): number {
    return this.#mostBytes - this.#out.length;
  }

  #begin(op: keyof typeof BEGIN, path: string): void {
    if (BEGIN[op].length + path.length > this.#bytesLeft) {
      throw new PatchTooLargeError();
    }
    this.#out.comma(this.#start);
    this.#out.ascii(BEGIN[op]);
    this.#out.string(path);
  }

  #end(value: AttributeValue, level: number, selection: Selection): void {
    this.#out.ascii(',"value":');
    this.#values.part(value, level, selection);
    this.#out.ascii('}');
  }

  #write(operations: readonly PatchOperation[]): void {
    if (operations.length > 0) {
      this.#out.comma(this.#start);
      this.#out.json(JSON.stringify(operations).slice(1, -1));
    }
  }
}

/** Whether a value is a list, as far as its first descriptor shows. */
function isList(value: AttributeValue | undefined): boolean {
  for (const type in value) {
    return type === 'L';
  }
  return false;
}

/** The one type descriptor of both; undefined where there is none. */
function sharedType(a: AttributeValue, b: AttributeValue): string | undefined {
  let type: string | undefined;
  for (const name in a) {
    if (type !== undefined || !Object.hasOwn(b, name)) {
      return undefined;
    }
    type = name;
  }
  return type;
}

/** Whether both are numbers of DynamoDB, and different ones; their texts differ. */
function isOtherNumber(before: unknown, after: string | undefined): boolean {
  if (typeof before !== 'string' || typeof after !== 'string') {
    return false;
  }
  const [old, current] = [canonicalNumber(before), canonicalNumber(after)];
  return old !== undefined && current !== undefined && old !== current;
}
