import type { AttributeMap, AttributeValue } from './stream-record.ts';

/**
 * Whether a value is the same as a valid one, as they stand; the order of attributes in a map is no difference. Others may still have the same JSON form:
 * numbers that are written otherwise, sets in another order.
 *
 * What is the same as a valid value is valid too. What is the same as none may be none: where an image is not looked at, it may hold anything.
 */
export function isSameValue(value: AttributeValue | undefined, valid: AttributeValue | undefined): boolean {
  if (typeof value !== 'object' || typeof valid !== 'object' || (value as unknown) === null || (valid as unknown) === null) {
    return false;
  }
  let type: string | undefined;
  let same = false;
  for (const name in value) {
    if (type !== undefined) {
      return false;
    }
    type = name;
    const one: unknown = value[name as keyof AttributeValue];
    const other: unknown = valid[name as keyof AttributeValue];
    same = typeof one === 'object' ? isSameContent(one, other, name) : one === other;
  }
  return same;
}

/** Objects and null. What a value inherits under the name of a descriptor that DynamoDB does not have is never a list. */
function isSameContent(content: unknown, valid: unknown, type: string): boolean {
  if (type === 'M') {
    return content !== null && typeof valid === 'object' && valid !== null && !Array.isArray(content) && isSameMap(content as AttributeMap, valid as AttributeMap);
  }
  if (!Array.isArray(content) || !Array.isArray(valid) || content.length !== valid.length) {
    return false;
  }
  for (let index = 0; index < content.length; index++) {
    if (!(type === 'L' ? isSameValue(content[index] as AttributeValue, valid[index] as AttributeValue) : content[index] === valid[index])) {
      return false;
    }
  }
  return true;
}

/** What a map inherits is never taken for an attribute: it has no type descriptor. */
function isSameMap(map: AttributeMap, valid: AttributeMap): boolean {
  let count = 0;
  for (const name in map) {
    if (!isSameValue(map[name], valid[name])) {
      return false;
    }
    count++;
  }
  return count === countAttributes(valid);
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
