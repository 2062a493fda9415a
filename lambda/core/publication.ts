import type { ChangeEvent } from './change-event.ts';
import { nextBatch, type BatchLimits } from './nakadi-batch.ts';
import type { Clock, Nakadi } from './ports.ts';
import type { PublishResult } from './publish-events.ts';
import { readOutcome, type NamedEvent } from './publish-outcome.ts';
import type { RequestSize } from './request-size.ts';
import { SettledEvents } from './settled-events.ts';

/** The state of publishing some events: what became of each, from round to round. */
export class Publication {
  retryAfterMs?: number;
  readonly #settled = new SettledEvents();
  /** Events that failed by themselves while others were stored. */
  readonly #failedAlone = new Map<ChangeEvent, string>();
  /** Events that were sent alone, and with which Nakadi seemed to be away, as it was not: they come last, each alone. */
  readonly #suspects = new Set<ChangeEvent>();
  /** Such an event, until the next answer tells whether it was. */
  #doubtful?: NamedEvent;
  /** Why Nakadi as a whole took nothing in this round. */
  #waitingFor?: string;
  /** Items with an event of a type that took nothing in this round, and why. */
  #leftOutItems = new Map<string, string>();
  /** Items of which an event failed in this round: their later events wait for the next one. */
  #failedItems = new Set<string>();
  /** Events of requests of which nothing was stored in this round, and why. */
  #failedTogether = new Map<ChangeEvent, string>();
  #roundEvents: readonly ChangeEvent[] = [];
  readonly #nakadi: Nakadi;
  readonly #clock: Clock;
  readonly #limits: BatchLimits;
  readonly #size: RequestSize;
  readonly #stopAt: number;

  constructor(nakadi: Nakadi, clock: Clock, limits: BatchLimits, size: RequestSize, stopAt: number) {
    this.#nakadi = nakadi;
    this.#clock = clock;
    this.#limits = limits;
    this.#size = size;
    this.#stopAt = stopAt;
  }

  get hasAccepted(): boolean {
    return this.#settled.accepted.size > 0;
  }

  /** How many events are accepted or refused. */
  get settled(): number {
    return this.#settled.count;
  }

  /** Whether Nakadi as a whole took nothing in the last round. */
  get isAway(): boolean {
    return this.#waitingFor !== undefined;
  }

