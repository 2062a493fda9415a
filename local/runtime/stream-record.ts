import type { JsonObject } from './json.ts';

/**
 * A record as `GetRecords` writes it: DynamoDB JSON, with times in seconds and binary as base64 text. The SDK's form of it is not used, because it
 * loses the value of an attribute named `__proto__`.
 */
export interface WireRecord {
  readonly eventID?: string;
  readonly eventName?: string;
  readonly eventVersion?: string;
  readonly eventSource?: string;
  readonly dynamodb?: {
    readonly ApproximateCreationDateTime?: number;
    readonly Keys?: JsonObject;
    readonly NewImage?: JsonObject;
    readonly OldImage?: JsonObject;
    readonly SequenceNumber?: string;
    readonly SizeBytes?: number;
    readonly StreamViewType?: string;
  };
  readonly userIdentity?: { readonly Type?: string; readonly PrincipalId?: string };
}

/** A stream record in the form in which Lambda hands it to a function, with what the mapping needs to know of it. */
export interface StreamRecord {
  /** The element of `Records`. */
  readonly event: JsonObject;
  readonly sequenceNumber: string;
  /** `ApproximateCreationDateTime`, epoch seconds. */
  readonly creationTime: number;
  /** The item's primary key as text: the same for the same item. */
  readonly itemKey: string;
  /** Bytes of the event as JSON text. */
  readonly size: number;
}

/** Milliseconds of a minute: DynamoDB Local rounds creation times down to it, DynamoDB itself to the second. */
const MINUTE = 60_000;

/**
 * Brings a record of `GetRecords` into the form of a Lambda event.
 * @param observedAt - when the record was read, epoch milliseconds. Inside the minute that DynamoDB Local tells, it is the better estimate
 * of the creation time.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export function toStreamRecord(record: WireRecord, eventSourceARN: string, awsRegion: string, observedAt: number): StreamRecord {
  const { dynamodb = {} } = record;
  const keys = dynamodb.Keys ?? {};
  const creationTime = creationSeconds(dynamodb.ApproximateCreationDateTime ?? observedAt / 1000, observedAt);
  const sequenceNumber = dynamodb.SequenceNumber ?? '';
  const event: JsonObject = {
    // DynamoDB Local writes a UUID where DynamoDB writes the hexadecimal digits alone.
    eventID: (record.eventID ?? '').replaceAll('-', ''),
    eventName: record.eventName ?? '',
    eventVersion: record.eventVersion ?? '1.1',
    eventSource: record.eventSource ?? 'aws:dynamodb',
    awsRegion,
    dynamodb: {
      ApproximateCreationDateTime: creationTime,
      Keys: keys,
      ...(dynamodb.NewImage ? { NewImage: dynamodb.NewImage } : {}),
      ...(dynamodb.OldImage ? { OldImage: dynamodb.OldImage } : {}),
      SequenceNumber: sequenceNumber,
      SizeBytes: dynamodb.SizeBytes ?? 0,
      StreamViewType: dynamodb.StreamViewType ?? '',
    },
    eventSourceARN,
    ...(record.userIdentity ? { userIdentity: { type: record.userIdentity.Type ?? '', principalId: record.userIdentity.PrincipalId ?? '' } } : {}),
  };
  const itemKey = JSON.stringify(Object.entries(keys).sort(([left], [right]) => (left < right ? -1 : 1)));
  return { event, sequenceNumber, creationTime, itemKey, size: Buffer.byteLength(JSON.stringify(event)) };
}

function creationSeconds(told: number, observedAt: number): number {
  const start = told * 1000;
  const estimate = start % MINUTE === 0 && observedAt >= start && observedAt < start + MINUTE ? observedAt : start;
  return Math.floor(estimate / 1000);
}
