import { assembleSnapshot, type ChangeEvent } from './change-event.ts';
import { lastRows, loadItem, progressOf, refusalOf, snapshotSubject, throughAfter, type ItemProgress, type ParkedItem } from './parked-item.ts';
import { briefReason, type ParkedRecord } from './parked-event.ts';
import type { Clock, Nakadi, ParkedEvents, SourceTable } from './ports.ts';
import { publishEvents } from './publish-events.ts';
import type { RelaySettings } from './relay-batch.ts';

/** What the requeue talks to while it drains parked events. */
export interface RequeuePorts {
  readonly nakadi: Nakadi;
  readonly clock: Clock;
  readonly parkedEvents: ParkedEvents;
  readonly sourceTable: SourceTable;
}

/** What a run did with the parked events. */
export interface RequeueReport {
  published: number;
  /** Items that wait no more. */
  closed: number;
  /** Items of which a record was refused again. */
  refused: number;
  /** What Nakadi said, where the run ended because it is away. */
  away?: string;
  readonly reasons: Set<string>;
}

/** How many items are worked on at the same time. */
const ITEMS_PER_ROUND = 50;

/** How many items are looked at to find one for the probe: some may be closed already, or cannot be loaded. */
const PROBE_CANDIDATES = 10;

/** How long an item of which a record was refused is put off: one minute, then twice as long each time, up to an hour. */
const FIRST_POSTPONEMENT_MS = 60_000;
const LONGEST_POSTPONEMENT_MS = 3_600_000;

/**
 * Publishes what is parked, longest due first, each item's records in order, until nothing is due, Nakadi is away, or the time is over.
 *
 * The first request is a probe: it carries the records of one item only.
 *
 * @param deadline epoch milliseconds after which no request to Nakadi is started
 */
export async function requeueParked(ports: RequeuePorts, settings: RelaySettings, deadline: number): Promise<RequeueReport> {
  const run = new RequeueRun(ports, settings, deadline);
  // A pass sees each item once; what it puts off until now, the next pass sees again.
  for (let settled = -1; settled < run.settled && run.goesOn(); ) {
    settled = run.settled;
    await run.pass();
  }
  return run.report;
}

class RequeueRun {
  readonly report: RequeueReport = { published: 0, closed: 0, refused: 0, reasons: new Set() };
  /** Rows that were removed: those of which nothing is published count too, so that many of them do not end the run. */
  settled = 0;
  private probed = false;
  private readonly ports: RequeuePorts;
  private readonly settings: RelaySettings;
  private readonly deadline: number;

  constructor(ports: RequeuePorts, settings: RelaySettings, deadline: number) {
    this.ports = ports;
    this.settings = settings;
    this.deadline = deadline;
  }

  goesOn(): boolean {
    return this.report.away === undefined && this.ports.clock.now() < this.deadline;
  }

  async pass(): Promise<void> {
    const { clock, parkedEvents } = this.ports;
    const before = new Date(clock.now()).toISOString();
    while (this.goesOn()) {
      const due = await parkedEvents.dueItems(before, this.probed ? ITEMS_PER_ROUND : PROBE_CANDIDATES);
      const items = await this.loadSome(due, before);
      if (items.length === 0) {
        break;
      }
      await this.round(items);
      this.probed = true;
    }
  }

  /** All of the items that can be loaded; for the probe, the first one. */
  private async loadSome(due: readonly string[], before: string): Promise<ParkedItem[]> {
    if (this.probed) {
      const loaded = await Promise.all(due.map((item) => this.load(item, before)));
      return loaded.filter((item) => item !== undefined);
    }
    for (const candidate of due) {
      const item = await this.load(candidate, before);
      if (item !== undefined) {
        return [item];
      }
    }
    return [];
  }

  private async load(item: string, before: string): Promise<ParkedItem | undefined> {
    const { clock, parkedEvents } = this.ports;
    try {
      return await loadItem(item, before, parkedEvents, this.settings.shape);
    } catch (error) {
      this.report.reasons.add(describeFailure(error));
      await parkedEvents.postpone(item, new Date(clock.now() + FIRST_POSTPONEMENT_MS).toISOString());
      return undefined;
    }
  }

