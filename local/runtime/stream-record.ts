import type { AttributeValue, _Record } from '@aws-sdk/client-dynamodb-streams';
import type { Json, JsonObject } from './json.ts';

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
export function toStreamRecord(record: _Record, eventSourceARN: string, awsRegion: string, observedAt: number): StreamRecord {
  const { dynamodb = {} } = record;
  const keys = attributeMap(dynamodb.Keys ?? {});
  const creationTime = creationSeconds(dynamodb.ApproximateCreationDateTime ?? new Date(observedAt), observedAt);
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
      ...(dynamodb.NewImage ? { NewImage: attributeMap(dynamodb.NewImage) } : {}),
      ...(dynamodb.OldImage ? { OldImage: attributeMap(dynamodb.OldImage) } : {}),
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

function creationSeconds(told: Date, observedAt: number): number {
  const start = told.getTime();
  const estimate = start % MINUTE === 0 && observedAt >= start && observedAt < start + MINUTE ? observedAt : start;
  return Math.floor(estimate / 1000);
}

function attributeMap(attributes: Record<string, AttributeValue>): JsonObject {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, attributeValue(value)]));
}

/** DynamoDB JSON with base64 text for the SDK's bytes. */
function attributeValue(value: AttributeValue): JsonObject {
  if (value.B !== undefined) return { B: base64(value.B) };
  if (value.BS !== undefined) return { BS: value.BS.map(base64) };
  if (value.L !== undefined) return { L: value.L.map(attributeValue) };
  if (value.M !== undefined) return { M: attributeMap(value.M) };
  const [[type, scalar]] = Object.entries(value) as [string, Json][];
  return { [type]: scalar };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
