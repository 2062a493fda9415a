import { pickFrom, type Selection } from './attribute-selection.ts';
import { pointer } from './json-pointer.ts';
import type { JsonObject, JsonValue } from './json-value.ts';
import { canonicalNumber, compareNumbers, isJsonNumber, isNumber } from './number-text.ts';
import { byBytes, byCodePoints } from './set-order.ts';
import type { AttributeMap, AttributeValue } from './stream-record.ts';

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
 * What DynamoDB cannot hold is refused, not written as something else. What is not selected is not looked at.
 *
 * `unmarshall` of `@aws-sdk/util-dynamodb` is not used here: it drops attributes named `__proto__`, and its Sets, bytes and number objects
 * would have to be walked a second time. A test holds the two equal wherever they can be.
 *
 * @throws InvalidImageError that names the place, never the value
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */
export function itemToJson(image: AttributeMap, { selection, numbersAsText }: ImageShape = WHOLE): JsonObject {
  return new ImageWriter(numbersAsText).map(image, selection);
}

/**
 * The JSON form of one value of an item.
 *
 * @param level how deep it stands: attributes are the first level
 * @throws InvalidImageError whose place is not the one in the item
 */
export function valueToJson(value: AttributeValue, level: number, { selection, numbersAsText }: ImageShape): JsonValue {
  return new ImageWriter(numbersAsText, level - 1).member('', value, selection);
}

/** The JSON forms of some attributes of an item, as far as it has them and they are selected. */
export function attributesToJson(image: AttributeMap, names: readonly (string | undefined)[], shape: ImageShape): JsonObject {
  const found = new BareObject();
  for (const name of names) {
    if (name !== undefined && holds(image, name, shape.selection)) {
      found[name] = valueToJson(image[name], 1, { ...shape, selection: pickFrom(shape.selection, name) });
    }
  }
  return found;
}

/** Whether the JSON form of an item has an attribute. */
export function holds(image: AttributeMap, name: string, selection: Selection): boolean {
  return Object.hasOwn(image, name) && isTaken(image[name], pickFrom(selection, name));
}

/** Levels of an item, its attributes are the first: a value may stand inside 31 lists and maps. */
export const MAX_LEVELS = 32;

/** Longest place that a message names, in characters: attribute names may have 64 KB. */
const MAX_PLACE = 1_000;

/** Base64 with padding and without stray bits, where the length is a multiple of four. */
const BASE64 = /^[A-Za-z0-9+/]*(?:[AQgw]==|[AEIMQUYcgkosw048]=)?$/;

/** An object that inherits nothing. V8 takes one of `Object.create(null)` for a dictionary, which is slower to fill and to write. */
const BareObject = function () {
  // Nothing to set up.
} as unknown as new () => JsonObject;
BareObject.prototype = Object.create(null);

/** Writes one image; of no use after it has thrown. */
class ImageWriter {
  readonly #numbersAsText: boolean;
  /** Names and indexes that lead to the value at hand. */
  readonly #path: (string | number)[];

  constructor(numbersAsText: boolean, level = 0) {
    this.#numbersAsText = numbersAsText;
    this.#path = new Array<string>(level).fill('');
  }

  map(attributes: unknown, selection: Selection): JsonObject {
    if (typeof attributes !== 'object' || attributes === null || Array.isArray(attributes)) {
      throw this.#fault('must hold a value of type object');
    }
    const written = new BareObject();
    for (const name of Object.keys(attributes)) {
      const inside = pickFrom(selection, name);
      const value = (attributes as AttributeMap)[name];
      if (isTaken(value, inside)) {
        written[name] = this.member(name, value, inside);
      }
    }
    return written;
  }

  member(step: string | number, value: AttributeValue, selection: Selection): JsonValue {
    if (this.#path.push(step) > MAX_LEVELS) {
      throw this.#fault(`is nested deeper than the ${MAX_LEVELS} levels that DynamoDB has`);
    }
    const written = this.#value(value, selection);
    this.#path.pop();
    return written;
  }

