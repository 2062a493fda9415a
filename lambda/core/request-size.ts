/** By how much a request that was taken lets the next one grow. */
const GROWTH = 1.25;

/**
 * How many events a request carries at most. Where Nakadi does not take any, the request may have been too much for it, or one of its events is what it
 * stumbles over: the next one carries half as many, down to one. Each that is taken lets the next one grow again.
 */
export class RequestSize {
  #events = Infinity;

  get events(): number {
    return this.#events;
  }

  /** A request of so many events was not taken, and nobody said which of them is to blame. */
  failed(events: number): void {
    this.#events = Math.max(1, Math.floor(events / 2));
  }

  /** A request of so many events was taken. */
  taken(events: number): void {
    if (events >= this.#events) {
      this.#events = Math.ceil(this.#events * GROWTH);
    }
  }
}
