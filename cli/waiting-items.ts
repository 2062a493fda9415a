import type { KnownItem, ParkedEventsOperator, WaitingRecord } from '../lambda/adapters/parked-events-operator.ts';
import { forEachOf } from '../lambda/core/for-each-of.ts';
import type { ItemFilter } from './command-line.ts';
import type { ItemName } from './item-name.ts';

/** An item that waits, with the record that all others wait for. */
export interface WaitingItem extends KnownItem {
  /** Undefined where nothing is left to be published, and only the head is to be closed. */
  readonly oldest?: WaitingRecord;
}

/** How many items are read at the same time. */
const READ_CONCURRENCY = 16;

/** The items that wait and match, page by page. */
export async function* waitingItems(events: ParkedEventsOperator, { item, reason }: ItemFilter): AsyncGenerator<readonly WaitingItem[]> {
  const pages = item === undefined ? events.openItems() : [await idsNamed(events, item)];
  for await (const page of pages) {
    const read = new Map<string, WaitingItem>();
    await forEachOf(page, READ_CONCURRENCY, async (id) => {
      const known = await events.readItem(id);
      // The index may not know yet that the head is closed.
      if (known?.head.dueAt !== undefined) {
        read.set(id, { ...known, oldest: await first(events.waitingRecords(known.head)) });
      }
    });
    yield page.flatMap((id) => read.get(id) ?? []).filter(({ oldest }) => reason === undefined || oldest?.reason === reason);
  }
}

/** Ids of the item with this name: of a table that was replaced, there may be one of each stream. */
export async function idsNamed(events: ParkedEventsOperator, name: ItemName): Promise<readonly string[]> {
  return name.type === 'key' ? events.idsOf(name.keys) : [name.id];
}

/** The first of many, undefined where there is none. */
export async function first<T>(many: AsyncIterable<T>): Promise<T | undefined> {
  for await (const one of many) {
    return one;
  }
  return undefined;
}
