import type { AttributePath } from './attribute-path';
import type { EventMapping } from './event-mapping';

/**
 * Cleanup policy of a Nakadi event type: what Nakadi does with old events.
 */
export enum CleanupPolicy {
  /**
   * Events go after the event type's retention time.
   */
  DELETE = 'delete',

  /**
   * The last event of each item stays; older ones of the same item go. Events carry the item's keys as `partition_compaction_key`.
   */
  COMPACT = 'compact',

  /**
   * As COMPACT, and in addition events go after the event type's retention time.
   */
  COMPACT_AND_DELETE = 'compact_and_delete',
}

/**
 * How the RFC 6902 patch of a change is written into the event.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6902
 */
export enum PatchFormat {
  /**
   * An array of operations.
   *
   * An event type in `compatible` mode refuses operations whose value is an object: use JSON_STRING there.
   */
  ARRAY = 'array',

  /**
   * One string that holds the array of operations as JSON.
   */
  JSON_STRING = 'json-string',

  /**
   * No patch: events hold the whole item only.
   */
  NONE = 'none',
}

/**
 * How DynamoDB's numbers are written.
 */
export enum NumberEncoding {
  /**
   * JSON numbers with every digit where Nakadi takes them: integers of 64 bits, and all fractions. Larger integers become strings.
   */
  EXACT = 'exact',

  /**
   * Strings throughout: for consumers that would read JSON numbers as floating point.
   */
  STRING = 'string',
}

/**
 * What events look like.
 */
export interface EventOptions {
  /**
   * What the events call the kind of data: their `data_type`.
   *
   * @default - the name of the event type; of a route: as the destination
   */
  readonly dataType?: string;

  /**
   * Cleanup policy of the event type. It must be the one that Nakadi has: Nakadi refuses events that carry a compaction key where it
   * expects none, and the other way round.
   *
   * @default - `CleanupPolicy.DELETE`; of a route: as the destination
   */
  readonly cleanupPolicy?: CleanupPolicy;

  /**
   * Whether the deletion of an item is followed by its deletion from the event type: a tombstone after the `D` event, in the item's order.
   *
   * Only for event types that are compacted. Needs the scope `nakadi.event_type.write` where Nakadi checks scopes for each path.
   *
   * @default - `false`; of a route: as the destination
   */
  readonly tombstones?: boolean;

  /**
   * How the patch of a change is written.
   *
   * @default - `PatchFormat.ARRAY`; of a route: as the destination
   */
  readonly patchFormat?: PatchFormat;

  /**
   * Attribute of `data` that holds the patch. A change of an item that has an attribute of this name itself is parked.
   *
   * @default - `'patch'`; of a route: as the destination
   */
  readonly patchAttribute?: string;

  /**
   * How numbers are written.
   *
   * @default - `NumberEncoding.EXACT`; of a route: as the destination
   */
  readonly numberEncoding?: NumberEncoding;

  /**
   * Attributes that events have; all others are left out. Key attributes are always there, unless `excludeAttributes` names them.
   *
   * @default - all attributes; of a route: as the destination
   */
  readonly includeAttributes?: AttributePath[];

  /**
   * Attributes that events do not have, neither in the data nor in the patch. A change that touches only these publishes nothing.
   *
   * Key attributes are left out only by their exact names. Parked events hold whole records, these attributes included: they never leave
   * the account.
   *
   * @default - none; of a route: as the destination, besides its own
   */
  readonly excludeAttributes?: AttributePath[];

  /**
   * Attribute of the item that says when a change happened, for the event's `occurred_at`: RFC 3339 text, or a number of seconds since 1970.
   *
   * Items without it, and deletions, get the time of the stream record.
   *
   * @default - the time of the stream record, in whole seconds; of a route: as the destination
   */
  readonly occurredAtAttribute?: string;

  /**
   * Attribute of the item, a text, that becomes the event's `flow_id`. Items without it get none.
   *
   * @default - Nakadi makes flow ids up; of a route: as the destination
   */
  readonly flowIdAttribute?: string;

  /**
   * Attribute of `data` that gets the change's sequence number, as a text of 40 digits. It rises with each change of an item, so consumers can
   * tell newer from older events.
   *
   * @default - events do not have it, the `eid`s of an item sort in the same order; of a route: as the destination
   */
  readonly sequenceAttribute?: string;

  /**
   * Whether deletions that DynamoDB's time to live makes are published.
   *
   * @default - `true`; of a route: as the destination
   */
  readonly timeToLiveDeletions?: boolean;

  /**
   * A function of your own that makes the `data` of each event.
   *
   * @default - the item, with the patch; of a route: as the destination
   */
  readonly mapping?: EventMapping;
}
