// Bits as words of 32, the most significant first. What BigInt does in a line here costs no garbage.

export const WORD_BITS = 32;

const WORD = 2 ** WORD_BITS;
const ZERO = 0x30;

/** As many digits as a double takes beside a word. */
const STEP_DIGITS = 6;

/** Sets words to a decimal number of digits only; what does not fit is lost. */
export function setDecimal(words: Uint32Array, digits: string): void {
  clear(words);
  for (let at = 0; at < digits.length; ) {
    const end = at + ((digits.length - at) % STEP_DIGITS || STEP_DIGITS);
    let carry = 0;
    let factor = 1;
    for (; at < end; at++) {
      carry = carry * 10 + digits.charCodeAt(at) - ZERO;
      factor *= 10;
    }
    for (let word = words.length - 1; word >= 0; word--) {
      const product = words[word] * factor + carry;
      words[word] = product;
      carry = Math.floor(product / WORD);
    }
  }
}

/** Sets words to bytes, each of which is a character. */
export function setBytes(words: Uint32Array, bytes: string): void {
  for (let word = 0; word < words.length; word++) {
    const at = 4 * word;
    words[word] = (bytes.charCodeAt(at) << 24) | (bytes.charCodeAt(at + 1) << 16) | (bytes.charCodeAt(at + 2) << 8) | bytes.charCodeAt(at + 3);
  }
}

/** How many bits a number has without zeros in front; zero has one. */
export function bitLength(words: Uint32Array): number {
  let word = 0;
  while (word < words.length - 1 && words[word] === 0) {
    word++;
  }
  return Math.max(1, (words.length - word) * WORD_BITS - Math.clz32(words[word]));
}

/** Bits in the making, one behind the other. */
export class BitWords {
  readonly words: Uint32Array;
  #length = 0;

  constructor(words: number) {
    this.words = new Uint32Array(words);
  }

  get length(): number {
    return this.#length;
  }

  clear(): void {
    clear(this.words);
    this.#length = 0;
  }

  /** Appends a number that has so many bits, 1 to 32. */
  append(value: number, count: number): void {
    const word = this.#length >>> 5;
    const behind = WORD_BITS - (this.#length % WORD_BITS) - count;
    if (behind >= 0) {
      this.words[word] |= value << behind;
    } else {
      this.words[word] |= value >>> -behind;
      this.words[word + 1] |= value << (WORD_BITS + behind);
    }
    this.#length += count;
  }

  /** Appends bits of other words, from one place to another. */
  copy(words: Uint32Array, from: number, to: number): void {
    for (let at = from; at < to; ) {
      const offset = at % WORD_BITS;
      const count = Math.min(to - at, WORD_BITS - offset);
      this.append((words[at >>> 5] << offset) >>> (WORD_BITS - count), count);
      at += count;
    }
  }
}

function clear(words: Uint32Array): void {
  for (let word = 0; word < words.length; word++) {
    words[word] = 0;
  }
}
