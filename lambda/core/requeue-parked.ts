import type { ChangeEvent } from './change-event.ts';
import { DueItems } from './due-items.ts';
import { inGroups } from './in-groups.ts';
import { describeFailure, FIRST_POSTPONEMENT_MS, ItemSettlement } from './item-settlement.ts';
import { briefReason } from './parked-event.ts';
import { blockOf, hasMapping, progressOf, refusalOf, snapshotSubject, type ItemProgress, type ParkedItem, type WaitingItem } from './parked-item.ts';
import type { Clock, Nakadi, ParkedEvents, SourceTable } from './ports.ts';
import { publishEvents, type PublishResult } from './publish-events.ts';
import type { RelaySettings } from './relay-batch.ts';
import { RequestSize } from './request-size.ts';
import { assembleSnapshot, type SnapshotSubject } from './snapshot-event.ts';

/** What the requeue talks to while it drains parked events. */
export interface RequeuePorts {
  readonly nakadi: Nakadi;
  readonly clock: Clock;
  readonly parkedEvents: ParkedEvents;
  readonly sourceTable: SourceTable;
}

/** What a run did with the parked events. */
export interface ParkedReport {
  published: number;
  /** Items that wait no more. */
  closed: number;
  /** Items of which a record was refused again. */
  refused: number;
  patchesLeftOut: number;
  /** What Nakadi said, where the run ended because it is away: it took nothing of two items in a row, or of the only one. */
  away?: string;
  readonly reasons: Set<string>;
}

/** How many items are worked on at the same time, at most. */
const ITEMS_PER_ROUND = 100;

/** Of how many items with late records the table is read at the same time. */
const SNAPSHOTS_AT_ONCE = 8;

/** How long the items of one round are loaded, in milliseconds. */
const LOADING_MS = 20_000;

/**
 * Publishes what is parked, longest due first, each item's records in order, until nothing is due, Nakadi is away, or the time is over.
 *
 * The first request is a probe: it carries the records of one item only. Where it fails, the next item is a probe too: it may be the item, not Nakadi.
 *
 * @param deadline epoch milliseconds after which no request to Nakadi is started
 * @param size how large requests may be after those of the runs before
 */
export async function requeueParked(ports: RequeuePorts, settings: RelaySettings, deadline: number, size = new RequestSize()): Promise<ParkedReport> {
  const drain = new ParkedDrain(ports, settings, deadline, size);
  // A pass sees each item once; what it puts off until now, the next pass sees again.
  for (let settled = -1; settled < drain.settlement.settled && drain.goesOn(); ) {
    settled = drain.settlement.settled;
    await drain.pass();
  }
  return drain.end();
}

/** Items whose events are sent together, and what is read already of those behind them. */
interface Round {
  readonly items: readonly ParkedItem[];
  readonly behind?: readonly WaitingItem[];
}

class ParkedDrain {
  readonly report: ParkedReport = { published: 0, closed: 0, refused: 0, patchesLeftOut: 0, reasons: new Set() };
  /** Whether Nakadi is there, as far as the last requests tell. */
  private probed = false;
  /** What Nakadi said of a probe that failed. */
  private failedProbe?: string;
  readonly settlement: ItemSettlement;
  private readonly ports: RequeuePorts;
  private readonly settings: RelaySettings;
  private readonly deadline: number;
  private readonly size: RequestSize;

  constructor(ports: RequeuePorts, settings: RelaySettings, deadline: number, size: RequestSize) {
    this.ports = ports;
    this.settings = settings;
    this.deadline = deadline;
    this.size = size;
    this.settlement = new ItemSettlement(ports.parkedEvents, ports.clock, this.report);
  }

  /** Where there was one probe only, and it failed, that is all that is known. */
  end(): ParkedReport {
    this.report.away ??= this.report.published === 0 ? this.failedProbe : undefined;
    return this.report;
  }

  goesOn(): boolean {
    return this.report.away === undefined && this.ports.clock.now() < this.deadline;
  }

