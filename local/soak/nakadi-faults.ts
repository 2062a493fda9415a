import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultSpec } from '../nakadi/fault.ts';
import type { Random } from '../random.ts';
import { ORDER_EVENT_TYPE } from '../scenario/order-event-type.ts';
import type { Journal } from './journal.ts';
import type { Kills } from './kills.ts';
import type { SoakStack } from './soak-stack.ts';

/** How often a fault was put on Nakadi, and how many requests (or single events) met it. */
export interface FaultCount {
  played: number;
  met: number;
}

const HTML = { headers: { 'content-type': 'text/html' }, body: '<html><body><h1>Bad day</h1></body></html>' };

/** Milliseconds for which a request is held before Nakadi looks at it: far less than the relay waits. */
const LATENCY_MS = 700;

/** Faults that the stand-in knows by itself, for so many milliseconds. */
const SPECS: Readonly<Record<string, (forMs: number) => FaultSpec[]>> = {
  'outage': (forMs) => [{ kind: 'outage', forMs }],
  'connections cut': (forMs) => [{ kind: 'outage', how: 'reset', forMs }],
  'port closed': (forMs) => [{ kind: 'outage', how: 'refuse', forMs }],
  '429 with Retry-After': (forMs) => [{ kind: 'rate-limit', perSecond: 1, retryAfterSeconds: 1, forMs }],
  '429 without a word': (forMs) => [{ kind: 'answer', status: 429, forMs }],
  '503 in HTML': (forMs) => [{ kind: 'answer', status: 503, ...HTML, forMs }],
  '500, but stored': (forMs) => [{ kind: 'answer', status: 500, stored: true, ...HTML, forMs, times: 3 }],
  '200 in HTML': (forMs) => [{ kind: 'answer', status: 200, stored: true, ...HTML, forMs }],
  '207 in HTML, all stored': (forMs) => [{ kind: 'answer', status: 207, stored: true, ...HTML, forMs, times: 3 }],
  '307 to elsewhere': (forMs) => [{ kind: 'answer', status: 307, headers: { location: 'http://127.0.0.1:9/' }, forMs }],
  '400 in HTML': (forMs) => [{ kind: 'answer', status: 400, ...HTML, forMs, times: 5 }],
  '413': (forMs) => [{ kind: 'answer', status: 413, forMs, times: 3 }],
  '404': (forMs) => [{ kind: 'answer', status: 404, forMs }],
  '207, nothing stored': (forMs) => [{ kind: 'fail-some', count: 1e6, forMs, times: 3 }],
  'slow answers': (forMs) => [{ kind: 'slow-body', ms: 800, forMs }],
  'a byte a second': (forMs) => [
    { kind: 'answer', status: 200, stored: true, body: '0123456789', forMs, times: 2 },
    { kind: 'slow-body', ms: 10_000, forMs, times: 2 },
  ],
  'lost answers': (forMs) => [{ kind: 'lost-answer', forMs, times: 4 }],
  'never answered': (forMs) => [{ kind: 'no-answer', forMs, times: 2 }],
  'stored, never answered': (forMs) => [{ kind: 'no-answer', stored: true, forMs, times: 2 }],
};

/**
 * Faults of which one is played at a time. Together they would be more than a Nakadi that fails: a request that is held outlives its
 * connection where that is cut off, and is stored after what its sender does next; and 200 for events that were not stored is a lie.
 */
const ALONE = new Set(['latency', 'port closed', '207 for some', '200 in HTML', 'a byte a second']);

/** Puts faults on Nakadi, one after the other in an order of chance; each is met once before any comes again. */
export class NakadiFaults {
  /** Events that Nakadi failed while it stored others of their request: it may have stored later changes of the item before them. */
  readonly overtaken = new Set<string>();
  readonly counts: Record<string, FaultCount> = {};
  readonly #stack: SoakStack;
  readonly #kills: Kills;
  readonly #random: Random;
  readonly #journal: Journal;
  #deck: string[] = [];
  /** Ends with the last fault of {@link ALONE}. */
  #alone: Promise<unknown> = Promise.resolve();

