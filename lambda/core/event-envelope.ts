import { isExact } from './attribute-selection.ts';
import type { Route } from './event-route.ts';
import { pointer } from './json-pointer.ts';
import type { JsonObject, JsonValue } from './json-value.ts';
import { canonicalNumber } from './number-text.ts';
import { itemDigest, type Occurrence } from './occurrence.ts';
import type { AttributeMap } from './stream-record.ts';

/** Create, update, delete, snapshot. */
export type DataOperation = 'C' | 'U' | 'D' | 'S';

/** An attribute that cannot be what the team said it is, or a field of the record that cannot be what DynamoDB writes there. */
export class InvalidAttributeError extends Error {
  override readonly name = 'InvalidAttributeError';
}

/**
 * The event's text up to its data, which comes behind it with one more brace. Its metadata are those that a publisher may set; Nakadi refuses any other.
 *
 * @param data the item as the event shows it: what is left out of events does not come back here
 * @throws InvalidAttributeError that names the attribute
 */
export function eventEnvelope(eid: string, occurrence: Occurrence, route: Route, operation: DataOperation, data: JsonObject): string {
  if (!(occurrence.createdAt > 0)) {
    throw new InvalidAttributeError('dynamodb.ApproximateCreationDateTime must be a number of seconds since 1970, from 1 to the end of the year 9999');
  }
  // An id and a time never need escapes.
  let metadata = `"eid":"${eid}","occurred_at":"${occurredAt(occurrence, route, operation, data)}"`;
  const flowId = route.flowIdAttribute === undefined || isUnwritten(operation) ? undefined : data[route.flowIdAttribute];
  if (typeof flowId === 'string' && flowId !== '') {
    metadata += `,"flow_id":${JSON.stringify(flowId)}`;
  }
  // Nakadi refuses the key for event types that are not compacted, and refuses its absence for those that are.
  if (route.cleanupPolicy !== 'delete') {
    metadata += `,"partition_compaction_key":${JSON.stringify(compactionKey(occurrence, route))}`;
  }
  return `{"metadata":{${metadata}},"data_type":${JSON.stringify(route.dataType)},"data_op":"${operation}","data":`;
}

/** Whether nobody wrote the attributes of the event with the change: those of a deletion, or of a snapshot, tell of an earlier write. */
function isUnwritten(operation: DataOperation): boolean {
  return operation === 'D' || operation === 'S';
}

const RFC_3339 = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]((0\d|1[0-7]):[0-5]\d|18:00))$/i;

/**
 * Whether Nakadi takes the text: a time on a day that exists, with an offset. Nakadi reads it with Java's parser, to which RFC 3339's leap seconds,
 * more than nine digits of a second and offsets beyond 18 hours are none. `Date` takes a 30 February for 2 March.
 */
function isTime(text: string): boolean {
  const day = RFC_3339.exec(text)?.[1];
  const midnight = day === undefined ? NaN : Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day as string);
}

/** The attribute that the team names tells when the item was written. */
function occurredAt({ createdAt }: Occurrence, { occurredAtAttribute, numberEncoding }: Route, operation: DataOperation, data: JsonObject): string {
  const value = occurredAtAttribute === undefined || isUnwritten(operation) ? undefined : data[occurredAtAttribute];
  if (value === undefined || value === null) {
    return secondText(createdAt);
  }
  if (typeof value === 'string' && isTime(value)) {
    return value;
  }
  const time = new Date(Math.round(numberOf(value, numberEncoding) * 1000));
  if (Number.isNaN(time.getTime()) || time.getUTCFullYear() > 9999 || time.getUTCFullYear() < 0) {
    throw new InvalidAttributeError(
      `${pointer([String(occurredAtAttribute)])} must be RFC 3339 text, with up to 9 digits of a second and an offset up to 18:00, or a number of seconds since 1970, to be the event's occurred_at`,
    );
  }
  return time.toISOString();
}

/** The last second that was written, and its text: hundreds of changes in a row have the same. */
let [lastSecond, lastText] = [NaN, ''];

function secondText(time: number): string {
  if (time !== lastSecond) {
    [lastSecond, lastText] = [time, new Date(time).toISOString()];
  }
  return lastText;
}

/** NaN where the value is no number; where numbers are written as strings, it comes as one. */
function numberOf(value: JsonValue, encoding: Route['numberEncoding']): number {
  if (typeof value === 'string') {
    return encoding === 'string' && canonicalNumber(value) !== undefined ? Number(value) : NaN;
  }
  return typeof value === 'number' ? value : JSON.isRawJSON(value) ? Number(value.rawJSON) : NaN;
}

/**
 * The value of a single key attribute as it is; two as a JSON array, in the order of their names. Where a key attribute is left out of
 * events, a digest stands for the key.
 */
function compactionKey({ keys }: Occurrence, { exclude }: Route): string {
  const names = Object.keys(keys).sort();
  if (names.some((name) => isExact(exclude, name))) {
    return itemDigest('', keys); // the same whatever stream the item is read from
  }
  const values = names.map((name) => keyText(keys, name));
  return values.length === 1 ? values[0] : JSON.stringify(values);
}

function keyText(keys: AttributeMap, name: string): string {
  const { S, N, B } = keys[name] ?? {};
  const text: unknown = S ?? N ?? B;
  if (typeof text !== 'string' || text === '') {
    throw new InvalidAttributeError(`${pointer([name])} must be a text, a number or bytes, to be the event's partition_compaction_key`);
  }
  return text;
}