  async pass(): Promise<void> {
    const { clock, parkedEvents } = this.ports;
    const before = new Date(clock.now()).toISOString();
    const due = new DueItems({ parkedEvents, clock, shape: this.settings.shape }, before, async (item, error) => {
      this.report.reasons.add(describeFailure(error));
      await parkedEvents.postpone(item, new Date(clock.now() + FIRST_POSTPONEMENT_MS).toISOString());
    });
    let round: Round = { items: await this.next(due) };
    while (round.items.length > 0 && this.goesOn()) {
      round = await this.roundBefore(due, round);
    }
  }

  /**
   * Publishes a round and writes down what became of it. While that is written, the next round is made into events, and the one behind it is read:
   * DynamoDB answers then anyway, and the processor has little else to do. The first round that has one behind it reads that while it is published.
   *
   * A head that is read so early is still right when its turn comes. All that can have happened is that more was parked, which stands beyond its `upTo` and
   * keeps it from closing, or that a person has skipped something. Nobody else publishes of an open item: the relay parks, and the lease keeps other runs
   * away. That is why no item of a round in work is read: its head would not say yet what is published of it.
   */
  private async roundBefore(due: DueItems, { items, behind }: Round): Promise<Round> {
    const events = items.flatMap((item) => item.events.flat());
    // Not during the probe, for Nakadi may be away; nor where a mapping makes the events: it holds up whatever goes on beside it.
    const { probed } = this;
    if (!probed || hasMapping(this.settings.shape)) {
      await this.settle(items, await this.publish(events), probed);
      return { items: this.goesOn() ? await this.next(due) : [] };
    }
    const reading = behind === undefined ? this.read(due, items) : Promise.resolve(behind);
    const isRead = reading.catch(() => undefined);
    try {
      const result = await this.publish(events);
      // Whatever becomes of the reading, what is published is written down.
      const [, next] = await allEnded([this.settle(items, result, probed), this.goesOn() ? this.roundOf(due, items, reading) : { items: [] }]);
      return next;
    } finally {
      await isRead;
    }
  }

  /** A round of what is read, and what is read behind it. */
  private async roundOf(due: DueItems, inWork: readonly ParkedItem[], reading: Promise<readonly WaitingItem[]>): Promise<Round> {
    const items = await this.next(due, inWork, await reading);
    return { items, behind: items.length > 0 ? await this.read(due, [...inWork, ...items]) : [] };
  }

  /** For the probe one item, else as many as a request takes. */
  private read(due: DueItems, inWork: readonly ParkedItem[]): Promise<readonly WaitingItem[]> {
    const count = this.probed ? Math.min(ITEMS_PER_ROUND, this.settings.publishing.maxBatchEvents) : 1;
    return due.read(count, new Set(inWork.map(({ head }) => head.item)), this.loadUntil());
  }

  /** Loads items, up to half of the bytes of a request: there may be two rounds at a time, and the packed records of a third. */
  private async next(due: DueItems, inWork: readonly ParkedItem[] = [], first?: readonly WaitingItem[]): Promise<readonly ParkedItem[]> {
    let read = first ?? (await this.read(due, inWork));
    while (read.length > 0) {
      const items = await due.load(read, this.settings.publishing.maxBatchBytes / 2, this.loadUntil());
      if (items.length > 0) {
        return items;
      }
      read = await this.read(due, inWork);
    }
    return [];
  }

  private loadUntil(): number {
    return Math.min(this.deadline, this.ports.clock.now() + LOADING_MS);
  }

  /** @param wasThere whether Nakadi took others before */
  private async settle(items: readonly ParkedItem[], result: PublishResult, wasThere: boolean): Promise<void> {
    const isAlone = wasThere && items.length === 1;
    const drained: ParkedItem[] = [];
    await this.settlement.forEach(items, async (item) => {
      const progress = this.blockedOr(progressOf(item, result), item, result, isAlone);
      if (progress.type === 'drained') {
        drained.push(item);
      } else {
        await this.settlement.settle(item, progress);
      }
    });
    await this.finish(drained);
  }