  /** Sends each event once, as far as Nakadi goes along; gives those that are to be sent again, in order. */
  async round(events: readonly ChangeEvent[]): Promise<readonly ChangeEvent[]> {
    this.#roundEvents = events;
    this.#failedItems = new Set();
    this.retryAfterMs = undefined;
    this.#waitingFor = undefined;
    this.#leftOutItems = new Map();
    this.#failedTogether = new Map();
    const acceptedBefore = this.#settled.accepted.size;
    await this.#sendAll(events);
    if (this.#settled.accepted.size > acceptedBefore) {
      // Others were stored in the same round: these are to blame, not Nakadi.
      this.#failedTogether.forEach((detail, event) => this.#failedAlone.set(event, detail));
    } else {
      this.#waitingFor ??= this.#failedTogether.values().next().value;
    }
    this.#waitingFor ??= this.#doubtful?.detail;
    this.#doubtful = undefined;
    return events.filter((event) => !this.#settled.has(event));
  }

  async #sendAll(events: readonly ChangeEvent[]): Promise<void> {
    const suspects = this.#suspects.size === 0 ? [] : events.filter((event) => this.#suspects.has(event));
    const suspectItems = new Set(suspects.map(({ item }) => item));
    let rest = this.#sendable(suspects.length === 0 ? events : events.filter(({ item }) => !suspectItems.has(item)));
    while (rest.length > 0) {
      const batch = this.#nextBatch(rest);
      if (!(await this.#send(batch))) {
        return;
      }
      rest = this.#sendable(without(rest, batch));
    }
    for (const suspect of suspects) {
      if (!(await this.#send([suspect]))) {
        return;
      }
    }
  }

  /** Where one is in doubt, the first event of any other item: the one that comes next may be of the same making. */
  #nextBatch(rest: readonly ChangeEvent[]): readonly ChangeEvent[] {
    if (this.#doubtful === undefined) {
      return nextBatch(rest, { ...this.#limits, maxBatchEvents: Math.min(this.#limits.maxBatchEvents, this.#size.events) });
    }
    const { item } = rest[Math.floor(this.#clock.random() * rest.length)];
    return rest.filter((event) => event.item === item).slice(0, 1);
  }

  /** Whether all of these events, which are pending, are of event types that took nothing in the last round, or behind such. */
  blocks(pending: readonly ChangeEvent[]): boolean {
    return pending.length > 0 && pending.every((event) => this.#isBlocked(event));
  }

  result(pending: readonly ChangeEvent[]): PublishResult {
    // Nakadi stores other events, but not these: they are to blame, not Nakadi, and must not hold up the shard.
    for (const [event, detail] of this.#failedAlone) {
      if (!this.isAway && !this.#settled.has(event)) {
        this.#settled.refuse(event, detail);
      }
    }
    const left = pending.filter((event) => !this.#settled.has(event));
    const { accepted, refused, behind } = this.#settled;
    const blocked = new Map(left.filter((event) => this.#isBlocked(event)).map((event) => [event, this.#leftOutItems.get(event.item) as string]));
    return { accepted, refused, behind, blocked, waiting: left.filter((event) => !blocked.has(event)), waitingFor: this.#waitingFor };
  }

  #isBlocked(event: ChangeEvent): boolean {
    return !this.isAway && this.#leftOutItems.has(event.item) && !this.#failedAlone.has(event);
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
    if (outcome.type === 'away') {
      if (outcome.scope === 'event-type') {
        this.#leaveOut(events[0], outcome.detail);
        return true;
      }
      this.#size.failed(events.length);
      if (events.length === 1 && outcome.retryAfterMs === undefined && this.#isInDoubt(events[0], outcome.detail)) {
        return true;
      }
      this.retryAfterMs = outcome.retryAfterMs;
      this.#waitingFor = outcome.detail;
      return false;
    }
    this.#isThere(events.length);
    switch (outcome.type) {
      case 'accepted':
        events.forEach((event) => this.#settled.accepted.add(event));
        return true;
      case 'partly-accepted':
        this.#settlePartly(events, new Map(outcome.failed.map(({ event, detail }) => [event, detail])));
        return true;
      case 'rejected':
        outcome.rejected.forEach(({ event, detail }) => this.#settled.refuse(event, detail));
        return this.#send(events);
      case 'unexplained':
        if (events.length === 1) {
          this.#settled.refuse(events[0], outcome.detail);
          return true;
        }
        return (await this.#send(events.slice(0, events.length >> 1))) && (await this.#send(events.slice(events.length >> 1)));
    }
  }

  /** Nakadi answered a request as it should. */
  #isThere(events: number): void {
    this.#size.taken(events);
    if (this.#doubtful !== undefined) {
      this.#suspects.add(this.#doubtful.event);
      this.#failedTogether.set(this.#doubtful.event, this.#doubtful.detail);
      this.#doubtful = undefined;
    }
  }

  /** Whether it may be this event alone that makes Nakadi seem away: the next answer tells, or one of an earlier round has told. */
  #isInDoubt(event: ChangeEvent, detail: string): boolean {
    if (this.#suspects.has(event)) {
      this.#failedAlone.set(event, detail);
    } else if (this.#doubtful === undefined) {
      this.#doubtful = { event, detail };
    } else {
      return false;
    }
    this.#failedItems.add(event.item);
    return true;
  }

  /** Leaves items whose next event is like this one to the next round: what of others goes elsewhere before that is not held up. */
  #leaveOut({ eventType, tombstone }: ChangeEvent, detail: string): void {
    const seen = new Set<string>();
    for (const event of this.#roundEvents) {
      if (this.#settled.has(event) || seen.has(event.item)) {
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
        if (failed.size < events.length) {
          this.#failedAlone.set(event, detail);
        }
      } else if (!this.#failedItems.has(event.item)) {
        this.#settled.accepted.add(event);
      }
    }
    if (failed.size === events.length && !events.some((event) => this.#failedAlone.has(event))) {
      failed.forEach((detail, event) => this.#failedTogether.set(event, detail));
    }
  }

  #sendable(events: readonly ChangeEvent[]): readonly ChangeEvent[] {
    if (this.settled + this.#failedItems.size === 0) {
      return events; // Nothing has happened yet.
    }
    return events.filter((event) => !this.#settled.has(event) && !(this.#failedItems.size > 0 && this.#failedItems.has(event.item)));
  }
}

function without(events: readonly ChangeEvent[], some: readonly ChangeEvent[]): readonly ChangeEvent[] {
  if (some.length === events.length) {
    return []; // These are the same.
  }
  const taken = new Set(some);
  return events.filter((event) => !taken.has(event));
}
