import { nextBatch, type BatchLimits } from './nakadi-batch.ts';
import type { ChangeEvent } from './change-event.ts';
import type { Clock, Nakadi } from './ports.ts';
import { readOutcome } from './publish-outcome.ts';

/** How long to go on. */
export interface Patience {
  /** Epoch milliseconds after which no request is repeated because Nakadi is away. */
  readonly retryUntil: number;
  /** Epoch milliseconds after which no request is started at all. */
  readonly stopAt: number;
}

/** What became of the events. Each one is in exactly one of the four. */
export interface PublishResult {
  readonly accepted: ReadonlySet<ChangeEvent>;
  /** Refused for what they are, with Nakadi's words. */
  readonly refused: ReadonlyMap<ChangeEvent, string>;
  /** Not sent, because an earlier event of the same item was refused. */
  readonly behind: ReadonlySet<ChangeEvent>;
  /** Not accepted, in order: Nakadi is away, or the time is over. */
  readonly waiting: readonly ChangeEvent[];
  /** Why events wait. */
  readonly waitingFor?: string;
}

/** First and longest pause between two tries, in milliseconds. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 20_000;

/**
 * Publishes events in the order in which they stand, in as few requests as the limits allow.
 *
 * Events of different items do not hold up one another; of one item, none is sent after one that was not accepted.
 */
export async function publishEvents(
  events: readonly ChangeEvent[],
  ports: { readonly nakadi: Nakadi; readonly clock: Clock },
  limits: BatchLimits,
  patience: Patience,
): Promise<PublishResult> {
  const { clock } = ports;
  const publication = new Publication(ports.nakadi, clock, limits, patience.stopAt);
  const end = Math.min(patience.retryUntil, patience.stopAt);
  let pending = events;
  for (let attempt = 0; ; attempt++) {
    const settledBefore = publication.settled;
    pending = await publication.round(pending);
    if (pending.length === 0 || clock.now() >= end) {
      break;
    }
    if (publication.settled > settledBefore) {
      attempt = 0;
    }
    await clock.sleep(Math.min(pause(attempt, clock, publication.retryAfterMs), end - clock.now()));
    if (clock.now() >= patience.stopAt) {
      break; // Another round would send nothing, and forget why the events wait.
    }
  }
  return publication.result(pending);
}

/** Full jitter: anything up to the exponential pause, but not before Nakadi asks for it. */
function pause(attempt: number, clock: Clock, retryAfterMs = 0): number {
  return Math.max(retryAfterMs, clock.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt));
}

class Publication {
  retryAfterMs?: number;
  private readonly accepted = new Set<ChangeEvent>();
  private readonly refused = new Map<ChangeEvent, string>();
  private readonly behind = new Set<ChangeEvent>();
  /** Per item, the sequence number of the first event that was refused. */
  private readonly refusedFrom = new Map<string, string>();
  /** Events that failed by themselves while others of their request were stored. */
  private readonly failedAlone = new Map<ChangeEvent, string>();
  private waitingFor?: string;
  /** Items of which an event failed in this round: their later events wait for the next one. */
  private failedItems = new Set<string>();
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
    this.failedItems = new Set();
    this.retryAfterMs = undefined;
    this.waitingFor = undefined;
    let rest = this.sendable(events);
    while (rest.length > 0) {
      const batch = new Set(nextBatch(rest, this.limits));
      if (!(await this.send([...batch]))) {
        break;
      }
      rest = this.sendable(rest.filter((event) => !batch.has(event)));
    }
    return events.filter((event) => !this.accepted.has(event) && !this.refused.has(event) && !this.isBehind(event));
  }

  result(waiting: readonly ChangeEvent[]): PublishResult {
    const { accepted, refused, behind } = this;
    // Nakadi stores other events, but not these: they are to blame, not Nakadi, and must not hold up the shard.
    for (const [event, detail] of this.failedAlone) {
      if (!accepted.has(event) && !refused.has(event) && this.waitingFor === undefined) {
        this.refuse(event, detail);
      }
    }
    const left = waiting.filter((event) => !refused.has(event) && !this.isBehind(event));
    return { accepted, refused, behind, waiting: left, waitingFor: this.waitingFor ?? 'the time of the invocation is over' };
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
        this.retryAfterMs = outcome.retryAfterMs;
        this.waitingFor = outcome.detail;
        return false;
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
