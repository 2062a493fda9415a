import { selectAttributes } from './attribute-selection.ts';
import { AssembledEvent, type EventContent } from './assembled-event.ts';
import { eventEnvelope, InvalidAttributeError, type DataOperation } from './event-envelope.ts';
import { eventId } from './event-id.ts';
import { isTimeToLiveDeletion, routeOf, type EventShape, type Route } from './event-route.ts';
import { EventTexts } from './event-texts.ts';
import { attributesToJson, holds, InvalidImageError, itemToJson, type ImageShape } from './item-images.ts';
import { pointer } from './json-pointer.ts';
import type { JsonText } from './json-text.ts';
import { hasKey, type Occurrence } from './occurrence.ts';
import { isSameValue } from './same-value.ts';
import type { AttributeMap, AttributeValue, StreamRecord } from './stream-record.ts';

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
  /** To be read while its batch is under way only: then its memory is used again. */
  readonly json: JsonText;
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

export const NOTHING: Assembly = { type: 'nothing' };

/** Where events are written of which nobody says when they are done with. */
const KEPT_TEXTS = new EventTexts();

/**
 * The data-change event of a stream record, and the tombstone behind it where the event type wants one.
 *
 * @param texts where they are written
 */
export function assembleEvents(record: StreamRecord, shape: EventShape, texts = KEPT_TEXTS): Assembly {
  if (!hasKey(record)) {
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
  switch (record.raw.eventName) {
    case 'INSERT':
      return newImage ? assemble({ occurrence: record, route, shape, operation: 'C', newImage }, texts) : missing('NewImage');
    case 'MODIFY':
      if (!newImage || !oldImage) {
        return missing(newImage ? 'OldImage' : 'NewImage');
      }
      return assemble({ occurrence: record, route, shape, operation: 'U', newImage, oldImage }, texts);
    case 'REMOVE':
      return oldImage ? assemble({ occurrence: record, route, shape, operation: 'D', oldImage }, texts) : missing('OldImage');
    default:
      return invalid(`eventName must be INSERT, MODIFY or REMOVE, got ${JSON.stringify(record.raw.eventName)}`);
  }
}

/** What events are made of. */
export interface Change {
  readonly occurrence: Occurrence;
  readonly route: Route;
  /** All routes, of which this is one, and how large an event may be. */
  readonly shape: EventShape;
  readonly operation: DataOperation;
  readonly newImage?: AttributeMap;
  readonly oldImage?: AttributeMap;
  /** Tells a snapshot from others, by what it shows. */
  readonly variant?: (image: AttributeMap, shape: ImageShape) => string;
}

/** The event of a change, and the tombstone behind it where the event type wants one. */
export function assemble(change: Change, texts = KEPT_TEXTS): Assembly {
  const { occurrence, route, newImage, oldImage } = change;
  const shape = { selection: selectAttributes(route, occurrence.keys), numbersAsText: route.numberEncoding === 'string' };
  try {
    const image = (newImage ?? oldImage) as AttributeMap;
    const text = texts.of(route);
    const envelope = writeEnvelope(change, image, shape);
    text.begin(envelope.text, shape.selection);
    text.writeItem(image, occurrence.sequenceNumber);
    const hasPatch = newImage !== undefined && oldImage !== undefined;
    const isOther = hasPatch && text.writePatch(oldImage, newImage, change.shape.maxEventBytes);
    const strange = strangeKey(occurrence.keys, newImage) ?? strangeKey(occurrence.keys, oldImage);
    if (strange !== undefined) {
      return invalid(`${pointer([strange])} is missing, or is not as in Keys: an image must hold the item's key`);
    }
    if (hasPatch && !isOther && wasOf(route, change)) {
      return NOTHING; // only what is left out has changed
    }
    const occupied = occupiedAttribute(route, image, shape);
    if (occupied !== undefined) {
      return invalid(`the item has an attribute ${JSON.stringify(occupied)}, where the patch or the sequence number would stand: give those another name`);
    }
    if (envelope.fault !== undefined) {
      return invalid(envelope.fault);
    }
    const json = text.finish();
    const patchLeftOut = hasPatch && route.patchFormat !== 'none' && !text.hasPatch;
    if (route.map === undefined) {
      return sent(change, { eid: envelope.eid, json, patchLeftOut }, image, shape);
    }
    const told = imagesText(change, shape);
    const mapped = route.map(`{${told},"event":${json.toString()}}`, told);
    switch (mapped.type) {
      case 'data':
        text.begin(envelope.text, shape.selection);
        return sent(change, { eid: envelope.eid, json: text.finishWith(mapped.json), patchLeftOut }, {}, shape);
      case 'nothing':
        return NOTHING;
      case 'failed':
        return invalid(mapped.detail);
    }
  } catch (error) {
    if (error instanceof InvalidImageError) {
      return invalid(faultOf(newImage, shape) ?? faultOf(oldImage, shape) ?? error.message);
    }
    // Whatever is wrong with one record must not take its batch along. The message may quote the item.
    return invalid(`no event can be made of the record: ${error instanceof Error ? error.name : 'unknown error'}`);
  }
}

/** Whether the item was for the route before the change, too: else its event type has not seen it. */
function wasOf(route: Route, { occurrence, shape, oldImage }: Change): boolean {
  return routeOf({ keys: occurrence.keys, raw: { dynamodb: { NewImage: oldImage } } }, shape.routes) === route;
}

/** The first thing that is wrong with an image. */
function faultOf(image: AttributeMap | undefined, shape: ImageShape): string | undefined {
  try {
    void (image && itemToJson(image, shape));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The first attribute of the key that an image has not, or has otherwise: then it is not of this item. */
function strangeKey(keys: AttributeMap, image: AttributeMap | undefined): string | undefined {
  if (image !== undefined) {
    for (const name in keys) {
      const value: AttributeValue | undefined = Object.hasOwn(image, name) ? image[name] : undefined;
      if (value === undefined || !(isSameValue(value, keys[name]) || JSON.stringify(value) === JSON.stringify(keys[name]))) {
        return name;
      }
    }
  }
  return undefined;
}

/** The name that the route gives the patch or the sequence number, where the item has an attribute of that name. */
function occupiedAttribute({ patchFormat, patchAttribute, sequenceAttribute }: Route, image: AttributeMap, { selection }: ImageShape): string | undefined {
  if (patchFormat !== 'none' && holds(image, patchAttribute, selection)) {
    return patchAttribute;
  }
  return sequenceAttribute !== undefined && holds(image, sequenceAttribute, selection) ? sequenceAttribute : undefined;
}

/** What a mapping is told of a change, beside the event, as members of a JSON object. Texts, because it runs elsewhere. */
function imagesText({ occurrence, newImage, oldImage }: Change, shape: ImageShape): string {
  const text = (image: AttributeMap): string => JSON.stringify(itemToJson(image, shape));
  return [`"keys":${text(occurrence.keys)}`, ...(newImage ? [`"newItem":${text(newImage)}`] : []), ...(oldImage ? [`"oldItem":${text(oldImage)}`] : [])].join();
}

/** What stands before the data. Where an attribute cannot be what the envelope is to tell, that counts only if there is an event. */
function writeEnvelope({ occurrence, route, operation, variant }: Change, image: AttributeMap, shape: ImageShape): { readonly eid: string; readonly text: string; readonly fault?: string } {
  const eid = eventId(occurrence.itemName, occurrence.sequenceNumber, variant?.(image, shape));
  try {
    const told = attributesToJson(image, [route.occurredAtAttribute, route.flowIdAttribute], shape);
    return { eid, text: eventEnvelope(eid, occurrence, route, operation, told) };
  } catch (error) {
    if (error instanceof InvalidAttributeError) {
      return { eid, text: '', fault: error.message };
    }
    throw error;
  }
}

/** The event, where it is not too large; and the tombstone behind a deletion. */
function sent({ occurrence, route, operation, shape: { maxEventBytes } }: Change, made: EventContent, image: AttributeMap, imageShape: ImageShape): Assembly {
  const { bytes } = made.json;
  if (bytes > maxEventBytes) {
    const sizes = Object.entries(itemToJson(image, imageShape)).map(([name, value]): [string, number] => [name, JSON.stringify(value).length]);
    const [largest] = sizes.sort(([, a], [, b]) => b - a);
    const where = largest === undefined ? '' : `; its largest attribute is ${pointer([largest[0]])}`;
    return invalid(`the event has ${bytes} bytes, more than the ${maxEventBytes} that Nakadi takes${where}`);
  }
  const events = [new AssembledEvent(occurrence, route.eventType, made, false)];
  if (route.tombstones === true && operation === 'D') {
    events.push(new AssembledEvent(occurrence, route.eventType, made, true));
  }
  return { type: 'events', events };
}

/** What becomes of an item that no route is for. */
export function unrouted(shape: EventShape): Assembly {
  return shape.unrouted === 'drop' ? NOTHING : invalid('no route is for the item: add one, or let unrouted items be dropped');
}

function missing(image: string): Assembly {
  return invalid(`the record has no ${image}: the stream's view type must be NEW_AND_OLD_IMAGES`);
}

function invalid(detail: string): Assembly {
  return { type: 'invalid', detail };
}
