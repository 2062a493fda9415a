import { JsonText } from './json-text.ts';

/** Bytes of a buffer at least. */
const BUFFER_BYTES = 1024 * 1024;

/** Bytes of a buffer at most that is kept to be used again, here and for the bodies of requests. */
export const MAX_KEPT_BYTES = 4 * 1024 * 1024;

/** What is kept beside what was written: a text may be given more room than it takes. */
const MARGIN = 1.25;

/** Bytes of UTF-8 for a code unit at most, where it needs no escape. */
const MAX_UNIT_BYTES = 3;

const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/**
 * JSON texts in the making, as UTF-8, one behind the other in one buffer, and then in the next one: a character costs an assignment, and nothing is left to
 * the garbage collector, as long as the buffer is used again and is large enough.
 */
export class JsonBytes {
  #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  /** Where the text begins, and where it ends so far. */
  #start = 0;
  #end = 0;
  /** Bytes of all texts that were taken. */
  #taken = 0;

  /** Bytes of the text so far. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Forgets what stands behind so many bytes of the text. */
  cut(length: number): void {
    this.#end = this.#start + length;
  }

  /** The text from a byte on. */
  text(from = 0): string {
    return this.#buffer.toString('utf8', this.#start + from, this.#end);
  }

  /** Gives the text, and begins the next one behind it. */
  take(): JsonText {
    const text = new JsonText(this.#buffer, this.#start, this.length);
    this.#start = this.#end;
    this.#taken += text.bytes;
    return text;
  }

  /** Begins anew in the same buffer, or in one that would have held all, up to 4 MiB: the texts that were taken are overwritten. */
  reuse(): void {
    const wanted = Math.min(Math.max(Math.ceil(this.#taken * MARGIN), BUFFER_BYTES), MAX_KEPT_BYTES);
    if (wanted > this.#buffer.length || this.#buffer.length > MAX_KEPT_BYTES) {
      this.#buffer = Buffer.allocUnsafeSlow(wanted);
    }
    this.#start = this.#end = this.#taken = 0;
  }

  /** Writes JSON text as it is. */
  json(text: string): void {
    this.#reserve(text.length * MAX_UNIT_BYTES);
    this.#end += this.#buffer.write(text, this.#end);
  }

  /** Writes a few characters of ASCII as they are. */
  ascii(text: string): void {
    this.#reserve(text.length);
    const buffer = this.#buffer;
    let end = this.#end;
    for (let index = 0; index < text.length; index++) {
      buffer[end++] = text.charCodeAt(index);
    }
    this.#end = end;
  }

  /** Writes a comma, unless what stands there begins a list, a map or a text. */
  comma(start: number): void {
    if (this.length > start) {
      this.#reserve(1);
      this.#buffer[this.#end++] = COMMA;
    }
  }

  /** Writes a text as a JSON string, as `JSON.stringify` does. */
  string(text: string): void {
    this.#reserve(text.length * MAX_UNIT_BYTES + 2);
    this.#end = this.#quoted(text, this.#end);
  }

  /** Writes the name of a member of a map, and what stands around it; the map's members begin at `start`. */
  name(text: string, start: number): void {
    this.#reserve(text.length * MAX_UNIT_BYTES + 4);
    let end = this.#end;
    if (end > this.#start + start) {
      this.#buffer[end++] = COMMA;
    }
    end = this.#quoted(text, end);
    this.#buffer[end++] = COLON;
    this.#end = end;
  }

  /** Writes a text as a JSON string from a place on, where there is room for one without escapes; gives where it ends. */
  #quoted(text: string, at: number): number {
    const buffer = this.#buffer;
    const length = text.length;
    let end = at;
    buffer[end++] = QUOTE;
    for (let index = 0; index < length; index++) {
      const unit = text.charCodeAt(index);
      if (unit < 0x80) {
        if (unit < SPACE || unit === QUOTE || unit === BACKSLASH) {
          return this.#escaped(text, at);
        }
        buffer[end++] = unit;
      } else if (unit < 0x800) {
        buffer[end++] = 0xc0 | (unit >> 6);
        buffer[end++] = 0x80 | (unit & 0x3f);
      } else if (unit < 0xd800 || unit > 0xdfff) {
        buffer[end++] = 0xe0 | (unit >> 12);
        buffer[end++] = 0x80 | ((unit >> 6) & 0x3f);
        buffer[end++] = 0x80 | (unit & 0x3f);
      } else {
        return this.#escaped(text, at);
      }
    }
    buffer[end++] = QUOTE;
    return end;
  }

  /** Writes a text with escapes. Behind it there is room still: what is reserved is three bytes for each of its quotes, too. */
  #escaped(text: string, at: number): number {
    this.#end = at;
    this.json(JSON.stringify(text));
    return this.#end;
  }

  /** Texts that are taken stay where they are; the one in the making moves. */
  #reserve(bytes: number): void {
    if (this.#end + bytes > this.#buffer.length) {
      const next = Buffer.allocUnsafeSlow(Math.max(BUFFER_BYTES, 2 * (this.length + bytes)));
      this.#end = this.#buffer.copy(next, 0, this.#start, this.#end);
      this.#start = 0;
      this.#buffer = next;
    }
  }
}
