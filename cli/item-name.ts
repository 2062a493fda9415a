import { canonicalNumber } from '../lambda/core/number-text.ts';
import type { AttributeMap, AttributeValue } from '../lambda/core/stream-record.ts';
import { UsageError } from './usage-error.ts';

/** How a person names an item: by its key, or by the id that the parked-events table has for it. */
export type ItemName = { readonly type: 'key'; readonly keys: AttributeMap } | { readonly type: 'id'; readonly id: string };

/** A digest as `itemDigest` makes it. */
const ID = /^[\w-]{43}$/;

const EXAMPLE = `a key as JSON, for instance '{"orderId":"A-1"}' or '{"orderId":{"S":"A-1"}}', or an id as \`parked list\` shows it`;

/**
 * Reads how an item is named.
 *
 * @throws UsageError that says what is allowed
 */
export function readItemName(text: string): ItemName {
  if (ID.test(text)) {
    return { type: 'id', id: text };
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text, keepNumbers as (name: string, value: unknown) => unknown);
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(`--item must be ${EXAMPLE}, got ${JSON.stringify(text)}`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed) || parsed instanceof NumberText) {
    throw new UsageError(`--item must be ${EXAMPLE}, got ${JSON.stringify(text)}`);
  }
  const attributes = Object.entries(parsed);
  if (attributes.length < 1 || attributes.length > 2) {
    throw new UsageError(`--item must name the partition key, and the sort key where the table has one; got ${String(attributes.length)} attributes`);
  }
  return { type: 'key', keys: Object.fromEntries(attributes.map(([name, value]) => [name, readKeyValue(name, value)])) };
}

/** A key for a person; `readItemName` takes it. */
export function writeKey(keys: AttributeMap): string {
  const members = Object.entries(keys).map(([name, value]) => `${JSON.stringify(name)}:${writeKeyValue(value)}`);
  // What a terminal would obey, or nobody would see, is escaped as JSON may be.
  return `{${members.join(',')}}`.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped);
}

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`).join('');
}

/** Digits that a JavaScript number keeps. */
const EXACT_DIGITS = 15;

/** A number as it stands in the text: JavaScript's own would lose digits. */
class NumberText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

function keepNumbers(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number') {
    return value;
  }
  const text = context?.source ?? String(value);
  // Node 20 does not tell the source, and this many digits may not be those that were given.
  if (context?.source === undefined && text.length > EXACT_DIGITS) {
    throw new UsageError(`--item: write long numbers as {"N":"…"}, got ${text}`);
  }
  return new NumberText(text);
}

function readKeyValue(name: string, value: unknown): AttributeValue {
  if (typeof value === 'string') {
    return { S: value };
  }
  if (value instanceof NumberText) {
    return { N: canonicalNumber(value.text) ?? value.text };
  }
  const [[type, content] = [], ...more] = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if ((type !== 'S' && type !== 'N' && type !== 'B') || typeof content !== 'string' || more.length > 0) {
    throw new UsageError(`--item: a key attribute is a string, a number, {"S":"…"}, {"N":"…"} or {"B":"…"}; ${JSON.stringify(name)} is none of these`);
  }
  return { [type]: type === 'N' ? (canonicalNumber(content) ?? content) : content };
}

function writeKeyValue(value: AttributeValue): string {
  if (value.S !== undefined) {
    return JSON.stringify(value.S);
  }
  return value.N !== undefined && canonicalNumber(value.N) === value.N && !value.N.includes('E') ? value.N : JSON.stringify(value);
}
