import type { EventOptions } from './event-options';
import type { EventRoute, UnroutedItems } from './event-route';
import type { NakadiCredentials } from './nakadi-credentials';

/**
 * Where the events of a table go, and as what.
 *
 * Events are Nakadi data-change events: `data_op` says what happened, `data` is the whole item after the change (after a deletion: the last
 * one), and inside it stands the patch of what changed.
 */
export interface NakadiDestination extends EventOptions {
  /**
   * Base URL of Nakadi, starting with `https://` and without `/event-types/…`, which the relay adds.
   */
  readonly endpoint: string;

  /**
   * How the outbox authenticates.
   *
   * @default NakadiCredentials.none()
   */
  readonly credentials?: NakadiCredentials;

  /**
   * Name of the event type. It must exist, with category `data`.
   *
   * @default - `routes` say it
   */
  readonly eventType?: string;

  /**
   * Event types for the several kinds of items of a table, in place of `eventType`.
   *
   * They stand in the environment of the functions, of which 3,100 bytes are free: about 25 routes that differ in nothing but their event type and
   * the value of their condition. What all routes say alike takes its place once.
   *
   * @default - all items go to `eventType`
   */
  readonly routes?: EventRoute[];

  /**
   * What happens to items that no route is for.
   *
   * @default UnroutedItems.DROP
   */
  readonly unroutedItems?: UnroutedItems;
}
