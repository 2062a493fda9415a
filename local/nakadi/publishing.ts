import { parseBatch, textAt, type BatchItem, type BatchItemResponse } from './batch-item.ts';
import type { NewEntry } from './event-log.ts';
import type { StoredEventType } from './event-types.ts';
import { eventKeyOf, PartitioningError, partitionOf } from './partitioning.ts';
import { Problem } from './problem.ts';

/** What became of a batch: all stored, nothing stored, or stored in part (which may be none). */
export type PublishResult =
  | { readonly status: 'submitted'; readonly events: number; readonly stored: number }
  | {
    readonly status: 'aborted' | 'failed';
    readonly events: number;
    readonly stored: number;
    readonly responses: readonly BatchItemResponse[];
  };

/** One request to publish or to delete. */
export interface PublishRequest {
  readonly body: string;
  /** True for `deleted-events`: stores tombstones, and asks for no schema. */
  readonly deletes: boolean;
  /** The number of the request, for the entries. */
  readonly request: number;
  /** Goes to the events that have no flow id of their own. */
  readonly flowId: string;
}

/** What publishing needs from the server. */
export interface PublishContext {
  /** The most UTF-8 bytes that one event may have, white space included. */
  readonly maxEventBytes: number;
  /** A number from 0 to 1. */
  readonly random: () => number;
  /** The events that fail in the publishing step, by their place in the batch. */
  readonly failing: (items: readonly BatchItem[]) => ReadonlySet<number>;
}

/** A whole batch is refused, because of one of its events or for itself. */
class Abort extends Error {
  readonly step: 'validating' | 'partitioning';
  /** The place of the failed event; none where no event is to blame. */
  readonly index: number | undefined;

  constructor(step: 'validating' | 'partitioning', index: number | undefined, detail: string) {
    super(detail);
    this.step = step;
    this.index = index;
  }
}

/**
 * Takes a batch through the steps: validating, partitioning, enriching, publishing. Up to publishing, the first bad
 * event ends it for all. Throws a 400 problem where Nakadi gives no answer about single events.
 */
export function publish(request: PublishRequest, lookUp: () => StoredEventType, context: PublishContext): PublishResult {
  const items = parseBatch(request.body);
  const eventType = lookUp();
  try {
    validate(items, eventType, request.deletes, context.maxEventBytes);
    const partitions = partition(items, eventType, context.random);
    const keys = items.map((item) => eventKeyOf(item, eventType.definition));
    const place = (index: number) => ({ partition: partitions[index], key: keys[index] });
    return submit(items, eventType, context.failing(items), (item, index) => entryOf(item, place(index), eventType, request));
  } catch (error) {
    if (!(error instanceof Abort)) throw error;
    return { status: 'aborted', events: items.length, stored: 0, responses: abortedResponses(items, error) };
  }
}

function validate(items: readonly BatchItem[], eventType: StoredEventType, deletes: boolean, maxEventBytes: number): void {
  const { category, cleanup_policy: policy } = eventType.definition;
  if (deletes && policy === 'delete') throw new Abort('validating', undefined, 'events of this event type cannot be deleted');
  for (const [index, item] of items.entries()) {
    const fault = (deletes ? undefined : eventType.validate(item.event)) ?? sizeFault(item, maxEventBytes);
    if (fault === undefined) continue;
    // Nakadi reads the eid of an invalid event to report it, and trips over a missing one.
    if (category !== 'undefined' && item.eid === undefined) throw new Problem(400, 'metadata.eid is missing or not a string');
    throw new Abort('validating', index, fault);
  }
}

function sizeFault(item: BatchItem, maxEventBytes: number): string | undefined {
  const bytes = Buffer.byteLength(item.raw);
  return bytes > maxEventBytes ? `the event has ${bytes} bytes, at most ${maxEventBytes} are allowed` : undefined;
}

function partition(items: readonly BatchItem[], eventType: StoredEventType, random: () => number): string[] {
  return items.map((item, index) => {
    try {
      return partitionOf(item, eventType.definition, eventType.partitions, random);
    } catch (error) {
      if (error instanceof PartitioningError) throw new Abort('partitioning', index, error.message);
      throw error;
    }
  });
}

function submit(
  items: readonly BatchItem[], eventType: StoredEventType, failing: ReadonlySet<number>, entry: (item: BatchItem, index: number) => NewEntry,
): PublishResult {
  const responses = items.map((item, index): BatchItemResponse => {
    if (failing.has(index)) return { eid: item.eid, publishing_status: 'failed', step: 'publishing', detail: 'the event could not be stored' };
    eventType.log.append(entry(item, index));
    return { eid: item.eid, publishing_status: 'submitted', step: 'publishing', detail: '' };
  });
  const stored = items.length - failing.size;
  return failing.size === 0
    ? { status: 'submitted', events: items.length, stored }
    : { status: 'failed', events: items.length, stored, responses };
}

function entryOf(
  item: BatchItem, place: Pick<NewEntry, 'partition' | 'key'>, eventType: StoredEventType, { deletes, flowId, request }: PublishRequest,
): NewEntry {
  const { name, category } = eventType.definition;
  const receivedAt = new Date().toISOString();
  const common = { ...place, eventType: name, receivedAt, request, eid: item.eid };
  if (deletes) return { ...common, tombstone: true, event: null, raw: null };
  const event = category === 'undefined' ? item.event : {
    ...item.event,
    metadata: {
      ...(item.event.metadata as Record<string, unknown>),
      received_at: receivedAt,
      event_type: name,
      version: `${eventType.schemaVersion}.0.0`,
      partition: place.partition,
      flow_id: textAt(item.event, 'flow_id') || flowId,
    },
  };
  return { ...common, tombstone: false, event, raw: item.raw };
}

/** One item failed, all others aborted; the step tells how far each of them had come. */
function abortedResponses(items: readonly BatchItem[], abort: Abort): BatchItemResponse[] {
  const untouched = abort.step === 'validating' ? 'none' : 'validating';
  return items.map(({ eid }, index) => {
    if (index === abort.index) return { eid, publishing_status: 'failed', step: abort.step, detail: abort.message };
    const reached = abort.index !== undefined && index < abort.index;
    return { eid, publishing_status: 'aborted', step: reached ? abort.step : untouched, detail: '' };
  });
}
