import { assembleEvents, type ChangeEvent } from '../../lambda/core/change-event.ts';
import { routeOf, type Route } from '../../lambda/core/event-route.ts';
import { readStreamRecord, type RawStreamRecord, type StreamRecord } from '../../lambda/core/stream-record.ts';
import type { OutboxShape } from './outbox-config.ts';
import { keyFault } from './table-keys.ts';

/** What becomes of a record. */
export type RecordEvents =
  | { readonly type: 'events'; readonly route: Route; readonly events: readonly ChangeEvent[]; readonly madeUp: readonly string[] }
  | { readonly type: 'nothing' }
  /** No event; the text says why. */
  | { readonly type: 'fault'; readonly detail: string };

/** The events of a record as the relay would send them. */
export function recordEvents(raw: RawStreamRecord, shape: OutboxShape): RecordEvents {
  let record: StreamRecord;
  try {
    record = readStreamRecord(asDelivered(raw));
  } catch (error) {
    return { type: 'fault', detail: `is none that a stream sends: ${(error as Error).message}` };
  }
  const foreign = shape.keys && keyFault(raw.dynamodb?.Keys, shape.keys);
  if (foreign !== undefined) {
    return { type: 'fault', detail: `is none of the table's: ${foreign}` };
  }
  const assembly = assembleEvents(record, shape);
  if (assembly.type === 'invalid') {
    return { type: 'fault', detail: `would be parked: ${assembly.detail}` };
  }
  return assembly.type === 'nothing' ? assembly : { ...assembly, route: routeOf(record, shape.routes) as Route, madeUp: madeUp(raw) };
}

/** What of the metadata is made up, because the record lacks what it comes from. */
function madeUp({ eventSourceARN, dynamodb }: RawStreamRecord): string[] {
  const eid = eventSourceARN === undefined || dynamodb?.SequenceNumber === undefined ? ['eid'] : [];
  return dynamodb?.ApproximateCreationDateTime === undefined ? [...eid, 'occurred_at'] : eid;
}

/**
 * The record as a function gets it. One that was copied by hand may lack what only placing it needs; one that the AWS CLI or an SDK printed has
 * its time as ISO 8601 text.
 */
function asDelivered(raw: RawStreamRecord): RawStreamRecord {
  const { eventSourceARN = 'arn:aws:dynamodb:region:account:table/table/stream/label', dynamodb } = raw;
  const time: unknown = dynamodb?.ApproximateCreationDateTime ?? 1;
  const seconds = typeof time === 'string' ? Math.floor(Date.parse(time) / 1000) : (time as number);
  return { ...raw, eventSourceARN, dynamodb: { SequenceNumber: '1', ...dynamodb, ApproximateCreationDateTime: seconds } };
}
