import { hash } from 'node:crypto';

/** A DynamoDB value with its type descriptor, as stream records carry it; binary is base64 text. */
export interface AttributeValue {
  readonly S?: string;
  readonly N?: string;
  readonly B?: string;
  readonly BOOL?: boolean;
  readonly NULL?: boolean;
  readonly SS?: readonly string[];
  readonly NS?: readonly string[];
  readonly BS?: readonly string[];
  readonly L?: readonly AttributeValue[];
  readonly M?: AttributeMap;
}

/** The attributes of an item, or of its key. */
export type AttributeMap = Readonly<Record<string, AttributeValue>>;

/**
 * A record of a DynamoDB stream as the event source mapping delivers it.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export interface RawStreamRecord {
  readonly eventName?: string;
  readonly eventSourceARN?: string;
  readonly dynamodb?: {
    /** Epoch seconds. DynamoDB rounds them down to a whole one. */
    readonly ApproximateCreationDateTime?: number;
    readonly Keys?: AttributeMap;
    readonly NewImage?: AttributeMap;
    readonly OldImage?: AttributeMap;
    /** 21 to 40 decimal digits. Rises with each change of an item; beyond what a JavaScript number holds. */
    readonly SequenceNumber?: string;
  };
  readonly userIdentity?: { readonly type?: string; readonly principalId?: string };
}

/** What is known of every record, whatever its images are worth. */
export interface StreamRecord {
  readonly streamArn: string;
  /** Digest of stream and key: names the item within the whole outbox. */
  readonly item: string;
  readonly keys: AttributeMap;
  /** As the stream gives it: what a batch item failure must name. */
  readonly sequenceNumber: string;
  /** The sequence number padded with zeros, so that text compares as the number does. */
  readonly sequence: string;
  /**
   * When the change was made, in epoch milliseconds; whole seconds. 0 where the record does not tell a time: it is older than every limit then,
   * and no event is made of it.
   */
  readonly createdAt: number;
  readonly raw: RawStreamRecord;
}

/** Digits of the longest sequence number. */
const SEQUENCE_DIGITS = 40;

/** Pads a sequence number, so that text compares as the number does. */
export function padSequence(sequenceNumber: string): string {
  return sequenceNumber.padStart(SEQUENCE_DIGITS, '0');
}

/** What stands for a key that DynamoDB cannot have. */
const NOTHING = {};

/** Whether a record names its item. */
export function hasKey({ keys }: Pick<StreamRecord, 'keys'>): boolean {
  for (const _ in keys) {
    return true;
  }
  return false;
}

/**
 * Takes the images from a record that is done with. V8 makes such records in its old generation, once it has seen them live as long as a batch; from
 * there they would keep their images, and copying those from collection to collection costs a tenth of the relay's processor time.
 */
export function letGo(record: { raw: RawStreamRecord; keys: AttributeMap }): void {
  record.raw = record.keys = NOTHING;
}

/** A record that cannot even be placed: the platform never sends one, so it is a bug somewhere, not a bad item. */
export class UnplaceableRecordError extends Error {
  override readonly name = 'UnplaceableRecordError';
}

/**
 * Reads what every record must have. One without a key that DynamoDB can have is an item of its own, of which no event can be made.
 *
 * @throws UnplaceableRecordError where stream or sequence number is missing: without them nothing can be parked or checkpointed
 */
export function readStreamRecord(raw: RawStreamRecord): StreamRecord {
  const streamArn = raw.eventSourceARN;
  const { Keys, SequenceNumber: sequenceNumber, ApproximateCreationDateTime: createdAt } = raw.dynamodb ?? {};
  const keys = isKey(Keys) ? Keys : NOTHING;
  if (typeof streamArn !== 'string' || streamArn === '' || typeof sequenceNumber !== 'string' || !/^\d{1,40}$/.test(sequenceNumber)) {
    throw new UnplaceableRecordError(
      `a stream record must have eventSourceARN and dynamodb.SequenceNumber of 1 to 40 digits, got ${JSON.stringify({
        eventSourceARN: streamArn,
        SequenceNumber: sequenceNumber,
      })}`,
    );
  }
  return {
    streamArn,
    item: itemDigest(streamArn, hasKey({ keys }) ? keys : { SequenceNumber: { N: sequenceNumber } }),
    keys,
    sequenceNumber,
    sequence: padSequence(sequenceNumber),
    createdAt: milliseconds(createdAt),
    raw,
  };
}

/** Whether every value is one string, number or binary: a key has no others. */
function isKey(keys: unknown): keys is AttributeMap {
  if (typeof keys !== 'object' || keys === null) {
    return false;
  }
  for (const name in keys) {
    if (!isKeyValue((keys as Record<string, unknown>)[name])) {
      return false;
    }
  }
  return true;
}

function isKeyValue(value: unknown): boolean {
  let type: string | undefined;
  for (const name in value as object) {
    if (type !== undefined) {
      return false;
    }
    type = name;
  }
  return (type === 'S' || type === 'N' || type === 'B') && typeof (value as AttributeValue)[type] === 'string';
}

/** The last second of the year 9999, beyond which there is no RFC 3339 text. */
const LAST_SECOND = 253_402_300_799;

/** Whole seconds, so that a record is of the same time whichever way it came; 0 for what is no time of a change. */
function milliseconds(seconds: unknown): number {
  return typeof seconds === 'number' && seconds >= 1 && seconds <= LAST_SECOND ? Math.floor(seconds) * 1000 : 0;
}

/** The last stream of which an item was named, and how the digest's text begins for it: a function reads of one. */
let [lastStream, lastStart] = ['', ''];

function digestStart(streamArn: string): string {
  if (streamArn !== lastStream) {
    [lastStream, lastStart] = [streamArn, `[${JSON.stringify(streamArn)}`];
  }
  return lastStart;
}

/** The same key gives the same digest, in whatever order its attributes stand; the same key in another stream gives another. */
export function itemDigest(streamArn: string, keys: AttributeMap): string {
  const names = Object.keys(keys);
  if (names.length > 1) {
    names.sort();
  }
  let text = digestStart(streamArn);
  for (const name of names) {
    text += `,[${JSON.stringify(name)},${JSON.stringify(keys[name])}]`;
  }
  return hash('sha256', `${text}]`, 'base64url');
}
