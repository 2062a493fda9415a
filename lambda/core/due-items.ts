import { forEachOf } from './for-each-of.ts';
import { inGroups } from './in-groups.ts';
import { itemBytes, loadItem, type Loading, type ParkedItem, type WaitingItem } from './parked-item.ts';
import type { Head } from './parked-event.ts';

/** How many items are read with one request where they have few records, and how many are read alone at the same time. */
const READ_TOGETHER = 10;
const LOAD_CONCURRENCY = 10;

/** The items that are due, longest due first. */
export class DueItems {
  private readonly due: AsyncIterator<string>;
  /** Taken from the index, but not loaded, because others were enough. */
  private left: string[] = [];
  private readonly loading: Omit<Loading, 'until'>;
  private readonly before: string;
  private readonly onFailure: (item: string, error: unknown) => Promise<void>;

  /**
   * @param before ISO 8601 time; items that are due later were handled already, though the index may not know
   * @param onFailure told of an item that cannot be loaded
   */
  constructor(loading: Omit<Loading, 'until'>, before: string, onFailure: (item: string, error: unknown) => Promise<void>) {
    this.due = eachOf(loading.parkedEvents.duePages(before));
    this.loading = loading;
    this.before = before;
    this.onFailure = onFailure;
  }

  /**
   * Reads the next items, so many at most; none where no more are due, or the time is over.
   *
   * @param inWork items that are left out, though the index may list them once more: their heads do not tell yet what is published of them
   */
  async read(count: number, inWork: ReadonlySet<string>, until: number): Promise<readonly WaitingItem[]> {
    const { parkedEvents, clock } = this.loading;
    while (clock.now() < until) {
      const items = await this.take(count);
      if (items.length === 0) {
        break;
      }
      // The heads first: what is parked from now on stands beyond their `upTo`.
      const heads = await parkedEvents.headsOf(items.filter((item) => !inWork.has(item)));
      const waiting = items.map((item) => heads.get(item)).filter((head) => head !== undefined && this.isDue(head)) as Head[];
      // What the index lists may be closed already: then others have their turn.
      if (waiting.length > 0) {
        const groups = await Promise.all(inGroups(waiting, READ_TOGETHER).map((group) => this.readTogether(group)));
        return groups.flat();
      }
    }
    return [];
  }

  private async readTogether(heads: readonly Head[]): Promise<WaitingItem[]> {
    const records = await this.loading.parkedEvents.readFewRecords(heads.map(({ item }) => item));
    return heads.map((head) => ({ head, records: records.get(head.item) }));
  }

  /**
   * Loads items that were read, until their events have so many bytes; the last ones may go beyond.
   *
   * @returns in the same order; without those that are left for the next time, and those that cannot be loaded
   */
  async load(items: readonly WaitingItem[], mostBytes: number, until: number): Promise<ParkedItem[]> {
    const loaded = new Map<WaitingItem, ParkedItem>();
    let bytes = 0;
    await forEachOf(items, LOAD_CONCURRENCY, async (waiting) => {
      const { item } = waiting.head;
      // Making events takes the processor: others who have something to send have their turn.
      await this.loading.clock.sleep(0);
      if (bytes >= mostBytes || this.loading.clock.now() >= until) {
        this.left.push(item);
        return;
      }
      try {
        const parked = await loadItem(waiting, { ...this.loading, until });
        loaded.set(waiting, parked);
        bytes += itemBytes(parked);
      } catch (error) {
        await this.onFailure(item, error);
      }
    });
    return items.map((waiting) => loaded.get(waiting)).filter((item) => item !== undefined);
  }

  private isDue({ dueAt }: Head): boolean {
    return dueAt !== undefined && dueAt <= this.before;
  }

  private async take(count: number): Promise<string[]> {
    const taken = new Set(this.left.splice(0, count));
    while (taken.size < count) {
      const { done, value } = await this.due.next();
      if (done === true) {
        break;
      }
      taken.add(value);
    }
    return [...taken];
  }
}

async function* eachOf<T>(pages: AsyncIterable<readonly T[]>): AsyncGenerator<T> {
  for await (const page of pages) {
    yield* page;
  }
}
