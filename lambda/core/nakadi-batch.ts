import type { ChangeEvent } from './change-event.ts';

/** How much one request may carry. */
export interface BatchLimits {
  readonly maxBatchEvents: number;
  /** Bytes of the request's body before compression. */
  readonly maxBatchBytes: number;
}

const [BEGIN, COMMA, END] = [0x5b, 0x2c, 0x5d];

/**
 * The body of a request: the events as a JSON array, in UTF-8.
 *
 * @param room what it may be written into, where it fits
 */
export function batchBody(events: readonly Pick<ChangeEvent, 'json'>[], room?: Buffer): Buffer {
  const bytes = events.reduce((sum, { json }) => sum + json.bytes + 1, events.length === 0 ? 2 : 1);
  const body = room !== undefined && bytes <= room.length ? room.subarray(0, bytes) : Buffer.allocUnsafeSlow(bytes);
  let end = 0;
  for (const { json } of events) {
    body[end] = COMMA;
    json.copy(body, end + 1);
    end += json.bytes + 1;
  }
  body[0] = BEGIN;
  body[body.length - 1] = END;
  return body;
}

/**
 * The events of the next request: of the first one's event type, in order, as many as fit; at least one, so that there is progress even where
 * one alone is larger than a batch may be.
 *
 * An event whose item has an earlier event that goes elsewhere is left for later: of one item, events are sent in order, wherever they go.
 */
export function nextBatch(events: readonly ChangeEvent[], limits: BatchLimits): ChangeEvent[] {
  const batch: ChangeEvent[] = [];
  const passedItems = new Set<string>();
  let bytes = 1;
  for (const event of events) {
    const [first = event] = batch;
    if (event.eventType !== first.eventType || event.tombstone !== first.tombstone) {
      passedItems.add(event.item);
      continue;
    }
    if (passedItems.size > 0 && passedItems.has(event.item)) {
      continue;
    }
    bytes += event.json.bytes + 1;
    if (batch.length > 0 && (batch.length >= limits.maxBatchEvents || bytes > limits.maxBatchBytes)) {
      break;
    }
    batch.push(event);
  }
  return batch;
}
