import type { ChangeEvent } from './change-event.ts';
import { nextBatch, type BatchLimits } from './nakadi-batch.ts';
import type { Clock, Nakadi } from './ports.ts';
import type { PublishResult } from './publish-events.ts';
import { readOutcome, type AwayScope } from './publish-outcome.ts';

/** The state of publishing some events: what became of each, from round to round. */
export class Publication {
  retryAfterMs?: number;
  private readonly accepted = new Set<ChangeEvent>();
  private readonly refused = new Map<ChangeEvent, string>();
  private readonly behind = new Set<ChangeEvent>();
  /** Per item, the sequence number of the first event that was refused. */
  private readonly refusedFrom = new Map<string, string>();
  /** Events that failed by themselves while others of their request were stored. */
  private readonly failedAlone = new Map<ChangeEvent, string>();
  private waitingFor?: string;
  private isNakadiAway = false;
  /** Items with an event of a type that took nothing in this round. */
  private leftOutItems = new Set<string>();
  /** Items of which an event failed in this round: their later events wait for the next one. */
  private failedItems = new Set<string>();
  private roundEvents: readonly ChangeEvent[] = [];
  private readonly nakadi: Nakadi;
  private readonly clock: Clock;
  private readonly limits: BatchLimits;
  private readonly stopAt: number;

  constructor(nakadi: Nakadi, clock: Clock, limits: BatchLimits, stopAt: number) {
    this.nakadi = nakadi;
    this.clock = clock;
    this.limits = limits;
    this.stopAt = stopAt;
  }

  get settled(): number {
    return this.accepted.size + this.refused.size;
  }

  /** Sends each event once, as far as Nakadi goes along; gives those that are to be sent again, in order. */
  async round(events: readonly ChangeEvent[]): Promise<readonly ChangeEvent[]> {
    this.roundEvents = events;
    this.failedItems = new Set();
    this.retryAfterMs = undefined;
    this.waitingFor = undefined;
    this.isNakadiAway = false;
    this.leftOutItems = new Set();
    let rest = this.sendable(events);
    while (rest.length > 0) {
      const batch = nextBatch(rest, this.limits);
      if (!(await this.send(batch))) {
        break;
      }
      rest = this.sendable(without(rest, batch));
    }
    return events.filter((event) => !this.accepted.has(event) && !this.refused.has(event) && !this.isBehind(event));
  }

  /** What took nothing in the last round: Nakadi as a whole, or the types of these events, which wait; undefined where some of them wait for something else. */
  awayFrom(waiting: readonly ChangeEvent[]): AwayScope | undefined {
    if (this.isNakadiAway) {
      return 'nakadi';
    }
    return waiting.length > 0 && waiting.every(({ item }) => this.leftOutItems.has(item)) ? 'event-type' : undefined;
  }

  result(waiting: readonly ChangeEvent[]): PublishResult {
    const { accepted, refused, behind } = this;
    // Nakadi stores other events, but not these: they are to blame, not Nakadi, and must not hold up the shard.
    for (const [event, detail] of this.failedAlone) {
      if (!accepted.has(event) && !refused.has(event) && !this.isBehind(event) && !this.isNakadiAway) {
        this.refuse(event, detail);
      }
    }
    const left = waiting.filter((event) => !refused.has(event) && !this.isBehind(event));
    const awayFrom = this.awayFrom(left);
    return { accepted, refused, behind, waiting: left, waitingFor: awayFrom && this.waitingFor, awayFrom };
  }

  /** Sends one request, and what its answer asks for at once. False where Nakadi is away or the time is over. */
  private async send(batch: readonly ChangeEvent[]): Promise<boolean> {
    const events = this.sendable(batch);
    if (events.length === 0) {
      return true;
    }
    if (this.clock.now() >= this.stopAt) {
      return false;
    }
    const outcome = readOutcome(await this.nakadi.publish(events), events);
    switch (outcome.type) {
      case 'accepted':
        events.forEach((event) => this.accepted.add(event));
        return true;
      case 'partly-accepted':
        this.settlePartly(events, new Map(outcome.failed.map(({ event, detail }) => [event, detail])));
        return true;
      case 'rejected':
        outcome.rejected.forEach(({ event, detail }) => this.refuse(event, detail));
        return this.send(events);
      case 'unexplained':
        if (events.length === 1) {
          this.refuse(events[0], outcome.detail);
          return true;
        }
        return (await this.send(events.slice(0, events.length >> 1))) && (await this.send(events.slice(events.length >> 1)));
      case 'away':
        if (outcome.scope === 'event-type') {
          this.waitingFor = this.isNakadiAway ? this.waitingFor : outcome.detail;
          this.leaveOut(events[0]);
          return true;
        }
        this.retryAfterMs = outcome.retryAfterMs;
        this.waitingFor = outcome.detail;
        this.isNakadiAway = true;
        return false;
    }
  }

  /** Leaves events like this one to the next round, with all others of their items. */
  private leaveOut({ eventType, tombstone }: ChangeEvent): void {
    for (const event of this.roundEvents) {
      if (event.eventType === eventType && event.tombstone === tombstone && !this.accepted.has(event) && !this.refused.has(event)) {
        this.failedItems.add(event.item);
        this.leftOutItems.add(event.item);
      }
    }
  }

  /** For an item of which an event failed, all its later events of the request count as not accepted, so that they go again in order. */
  private settlePartly(events: readonly ChangeEvent[], failed: ReadonlyMap<ChangeEvent, string>): void {
    for (const event of events) {
      const detail = failed.get(event);
      if (detail !== undefined) {
        this.failedItems.add(event.item);
        if (failed.size < events.length || this.failedAlone.has(event)) {
          this.failedAlone.set(event, detail);
        }
      } else if (!this.failedItems.has(event.item)) {
        this.accepted.add(event);
      }
    }
    if (failed.size === events.length && !events.some((event) => this.failedAlone.has(event))) {
      this.waitingFor = failed.values().next().value;
      this.isNakadiAway = true;
    }
  }

  private refuse(event: ChangeEvent, detail: string): void {
    this.refused.set(event, detail);
    const first = this.refusedFrom.get(event.item);
    if (first === undefined || event.sequence < first) {
      this.refusedFrom.set(event.item, event.sequence);
    }
  }

  private sendable(events: readonly ChangeEvent[]): readonly ChangeEvent[] {
    if (this.settled + this.failedItems.size === 0) {
      return events; // Nothing has happened yet.
    }
    return events.filter(
      (event) => !this.accepted.has(event) && !this.refused.has(event) && !this.failedItems.has(event.item) && !this.isBehind(event),
    );
  }

  /** Whether an earlier event of the same item was refused; remembers those of which that is so. */
  private isBehind(event: ChangeEvent): boolean {
    if (this.behind.has(event)) {
      return true;
    }
    const refusedFrom = this.refusedFrom.get(event.item);
    const isBehind = refusedFrom !== undefined && event.sequence > refusedFrom && !this.refused.has(event);
    if (isBehind) {
      this.behind.add(event);
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
