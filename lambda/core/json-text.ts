/** A finished JSON text: its bytes in UTF-8, which lie in a buffer beside others. Where that buffer is used again, the text is gone then. */
export class JsonText {
  /** How many there are. */
  readonly bytes: number;
  readonly #buffer: Buffer;
  readonly #start: number;

  constructor(buffer: Buffer, start: number, bytes: number) {
    this.#buffer = buffer;
    this.#start = start;
    this.bytes = bytes;
  }

  /** Writes the text into another buffer. */
  copy(target: Buffer, at: number): void {
    this.#buffer.copy(target, at, this.#start, this.#start + this.bytes);
  }

  toString(): string {
    return this.#buffer.toString('utf8', this.#start, this.#start + this.bytes);
  }
}
