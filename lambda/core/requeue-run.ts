import type { Backlog, DeadLetterQueue, Lease, StreamReader } from './ports.ts';
import { assembleEvents } from './change-event.ts';
import type { RelaySettings } from './relay-batch.ts';
import { RequestSize } from './request-size.ts';
import type { StreamRecord } from './stream-record.ts';
import { requeueDeadLetters, type DeadLetterReport } from './requeue-dead-letters.ts';
import { requeueParked, type RequeuePorts, type ParkedReport } from './requeue-parked.ts';

/** What a run of the requeue talks to. */
export interface RunPorts extends RequeuePorts {
  readonly deadLetters: DeadLetterQueue;
  readonly stream: StreamReader;
  readonly lease: Lease;
}

/** What a run did. */
export interface RunReport {
  readonly deadLetters: DeadLetterReport;
  readonly parked: ParkedReport;
  /** What still waits when it is over. */
  readonly backlog: Backlog;
}

/** How long a closed head must be kept, and so an announcement after the last one: the stream's 24 hours, and a margin for clocks. */
export const CLOSED_HEAD_KEPT_MS = 26 * 3_600_000;

/** When a run must be over, in epoch milliseconds. */
export interface RunDeadlines {
  /** After this, no request to Nakadi is started. */
  readonly stopAt: number;
  /** At this time at the latest the platform ends the run: the lease ends behind it, so that two runs never overlap. */
  readonly killedAt: number;
}

/** How much the clocks of two runs may differ, in milliseconds. */
const CLOCK_MARGIN_MS = 10_000;

/**
 * One run: first brings dead letters to safety, then publishes what is parked.
 *
 * @param size how large requests may be after those of the runs before
 * @returns undefined where another run holds the lease: then nothing was done
 */
export async function requeueRun(ports: RunPorts, settings: RelaySettings, { stopAt, killedAt }: RunDeadlines, size = new RequestSize()): Promise<RunReport | undefined> {
  if (!(await ports.lease.acquire(killedAt + CLOCK_MARGIN_MS))) {
    return undefined;
  }
  try {
    // Half of the time at most: whatever is in the queue, what is parked has its turn.
    const now = ports.clock.now();
    // Without mappings: dead letters come to safety first, whatever a mapping does.
    const unmapped = { ...settings.shape, routes: settings.shape.routes.map((route) => ({ ...route, map: undefined })) };
    const isPublished = (record: StreamRecord): boolean => assembleEvents(record, unmapped).type !== 'nothing';
    const deadLetters = await requeueDeadLetters(ports, isPublished, now + (stopAt - now) / 2);
    const parked = await requeueParked(ports, settings, stopAt, size);
    const backlog = await ports.parkedEvents.backlog();
    await tendAnnouncements(ports, backlog.items > 0 || parked.closed > 0);
    return { deadLetters, parked, backlog };
  } finally {
    await ports.lease.release();
  }
}

/**
 * A stream that announced parking costs the relay a read of the heads for each batch. The announcement goes when nothing waits and every
 * closed head has been kept long enough; until then it is renewed.
 */
async function tendAnnouncements({ parkedEvents, clock }: RunPorts, isNeeded: boolean): Promise<void> {
  const announcements = await parkedEvents.announcements();
  if (announcements.length === 0) {
    return;
  }
  for (const announcement of announcements) {
    if (isNeeded) {
      await parkedEvents.announce(announcement.streamArn);
    } else if (announcement.at < clock.now() - CLOSED_HEAD_KEPT_MS) {
      await parkedEvents.withdraw(announcement);
    }
  }
}