  /** An item that got nowhere, because its event type takes nothing, or though others or one of its events were taken, is put off like one that was refused. */
  private blockedOr(progress: ItemProgress, item: ParkedItem, result: PublishResult, isAlone: boolean): ItemProgress {
    const events = item.events.flat();
    const detail = blockOf(events, result) ?? (isAlone || events.some((event) => result.accepted.has(event)) ? result.waitingFor : undefined);
    return detail !== undefined && progress.type === 'advanced' && progress.published.length === 0 ? { type: 'refused', published: [], detail } : progress;
  }

  private async publish(events: readonly ChangeEvent[]): ReturnType<typeof publishEvents> {
    const { nakadi, clock } = this.ports;
    const retryUntil = this.probed ? clock.now() + this.settings.publishing.retryBudgetMs : 0;
    const patience = { retryUntil, stopAt: this.deadline, forNakadiOnly: true };
    const result = await publishEvents(events, { nakadi, clock }, this.settings.publishing, patience, this.size);
    this.report.published += result.accepted.size;
    this.report.patchesLeftOut += [...result.accepted].filter((event) => event.patchLeftOut).length;
    if (result.waitingFor !== undefined) {
      const detail = briefReason('away', result.waitingFor);
      const isProbe = events.every(({ item }) => item === events[0].item);
      // It may be this item that makes Nakadi seem away: the next one tells.
      this.report.away = isProbe && this.failedProbe === undefined ? undefined : detail;
      this.probed = false;
      this.failedProbe = detail;
    } else if (result.blocked.size === 0 || result.accepted.size + result.refused.size > 0) {
      // An event type that takes nothing says nothing of the others: the next item is a probe too.
      this.probed = true;
      this.failedProbe = undefined;
    }
    return result;
  }

  /** Closes items of which everything is published; those with late records after a snapshot, which is read while the head is open. */
  private async finish(items: readonly ParkedItem[]): Promise<void> {
    const snapshots = new Map<ParkedItem, readonly ChangeEvent[]>();
    const subjects = new Map(items.map((item) => [item, snapshotSubject(item)]));
    await this.settlement.closeAll(items.filter((item) => subjects.get(item) === undefined));
    const late = items.filter((item) => subjects.get(item) !== undefined);
    // Events take the processor: requests that are made beside those of many items would time out unseen.
    for (const group of inGroups(late, SNAPSHOTS_AT_ONCE)) {
      await this.settlement.forEach(group, (item) => this.takeSnapshot(item, subjects.get(item) as SnapshotSubject, snapshots));
    }
    if (snapshots.size === 0) {
      return;
    }
    const result = await this.publish([...snapshots.values()].flat());
    await this.settlement.forEach([...snapshots.keys()], async (item) => {
      const events = snapshots.get(item) as readonly ChangeEvent[];
      const isTaken = events.every((event) => result.accepted.has(event));
      // Its late records were taken and the snapshot was not: perhaps it is this event alone that makes Nakadi seem away.
      const failure = refusalOf(events, result) ?? blockOf(events, result) ?? (isTaken ? undefined : result.waitingFor);
      if (failure !== undefined) {
        await this.settlement.postponeRefused(item, failure);
      } else if (isTaken) {
        await this.settlement.close(item);
      }
    });
  }

  private async takeSnapshot(item: ParkedItem, subject: SnapshotSubject, snapshots: Map<ParkedItem, readonly ChangeEvent[]>): Promise<void> {
    const image = await this.ports.sourceTable.read(subject.keys);
    const assembly = assembleSnapshot(subject, image, this.ports.clock.now(), this.settings.shape);
    if (assembly.type === 'invalid') {
      await this.settlement.postponeRefused(item, assembly.detail);
    } else {
      snapshots.set(item, assembly.type === 'events' ? assembly.events : []);
    }
  }
}

/** Waits until both have ended, whatever the one does: nothing must go on behind the lease. */
async function allEnded<A, B>(work: readonly [Promise<A>, Promise<B> | B]): Promise<[A, B]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
