import type { ChangeEvent } from './change-event.ts';
import type { BatchLimits } from './nakadi-batch.ts';
import type { Clock, Nakadi } from './ports.ts';
import { Publication } from './publication.ts';
import { RequestSize } from './request-size.ts';

/** How long to go on. */
export interface Patience {
  /** Epoch milliseconds after which no request is repeated. */
  readonly retryUntil: number;
  /** Epoch milliseconds after which no request is started at all. */
  readonly stopAt: number;
  /** Whether there are event types beside those of these events: one that takes nothing is not waited for then. */
  readonly severalEventTypes?: boolean;
  /** Whether only Nakadi as a whole is waited for: what fails while it takes others is not tried again. */
  readonly forNakadiOnly?: boolean;
}

/** What became of the events. Each one is in exactly one of the five. */
export interface PublishResult {
  readonly accepted: ReadonlySet<ChangeEvent>;
  /** Refused for what they are, with Nakadi's words. */
  readonly refused: ReadonlyMap<ChangeEvent, string>;
  /** Not sent, because an earlier event of the same item was refused. */
  readonly behind: ReadonlySet<ChangeEvent>;
  /**
   * Not accepted, because their event types take nothing, or because an earlier event of their item is of one; with Nakadi's words. None where Nakadi is away
   * as a whole.
   */
  readonly blocked: ReadonlyMap<ChangeEvent, string>;
  /** Not accepted, in order: Nakadi is away, or the time is over. */
  readonly waiting: readonly ChangeEvent[];
  /** Why these wait; undefined where only the time is over. */
  readonly waitingFor?: string;
}

/** First and longest pause between two tries, in milliseconds. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 20_000;

/**
 * Publishes events in the order in which they stand, in as few requests as the limits allow.
 *
 * Events of different items do not hold up one another; of one item, none is sent after one that was not accepted.
 *
 * @param size how large requests may be after those before; it goes on learning
 */
export async function publishEvents(
  events: readonly ChangeEvent[],
  ports: { readonly nakadi: Nakadi; readonly clock: Clock },
  limits: BatchLimits,
  patience: Patience,
  size = new RequestSize(),
): Promise<PublishResult> {
  const { clock } = ports;
  const publication = new Publication(ports.nakadi, clock, limits, size, patience.stopAt);
  const end = Math.min(patience.retryUntil, patience.stopAt);
  let pending = events;
  for (let attempt = 0; ; attempt++) {
    const settledBefore = publication.settled;
    pending = await publication.round(pending);
    const isOneOfSeveral = publication.blocks(pending) && (patience.severalEventTypes === true || publication.hasAccepted);
    if (pending.length === 0 || clock.now() >= end || isOneOfSeveral || (patience.forNakadiOnly === true && !publication.isAway)) {
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
