import type { ChangeEvent } from './change-event.ts';
import { nextBatch, type BatchLimits } from './nakadi-batch.ts';
import type { Clock, Nakadi } from './ports.ts';
import type { PublishResult } from './publish-events.ts';
import { readOutcome } from './publish-outcome.ts';

/** The state of publishing some events: what became of each, from round to round. */
export class Publication {
  retryAfterMs?: number;
  readonly #accepted = new Set<ChangeEvent>();
  readonly #refused = new Map<ChangeEvent, string>();
  readonly #behind = new Set<ChangeEvent>();
  /** Per item, the sequence number of the first event that was refused. */
  readonly #refusedFrom = new Map<string, string>();
  /** Events that failed by themselves while others of their request were stored. */
  readonly #failedAlone = new Map<ChangeEvent, string>();
  /** Why Nakadi as a whole took nothing in this round. */
  #waitingFor?: string;
  /** Items with an event of a type that took nothing in this round, and why. */
  #leftOutItems = new Map<string, string>();
  /** Items of which an event failed in this round: their later events wait for the next one. */
  #failedItems = new Set<string>();
  #roundEvents: readonly ChangeEvent[] = [];
  readonly #nakadi: Nakadi;
  readonly #clock: Clock;
  readonly #limits: BatchLimits;
  readonly #stopAt: number;

  constructor(nakadi: Nakadi, clock: Clock, limits: BatchLimits, stopAt: number) {
    this.#nakadi = nakadi;
    this.#clock = clock;
    this.#limits = limits;
    this.#stopAt = stopAt;
  }

  get hasAccepted(): boolean {
    return this.#accepted.size > 0;
  }

  get settled(): number {
    return this.#accepted.size + this.#refused.size;
  }

