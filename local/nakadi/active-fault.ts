import { valueAt, type BatchItem } from './batch-item.ts';
import type { FailEvents, FaultSpec, FaultTarget, Interference } from './fault.ts';
import { Problem } from './problem.ts';
import { seededRandom } from '../random.ts';

/** A fault in force: its specification, and how much of it is used up. */
export class ActiveFault {
  readonly spec: FaultSpec;
  readonly #random: () => number;
  readonly #endsAt: number;
  #hits = 0;
  /** When the requests of the last second came, for the rate limit. */
  #recent: number[] = [];

  constructor(spec: FaultSpec) {
    this.spec = spec;
    this.#random = seededRandom('seed' in spec ? (spec.seed ?? 1) : 1);
    this.#endsAt = performance.now() + (spec.forMs ?? Infinity);
  }

  get hits(): number {
    return this.#hits;
  }

  get isFinished(): boolean {
    return this.#hits >= (this.spec.times ?? Infinity) || performance.now() >= this.#endsAt;
  }

  get closesPort(): boolean {
    return this.spec.kind === 'outage' && this.spec.how === 'refuse';
  }

  matches({ on, eventType }: FaultTarget): boolean {
    const kind = this.spec.on ?? 'publishing';
    return (kind === 'any' || kind === on) && (this.spec.eventType === undefined || this.spec.eventType === eventType);
  }

  use(): void {
    this.#hits++;
  }

  /** What the request meets before it is processed, if anything. */
  interferenceBefore(): Interference | undefined {
    const { spec } = this;
    switch (spec.kind) {
      case 'outage':
        return (spec.how ?? 'answer') === 'answer' ? new Problem(503, 'the service is not available for now').toAnswer() : 'reset';
      case 'rate-limit':
        return this.#exceeds(spec.perSecond)
          ? new Problem(429, 'too many requests', { 'retry-after': String(spec.retryAfterSeconds ?? 1) }).toAnswer()
          : undefined;
      case 'no-answer':
        return spec.stored ? undefined : 'silence';
      case 'answer':
        return spec.stored ? undefined : spec;
      default:
        return undefined;
    }
  }

  /** What becomes of the answer after `stored` events were stored, if anything. */
  interferenceAfter(stored: number): Interference | undefined {
    const { spec } = this;
    if (stored === 0) return undefined;
    switch (spec.kind) {
      case 'lost-answer':
        return 'reset';
      case 'no-answer':
        return spec.stored ? 'silence' : undefined;
      case 'answer':
        return spec.stored ? spec : undefined;
      default:
        return undefined;
    }
  }

  /** The places of the events that this fault makes fail; counts them as effects. */
  failingEvents(items: readonly BatchItem[]): number[] {
    const { spec } = this;
    if (spec.kind === 'fail-events') {
      const left = (spec.times ?? Infinity) - this.#hits;
      const failing = items.flatMap((item, index) => (this.#fails(spec, item) ? [index] : [])).slice(0, left);
      this.#hits += failing.length;
      return failing;
    }
    if (spec.kind === 'fail-some' && items.length > 0) {
      this.#hits++;
      const places = items.map((_, index) => index);
      if (spec.pick === 'first') return places.slice(0, spec.count);
      if (spec.pick === 'last') return places.slice(Math.max(0, places.length - spec.count));
      return Array.from({ length: Math.min(spec.count, places.length) }, () => places.splice(this.#random() * places.length, 1)[0]);
    }
    return [];
  }

  #fails(spec: FailEvents, { eid, event }: BatchItem): boolean {
    return (spec.eids === undefined || (eid !== undefined && spec.eids.includes(eid)))
      && (spec.field === undefined || valueAt(event, spec.field.path) === spec.field.value)
      && (spec.predicate === undefined || spec.predicate(event))
      && (spec.probability === undefined || this.#random() < spec.probability);
  }

  #exceeds(perSecond: number): boolean {
    const now = performance.now();
    this.#recent = this.#recent.filter((time) => now - time < 1000);
    if (this.#recent.length >= perSecond) return true;
    this.#recent.push(now);
    return false;
  }
}
