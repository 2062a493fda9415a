import { hash } from 'node:crypto';
import { bitLength, BitWords, setBytes, setDecimal, WORD_BITS } from './bit-words.ts';

/** Bits of a UUID version 8 that are free: all 128 but version and variant. */
const FREE_BITS = 122;

/** Bits that hold the length of the sequence number; 40 digits have 133 bits. */
const LENGTH_BITS = 8;

/** Bits that are left for the number and the digest. */
const ROOM = FREE_BITS - LENGTH_BITS;

/** How these are shared where the number does not fit. The last bits tell the changes of one item apart: 20 digits. */
const FIRST_BITS = 22;
const LAST_BITS = 68;

/** What an id is made of. There is one at a time. */
const ID = new BitWords(4);
const NUMBER = new Uint32Array(5);
const DIGEST = new Uint32Array(4);

/**
 * The `eid` of an event: a UUID version 8 that is the same for the same change for ever, and sorts as the changes of one item do.
 *
 * It holds the number of bits of the sequence number, then these bits, then one that tells snapshots from changes, then as much of a digest of all this
 * as there is room for: 43 bits where the number has 21 digits, 19 where it has 28, hardly any where it has 34. So longer numbers sort after shorter
 * ones, and equal lengths sort by value.
 *
 * That holds for numbers up to 34 digits; streams are seen to use 21 to 28. Of longer ones, which DynamoDB may use, the bits in the middle are
 * left out, and 23 bits of the digest stand for them: two changes of one item have different `eid`s, unless they are 10^20 numbers apart or more and
 * the digests are the same by chance (1 in 8 million). They sort where they differ in the first 22 bits, or in nothing but the last 68.
 *
 * Every event has one, so it is made without big integers, whose garbage costs more than they do.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-8
 * @param itemName stream and key
 * @param sequence sequence number of 1 to 40 digits, padded or not
 * @param variant tells snapshots that follow a change from the change, and from one another by the bits of the digest; they sort after it
 */
export function eventId(itemName: string, sequence: string, variant = ''): string {
  const digits = withoutPadding(sequence);
  setDecimal(NUMBER, digits);
  setBytes(DIGEST, hash('sha256', `${itemName} ${digits} ${variant}`, 'binary'));
  const length = bitLength(NUMBER);
  const end = NUMBER.length * WORD_BITS;
  const start = end - length;
  ID.clear();
  ID.append(length, LENGTH_BITS);
  if (length < ROOM) {
    ID.copy(NUMBER, start, end);
  } else {
    ID.copy(NUMBER, start, start + FIRST_BITS);
    ID.copy(NUMBER, end - LAST_BITS, end);
  }
  ID.append(variant === '' ? 0 : 1, 1);
  ID.copy(DIGEST, 0, FREE_BITS - ID.length);
  return uuid(ID.words);
}

function withoutPadding(sequence: string): string {
  let start = 0;
  while (start < sequence.length - 1 && sequence[start] === '0') {
    start++;
  }
  return sequence.slice(start);
}

const TEXT = Buffer.alloc(36, '-');
const HEX = Buffer.from('0123456789abcdef');

/** Spreads 122 bits over a UUID, with version 8 and variant 10 in their places. */
function uuid(words: Uint32Array): string {
  const [first, second, third, fourth] = [words[0], words[1], words[2], words[3]]; // without an iterator
  writeHex(first >>> 16, 0);
  writeHex(first, 4);
  writeHex(second >>> 16, 9);
  writeHex(0x8000 | ((second & 0xffff) >>> 4), 14);
  writeHex(0x8000 | ((second & 0xf) << 10) | (third >>> 22), 19);
  writeHex(third >>> 6, 24);
  writeHex((third << 10) | (fourth >>> 22), 28);
  writeHex(fourth >>> 6, 32);
  return TEXT.toString('latin1');
}

/** Writes the last 16 bits of a number. */
function writeHex(value: number, at: number): void {
  TEXT[at] = HEX[(value >>> 12) & 0xf];
  TEXT[at + 1] = HEX[(value >>> 8) & 0xf];
  TEXT[at + 2] = HEX[(value >>> 4) & 0xf];
  TEXT[at + 3] = HEX[value & 0xf];
}
