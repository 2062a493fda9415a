import type { BatchItem } from './batch-item.ts';
import { ActiveFault } from './active-fault.ts';
import type { FaultKind, FaultSpec, FaultTarget, Interference } from './fault.ts';

/** A fault that was added, to look at and to take away again. */
export interface FaultHandle {
  readonly id: number;
  readonly spec: FaultSpec;
  /** How many effects it had so far, in the unit of `times`. */
  readonly hits: number;
  /** Ends it; after that a port that it had closed is open again. */
  clear(): Promise<void>;
}

/** The faults of the server. They apply to Nakadi's API and the token endpoint, never to the control API. */
export class Faults {
  readonly #active = new Map<number, ActiveFault>();
  readonly #setRefusing: (refusing: boolean) => Promise<void>;
  readonly #timers = new Map<number, NodeJS.Timeout>();
  #lastId = 0;

  /** @param setRefusing - closes the port, or opens it again */
  constructor(setRefusing: (refusing: boolean) => Promise<void>) {
    this.#setRefusing = setRefusing;
  }

  /** Puts a fault on the server, from the next request on, until it is used up or cleared. */
  add(spec: FaultSpec): FaultHandle {
    const id = ++this.#lastId;
    const fault = new ActiveFault(spec);
    this.#active.set(id, fault);
    if (fault.closesPort) {
      void this.#setRefusing(true);
      if (spec.forMs !== undefined) this.#timers.set(id, setTimeout(() => void this.clear(id), spec.forMs));
    }
    return {
      id,
      spec,
      get hits() {
        return fault.hits;
      },
      clear: () => this.clear(id),
    };
  }

  /** Ends one fault, or all of them. An id that is gone already is no error. */
  async clear(id?: number): Promise<void> {
    for (const each of id === undefined ? [...this.#active.keys()] : [id]) {
      this.#active.delete(each);
      clearTimeout(this.#timers.get(each));
      this.#timers.delete(each);
    }
    const refusing = [...this.#active.values()].some((fault) => fault.closesPort);
    await this.#setRefusing(refusing);
  }

  /** The faults that still apply. */
  list(): { readonly id: number; readonly spec: FaultSpec; readonly hits: number }[] {
    this.#dropFinished();
    return [...this.#active].map(([id, { spec, hits }]) => ({ id, spec, hits }));
  }

  /** How long the request is held at first, in milliseconds. */
  delayMs(target: FaultTarget): number {
    return this.#useAll('latency', target).reduce((total, { ms }) => total + ms, 0);
  }

  /** What keeps the request from being processed at all. */
  before(target: FaultTarget): Interference | undefined {
    for (const fault of this.#matching(target)) {
      const interference = fault.interferenceBefore();
      if (interference === undefined) continue;
      fault.use();
      return interference;
    }
    return undefined;
  }

  /** Which events of a batch fail in the publishing step. */
  failing(target: FaultTarget, items: readonly BatchItem[]): Set<number> {
    const failing = new Set<number>();
    for (const fault of this.#matching(target)) for (const index of fault.failingEvents(items)) failing.add(index);
    return failing;
  }

  /** What becomes of the proper answer; `stored` is how many events the request has stored. */
  after(target: FaultTarget, stored: number): Interference | undefined {
    for (const fault of this.#matching(target)) {
      const interference = fault.interferenceAfter(stored);
      if (interference === undefined) continue;
      fault.use();
      return interference;
    }
    return undefined;
  }

  /** How long the body of the answer takes to leave, in milliseconds. */
  slowMs(target: FaultTarget): number {
    return this.#useAll('slow-body', target).reduce((total, { ms }) => total + ms, 0);
  }

  #matching(target: FaultTarget): ActiveFault[] {
    this.#dropFinished();
    return [...this.#active.values()].filter((fault) => fault.matches(target));
  }

  #useAll<K extends FaultKind>(kind: K, target: FaultTarget): Extract<FaultSpec, { kind: K }>[] {
    return this.#matching(target).filter((fault) => fault.spec.kind === kind).map((fault) => {
      fault.use();
      return fault.spec as Extract<FaultSpec, { kind: K }>;
    });
  }

  #dropFinished(): void {
    for (const [id, fault] of this.#active) if (fault.isFinished) this.#active.delete(id);
  }
}