  /** Sends each event once, as far as Nakadi goes along; gives those that are to be sent again, in order. */
  async round(events: readonly ChangeEvent[]): Promise<readonly ChangeEvent[]> {
    this.#roundEvents = events;
    this.#failedItems = new Set();
    this.retryAfterMs = undefined;
    this.#waitingFor = undefined;
    this.#leftOutItems = new Map();
    let rest = this.#sendable(events);
    while (rest.length > 0) {
      const batch = nextBatch(rest, this.#limits);
      if (!(await this.#send(batch))) {
        break;
      }
      rest = this.#sendable(without(rest, batch));
    }
    return events.filter((event) => !this.#accepted.has(event) && !this.#refused.has(event) && !this.#isBehind(event));
  }

  /** Whether all of these events, which are pending, are of event types that took nothing in the last round, or behind such. */
  blocks(pending: readonly ChangeEvent[]): boolean {
    return pending.length > 0 && pending.every((event) => this.#isBlocked(event));
  }

  result(pending: readonly ChangeEvent[]): PublishResult {
    const [accepted, refused, behind] = [this.#accepted, this.#refused, this.#behind];
    // Nakadi stores other events, but not these: they are to blame, not Nakadi, and must not hold up the shard.
    for (const [event, detail] of this.#failedAlone) {
      if (!accepted.has(event) && !refused.has(event) && !this.#isBehind(event) && this.#waitingFor === undefined) {
        this.#refuse(event, detail);
      }
    }
    const left = pending.filter((event) => !refused.has(event) && !this.#isBehind(event));
    const blocked = new Map(left.filter((event) => this.#isBlocked(event)).map((event) => [event, this.#leftOutItems.get(event.item) as string]));
    return { accepted, refused, behind, blocked, waiting: left.filter((event) => !blocked.has(event)), waitingFor: this.#waitingFor };
  }

  #isBlocked(event: ChangeEvent): boolean {
    return this.#waitingFor === undefined && this.#leftOutItems.has(event.item) && !this.#failedAlone.has(event);
  }

  /** Sends one request, and what its answer asks for at once. False where Nakadi is away or the time is over. */
  async #send(batch: readonly ChangeEvent[]): Promise<boolean> {
    const events = this.#sendable(batch);
    if (events.length === 0) {
      return true;
    }
    if (this.#clock.now() >= this.#stopAt) {
      return false;
    }
    const outcome = readOutcome(await this.#nakadi.publish(events), events);
    switch (outcome.type) {
      case 'accepted':
        events.forEach((event) => this.#accepted.add(event));
        return true;
      case 'partly-accepted':
        this.#settlePartly(events, new Map(outcome.failed.map(({ event, detail }) => [event, detail])));
        return true;
      case 'rejected':
        outcome.rejected.forEach(({ event, detail }) => this.#refuse(event, detail));
        return this.#send(events);
      case 'unexplained':
        if (events.length === 1) {
          this.#refuse(events[0], outcome.detail);
          return true;
        }
        return (await this.#send(events.slice(0, events.length >> 1))) && (await this.#send(events.slice(events.length >> 1)));
      case 'away':
        if (outcome.scope === 'event-type') {
          this.#leaveOut(events[0], outcome.detail);
          return true;
        }
        this.retryAfterMs = outcome.retryAfterMs;
        this.#waitingFor = outcome.detail;
        return false;
    }
  }

  /** Leaves items whose next event is like this one to the next round: what of others goes elsewhere before that is not held up. */
  #leaveOut({ eventType, tombstone }: ChangeEvent, detail: string): void {
    const seen = new Set<string>();
    for (const event of this.#roundEvents) {
      if (this.#accepted.has(event) || this.#refused.has(event) || seen.has(event.item)) {
        continue;
      }
      seen.add(event.item);
      if (event.eventType === eventType && event.tombstone === tombstone) {
        this.#failedItems.add(event.item);
        this.#leftOutItems.set(event.item, detail);
      }
    }
  }

  /** For an item of which an event failed, all its later events of the request count as not accepted, so that they go again in order. */
  #settlePartly(events: readonly ChangeEvent[], failed: ReadonlyMap<ChangeEvent, string>): void {
    for (const event of events) {
      const detail = failed.get(event);
      if (detail !== undefined) {
        this.#failedItems.add(event.item);
        if (failed.size < events.length || this.#failedAlone.has(event)) {
          this.#failedAlone.set(event, detail);
        }
      } else if (!this.#failedItems.has(event.item)) {
        this.#accepted.add(event);
      }
    }
    if (failed.size === events.length && !events.some((event) => this.#failedAlone.has(event))) {
      this.#waitingFor = failed.values().next().value;
    }
  }

  #refuse(event: ChangeEvent, detail: string): void {
    this.#refused.set(event, detail);
    const first = this.#refusedFrom.get(event.item);
    if (first === undefined || event.sequence < first) {
      this.#refusedFrom.set(event.item, event.sequence);
    }
  }

  #sendable(events: readonly ChangeEvent[]): readonly ChangeEvent[] {
    if (this.settled + this.#failedItems.size === 0) {
      return events; // Nothing has happened yet.
    }
    return events.filter(
      (event) => !this.#accepted.has(event) && !this.#refused.has(event) && !(this.#failedItems.size > 0 && this.#failedItems.has(event.item)) && !this.#isBehind(event),
    );
  }

  /** Whether an earlier event of the same item was refused; remembers those of which that is so. */
  #isBehind(event: ChangeEvent): boolean {
    if (this.#refusedFrom.size === 0) {
      return false;
    }
    if (this.#behind.has(event)) {
      return true;
    }
    const refusedFrom = this.#refusedFrom.get(event.item);
    const isBehind = refusedFrom !== undefined && event.sequence > refusedFrom && !this.#refused.has(event);
    if (isBehind) {
      this.#behind.add(event);
    }
    return isBehind;
  }
}

function without(events: readonly ChangeEvent[], some: readonly ChangeEvent[]): readonly ChangeEvent[] {
  if (some.length === events.length) {
    return []; // These are the same.
  }
  const taken = new Set(some);
  return events.filter((event) => !taken.has(event));
}
