import { inGroups } from './in-groups.ts';
import { briefReason, hasLate } from './parked-event.ts';
import { hasLargeRecord, lastRows, throughAfter, type ItemProgress, type ParkedItem } from './parked-item.ts';
import type { Clock, ParkedEvents, PublishedRecord } from './ports.ts';
import type { ParkedReport } from './requeue-parked.ts';

/** How long an item of which a record was refused is put off: one minute, then twice as long each time, up to an hour. */
export const FIRST_POSTPONEMENT_MS = 60_000;
const LONGEST_POSTPONEMENT_MS = 3_600_000;

/** How many items close together, at most: one that the relay writes to at this moment keeps the others of its transaction waiting. */
const CLOSED_TOGETHER = 25;

/** Writes down how far the items of a run got. */
export class ItemSettlement {
  /** Rows that were removed: those of which nothing is published count too, so that many of them do not end the run. */
  settled = 0;
  private readonly parkedEvents: ParkedEvents;
  private readonly clock: Clock;
  private readonly report: ParkedReport;

  constructor(parkedEvents: ParkedEvents, clock: Clock, report: ParkedReport) {
    this.parkedEvents = parkedEvents;
    this.clock = clock;
    this.report = report;
  }

  /**
   * Works on items at the same time. One of which the work fails is put off, so that it does not hold up the others. Ends when all have
   * ended: nothing must go on behind the lease.
   */
  async forEach(items: readonly ParkedItem[], work: (item: ParkedItem) => Promise<void>): Promise<void> {
    const results = await Promise.allSettled(
      items.map(async (item) => {
        try {
          await work(item);
        } catch (error) {
          const failure = describeFailure(error);
          await this.postponeRefused(item, failure, item.head.attempts, failure);
        }
      }),
    );
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) {
      throw failed.reason;
    }
  }

  /** Closes items of which everything is published, many with few requests. Where they cannot close together, each tries alone. */
  async closeAll(items: readonly ParkedItem[]): Promise<void> {
    // The rows of one record go together, in a transaction of their own.
    const alone = items.filter(hasLargeRecord);
    await Promise.all(
      inGroups(items.filter((item) => !hasLargeRecord(item)), CLOSED_TOGETHER).map(async (group) => {
        const isClosed = group.length > 1 && (await this.closeTogether(group).catch(() => false));
        alone.push(...(isClosed ? [] : group));
      }),
    );
    await this.forEach(alone, (item) => this.close(item));
  }

  /** Closes items of which everything is published, none of them with late records. False where each is to be closed alone. */
  private async closeTogether(items: readonly ParkedItem[]): Promise<boolean> {
    const closings = items.map(({ head, leftovers, records }) => ({ head, published: [...leftovers, ...records] }));
    const isClosed = await this.parkedEvents.closeTogether(closings);
    if (isClosed) {
      this.report.closed += items.length;
      this.settled += closings.reduce((rows, { published }) => rows + published.length, 0);
    }
    return isClosed;
  }

  /** Closes an item of which everything is published; where something was parked meanwhile, it only gets further. */
  async close(item: ParkedItem): Promise<void> {
    // One transaction takes 100 rows; what does not fit is removed before, in order.
    const last = lastRows(item.records, 90);
    const first = item.records.slice(0, item.records.length - last.length);
    await this.advance(item, first);
    if (await this.parkedEvents.close(item.head, last)) {
      this.report.closed++;
      this.settled += last.length;
    } else {
      this.settled++; // Something new is there: the next pass of this run takes it up.
      // Where a snapshot is to follow, the newest record stays: should the item be gone, it tells what it was.
      await this.settle(item, { type: 'advanced', published: hasLate(item.head) ? last.slice(0, -1) : last });
    }
  }

  /** Notes how far an item got, and when it is looked at again. */
  async settle(item: ParkedItem, progress: Exclude<ItemProgress, { type: 'drained' }>): Promise<void> {
    await this.advance(item, progress.published);
    if (progress.type === 'refused') {
      await this.postponeRefused(item, progress.detail, progress.published.length > 0 ? 0 : item.head.attempts);
    } else {
      // Another record is the oldest one now: how often the one before was refused says nothing of it.
      const failure = progress.published.length > 0 ? { attempts: 0, detail: '', attemptsBefore: item.head.attempts } : undefined;
      await this.parkedEvents.postpone(item.head.item, new Date(this.clock.now()).toISOString(), failure);
    }
  }

  private async advance(item: ParkedItem, published: readonly PublishedRecord[]): Promise<void> {
    const rows = [...item.leftovers, ...published];
    if (rows.length > 0) {
      await this.parkedEvents.advance(item.head.item, throughAfter(item.head, published), rows);
      this.settled += rows.length;
    }
  }

  /** Puts an item off because a record of it was refused, each time for longer. */
  async postponeRefused({ head }: ParkedItem, detail: string, attempts = head.attempts, brief = briefReason('rejected', detail)): Promise<void> {
    this.report.refused++;
    this.report.reasons.add(brief);
    const pause = Math.min(LONGEST_POSTPONEMENT_MS, FIRST_POSTPONEMENT_MS * 2 ** attempts);
    const dueAt = new Date(this.clock.now() + pause).toISOString();
    await this.parkedEvents.postpone(head.item, dueAt, { attempts: attempts + 1, detail, attemptsBefore: head.attempts });
  }
}

/** Why the work on an item failed, without any words that may quote it. */
export function describeFailure(error: unknown): string {
  return `the requeue failed: ${error instanceof Error ? error.name : 'unknown error'}`;
}
