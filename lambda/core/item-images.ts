import { canonicalNumber, isJsonNumber } from './number-text.ts';
import type { AttributeMap, AttributeValue } from './stream-record.ts';

/** A number that JSON must write with exactly this text; `JSON.stringify` does. */
export interface ExactNumber {
  readonly rawJSON: string;
}

declare global {
  /** ECMAScript's JSON.parse source text access, which Node has and TypeScript's library does not declare yet. */
  interface JSON {
    rawJSON(text: string): ExactNumber;
    isRawJSON(value: unknown): value is ExactNumber;
  }
}

/** The JSON form of a DynamoDB value. Objects have no prototype, so that every attribute name is plain data. */
export type JsonValue = null | boolean | number | string | ExactNumber | JsonValue[] | JsonObject;
export interface JsonObject {
  [name: string]: JsonValue;
}

/** An image that has no JSON form: something in it is not what DynamoDB holds. */
export class InvalidImageError extends Error {
  override readonly name = 'InvalidImageError';
}

/**
 * The one JSON form of an item: numbers with all their digits, sets as arrays in a stable order, binary as base64.
 *
 * `unmarshall` of `@aws-sdk/util-dynamodb` is not used here: it drops attributes named `__proto__`, and its Sets, bytes and number objects
 * would have to be walked a second time. A test holds the two equal wherever they can be.
 *
 * @throws InvalidImageError that names the place
 */
export function itemToJson(image: AttributeMap, place = ''): JsonObject {
  const item = Object.create(null) as JsonObject;
  for (const name of Object.keys(image)) {
    item[name] = toJson(image[name], `${place}/${name}`);
  }
  return item;
}

function toJson(value: AttributeValue, place: string): JsonValue {
  for (const type in value) {
    switch (type) {
      case 'S':
        return value.S as string;
      case 'N':
        return numberToJson(value.N as string, place);
      case 'BOOL':
        return value.BOOL as boolean;
      case 'NULL':
        return null;
      case 'M':
        return itemToJson(value.M as AttributeMap, place);
      case 'L':
        return (value.L as AttributeValue[]).map((element, index) => toJson(element, `${place}/${index}`));
      case 'B':
        return value.B as string;
      case 'SS':
        return [...(value.SS as string[])].sort();
      case 'BS':
        return [...(value.BS as string[])].sort();
      case 'NS':
        return (value.NS as string[])
          .map((text) => canonical(text, place))
          .sort(compareNumbers)
          .map(canonicalToJson);
      default:
        throw new InvalidImageError(`${place} has the type descriptor ${JSON.stringify(type)}, which DynamoDB does not have`);
    }
  }
  throw new InvalidImageError(`${place} has no type descriptor`);
}

function numberToJson(text: string, place: string): JsonValue {
  return canonicalToJson(canonical(text, place));
}

function canonical(text: string, place: string): string {
  const number = canonicalNumber(text);
  if (number === undefined) {
    throw new InvalidImageError(`${place} is no number`);
  }
  return number;
}

/** A plain number where that keeps the text, an exact one where it would not, a string where Nakadi would refuse a number. */
function canonicalToJson(text: string): JsonValue {
  if (!isJsonNumber(text)) {
    return text;
  }
  const plain = Number(text);
  return String(plain) === text ? plain : JSON.rawJSON(text);
}

/** By value; canonical texts of different numbers that are one double compare as text, which is stable. */
function compareNumbers(a: string, b: string): number {
  return Number(a) - Number(b) || (a < b ? -1 : 1);
}
