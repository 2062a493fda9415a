import { diffAny, type AddOperation, type Operation, type RemoveOperation, type ReplaceOperation } from 'rfc6902/diff.js';
import { Pointer } from 'rfc6902';
import type { JsonObject, JsonValue } from './item-images.ts';
import { listSteps } from './list-diff.ts';

/** An operation of RFC 6902; only these three are needed to describe a change. */
export type PatchOperation = AddOperation | RemoveOperation | ReplaceOperation;

/**
 * The RFC 6902 patch from one item to another: applied to the first it gives exactly the second.
 *
 * `rfc6902` compares the objects. Lists are compared here, in linear time for few edits, because its own comparison needs time and memory
 * that grow with the square of a list's length; and exact numbers, which it would take for objects.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6902
 */
export function createPatch(before: JsonObject, after: JsonObject): PatchOperation[] {
  const comparison = new Comparison();
  comparison.compare(before, after, new Pointer());
  return comparison.operations;
}

/**
 * Collects the operations. Nothing is handed back to `rfc6902`: it would pass the operations of an attribute on as the arguments of one
 * call, and a long list has more of them than a call takes.
 */
class Comparison {
  readonly operations: PatchOperation[] = [];

  compare(before: JsonValue, after: JsonValue, place: Pointer): void {
    if (JSON.isRawJSON(before) || JSON.isRawJSON(after)) {
      if (!JSON.isRawJSON(before) || !JSON.isRawJSON(after) || before.rawJSON !== after.rawJSON) {
        this.operations.push({ op: 'replace', path: place.toString(), value: after });
      }
    } else if (Array.isArray(before) && Array.isArray(after)) {
      this.compareLists(before, after, place);
    } else {
      const inside = (from: JsonValue, to: JsonValue, at: Pointer): Operation[] => {
        this.compare(from, to, at);
        return [];
      };
      for (const operation of diffAny(before, after, place, inside)) {
        this.operations.push(operation as PatchOperation);
      }
    }
  }

  /** Removals and additions at the same place become comparisons of the two elements, as far as they go in pairs. */
  private compareLists(before: JsonValue[], after: JsonValue[], place: Pointer): void {
    const steps = listSteps(before.map(comparable), after.map(comparable));
    let from = 0;
    let to = 0;
    for (let step = 0; step < steps.length; ) {
      if (steps[step] === 'keep') {
        from++;
        to++;
        step++;
        continue;
      }
      let removed = 0;
      let added = 0;
      for (; step < steps.length && steps[step] !== 'keep'; step++) {
        if (steps[step] === 'remove') {
          removed++;
        } else {
          added++;
        }
      }
      const pairs = Math.min(removed, added);
      for (let pair = 0; pair < pairs; pair++) {
        this.compare(before[from++], after[to], place.add(String(to)));
        to++;
      }
      for (let index = pairs; index < removed; index++) {
        this.operations.push({ op: 'remove', path: place.add(String(to)).toString() });
        from++;
      }
      for (let index = pairs; index < added; index++) {
        this.operations.push({ op: 'add', path: place.add(String(to)).toString(), value: after[to] });
        to++;
      }
    }
  }
}

/** Attribute order in a map is no difference, but stream images keep it stable enough; a false difference only costs a comparison. */
function comparable(value: JsonValue): string {
  return JSON.stringify(value);
}
