import { Occurrence } from './occurrence.ts';

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

/** A record of a stream: what is known of it whatever its images are worth, and the record itself. */
export class StreamRecord extends Occurrence {
  readonly raw: RawStreamRecord;

  constructor(streamArn: string, keys: AttributeMap, sequenceNumber: string, createdAt: number, raw: RawStreamRecord) {
    super(streamArn, keys, sequenceNumber, createdAt);
    this.raw = raw;
  }
}

/** What stands for a key that DynamoDB cannot have, and for the raw record that was let go of. */
const EMPTY = {};

/** Takes the images from a record that is done with, where its events still lead to it. Nobody else writes `raw`. */
export function letGo(record: { raw: RawStreamRecord }): void {
  record.raw = EMPTY;
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
  const keys = isKey(Keys) ? Keys : EMPTY;
  if (typeof streamArn !== 'string' || streamArn === '' || typeof sequenceNumber !== 'string' || !/^\d{1,40}$/.test(sequenceNumber)) {
    throw new UnplaceableRecordError(
      `a stream record must have eventSourceARN and dynamodb.SequenceNumber of 1 to 40 digits, got ${JSON.stringify({
        eventSourceARN: streamArn,
        SequenceNumber: sequenceNumber,
      })}`,
    );
  }
  return new StreamRecord(streamArn, keys, sequenceNumber, milliseconds(createdAt), raw);
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
