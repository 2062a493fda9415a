import type { ChangeEvent } from './change-event.ts';

/** How much one request may carry. */
export interface BatchLimits {
  readonly maxBatchEvents: number;
  /** Bytes of the request's body before compression. */
  readonly maxBatchBytes: number;
}

/** The body of a request: the events as a JSON array. */
export function batchBody(events: readonly ChangeEvent[]): string {
  return `[${events.map((event) => event.json).join(',')}]`;
}

/**
 * How many of the first events fit into one request; at least one, so that there is progress even where one alone is larger than a batch
 * may be.
 */
export function batchLength(events: readonly ChangeEvent[], limits: BatchLimits): number {
  let bytes = 1;
  let length = 0;
  for (const event of events) {
    bytes += event.bytes + 1;
    if (length > 0 && (length >= limits.maxBatchEvents || bytes > limits.maxBatchBytes)) {
      break;
    }
    length++;
  }
  return length;
}
