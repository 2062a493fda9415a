/** Bytes that the buffer holds at first; it grows. */
const FIRST_SIZE = 64 * 1024;

/** Bytes of UTF-8 for a code unit at most, where it needs no escape. */
const MAX_UNIT_BYTES = 3;

const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

/**
 * JSON text in the making, as UTF-8 in one buffer that is used again and again: a character costs an assignment, and nothing is left to the garbage
 * collector but the finished text.
 */
export class JsonBytes {
  #buffer = Buffer.allocUnsafeSlow(FIRST_SIZE);
  #length = 0;

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  /** Forgets what stands behind so many bytes. */
  cut(length: number): void {
    this.#length = length;
  }

  /** The text from a byte on. */
  text(from = 0): string {
    return this.#buffer.toString('utf8', from, this.#length);
  }

  /** Writes JSON text as it is. */
  json(text: string): void {
    this.#reserve(text.length * MAX_UNIT_BYTES);
    this.#length += this.#buffer.write(text, this.#length);
  }

  /** Writes a few characters of ASCII as they are. */
  ascii(text: string): void {
    this.#reserve(text.length);
    const buffer = this.#buffer;
    let end = this.#length;
    for (let index = 0; index < text.length; index++) {
      buffer[end++] = text.charCodeAt(index);
    }
    this.#length = end;
  }

  /** Writes a comma, unless what stands there begins a list, a map or a text. */
  comma(start: number): void {
    if (this.#length > start) {
      this.#reserve(1);
      this.#buffer[this.#length++] = COMMA;
    }
  }

  /** Writes a text as a JSON string, as `JSON.stringify` does. */
  string(text: string): void {
    const length = text.length;
    this.#reserve(length * MAX_UNIT_BYTES + 2);
    const buffer = this.#buffer;
    let end = this.#length;
    buffer[end++] = QUOTE;
    for (let index = 0; index < length; index++) {
      const unit = text.charCodeAt(index);
      if (unit < 0x80) {
        if (unit < SPACE || unit === QUOTE || unit === BACKSLASH) {
          this.json(JSON.stringify(text));
          return;
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
        this.json(JSON.stringify(text));
        return;
      }
    }
    buffer[end++] = QUOTE;
    this.#length = end;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(2 * (this.#length + bytes));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
  }
}
