import { pickFrom, type Selection } from './attribute-selection.ts';
import { InvalidImageError, isTaken, MAX_LEVELS, valueToJson } from './item-images.ts';
import type { JsonBytes } from './json-bytes.ts';
import { isShortNumber } from './number-text.ts';
import { orderedTexts } from './set-order.ts';
import type { AttributeMap, AttributeValue } from './stream-record.ts';

/**
 * Writes items as JSON text, without making their JSON form first. What is rare or faulty goes through that form, which is the one definition; a test holds
 * the two equal, byte for byte.
 */
export class ItemText {
  readonly #out: JsonBytes;
  readonly #numbersAsText: boolean;

  constructor(out: JsonBytes, numbersAsText: boolean) {
    this.#out = out;
    this.#numbersAsText = numbersAsText;
  }

  /**
   * Writes the members of an item, without braces around them.
   *
   * @throws InvalidImageError that may name another place than the first: `itemToJson` names that
   */
  members(image: AttributeMap, selection: Selection): void {
    requireMap(image);
    const start = this.#out.length;
    for (const name in image) {
      const inside = pickFrom(selection, name);
      if (isTaken(image[name], inside)) {
        this.#out.name(name, start);
        this.part(image[name], 1, inside);
      }
    }
  }

  /**
   * Writes what is selected of a value.
   *
   * @param level how deep the value stands: attributes are the first level
   */
  part(value: AttributeValue, level: number, selection: Selection): void {
    if (selection === 'all') {
      this.#value(value, level);
    } else {
      this.#rare(value, level, selection);
    }
  }

  #value(value: AttributeValue, level: number): void {
    // The usual value has one descriptor; one with more ends in the one definition.
    let type: string | undefined;
    let content: unknown;
    for (const name in value) {
      content = type === undefined ? value[name as keyof AttributeValue] : undefined;
      type = name;
    }
    if (type === 'S' && typeof content === 'string') {
      this.#out.string(content);
    } else if (type === 'N' && typeof content === 'string' && isShortNumber(content) && !this.#numbersAsText) {
      this.#out.ascii(content);
    } else if (type === 'M' && isMap(content) && level < MAX_LEVELS) {
      this.#map(content, level);
    } else if (type === 'L' && Array.isArray(content) && level < MAX_LEVELS) {
      this.#list(content as AttributeValue[], level);
    } else if (type === 'BOOL' && typeof content === 'boolean') {
      this.#out.ascii(content ? 'true' : 'false');
    } else if (type === 'NULL' && content === true) {
      this.#out.ascii('null');
    } else if (type === 'SS') {
      this.#texts(value, content, level);
    } else {
      this.#rare(value, level, 'all');
    }
  }

  #map(attributes: AttributeMap, level: number): void {
    this.#out.ascii('{');
    const start = this.#out.length;
    for (const name in attributes) {
      this.#out.name(name, start);
      this.#value(attributes[name], level + 1);
    }
    this.#out.ascii('}');
  }

  #list(elements: readonly AttributeValue[], level: number): void {
    this.#out.ascii('[');
    const start = this.#out.length;
    for (const element of elements) {
      this.#out.comma(start);
      this.#value(element, level + 1);
    }
    this.#out.ascii(']');
  }

  #texts(value: AttributeValue, content: unknown, level: number): void {
    const members = orderedTexts(content);
    if (members === undefined) {
      this.#rare(value, level, 'all');
      return;
    }
    this.#out.ascii('[');
    const start = this.#out.length;
    for (const member of members) {
      this.#out.comma(start);
      this.#out.string(member);
    }
    this.#out.ascii(']');
  }

  #rare(value: AttributeValue, level: number, selection: Selection): void {
    this.#out.json(JSON.stringify(valueToJson(value, level, { selection, numbersAsText: this.#numbersAsText })));
  }
}

/** Whether the content of an `M` is what it must be. */
export function isMap(content: unknown): content is AttributeMap {
  return typeof content === 'object' && content !== null && !Array.isArray(content);
}

/** @throws InvalidImageError where that is no image */
export function requireMap(image: unknown): void {
  if (!isMap(image)) {
    throw new InvalidImageError('the image must hold a value of type object');
  }
}