  private async round(items: readonly ParkedItem[]): Promise<void> {
    const result = await this.publish(items.flatMap((item) => item.events.flat()));
    const drained: ParkedItem[] = [];
    await this.forEach(items, async (item) => {
      const progress = progressOf(item, result);
      if (progress.type === 'drained') {
        drained.push(item);
      } else {
        await this.settle(item, progress);
      }
    });
    await this.finish(drained);
  }

  /**
   * Works on items at the same time. One of which the work fails is put off, so that it does not hold up the others. Ends when all have
   * ended: nothing must go on behind the lease.
   */
  private async forEach(items: readonly ParkedItem[], work: (item: ParkedItem) => Promise<void>): Promise<void> {
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

  private async publish(events: readonly ChangeEvent[]): ReturnType<typeof publishEvents> {
    const { nakadi, clock } = this.ports;
    const result = await publishEvents(events, { nakadi, clock }, this.settings.publishing, { retryUntil: 0, stopAt: this.deadline });
    this.report.published += result.accepted.size;
    if (result.waiting.length > 0) {
      this.report.away = briefReason('away', result.waitingFor);
    }
    return result;
  }

  /** Closes items of which everything is published; those with late records after a snapshot, which is read while the head is open. */
  private async finish(items: readonly ParkedItem[]): Promise<void> {
    const snapshots = new Map<ParkedItem, readonly ChangeEvent[]>();
    await this.forEach(items, async (item) => {
      const subject = snapshotSubject(item);
      if (subject === undefined) {
        await this.close(item);
        return;
      }
      const image = await this.ports.sourceTable.read(subject.keys);
      const assembly = assembleSnapshot(subject, image, this.ports.clock.now(), this.settings.shape);
      if (assembly.type === 'invalid') {
        await this.postponeRefused(item, assembly.detail);
      } else {
        snapshots.set(item, assembly.type === 'events' ? assembly.events : []);
      }
    });
    if (snapshots.size === 0) {
      return;
    }
    const result = await this.publish([...snapshots.values()].flat());
    await this.forEach([...snapshots.keys()], async (item) => {
      const events = snapshots.get(item) as readonly ChangeEvent[];
      const refusal = refusalOf(events, result);
      if (refusal !== undefined) {
        await this.postponeRefused(item, refusal);
      } else if (events.every((event) => result.accepted.has(event))) {
        await this.close(item);
      }
    });
  }

  private async close(item: ParkedItem): Promise<void> {
    const { parkedEvents } = this.ports;
    // One transaction takes 100 rows; what does not fit is removed before, in order.
    const last = lastRows(item.records, 90);
    const first = item.records.slice(0, item.records.length - last.length);
    await this.advance(item, first);
    if (await parkedEvents.close(item.head, last)) {
      this.report.closed++;
      this.settled += last.length;
    } else {
      await this.settle(item, { type: 'advanced', published: last });
    }
  }

  private async settle(item: ParkedItem, progress: Exclude<ItemProgress, { type: 'drained' }>): Promise<void> {
    await this.advance(item, progress.published);
    if (progress.type === 'refused') {
      await this.postponeRefused(item, progress.detail, progress.published.length > 0 ? 0 : item.head.attempts);
    } else {
      // Another record is the oldest one now: how often the one before was refused says nothing of it.
      const failure = progress.published.length > 0 ? { attempts: 0, detail: '' } : undefined;
      await this.ports.parkedEvents.postpone(item.head.item, new Date(this.ports.clock.now()).toISOString(), failure);
    }
  }

  private async advance(item: ParkedItem, published: readonly ParkedRecord[]): Promise<void> {
    const rows = [...item.leftovers, ...published];
    if (rows.length > 0) {
      await this.ports.parkedEvents.advance(item.head.item, throughAfter(item.head, published), rows);
      this.settled += rows.length;
    }
  }

  private async postponeRefused({ head }: ParkedItem, detail: string, attempts = head.attempts, brief = briefReason('rejected', detail)): Promise<void> {
    this.report.refused++;
    this.report.reasons.add(brief);
    const pause = Math.min(LONGEST_POSTPONEMENT_MS, FIRST_POSTPONEMENT_MS * 2 ** attempts);
    const dueAt = new Date(this.ports.clock.now() + pause).toISOString();
    await this.ports.parkedEvents.postpone(head.item, dueAt, { attempts: attempts + 1, detail });
  }
}

function describeFailure(error: unknown): string {
  return `the requeue failed: ${error instanceof Error ? error.name : 'unknown error'}`;
}