  #value(value: AttributeValue, selection: Selection): JsonValue {
    const type = this.#type(value);
    const content: unknown = value[type as keyof AttributeValue];
    switch (type) {
      case 'S':
        return this.#text(content);
      case 'N':
        return this.#number(this.#canonical(content));
      case 'BOOL':
        return typeof content === 'boolean' ? content : this.#refuse('must hold a value of type boolean');
      case 'NULL':
        return content === true ? null : this.#refuse('is a NULL that does not hold true');
      case 'M':
        return this.map(content, selection);
      case 'L':
        return this.#elements(content, selection);
      case 'B':
        return this.#base64(content);
      case 'SS':
        return this.#set(content, (member) => this.#text(member), byCodePoints);
      case 'NS':
        return this.#set(content, (member) => this.#canonical(member), compareNumbers).map((member) => this.#number(member));
      case 'BS':
        return this.#set(content, (member) => this.#base64(member), byBytes);
      default:
        return this.#refuse(`has the type descriptor ${JSON.stringify(type.slice(0, 20))}, which DynamoDB does not have`);
    }
  }

  /** The one type descriptor of a value. */
  #type(value: unknown): string {
    let type: string | undefined;
    if (typeof value === 'object' && value !== null) {
      for (const name in value) {
        if (type !== undefined) {
          return this.#refuse(`must have one type descriptor, got ${Object.keys(value).length}`);
        }
        type = name;
      }
    }
    return type ?? this.#refuse('must have one type descriptor, got none');
  }

  #elements(content: unknown, selection: Selection): JsonValue[] {
    const elements = this.#list(content) as AttributeValue[];
    const written: JsonValue[] = [];
    for (let index = 0; index < elements.length; index++) {
      if (isTaken(elements[index], selection)) {
        written.push(this.member(index, elements[index], selection));
      }
    }
    return written;
  }

  /** The members in their order, each as the one text that stands for it. */
  #set(content: unknown, read: (member: unknown) => string, compare: (a: string, b: string) => number): string[] {
    const members = this.#list(content).map(read).sort(compare);
    if (members.length === 0) {
      throw this.#fault('is an empty set, which DynamoDB does not have');
    }
    if (members.some((member, index) => index > 0 && member === members[index - 1])) {
      throw this.#fault('is a set that holds a member twice');
    }
    return members;
  }

  #list(content: unknown): unknown[] {
    return Array.isArray(content) ? content : this.#refuse('must hold a list');
  }

  #text(content: unknown): string {
    return typeof content === 'string' ? content : this.#refuse('must hold a value of type string');
  }

  #base64(content: unknown): string {
    const text = this.#text(content);
    return text.length % 4 === 0 && BASE64.test(text) ? text : this.#refuse('is no base64');
  }

  #canonical(content: unknown): string {
    const text = typeof content === 'string' ? content : '';
    return canonicalNumber(text) ?? this.#refuse(isNumber(text) ? 'is no number of DynamoDB, which has up to 38 digits and magnitudes from 1E-130 to 9.99E+125' : 'is no number');
  }

  /** A plain number where that keeps the text, an exact one where it would not, a string where Nakadi would refuse a number. */
  #number(text: string): JsonValue {
    if (this.#numbersAsText || !isJsonNumber(text)) {
      return text;
    }
    const plain = Number(text);
    return String(plain) === text ? plain : JSON.rawJSON(text);
  }

  #refuse(what: string): never {
    throw this.#fault(what);
  }

  #fault(what: string): InvalidImageError {
    const place = pointer(this.#path);
    return new InvalidImageError(`${place.length > MAX_PLACE ? `${place.slice(0, MAX_PLACE)}…` : place || 'the image'} ${what}`);
  }
}

/** Of a value of which only parts are taken, there are parts only where it is a map or a list. */
export function isTaken(value: AttributeValue | undefined, selection: Selection): boolean {
  if (typeof selection === 'string') {
    return selection === 'all';
  }
  return !selection.needsParts || value?.M !== undefined || value?.L !== undefined;
}
