import type { Schema } from './compatible-schema.ts';
import { isCompacted, type CompleteEventType } from './event-type.ts';

const EID = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$';
const RFC_3339 = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]((0\d|1[0-7]):[0-5]\d|18:00))$/i;

/**
 * What a publisher may say about an event. Closed: `received_at`, `version` and `published_by` are the server's to set.
 *
 * `partition_compaction_key` is needed where events are compacted, and refused elsewhere.
 */
export function metadataSchema(eventType: Pick<CompleteEventType, 'name' | 'cleanup_policy'>): Schema {
  const compacted = isCompacted(eventType);
  return {
    type: 'object',
    additionalProperties: false,
    properties: {
      eid: { type: 'string', pattern: EID },
      occurred_at: { type: 'string', format: 'rfc3339' },
      event_type: { type: 'string', enum: [eventType.name] },
      partition: { type: 'string' },
      span_ctx: { type: 'object', additionalProperties: { type: 'string' } },
      parent_eids: { type: 'array', items: { type: 'string', pattern: EID } },
      flow_id: { type: 'string' },
      ...(compacted ? { partition_compaction_key: { type: 'string', minLength: 1 } } : {}),
    },
    required: ['eid', 'occurred_at', ...(compacted ? ['partition_compaction_key'] : [])],
  };
}

/**
 * True for a date and time with an offset, on a day that exists (RFC 3339, section 5.6), that Java's parser takes too: without a leap second, with
 * up to nine digits of a second and an offset up to 18 hours.
 */
export function isRfc3339(text: string): boolean {
  const day = RFC_3339.exec(text)?.[1];
  if (day === undefined) return false;
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}
