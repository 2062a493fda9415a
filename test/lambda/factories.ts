import { createHash } from 'node:crypto';
import type { PublishingConfig } from '../../lib/private/handler-contract.ts';
import type { Assembly, ChangeEvent } from '../../lambda/core/change-event.ts';
import { JsonText } from '../../lambda/core/json-text.ts';
import type { EventShape, Route } from '../../lambda/core/event-route.ts';
import type { RelaySettings } from '../../lambda/core/relay-batch.ts';
import { padSequence } from '../../lambda/core/occurrence.ts';
import { readStreamRecord, StreamRecord, type AttributeMap, type RawStreamRecord } from '../../lambda/core/stream-record.ts';

export const STREAM = 'arn:aws:dynamodb:eu-central-1:111122223333:table/orders/stream/2026-01-01T00:00:00.000';

/** When the records of the tests were made, in epoch milliseconds. */
export const CREATED_AT = Date.UTC(2026, 0, 2, 3, 4, 5);

/** Digits that a real sequence number has before those that the tests count with. */
const SEQUENCE_PREFIX = '2900002759746085';

/** A sequence number as DynamoDB gives it. */
export function sequenceNumber(sequence: number): string {
  return SEQUENCE_PREFIX + String(sequence).padStart(6, '0');
}

/** The same, padded. */
export function paddedSequence(sequence: number): string {
  return padSequence(sequenceNumber(sequence));
}

export interface RecordOptions {
  /** Partition key, `id`. */
  readonly id?: string;
  readonly sequence?: number;
  readonly eventName?: string;
  /** Absent: an item with `id` and `state`, whose value is the sequence number. */
  readonly newImage?: AttributeMap;
  readonly oldImage?: AttributeMap;
  /** Epoch milliseconds. */
  readonly createdAt?: number;
  readonly streamArn?: string;
}

/** A record as the event source mapping delivers it: an INSERT, unless said otherwise. */
export function rawRecord(options: RecordOptions = {}): RawStreamRecord {
  const { id = 'o-1', sequence = 1, eventName = 'INSERT', createdAt = CREATED_AT, streamArn = STREAM } = options;
  const image = (state: number): AttributeMap => ({ id: { S: id }, state: { N: String(state) } });
  return {
    eventName,
    eventSourceARN: streamArn,
    dynamodb: {
      ApproximateCreationDateTime: createdAt / 1000,
      Keys: { id: { S: id } },
      ...(eventName !== 'REMOVE' && { NewImage: options.newImage ?? image(sequence) }),
      ...(eventName !== 'INSERT' && { OldImage: options.oldImage ?? image(sequence - 1) }),
      SequenceNumber: sequenceNumber(sequence),
    },
  };
}

export function streamRecord(options: RecordOptions = {}): StreamRecord {
  return readStreamRecord(rawRecord(options));
}

/** A record with these keys, though DynamoDB may not have such. */
export function keyedRecord(keys: AttributeMap, options?: RecordOptions): StreamRecord {
  const { streamArn, sequenceNumber: number, createdAt, raw } = streamRecord(options);
  return new StreamRecord(streamArn, keys, number, createdAt, raw);
}

/** An image that no event can be made of. */
export const INVALID_IMAGE: AttributeMap = { id: { S: 'o-1' }, amount: { N: 'many' } };

/** A text as events have it. */
export function jsonText(text: string): JsonText {
  const buffer = Buffer.from(text);
  return new JsonText(buffer, 0, buffer.length);
}

/** An event as the assembly makes it, of any item and size. */
export function changeEvent(item: string, sequence: number, bytes?: number): ChangeEvent {
  const eid = createHash('md5').update(`${item} ${sequence}`).digest('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  const body = { metadata: { eid }, data: { item, sequence } };
  const bare = JSON.stringify(body).length;
  const json = JSON.stringify(bytes === undefined ? body : { ...body, fill: 'x'.repeat(bytes - bare - ',"fill":""'.length) });
  return { eid, item, sequence: paddedSequence(sequence), eventType: ROUTE.eventType, tombstone: false, json: jsonText(json), patchLeftOut: false };
}

/** The only route of the tests' outbox: a destination with an event type and nothing else. */
export const ROUTE: Route = {
  eventType: 'order-store.order-changed',
  dataType: 'order',
  cleanupPolicy: 'delete',
  patchFormat: 'array',
  patchAttribute: 'patch',
};

/** The shape of the only route, changed in this way. */
export function shapeOf({ maxEventBytes = 999_000, unrouted = 'drop', ...route }: ShapeOptions = {}): EventShape {
  return { routes: [{ ...ROUTE, ...route }], unrouted, maxEventBytes };
}

export type ShapeOptions = Partial<Route & Omit<EventShape, 'routes'>>;

export const SHAPE: EventShape = shapeOf();

export const PUBLISHING: PublishingConfig = {
  maxEventBytes: SHAPE.maxEventBytes,
  maxBatchEvents: 1_000,
  maxBatchBytes: 10_000_000,
  requestTimeoutMs: 80_000,
  retryBudgetMs: 60_000,
  holdForMs: 900_000,
};

export function settings(publishing: Partial<PublishingConfig> = {}, shape: ShapeOptions = {}): RelaySettings {
  return { shape: shapeOf(shape), publishing: { ...PUBLISHING, ...publishing } };
}

/** The event of a change, or the first of its two. @throws Error where there is none */
export function firstEvent(assembly: Assembly): ChangeEvent {
  if (assembly.type !== 'events') {
    throw new Error(JSON.stringify(assembly));
  }
  return assembly.events[0];
}
