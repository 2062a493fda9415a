import { assembleSnapshot, type ChangeEvent } from './change-event.ts';
import { FIRST_POSTPONEMENT_MS, ItemSettlement } from './item-settlement.ts';
import { briefReason } from './parked-event.ts';
import { itemBytes, loadItem, progressOf, refusalOf, snapshotSubject, type ItemProgress, type ParkedItem } from './parked-item.ts';
import type { Clock, Nakadi, ParkedEvents, SourceTable } from './ports.ts';
import { publishEvents, type PublishResult } from './publish-events.ts';
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
  patchesLeftOut: number;
  /** What Nakadi said, where the run ended because it is away. */
  away?: string;
  readonly reasons: Set<string>;
}

/** How many items are worked on at the same time, and how many of them are loaded together. */
const ITEMS_PER_ROUND = 100;
const LOAD_CONCURRENCY = 25;

/** How long the items of one round are loaded, in milliseconds. */
const LOADING_MS = 20_000;

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
  for (let settled = -1; settled < run.settlement.settled && run.goesOn(); ) {
    settled = run.settlement.settled;
    await run.pass();
  }
  return run.report;
}

class RequeueRun {
  readonly report: RequeueReport = { published: 0, closed: 0, refused: 0, patchesLeftOut: 0, reasons: new Set() };
  private probed = false;
  readonly settlement: ItemSettlement;
  private readonly ports: RequeuePorts;
  private readonly settings: RelaySettings;
  private readonly deadline: number;

  constructor(ports: RequeuePorts, settings: RelaySettings, deadline: number) {
    this.ports = ports;
    this.settings = settings;
    this.deadline = deadline;
    this.settlement = new ItemSettlement(ports.parkedEvents, ports.clock, this.report);
  }

  goesOn(): boolean {
    return this.report.away === undefined && this.ports.clock.now() < this.deadline;
  }

  async pass(): Promise<void> {
    const { clock, parkedEvents } = this.ports;
    const before = new Date(clock.now()).toISOString();
    const due = eachOf(parkedEvents.duePages(before));
    while (this.goesOn()) {
      const items = await this.loadSome(due, before);
      if (items.length === 0) {
        break;
      }
      await this.round(items);
    }
  }

  /** As many of the next items as can be loaded and fill a request; for the probe, the first one. Some may be closed already: the index lags. */
  private async loadSome(due: AsyncIterator<string>, before: string): Promise<ParkedItem[]> {
    const until = Math.min(this.deadline, this.ports.clock.now() + LOADING_MS);
    const atOnce = this.probed ? LOAD_CONCURRENCY : 1;
    const items: ParkedItem[] = [];
    while (items.length < (this.probed ? ITEMS_PER_ROUND : 1) && this.ports.clock.now() < until) {
      const candidates = await take(due, atOnce);
      if (candidates.length === 0) {
        break;
      }
      const loaded = await Promise.all(candidates.map((item) => this.load(item, before, until)));
      items.push(...loaded.filter((item) => item !== undefined));
      if (items.reduce((sum, item) => sum + itemBytes(item), 0) >= this.settings.publishing.maxBatchBytes) {
        break;
      }
    }
    return items;
  }

  private async load(item: string, before: string, until: number): Promise<ParkedItem | undefined> {
    const { clock, parkedEvents } = this.ports;
    try {
      return await loadItem(item, { parkedEvents, clock, shape: this.settings.shape, before, until });
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
      const progress = this.blockedOr(progressOf(item, result), result);
      if (progress.type === 'drained') {
        drained.push(item);
      } else {
        await this.settlement.settle(item, progress);
      }
    });
    await this.finish(drained);
  }

  /** An item that got nowhere, because its event type takes nothing while others do, is put off like one that was refused. */
  private blockedOr(progress: ItemProgress, { waiting, waitingFor, awayFrom }: PublishResult): ItemProgress {
    const blocked = progress.type === 'advanced' && progress.published.length === 0 && waiting.length > 0 && awayFrom === 'event-type';
    return blocked ? { type: 'refused', published: [], detail: waitingFor ?? '' } : progress;
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
          await this.settlement.postponeRefused(item, failure, item.head.attempts, failure);
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
    this.report.patchesLeftOut += [...result.accepted].filter((event) => event.patchLeftOut).length;
    if (result.awayFrom === 'nakadi') {
      this.report.away = briefReason('away', result.waitingFor);
    }
    // An event type that takes nothing says nothing of the others: the next item is a probe too.
    this.probed ||= result.awayFrom === undefined || result.accepted.size + result.refused.size > 0;
    return result;
  }

  /** Closes items of which everything is published; those with late records after a snapshot, which is read while the head is open. */
  private async finish(items: readonly ParkedItem[]): Promise<void> {
    const snapshots = new Map<ParkedItem, readonly ChangeEvent[]>();
    await this.forEach(items, async (item) => {
      const subject = snapshotSubject(item);
      if (subject === undefined) {
        await this.settlement.close(item);
        return;
      }
      const image = await this.ports.sourceTable.read(subject.keys);
      const assembly = assembleSnapshot(subject, image, this.ports.clock.now(), this.settings.shape);
      if (assembly.type === 'invalid') {
        await this.settlement.postponeRefused(item, assembly.detail);
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
        await this.settlement.postponeRefused(item, refusal);
      } else if (events.every((event) => result.accepted.has(event))) {
        await this.settlement.close(item);
      }
    });
  }
}

async function* eachOf<T>(pages: AsyncIterable<readonly T[]>): AsyncGenerator<T> {
  for await (const page of pages) {
    yield* page;
  }
}

async function take<T>(from: AsyncIterator<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  while (taken.length < count) {
    const { done, value } = await from.next();
    if (done === true) {
      break;
    }
    taken.push(value);
  }
  return taken;
}

function describeFailure(error: unknown): string {
  return `the requeue failed: ${error instanceof Error ? error.name : 'unknown error'}`;
}
