import type { Selection } from './attribute-selection.ts';
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

/** How values are written, and which. */
export interface ImageShape {
  readonly selection: Selection;
  /** Whether all numbers are strings. */
  readonly numbersAsText: boolean;
}

/** All attributes, and numbers as they are. */
export const WHOLE: ImageShape = { selection: 'all', numbersAsText: false };

/**
 * The one JSON form of an item: numbers with all their digits, sets as arrays in a stable order, binary as base64.
 *
 * `unmarshall` of `@aws-sdk/util-dynamodb` is not used here: it drops attributes named `__proto__`, and its Sets, bytes and number objects
 * would have to be walked a second time. A test holds the two equal wherever they can be.
 *
 * @throws InvalidImageError that names the place
 */
export function itemToJson(image: AttributeMap, { selection, numbersAsText }: ImageShape = WHOLE): JsonObject {
  return new ImageWriter(numbersAsText).map(image, selection, '');
}

class ImageWriter {
  readonly #numbersAsText: boolean;

  constructor(numbersAsText: boolean) {
    this.#numbersAsText = numbersAsText;
  }

  map(attributes: AttributeMap, selection: Selection, place: string): JsonObject {
    const written = Object.create(null) as JsonObject;
    for (const name of Object.keys(attributes)) {
      const inside = typeof selection === 'string' ? selection : selection.pick(name);
      if (isTaken(attributes[name], inside)) {
        written[name] = this.#value(attributes[name], inside, `${place}/${escape(name)}`);
      }
    }
    return written;
  }

  #value(value: AttributeValue, selection: Selection, place: string): JsonValue {
    const [type, ...more] = typeof value === 'object' && value !== null ? Object.keys(value) : [];
    if (type === undefined || more.length > 0) {
      throw new InvalidImageError(`${place} must have one type descriptor, got ${more.length === 0 ? 'none' : String(more.length + 1)}`);
    }
    const content: unknown = value[type as keyof AttributeValue];
    switch (type) {
      case 'S':
      case 'B':
        return this.#checked<string>(content, 'string', place);
      case 'N':
        return this.#number(canonical(content, place));
      case 'BOOL':
        return this.#checked<boolean>(content, 'boolean', place);
      case 'NULL':
        return null;
      case 'M':
        return this.map(this.#checked<AttributeMap>(content, 'object', place), selection, place);
      case 'L':
        return this.#list<AttributeValue>(content, place)
          .filter((element) => isTaken(element, selection))
          .map((element, index) => this.#value(element, selection, `${place}/${index}`));
      case 'SS':
      case 'BS':
        return this.#list<string>(content, place)
          .map((member) => this.#checked<string>(member, 'string', place))
          .sort(byCodePoints);
      case 'NS':
        return this.#list<string>(content, place)
          .map((text) => canonical(text, place))
          .sort(compareNumbers)
          .map((text) => this.#number(text));
      default:
        throw new InvalidImageError(`${place} has the type descriptor ${JSON.stringify(type)}, which DynamoDB does not have`);
    }
  }

  #list<T>(content: unknown, place: string): T[] {
    if (!Array.isArray(content)) {
      throw new InvalidImageError(`${place} must hold a list`);
    }
    return content as T[];
  }

  #checked<T>(content: unknown, type: 'string' | 'boolean' | 'object', place: string): T {
    if (typeof content !== type || content === null) {
      throw new InvalidImageError(`${place} must hold a value of type ${type}`);
    }
    return content as T;
  }

  /** A plain number where that keeps the text, an exact one where it would not, a string where Nakadi would refuse a number. */
  #number(text: string): JsonValue {
    if (this.#numbersAsText || !isJsonNumber(text)) {
      return text;
    }
    const plain = Number(text);
    return String(plain) === text ? plain : JSON.rawJSON(text);
  }
}

/** Of a value of which only parts are taken, there are parts only where it is a map or a list. */
function isTaken(value: AttributeValue | undefined, selection: Selection): boolean {
  if (typeof selection === 'string') {
    return selection === 'all';
  }
  return !selection.needsParts || value?.M !== undefined || value?.L !== undefined;
}

function canonical(text: unknown, place: string): string {
  const number = typeof text === 'string' ? canonicalNumber(text) : undefined;
  if (number === undefined) {
    throw new InvalidImageError(`${place} is no number`);
  }
  return number;
}

/** @see https://www.rfc-editor.org/rfc/rfc6901#section-3 */
function escape(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/**
 * The order of UTF-8 bytes, which is also that of base64's decoded bytes where lengths are equal; the same on every machine. Lone surrogates
 * are all the same in UTF-8: there the code units decide.
 */
function byCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) || (a < b ? -1 : 1);
}

/** By value; canonical texts of different numbers that are one double compare as text, which is stable. */
function compareNumbers(a: string, b: string): number {
  return Number(a) - Number(b) || (a < b ? -1 : 1);
}
