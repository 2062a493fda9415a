import type { AttributeMap, AttributeValue } from './stream-record.ts';

/**
 * Whether two values are the same as they stand; the order of attributes in a map is no difference. Others may still have the same JSON form:
 * numbers that are written otherwise, sets in another order.
 *
 * Where one is a valid value, the other is one too if they are the same.
 */
export function isSameValue(a: AttributeValue | undefined, b: AttributeValue | undefined): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || (a as unknown) === null || (b as unknown) === null) {
    return false;
  }
  // What a loop is at is read fast: each value is asked in its own.
  let type: string | undefined;
  let other: unknown;
  for (const name in b) {
    if (type !== undefined) {
      return false;
    }
    type = name;
    other = b[name as keyof AttributeValue];
  }
  let same = false;
  for (const name in a) {
    if (name !== type) {
      return false;
    }
    const one: unknown = a[name as keyof AttributeValue];
    same = typeof one === 'object' ? isSameContent(one, other, type) : one === other;
  }
  return same;
}

function isSameContent(a: unknown, b: unknown, type: string): boolean {
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && (type === 'L' ? isSameList(a as AttributeValue[], b as AttributeValue[]) : a.every((member, index) => member === b[index]));
  }
  return typeof a === 'object' && a !== null && typeof b === 'object' && b !== null && !Array.isArray(b) && isSameMap(a as AttributeMap, b as AttributeMap);
}

function isSameList(a: readonly AttributeValue[], b: readonly AttributeValue[]): boolean {
  for (let index = 0; index < a.length; index++) {
    if (!isSameValue(a[index], b[index])) {
      return false;
    }
  }
  return true;
}

/** What a map inherits is never taken for an attribute: it has no type descriptor. */
function isSameMap(a: AttributeMap, b: AttributeMap): boolean {
  let count = 0;
  for (const name in a) {
    if (!isSameValue(a[name], b[name])) {
      return false;
    }
    count++;
  }
  return count === countAttributes(b);
}

/** How many attributes a map has. Makes no list of their names. */
export function countAttributes(map: AttributeMap): number {
  let count = 0;
  for (const name in map) {
    void name;
    count++;
  }
  return count;
}
