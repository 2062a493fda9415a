/**
 * JSON as Nakadi reads it: stricter than `JSON.parse`, and without a loss that goes unnoticed.
 *
 * Nakadi refuses duplicate keys, integers beyond a Java long, and decimals that overflow a double, and it stores the
 * text of an event as it was sent. `JSON.parse` accepts all three and keeps no text, hence a reader of our own.
 */

const LONG_MAX = 2n ** 63n - 1n;
const LONG_MIN = -(2n ** 63n);
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const HEX = /^[0-9a-fA-F]{4}$/;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t',
};

/** What a number of the text becomes; gets the digits as they stand, within Nakadi's ranges. */
export type NumberReader = (digits: string) => unknown;

/** A value together with the exact text it was read from, without the white space around it. */
export interface RawValue {
  readonly value: unknown;
  readonly raw: string;
}

/** The text is not JSON that Nakadi accepts; the message names the reason and the position (in UTF-16 units). */
export class StrictJsonError extends Error {
  override readonly name = 'StrictJsonError';
}

/** Reads a whole text as one value. Throws a `StrictJsonError` where Nakadi would answer 400. */
export function parseStrictJson(text: string, number: NumberReader = Number): unknown {
  const reader = new Reader(text, number);
  const { value } = reader.rawValue();
  reader.end();
  return value;
}

/** Reads a whole text as an array and keeps the text of each element. Throws a `StrictJsonError` as above. */
export function parseStrictJsonArray(text: string): RawValue[] {
  const reader = new Reader(text, Number);
  const elements = reader.rawElements();
  reader.end();
  return elements;
}

class Reader {
  readonly #text: string;
  readonly #number: NumberReader;
  #at = 0;

  constructor(text: string, number: NumberReader) {
    this.#text = text;
    this.#number = number;
  }

  rawValue(): RawValue {
    this.#space();
    const start = this.#at;
    const value = this.#value();
    return { value, raw: this.#text.slice(start, this.#at) };
  }

  rawElements(): RawValue[] {
    this.#space();
    this.#expect('[');
    const elements: RawValue[] = [];
    if (this.#closes(']')) return elements;
    do elements.push(this.rawValue());
    while (this.#continues(']'));
    return elements;
  }

  end(): void {
    this.#space();
    if (this.#at < this.#text.length) this.#fail(`unexpected ${this.#here()} after the end`);
  }

  #value(): unknown {
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object();
      case '[':
        return this.rawElements().map((element) => element.value);
      case '"':
        return this.#string();
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      default:
        return this.#digits();
    }
  }

  #object(): Record<string, unknown> {
    this.#expect('{');
    const object: Record<string, unknown> = {};
    if (this.#closes('}')) return object;
    do {
      this.#space();
      const key = this.#string();
      if (Object.hasOwn(object, key)) this.#fail(`duplicate key ${JSON.stringify(key)}`);
      this.#space();
      this.#expect(':');
      this.#space();
      const value = this.#value();
      // A plain assignment to this one key would set the prototype.
      if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
      else object[key] = value;
    } while (this.#continues('}'));
    return object;
  }

  #string(): string {
    this.#expect('"');
    let result = '';
    let from = this.#at;
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === 0x22) break;
      if (code === 0x5c) {
        result += this.#text.slice(from, this.#at) + this.#escape();
        from = this.#at;
      } else if (code >= 0x20) this.#at++;
      else this.#fail(Number.isNaN(code) ? 'unexpected end inside a string' : 'raw control character inside a string');
    }
    result += this.#text.slice(from, this.#at);
    this.#at++;
    return result;
  }

  #escape(): string {
    const letter = this.#text[this.#at + 1] ?? '';
    if (letter === 'u') {
      const hex = this.#text.slice(this.#at + 2, this.#at + 6);
      if (!HEX.test(hex)) this.#fail(`illegal escape \\u${hex}`);
      this.#at += 6;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    const character = ESCAPES[letter];
    if (character === undefined) this.#fail(`illegal escape \\${letter}`);
    this.#at += 2;
    return character;
  }

  #digits(): unknown {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) this.#fail(`unexpected ${this.#here()}`);
    const [digits, fraction, exponent] = match;
    if (fraction === undefined && exponent === undefined) {
      if (digits.length > 18 && !isLong(BigInt(digits))) this.#fail(`integer ${digits} does not fit into 64 bits`);
    } else if (!Number.isFinite(Number(digits))) this.#fail(`decimal ${digits} overflows a double`);
    this.#at += digits.length;
    return this.#number(digits);
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) this.#fail(`unexpected ${this.#here()}`);
    this.#at += word.length;
    return value;
  }

  #closes(end: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== end) return false;
    this.#at++;
    return true;
  }

  #continues(end: string): boolean {
    if (this.#closes(end)) return false;
    this.#expect(',');
    return true;
  }

  #expect(character: string): void {
    if (this.#text[this.#at] !== character) this.#fail(`expected ${character} instead of ${this.#here()}`);
    this.#at++;
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }

  #here(): string {
    return this.#at < this.#text.length ? JSON.stringify(this.#text[this.#at]) : 'the end of the text';
  }

  #fail(reason: string): never {
    throw new StrictJsonError(`${reason} at position ${this.#at}`);
  }
}

function isLong(integer: bigint): boolean {
  return integer >= LONG_MIN && integer <= LONG_MAX;
}
