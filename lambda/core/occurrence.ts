import { hash } from 'node:crypto';
import type { AttributeMap } from './stream-record.ts';

/** Digits of the longest sequence number. */
const SEQUENCE_DIGITS = 40;

/** Pads a sequence number, so that text compares as the number does. */
export function padSequence(sequenceNumber: string): string {
  return sequenceNumber.padStart(SEQUENCE_DIGITS, '0');
}

/**
 * That an item changed: which item of which stream, where among its changes, and when.
 *
 * Most changes are published without a look at what `item` and `sequence` are, so these are made where they are asked for.
 */
export class Occurrence {
  readonly streamArn: string;
  /** Without any attribute where the record has no key that DynamoDB can have. */
  readonly keys: AttributeMap;
  /** Padded or not; that of a record as the stream gives it, which is what a batch item failure must name. */
  readonly sequenceNumber: string;
  /**
   * When the change was made, in epoch milliseconds; whole seconds. 0 where the record does not tell a time: it is older than every limit then,
   * and no event is made of it.
   */
  readonly createdAt: number;
  #item: string | undefined;

  constructor(streamArn: string, keys: AttributeMap, sequenceNumber: string, createdAt: number) {
    this.streamArn = streamArn;
    this.keys = keys;
    this.sequenceNumber = sequenceNumber;
    this.createdAt = createdAt;
  }

  /** Stream and key: names the item within the whole outbox. What has no key is an item of its own. */
  get itemName(): string {
    return nameOf(this.streamArn, hasKey(this) ? this.keys : { SequenceNumber: { N: this.sequenceNumber } });
  }

  /** Digest of the item's name, which stands for it. */
  get item(): string {
    return (this.#item ??= digest(this.itemName));
  }

  /** The sequence number padded with zeros, so that text compares as the number does. */
  get sequence(): string {
    return padSequence(this.sequenceNumber);
  }
}

/** Whether a record names its item. */
export function hasKey({ keys }: Pick<Occurrence, 'keys'>): boolean {
  for (const _ in keys) {
    return true;
  }
  return false;
}

/** The same key gives the same digest, in whatever order its attributes stand; the same key in another stream gives another. */
export function itemDigest(streamArn: string, keys: AttributeMap): string {
  return digest(nameOf(streamArn, keys));
}

function digest(name: string): string {
  return hash('sha256', name, 'base64url');
}

/** The last stream of which an item was named, and how the names begin for it: a function reads of one. */
let [lastStream, lastStart] = ['', ''];

function nameStart(streamArn: string): string {
  if (streamArn !== lastStream) {
    [lastStream, lastStart] = [streamArn, `[${JSON.stringify(streamArn)}`];
  }
  return lastStart;
}

function nameOf(streamArn: string, keys: AttributeMap): string {
  const names = Object.keys(keys);
  if (names.length > 1) {
    names.sort();
  }
  let text = nameStart(streamArn);
  for (const name of names) {
    text += `,[${JSON.stringify(name)},${JSON.stringify(keys[name])}]`;
  }
  return `${text}]`;
}
