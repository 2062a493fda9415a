import { hash } from 'node:crypto';
import type { DestinationConfig } from '../../lib/private/handler-contract.ts';
import { eventId } from './event-id.ts';
import { InvalidImageError, itemToJson, type JsonObject } from './item-images.ts';
import { createPatch } from './json-patch.ts';
import type { AttributeMap, StreamRecord } from './stream-record.ts';

/** Create, update, delete, snapshot. */
export type DataOperation = 'C' | 'U' | 'D' | 'S';

/** An event that is ready to be sent. */
export interface ChangeEvent {
  readonly eid: string;
  /** Digest of stream and key: events of one item stay in order. */
  readonly item: string;
  /** Padded sequence number of the change. */
  readonly sequence: string;
  /** The event as JSON text. */
  readonly json: string;
  /** Length of the text in bytes of UTF-8. */
  readonly bytes: number;
  /** Whether the patch was left out, because the event would have been too large with it. */
  readonly patchLeftOut: boolean;
}

/** What a stream record becomes: an event, or the reason why it cannot be one. */
export type Assembly = { readonly type: 'event'; readonly event: ChangeEvent } | { readonly type: 'invalid'; readonly detail: string };

/** What of the destination shapes an event. */
export interface EventShape extends DestinationConfig {
  /** Largest event that Nakadi takes, in bytes. */
  readonly maxEventBytes: number;
}

/** The data-change event of a stream record. */
export function assembleEvent(record: StreamRecord, shape: EventShape): Assembly {
  const { NewImage: newImage, OldImage: oldImage } = record.raw.dynamodb ?? {};
  switch (record.raw.eventName) {
    case 'INSERT':
      return newImage ? assemble(record, shape, 'C', newImage) : missing('NewImage');
    case 'MODIFY':
      if (!newImage || !oldImage) {
        return missing(newImage ? 'OldImage' : 'NewImage');
      }
      return assemble(record, shape, 'U', newImage, oldImage);
    case 'REMOVE':
      return oldImage ? assemble(record, shape, 'D', oldImage) : missing('OldImage');
    default:
      return invalid(`eventName must be INSERT, MODIFY or REMOVE, got ${JSON.stringify(record.raw.eventName)}`);
  }
}

/** What a snapshot is taken of. */
export interface SnapshotSubject {
  readonly item: string;
  readonly keys: AttributeMap;
  /** Padded sequence number of the newest record that was published of the item. */
  readonly sequence: string;
  /** The image in that record: what a deletion shows. */
  readonly lastImage: AttributeMap;
}

/**
 * The event that makes an item converge after its records came late: a snapshot of what the table holds now, or a deletion where it
 * holds nothing any more.
 *
 * Its `eid` follows its content: a snapshot that is taken again later is another event when the item has moved on.
 *
 * @param image what the table holds, undefined where the item is gone
 * @param readAt when it was read, in epoch milliseconds
 */
export function assembleSnapshot(subject: SnapshotSubject, image: AttributeMap | undefined, readAt: number, shape: EventShape): Assembly {
  const operation = image === undefined ? 'D' : 'S';
  const variant = `${operation} ${hash('sha256', JSON.stringify(image ?? null), 'hex')}`;
  return assemble({ ...subject, createdAt: readAt }, shape, operation, image ?? subject.lastImage, undefined, variant);
}

/** What of a record the envelope needs. */
type Occurrence = Pick<StreamRecord, 'item' | 'keys' | 'sequence' | 'createdAt'>;

function assemble(
  record: Occurrence,
  shape: EventShape,
  operation: DataOperation,
  image: AttributeMap,
  before?: AttributeMap,
  variant?: string,
): Assembly {
  try {
    const data = itemToJson(image);
    const wantsPatch = before !== undefined && shape.patchFormat !== 'none';
    if (shape.patchFormat !== 'none' && shape.patchAttribute in data) {
      return invalid(`the item has an attribute ${JSON.stringify(shape.patchAttribute)}, which is where the patch would stand: name another patchAttribute`);
    }
    const patch = wantsPatch ? createPatch(itemToJson(before), data) : undefined;
    const eid = eventId(record.item, record.sequence, variant);
    const write = (content: JsonObject): ChangeEvent => {
      const json = JSON.stringify({ metadata: metadata(record, shape, eid), data_type: shape.dataType, data_op: operation, data: content });
      return { eid, item: record.item, sequence: record.sequence, json, bytes: Buffer.byteLength(json), patchLeftOut: false };
    };
    const whole = write(patch ? withPatch(data, shape, patch) : data);
    if (whole.bytes <= shape.maxEventBytes) {
      return { type: 'event', event: whole };
    }
    const bare = patch ? { ...write(data), patchLeftOut: true } : whole;
    return bare.bytes <= shape.maxEventBytes
      ? { type: 'event', event: bare }
      : invalid(`the event has ${bare.bytes} bytes, more than the ${shape.maxEventBytes} that Nakadi takes`);
  } catch (error) {
    if (error instanceof InvalidImageError) {
      return invalid(error.message);
    }
    throw error;
  }
}

function withPatch(data: JsonObject, shape: EventShape, patch: unknown[]): JsonObject {
  const whole = Object.assign(Object.create(null) as JsonObject, data);
  whole[shape.patchAttribute] = shape.patchFormat === 'json-string' ? JSON.stringify(patch) : (patch as JsonObject[]);
  return whole;
}

function metadata(record: Occurrence, shape: EventShape, eid: string): Record<string, string> {
  return {
    eid,
    occurred_at: new Date(record.createdAt).toISOString(),
    // Nakadi refuses the key for event types that are not compacted, and refuses its absence for those that are.
    ...(shape.cleanupPolicy === 'delete' ? {} : { partition_compaction_key: compactionKey(record.keys) }),
  };
}

/** The value of a single key attribute as it is; two as a JSON array, partition key and sort key in the order of their names. */
function compactionKey(keys: AttributeMap): string {
  const values = Object.keys(keys)
    .sort()
    .map((name) => Object.values(keys[name])[0] as string);
  return values.length === 1 ? values[0] : JSON.stringify(values);
}

function missing(image: string): Assembly {
  return invalid(`the record has no ${image}: the stream's view type must be NEW_AND_OLD_IMAGES`);
}

function invalid(detail: string): Assembly {
  return { type: 'invalid', detail };
}
