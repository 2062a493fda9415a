import type { Answer } from './answer.ts';
import type { ParsedEvent } from './batch-item.ts';

/** Where a fault applies, and for how long. What is left out does not restrict it. */
export interface FaultBounds {
  /** Only requests of this kind. Default: `publishing` (events and deleted events). */
  readonly on?: 'publishing' | 'token' | 'any';
  /** Only requests about this event type. */
  readonly eventType?: string;
  /** Ends after so many effects: events for `fail-events`, requests for every other kind. */
  readonly times?: number;
  /** Ends after so many milliseconds. */
  readonly forMs?: number;
}

/** Everything can be away: answered with 503, cut off before the answer, or no longer listened for. */
export interface Outage {
  readonly kind: 'outage';
  /** Default: `answer`. `refuse` closes the port for every request, the control API included. */
  readonly how?: 'answer' | 'reset' | 'refuse';
}

/** Holds every request for so many milliseconds before anything happens. */
export interface Latency {
  readonly kind: 'latency';
  readonly ms: number;
}

/** Sends the body of the answer in small pieces over so many milliseconds. */
export interface SlowBody {
  readonly kind: 'slow-body';
  readonly ms: number;
}

/** Cuts the connection after events were stored, before the answer. Requests that store nothing are left alone. */
export interface LostAnswer {
  readonly kind: 'lost-answer';
}

/** Takes the request and never answers. */
export interface NoAnswer {
  readonly kind: 'no-answer';
  /** Whether the events are stored. Default: false. */
  readonly stored?: boolean;
}

/** Answers with 429 what exceeds so many requests within a second. `times` counts the refused ones. */
export interface RateLimit {
  readonly kind: 'rate-limit';
  readonly perSecond: number;
  /** What `Retry-After` says, in seconds. Default: 1. */
  readonly retryAfterSeconds?: number;
}

/** Answers whatever it is told to. */
export interface ArbitraryAnswer {
  readonly kind: 'answer';
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: empty. */
  readonly body?: string;
  /** Whether the events are stored. Default: false. */
  readonly stored?: boolean;
}

/** Single events fail in the publishing step (207): those that meet every condition given here. */
export interface FailEvents {
  readonly kind: 'fail-events';
  readonly eids?: readonly string[];
  /** The path of a value in the event, names joined by dots, and the value that it must have. */
  readonly field?: { readonly path: string; readonly value: string | number | boolean | null };
  /** From 0 to 1, by the chance of a generator that starts from `seed` (default 1). */
  readonly probability?: number;
  readonly seed?: number;
  /** Only inside the process; JSON cannot say it. */
  readonly predicate?: (event: ParsedEvent) => boolean;
}

/** So many events of each batch fail in the publishing step (207), or all of a smaller batch. */
export interface FailSome {
  readonly kind: 'fail-some';
  readonly count: number;
  /** Default: `random`, by a generator that starts from `seed` (default 1). */
  readonly pick?: 'first' | 'last' | 'random';
  readonly seed?: number;
}

/** A fault to put on the server. Faults compose: each request meets all that apply to it, in the order they were added. */
export type FaultSpec = FaultBounds &
  (Outage | Latency | SlowBody | LostAnswer | NoAnswer | RateLimit | ArbitraryAnswer | FailEvents | FailSome);

export type FaultKind = FaultSpec['kind'];

/** A request, as far as faults look at it. */
export interface FaultTarget {
  readonly on: 'publishing' | 'token' | 'other';
  readonly eventType?: string;
}

/** What happens to a request instead of its proper answer; `reset` cuts the connection, `silence` leaves it open. */
export type Interference = Answer | 'reset' | 'silence';
