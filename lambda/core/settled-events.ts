import type { ChangeEvent } from './change-event.ts';

/** What is settled of some events: those that are accepted, those that are refused, and what stands behind these. */
export class SettledEvents {
  readonly accepted = new Set<ChangeEvent>();
  /** Refused for what they are, with the reason. */
  readonly refused = new Map<ChangeEvent, string>();
  /** Later events of items of which one was refused, as far as somebody asked. */
  readonly behind = new Set<ChangeEvent>();
  /** Per item, the sequence number of the first event that was refused. */
  readonly #refusedFrom = new Map<string, string>();

  /** How many are accepted or refused. */
  get count(): number {
    return this.accepted.size + this.refused.size;
  }

  refuse(event: ChangeEvent, detail: string): void {
    this.refused.set(event, detail);
    const first = this.#refusedFrom.get(event.item);
    if (first === undefined || event.sequence < first) {
      this.#refusedFrom.set(event.item, event.sequence);
    }
  }

  has(event: ChangeEvent): boolean {
    return this.accepted.has(event) || this.refused.has(event) || this.#isBehind(event);
  }

  /** Whether an earlier event of the same item was refused; remembers those of which that is so. */
  #isBehind(event: ChangeEvent): boolean {
    if (this.#refusedFrom.size === 0) {
      return false;
    }
    const refusedFrom = this.#refusedFrom.get(event.item);
    const isBehind = refusedFrom !== undefined && event.sequence > refusedFrom;
    if (isBehind) {
      this.behind.add(event);
    }
    return isBehind;
  }
}
