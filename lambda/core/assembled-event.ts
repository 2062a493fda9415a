import type { ChangeEvent } from './change-event.ts';
import type { JsonText } from './json-text.ts';
import type { Occurrence } from './occurrence.ts';

/** What an event says, and what it and its tombstone have in common. */
export type EventContent = Pick<ChangeEvent, 'eid' | 'json' | 'patchLeftOut'>;

/** The event of a change. Its item and its place are those of the change, which makes them where they are asked for. */
export class AssembledEvent implements ChangeEvent {
  readonly eid: string;
  readonly eventType: string;
  readonly tombstone: boolean;
  readonly json: JsonText;
  readonly patchLeftOut: boolean;
  readonly #occurrence: Occurrence;

  constructor(occurrence: Occurrence, eventType: string, { eid, json, patchLeftOut }: EventContent, tombstone: boolean) {
    this.eid = eid;
    this.eventType = eventType;
    this.tombstone = tombstone;
    this.json = json;
    this.patchLeftOut = patchLeftOut;
    this.#occurrence = occurrence;
  }

  get item(): string {
    return this.#occurrence.item;
  }

  /** A tombstone stands behind the event of its deletion, and before the next change. */
  get sequence(): string {
    return this.tombstone ? `${this.#occurrence.sequence}~` : this.#occurrence.sequence;
  }
}
