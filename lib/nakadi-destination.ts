import type { NakadiCredentials } from './nakadi-credentials';

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
 * Where the events of a table go, and as what.
 *
 * Events are Nakadi data-change events: `data_op` says what happened, `data` is the whole item after the change (after a deletion: the last
 * one), and inside it stands the patch of what changed.
 */
export interface NakadiDestination {
  /**
   * Base URL of Nakadi, starting with `https://`.
   */
  readonly endpoint: string;

  /**
   * Name of the event type. It must exist, with category `data`.
   */
  readonly eventType: string;

  /**
   * How the outbox authenticates.
   *
   * @default NakadiCredentials.none()
   */
  readonly credentials?: NakadiCredentials;

  /**
   * What the events call the kind of data: their `data_type`.
   *
   * @default - the name of the event type
   */
  readonly dataType?: string;

  /**
   * Cleanup policy of the event type. It must be the one that Nakadi has: Nakadi refuses events that carry a compaction key where it
   * expects none, and the other way round.
   *
   * @default CleanupPolicy.DELETE
   */
  readonly cleanupPolicy?: CleanupPolicy;

  /**
   * How the patch of a change is written.
   *
   * @default PatchFormat.ARRAY
   */
  readonly patchFormat?: PatchFormat;

  /**
   * Attribute of `data` that holds the patch. No item may have an attribute of this name.
   *
   * @default 'patch'
   */
  readonly patchAttribute?: string;
}
