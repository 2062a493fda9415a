import { hash } from 'node:crypto';
import { selectAttributes } from './attribute-selection.ts';
import { eventMetadata, InvalidAttributeError, type DataOperation, type Occurrence } from './event-envelope.ts';
import { eventId } from './event-id.ts';
import { isTimeToLiveDeletion, routeOf, type EventShape, type Route } from './event-route.ts';
import { InvalidImageError, itemToJson, pointer, type JsonObject } from './item-images.ts';
import { createPatch, type PatchOperation } from './json-patch.ts';
import type { AttributeMap, AttributeValue, RawStreamRecord, StreamRecord } from './stream-record.ts';

/** An event that is ready to be sent. */
export interface ChangeEvent {
  readonly eid: string;
  /** Digest of stream and key: events of one item stay in order. */
  readonly item: string;
  /** Padded sequence number of the change; of a tombstone with a mark that sorts it behind the event that it follows. */
  readonly sequence: string;
  readonly eventType: string;
  /** Whether it deletes the item from a compacted event type, in place of telling what happened. */
  readonly tombstone: boolean;
  /** The event as JSON text. */
  readonly json: string;
  /** Length of the text in bytes of UTF-8. */
  readonly bytes: number;
  /** Whether the patch was left out, because the event would have been too large with it. */
  readonly patchLeftOut: boolean;
}

/** What a stream record becomes. */
export type Assembly =
  /** These events, in this order. */
  | { readonly type: 'events'; readonly events: readonly ChangeEvent[] }
  /** Nothing: the team leaves such changes out. */
  | { readonly type: 'nothing' }
  /** No event can be made of it. */
  | { readonly type: 'invalid'; readonly detail: string };

const NOTHING: Assembly = { type: 'nothing' };

/** The data-change event of a stream record, and the tombstone behind it where the event type wants one. */
export function assembleEvents(record: StreamRecord, shape: EventShape): Assembly {
  if (Object.keys(record.keys).length === 0) {
    return invalid('the record has no Keys that DynamoDB can have');
  }
  const route = routeOf(record, shape.routes);
  if (route === undefined) {
    return unrouted(shape);
  }
  if (route.timeToLiveDeletions === false && isTimeToLiveDeletion(record)) {
    return NOTHING;
  }
  const { NewImage: newImage, OldImage: oldImage } = record.raw.dynamodb ?? {};
  const change = { occurrence: record, route, maxEventBytes: shape.maxEventBytes };
  switch (record.raw.eventName) {
    case 'INSERT':
      return newImage ? assemble({ ...change, operation: 'C', newImage }) : missing('NewImage');
    case 'MODIFY':
      if (!newImage || !oldImage) {
        return missing(newImage ? 'OldImage' : 'NewImage');
      }
      return assemble({ ...change, operation: 'U', newImage, oldImage, comesFromElsewhere: routeOf({ ...record, raw: { dynamodb: { NewImage: oldImage } } }, shape.routes) !== route });
    case 'REMOVE':
      return oldImage ? assemble({ ...change, operation: 'D', oldImage }) : missing('OldImage');
    default:
      return invalid(`eventName must be INSERT, MODIFY or REMOVE, got ${JSON.stringify(record.raw.eventName)}`);
  }
}

/** What a snapshot is taken of. */
export interface SnapshotSubject {
  readonly item: string;
  readonly keys: AttributeMap;
  /** Padded sequence number of the newest record that was parked of the item. */
  readonly sequence: string;
  /** How often records of the item came late: a snapshot follows each time, and is another event each time. */
  readonly lateMarks: number;
  /** The newest of its records that is known. Its image is what a deletion shows. */
  readonly last: RawStreamRecord;
}

/**
 * The event that makes an item converge after its records came late: a snapshot of what the table holds now, or a deletion where it
 * holds nothing any more.
 *
 * Its `eid` follows its content and its occasion: one that is sent again is the same event, one that is taken later is another.
 *
 * @param image what the table holds, undefined where the item is gone
 * @param readAt when it was read, in epoch milliseconds
 */
export function assembleSnapshot(subject: SnapshotSubject, image: AttributeMap | undefined, readAt: number, shape: EventShape): Assembly {
  const { NewImage, OldImage } = subject.last.dynamodb ?? {};
  const lastImage = NewImage ?? OldImage;
  if (image === undefined && lastImage === undefined) {
    return NOTHING; // A person skipped the deletion: nothing is known that could be shown, and nothing is wanted.
  }
  const route = routeOf({ keys: subject.keys, raw: { dynamodb: { NewImage: image ?? lastImage } } }, shape.routes);
  if (route === undefined) {
    return unrouted(shape);
  }
  // Where the team leaves such deletions out, the item ends as it was before.
  const endsBefore = image === undefined && route.timeToLiveDeletions === false && isTimeToLiveDeletion({ raw: subject.last });
  const operation = image === undefined && !endsBefore ? 'D' : 'S';
  return assemble({
    occurrence: { ...subject, createdAt: readAt },
    route,
    maxEventBytes: shape.maxEventBytes,
    operation,
    ...(operation === 'D' ? { oldImage: lastImage } : { newImage: image ?? lastImage }),
    variant: (data) => `${operation} ${subject.lateMarks} ${hash('sha256', JSON.stringify(data), 'hex')}`,
  });
}

interface Change {
  readonly occurrence: Occurrence;
  readonly route: Route;
  readonly maxEventBytes: number;
  readonly operation: DataOperation;
  readonly newImage?: AttributeMap;
  readonly oldImage?: AttributeMap;
  /** Whether the item was for another route before the change, or for none: then the event type has not seen it. */
  readonly comesFromElsewhere?: boolean;
  /** Tells a snapshot from others, by what it shows. */
  readonly variant?: (data: JsonObject) => string;
}

