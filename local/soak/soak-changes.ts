import { createCipheriv } from 'node:crypto';
import type { Random } from '../random.ts';
import { seededRandom } from '../random.ts';
import type { Change, Item } from '../scenario/change.ts';
import { Orders } from '../scenario/orders.ts';

/** A change that can be part of a transaction. */
type WholeChange = Exclude<Change, { type: 'update' }>;

/** What a writer does next: one change, or several items at once. */
export type Step = { readonly type: 'one'; readonly change: Change } | { readonly type: 'together'; readonly changes: readonly WholeChange[] };

/** States of an order; the event type may forget the last one for a while. */
const STATES = ['PLACED', 'PAID', 'SHIPPED', 'DELIVERED', 'RETURNED'];

/** Items that one writer puts, deletes and creates again and again. */
const BASKETS = 8;

/** Bytes of a large binary or text: DynamoDB takes items of 400 KB, and an event with such a binary twice is over Nakadi's limit. */
const SMALLEST_LARGE = 200_000;
const LARGEST_TEXT = 285_000;
const LARGEST_BINARY = 395_000;

/**
 * Changes that are hard on an outbox: the lives of many orders, and beside them a hot item, items that are deleted and created again, items of
 * nearly 400 KB that no compression makes smaller, and transactions. The same seed makes the same changes; writers never meet at one item.
 */
export class SoakChanges {
  readonly #name: string;
  readonly #random: Random;
  readonly #orders: Orders;
  #version = 0;

  /** @param name prefix of the order numbers */
  constructor(name: string, seed: number) {
    this.#name = name;
    this.#random = seededRandom(seed);
    this.#orders = new Orders(name, seed + 1);
  }

  next(): Step {
    const chance = this.#random();
    if (chance < 0.5) {
      return { type: 'one', change: this.#orders.next() };
    }
    if (chance < 0.7) {
      return { type: 'one', change: this.#wholeChange(this.#key('hot')) };
    }
    if (chance < 0.88) {
      return { type: 'one', change: this.#wholeChange(this.#basket(this.#below(BASKETS))) };
    }
    const first = this.#below(BASKETS);
    const count = 2 + this.#below(BASKETS - 2);
    const keys = Array.from({ length: count }, (_, index) => this.#basket((first + index) % BASKETS));
    return { type: 'together', changes: keys.map((key) => this.#wholeChange(key)) };
  }

  /** A change of one of two large items. */
  nextLarge(): Step {
    const key = this.#key(`large-${String(this.#below(2))}`);
    const item = this.#item(key);
    if (this.#random() < 0.5) {
      return { type: 'one', change: { type: 'put', item: { ...item, photo: { B: this.#noise(LARGEST_BINARY) } } } };
    }
    return { type: 'one', change: { type: 'put', item: { ...item, letter: { S: this.#noise(LARGEST_TEXT).toString('base64') } } } };
  }

  #wholeChange(key: Item): WholeChange {
    return this.#random() < 0.2 ? { type: 'delete', key } : { type: 'put', item: this.#item(key) };
  }

  #item(key: Item): Item {
    const lines = Array.from({ length: this.#below(4) }, (_, line) => ({ M: { article: { S: `article ${String(line)}` }, quantity: { N: '1' }, price: { N: '9.90' } } }));
    return {
      ...key,
      // Rarely the last one: what is refused holds its item for as long as the event type forgets it.
      state: { S: this.#random() < 0.05 ? STATES[4] : STATES[this.#below(4)] },
      version: { N: String(++this.#version) },
      orderLines: { L: lines },
      seen: { N: `${String(this.#below(1e9))}.${String(this.#below(1e9)).padStart(9, '0')}0000000001` },
    };
  }

  #basket(index: number): Item {
    return this.#key(`basket-${String(index)}`);
  }

  #key(name: string): Item {
    return { customerId: { S: this.#name }, orderId: { S: name } };
  }

  /** Bytes that do not compress. */
  #noise(most: number): Buffer {
    const length = SMALLEST_LARGE + this.#below(most - SMALLEST_LARGE);
    const key = Buffer.from(Array.from({ length: 16 }, () => this.#below(256)));
    return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}
