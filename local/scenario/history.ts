import { isDeepStrictEqual } from 'node:util';
import type { Item } from './change.ts';
import { comparable } from './event-value.ts';

/** A change that the table committed, as its stream must tell it. */
export interface CommittedChange {
  readonly operation: 'C' | 'U' | 'D';
  /** The item after the change; of a deletion, the last one. */
  readonly item: Item;
}

/** What the table committed, item by item, in order. Writers tell it; it knows nothing of the outbox. */
export class History {
  readonly #changes = new Map<string, CommittedChange[]>();
  readonly #keyAttributes: readonly string[];
  #count = 0;

  constructor(keyAttributes: readonly string[]) {
    this.#keyAttributes = keyAttributes;
  }

  get count(): number {
    return this.#count;
  }

  /** The changes of each item; the key is that of {@link keyOf}. */
  get changes(): ReadonlyMap<string, readonly CommittedChange[]> {
    return this.#changes;
  }

  /** A text that stands for the item's key. */
  keyOf(item: Item): string {
    return JSON.stringify(this.#keyAttributes.map((name) => Object.values(item[name] ?? {})[0] as unknown));
  }

  /**
   * Notes what DynamoDB committed. A write that changes nothing leaves no trace in a stream, nor here.
   *
   * @param after the item after the write, undefined where it was deleted
   */
  note(key: Item, after: Item | undefined): void {
    const text = this.keyOf(key);
    const changes = this.#changes.get(text) ?? [];
    const last = changes.at(-1);
    const before = last === undefined || last.operation === 'D' ? undefined : last.item;
    if (before === undefined && after === undefined) {
      return;
    }
    if (before !== undefined && after !== undefined && isDeepStrictEqual(comparable(before), comparable(after))) {
      return;
    }
    changes.push(
      after === undefined ? { operation: 'D', item: before as Item } : { operation: before === undefined ? 'C' : 'U', item: after },
    );
    this.#changes.set(text, changes);
    this.#count++;
  }
}