function assemble(change: Change): Assembly {
  try {
    const { occurrence, route, newImage, oldImage } = change;
    const imageShape = { selection: selectAttributes(route, occurrence.keys), numbersAsText: route.numberEncoding === 'string' };
    const newItem = newImage && itemToJson(newImage, imageShape);
    const oldItem = oldImage && itemToJson(oldImage, imageShape);
    const strange = Object.keys(occurrence.keys).find((name) => [newImage, oldImage].some((image) => image && !holdsKey(image, name, occurrence.keys[name])));
    if (strange !== undefined) {
      return invalid(`${pointer([strange])} is missing, or is not as in Keys: an image must hold the item's key`);
    }
    const patch = newItem && oldItem && createPatch(oldItem, newItem);
    if (patch?.length === 0 && change.comesFromElsewhere !== true) {
      return NOTHING; // only what is left out has changed
    }
    const item = newItem ?? (oldItem as JsonObject);
    const occupied = [route.patchFormat === 'none' ? undefined : route.patchAttribute, route.sequenceAttribute].find((name) => name !== undefined && name in item);
    if (occupied !== undefined) {
      return invalid(`the item has an attribute ${JSON.stringify(occupied)}, where the patch or the sequence number would stand: give those another name`);
    }
    const write = eventWriter(change, item);
    const whole = write(JSON.stringify(dataOf(change, item, patch)));
    const patchLeftOut = whole.bytes > change.maxEventBytes && patch !== undefined && route.patchFormat !== 'none';
    const event = patchLeftOut ? { ...write(JSON.stringify(dataOf(change, item))), patchLeftOut } : whole;
    if (route.map === undefined) {
      return sent(change, event, item);
    }
    const mapped = route.map(mappingInput(itemToJson(occurrence.keys, imageShape), newItem, oldItem, event));
    switch (mapped.type) {
      case 'data':
        return sent(change, { ...write(mapped.json), patchLeftOut }, {});
      case 'nothing':
        return NOTHING;
      case 'failed':
        return invalid(mapped.detail);
    }
  } catch (error) {
    if (error instanceof InvalidImageError || error instanceof InvalidAttributeError) {
      return invalid(error.message);
    }
    // Whatever is wrong with one record must not take its batch along. The message may quote the item.
    return invalid(`no event can be made of the record: ${error instanceof Error ? error.name : 'unknown error'}`);
  }
}

/** Whether an image is of the item with this key. */
function holdsKey(image: AttributeMap, name: string, key: AttributeValue): boolean {
  const value: AttributeValue | undefined = Object.hasOwn(image, name) ? image[name] : undefined;
  return value !== undefined && JSON.stringify(value) === JSON.stringify(key);
}

/** What a mapping is told. Texts, because it runs elsewhere. */
function mappingInput(keys: JsonObject, newItem: JsonObject | undefined, oldItem: JsonObject | undefined, event: ChangeEvent): string {
  const images = [...(newItem ? [`"newItem":${JSON.stringify(newItem)},`] : []), ...(oldItem ? [`"oldItem":${JSON.stringify(oldItem)},`] : [])];
  return `{"keys":${JSON.stringify(keys)},${images.join('')}"event":${event.json}}`;
}

/** The item with what stands beside its attributes. */
function dataOf({ occurrence, route }: Change, item: JsonObject, patch?: PatchOperation[]): JsonObject {
  const data = Object.assign(Object.create(null) as JsonObject, item);
  if (route.sequenceAttribute !== undefined) {
    data[route.sequenceAttribute] = occurrence.sequence;
  }
  if (patch !== undefined && route.patchFormat !== 'none') {
    data[route.patchAttribute] = route.patchFormat === 'json-string' ? JSON.stringify(patch) : (patch as unknown as JsonObject[]);
  }
  return data;
}

/** Writes the event with different data, given as JSON text. */
function eventWriter({ occurrence, route, operation, variant }: Change, item: JsonObject): (data: string) => ChangeEvent {
  const eid = eventId(occurrence.item, occurrence.sequence, variant?.(item));
  const envelope = JSON.stringify({ metadata: eventMetadata(eid, occurrence, route, operation, item), data_type: route.dataType, data_op: operation });
  return (data) => {
    const json = `${envelope.slice(0, -1)},"data":${data}}`;
    return {
      eid,
      item: occurrence.item,
      sequence: occurrence.sequence,
      eventType: route.eventType,
      tombstone: false,
      json,
      bytes: Buffer.byteLength(json),
      patchLeftOut: false,
    };
  };
}

/** The event, where it is not too large; and the tombstone behind a deletion. */
function sent({ route, operation, maxEventBytes }: Change, event: ChangeEvent, item: JsonObject): Assembly {
  if (event.bytes > maxEventBytes) {
    const sizes = Object.entries(item).map(([name, value]): [string, number] => [name, JSON.stringify(value).length]);
    const [largest] = sizes.sort(([, a], [, b]) => b - a);
    const where = largest === undefined ? '' : `; its largest attribute is ${pointer([largest[0]])}`;
    return invalid(`the event has ${event.bytes} bytes, more than the ${maxEventBytes} that Nakadi takes${where}`);
  }
  const buried = route.tombstones === true && operation === 'D';
  return { type: 'events', events: buried ? [event, { ...event, sequence: `${event.sequence}~`, tombstone: true }] : [event] };
}

function unrouted(shape: EventShape): Assembly {
  return shape.unrouted === 'drop' ? NOTHING : invalid('no route is for the item: add one, or let unrouted items be dropped');
}

function missing(image: string): Assembly {
  return invalid(`the record has no ${image}: the stream's view type must be NEW_AND_OLD_IMAGES`);
}

function invalid(detail: string): Assembly {
  return { type: 'invalid', detail };
}
