import { hash } from 'node:crypto';

/** Bits of a UUID version 8 that are free: all 128 but version and variant. */
const FREE_BITS = 122n;

/** Bits that hold the length of the sequence number; 40 digits have 133 bits. */
const LENGTH_BITS = 8n;

/** Bits that are left for the number and the digest. */
const ROOM = FREE_BITS - LENGTH_BITS;

/** How these are shared where the number does not fit. The last bits tell the changes of one item apart: 20 digits. */
const FIRST_BITS = 22n;
const LAST_BITS = 68n;

/**
 * The `eid` of an event: a UUID version 8 that is the same for the same change for ever, and sorts as the changes of one item do.
 *
 * It holds the number of bits of the sequence number, then these bits, then as much of a digest of stream, item and sequence number as
 * there is room for. So longer numbers sort after shorter ones, and equal lengths sort by value.
 *
 * That holds for numbers up to 34 digits; streams are seen to use 21 to 28. Of longer ones, which DynamoDB may use, the bits in the middle are
 * left out, and 24 bits of the digest stand for them: two changes of one item have different `eid`s, unless they are 10^20 numbers apart or more and
 * the digests are the same by chance (1 in 16 million). They sort where they differ in the first 22 bits, or in nothing but the last 68.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-8
 * @param item digest of stream and key
 * @param sequence sequence number, padded or not
 * @param variant tells snapshots that follow a change from the change, and from one another; they sort after it
 */
export function eventId(item: string, sequence: string, variant = ''): string {
  const number = BigInt(sequence);
  const length = BigInt(number.toString(2).length);
  const fits = length < ROOM;
  const shown = fits ? number : ((number >> (length - FIRST_BITS)) << LAST_BITS) | (number & ((1n << LAST_BITS) - 1n));
  const left = ROOM - (fits ? length : FIRST_BITS + LAST_BITS);
  const digest = BigInt(`0x${hash('sha256', `${item} ${number} ${variant}`, 'hex').slice(0, 32)}`) >> 1n;
  const marked = variant === '' ? digest : digest | (1n << 127n);
  return uuid((length << ROOM) | (shown << left) | (marked >> (128n - left)));
}

/** Spreads 122 bits over a UUID, most significant first, with version 8 and variant 10 in their places. */
function uuid(bits: bigint): string {
  const head = bits >> 74n; // 48 bits
  const middle = (bits >> 62n) & 0xfffn; // 12 bits
  const tail = bits & ((1n << 62n) - 1n);
  const value = (head << 80n) | (8n << 76n) | (middle << 64n) | (2n << 62n) | tail;
  const hex = value.toString(16).padStart(32, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