  constructor(stack: SoakStack, kills: Kills, random: Random, journal: Journal) {
    this.#stack = stack;
    this.#kills = kills;
    this.#random = random;
    this.#journal = journal;
  }

  /** How many kinds there are. */
  static readonly kinds = Object.keys(SPECS).length + 6;

  /** Plays faults until the moment (epoch milliseconds), each with the pause behind it for so many milliseconds. */
  async play(until: number, slotMs: number): Promise<void> {
    while (Date.now() + slotMs <= until) {
      const name = this.#draw();
      const share = 0.4 + 0.4 * this.#random();
      const count = (this.counts[name] ??= { played: 0, met: 0 });
      count.played++;
      const met = await this.#playOne(name, slotMs * share);
      count.met += met;
      if (met === 0) {
        this.#deck.push(name);
      }
      await sleep(slotMs * (1 - share));
    }
  }

  #draw(): string {
    if (this.#deck.length === 0) {
      this.#deck = [...Object.keys(SPECS), 'latency', '207 for some', '422 for some', '403', 'expired tokens', 'no tokens'];
    }
    return this.#deck.splice(Math.floor(this.#random() * this.#deck.length), 1)[0];
  }

  #playOne(name: string, forMs: number): Promise<number> {
    const play = async (): Promise<number> => {
      this.#journal.note(`Nakadi: ${name} for ${forMs.toFixed(0)} ms`);
      return (await this.#special(name, forMs)) ?? this.#ordinary(SPECS[name](forMs), forMs);
    };
    if (!ALONE.has(name)) {
      return play();
    }
    const played = this.#alone.then(play);
    this.#alone = played.then(() => sleep(2 * LATENCY_MS), () => undefined);
    return played;
  }

  async #ordinary(specs: readonly FaultSpec[], forMs: number): Promise<number> {
    const handles = specs.map((spec) => this.#stack.nakadi.faults.add(spec));
    await sleep(forMs);
    await Promise.all(handles.map((handle) => handle.clear()));
    // A closed port does not see who knocks.
    return Math.max(...handles.map(({ hits, spec }) => (spec.kind === 'outage' && spec.how === 'refuse' ? 1 : hits)));
  }

  /** @returns how many requests or events met it; undefined for a fault of {@link SPECS} */
  async #special(name: string, forMs: number): Promise<number | undefined> {
    const { nakadi } = this.#stack;
    switch (name) {
      case 'latency':
        this.#kills.holdFor(forMs + 2 * LATENCY_MS + 500);
        await sleep(200);
        return this.#ordinary([{ kind: 'latency', ms: LATENCY_MS, forMs }], forMs);
      case '207 for some':
        return this.#ordinary([{ kind: 'fail-events', forMs, predicate: ({ metadata }) => this.#fails(metadata as { eid: string }) }], forMs);
      case '422 for some': {
        const met = await this.#during(422, forMs, () => { this.#stack.setForgetful(true); }, () => { this.#stack.setForgetful(false); });
        await this.#stack.backlog.retryNow();
        return met;
      }
      case '403':
        return this.#during(403, forMs, () => { nakadi.block(ORDER_EVENT_TYPE); }, () => { nakadi.unblock(ORDER_EVENT_TYPE); });
      case 'expired tokens':
        return this.#during(401, forMs, () => { nakadi.tokens.expire(); });
      case 'no tokens':
        nakadi.tokens.revoke();
        return this.#ordinary([{ kind: 'outage', on: 'token', forMs }], forMs);
      default:
        return undefined;
    }
  }

  #fails({ eid }: { readonly eid: string }): boolean {
    const fails = this.#random() < 0.2;
    if (fails) {
      this.overtaken.add(eid);
    }
    return fails;
  }

  /** Counts the answers with this status while something is wrong. */
  async #during(status: number, forMs: number, begin: () => void, end?: () => void): Promise<number> {
    const from = this.#stack.nakadi.requests.count;
    begin();
    await sleep(forMs);
    end?.();
    return this.#stack.nakadi.requests.list.slice(from).filter((request) => request.status === status).length;
  }
}
