import { RESERVE_MS, type PublishingConfig } from '../../lib/private/handler-contract.ts';
import { planBatch } from './batch-plan.ts';
import type { ChangeEvent } from './change-event.ts';
import type { EventShape } from './event-route.ts';
import { EventTexts } from './event-texts.ts';
import type { Unpublished } from './park-unpublished.ts';
import { briefReason } from './parked-event.ts';
import type { Clock, Nakadi, ParkingLot } from './ports.ts';
import { publishEvents, type PublishResult } from './publish-events.ts';
import { RequestSize } from './request-size.ts';
import { checkpoint, type BatchResponse } from './stream-checkpoint.ts';
import { readStreamRecord, type RawStreamRecord, type StreamRecord } from './stream-record.ts';

/** What the relay talks to. */
export interface RelayPorts {
  readonly nakadi: Nakadi;
  readonly clock: Clock;
  readonly parkingLot: ParkingLot;
}

/** How the relay works. */
export interface RelaySettings {
  readonly shape: EventShape;
  readonly publishing: PublishingConfig;
}

/** What the relay remembers from one invocation to the next. */
export interface RelayMemory {
  /** Nakadi was away longer than records are held, and why. */
  away?: { readonly detail: string; readonly tryAgainAt: number };
  /** Where events are written, unless an invocation writes there now. */
  texts?: EventTexts;
  /** How large a request Nakadi takes. */
  requestSize?: RequestSize;
}

/** What an invocation did, in numbers, and its answer. */
export interface RelayReport {
  readonly response: BatchResponse;
  readonly records: number;
  readonly accepted: number;
  /** Records that an earlier delivery parked. */
  readonly skipped: number;
  /** Records of which the team publishes nothing. */
  readonly leftOut: number;
  readonly parked: number;
  readonly held: number;
  /** Records whose event Nakadi refused, or of which none could be made. */
  readonly rejected: number;
  readonly patchesLeftOut: number;
  /** Age of the oldest event that was accepted, in milliseconds; undefined where none was. */
  readonly publicationAgeMs?: number;
  /** Why records are held or parked, without any words of Nakadi or of a mapping: those may quote an item, and stand with the parked record. */
  readonly reasons: readonly string[];
}

/** A batch of which everything is published. */
const NOTHING_LEFT: Unpublished = { unsettled: [], parked: 0, rejected: 0, reasons: [] };

/** Why records wait though Nakadi is not away. */
const TIME_IS_OVER = 'the time of the invocation is over';

/**
 * How long at least Nakadi is not asked after its absence has been longer than `holdFor`, in milliseconds; and never shorter than the last try took. So
 * at least half of the time is for parking, and the shard drains, even where each request lasts as long as it may.
 */
const PAUSE_MS = 10_000;

/**
 * Relays one batch of one shard.
 *
 * Every record ends settled (published, parked, or handled by an earlier delivery) or is delivered again: the answer names the first that
 * is not settled.
 *
 * @param deadline epoch milliseconds by which no further request to Nakadi may start
 */
export async function relayBatch(
  raws: readonly RawStreamRecord[],
  ports: RelayPorts,
  settings: RelaySettings,
  memory: RelayMemory,
  deadline: number,
): Promise<RelayReport> {
  const batch = raws.map(readStreamRecord);
  const texts = memory.texts ?? new EventTexts();
  memory.texts = undefined;
  try {
    return await relayRecords(batch, ports, settings, memory, texts, deadline);
  } finally {
    texts.reuse();
    memory.texts = texts;
  }
}

async function relayRecords(batch: readonly StreamRecord[], ports: RelayPorts, settings: RelaySettings, memory: RelayMemory, texts: EventTexts, deadline: number): Promise<RelayReport> {
  const { retryBudgetMs, holdForMs } = settings.publishing;
  const plan = await planBatch(batch, ports, settings.shape, texts, ports.clock.now() + retryBudgetMs / 2);

  const start = ports.clock.now();
  const [oldest] = plan.events.values();
  // Only of records that will be parked then: those that will be held must last the whole budget, or the mapping's attempts run out.
  const away = oldest !== undefined && start - oldest.createdAt >= holdForMs ? memory.away : undefined;
  const events = [...plan.events.keys()];
  const rests = away !== undefined && start < away.tryAgainAt;
  const patience = { retryUntil: away === undefined ? start + retryBudgetMs : start, stopAt: deadline, severalEventTypes: hasSeveralEventTypes(settings) };
  memory.requestSize ??= new RequestSize();
  const result = rests ? untried(events, away.detail) : unlessAlone(events, await publishEvents(events, ports, settings.publishing, patience, memory.requestSize), settings);

  const now = ports.clock.now();
  const [firstWaiting] = result.waiting.map((event) => plan.events.get(event) as StreamRecord);
  // Where only the time was too short, and there was progress, the rest comes again, however old it is.
  const holds = firstWaiting !== undefined && (now - firstWaiting.createdAt < holdForMs || (result.waitingFor === undefined && firstWaiting !== oldest));
  if (result.accepted.size > 0) {
    // Away for some only: the next batch may have others. But what is to be parked anyway is tried once from then on.
    memory.away = firstWaiting !== undefined && !holds && result.waitingFor !== undefined ? { detail: result.waitingFor, tryAgainAt: now } : undefined;
  } else if (!rests && firstWaiting !== undefined && !holds) {
    memory.away = { detail: result.waitingFor ?? TIME_IS_OVER, tryAgainAt: now + Math.max(PAUSE_MS, now - start) };
  }

  let left = NOTHING_LEFT;
  if (result.accepted.size < events.length || plan.parkings.length > 0) {
    const { parkUnpublished } = await import('./park-unpublished.ts');
    const endsAt = deadline + settings.publishing.requestTimeoutMs + RESERVE_MS;
    left = await parkUnpublished(plan, { ...result, waitingFor: result.waitingFor ?? TIME_IS_OVER }, holds, ports, endsAt);
  }
  const unsettled = [...left.unsettled, ...plan.untouched];
  return {
    response: checkpoint(unsettled),
    records: batch.length,
    accepted: result.accepted.size,
    skipped: plan.skipped,
    leftOut: plan.leftOut,
    parked: left.parked,
    held: unsettled.length,
    rejected: left.rejected,
    patchesLeftOut: [...result.accepted].filter((event) => event.patchLeftOut).length,
    publicationAgeMs: ageOfOldest(result.accepted, plan.events, ports.clock.now()),
    reasons: [...new Set([...left.reasons, ...(plan.untouched.length > 0 ? [briefReason('held', 'the mapping took too long')] : [])])],
  };
}

/** What became of events that were not sent, because Nakadi was away a moment ago. */
function untried(events: readonly ChangeEvent[], detail: string): PublishResult {
  return { accepted: new Set(), refused: new Map(), behind: new Set(), blocked: new Map(), waiting: events, waitingFor: detail };
}

/** An event type that takes nothing must not hold up others; where there is no other, it is as if Nakadi were away. */
function unlessAlone(events: readonly ChangeEvent[], result: PublishResult, settings: RelaySettings): PublishResult {
  const [detail] = result.blocked.values();
  if (detail === undefined || result.accepted.size > 0 || hasSeveralEventTypes(settings)) {
    return result;
  }
  const waiting = new Set([...result.blocked.keys(), ...result.waiting]);
  return { ...result, blocked: new Map(), waiting: events.filter((event) => waiting.has(event)), waitingFor: result.waitingFor ?? detail };
}

/** Whether there are event types beside one another. Several routes may have the same. */
function hasSeveralEventTypes({ shape }: RelaySettings): boolean {
  return shape.routes.some(({ eventType }) => eventType !== shape.routes[0].eventType);
}

/** The time of a change is in whole seconds, rounded down. */
function ageOfOldest(accepted: ReadonlySet<ChangeEvent>, events: ReadonlyMap<ChangeEvent, StreamRecord>, now: number): number | undefined {
  let oldest: number | undefined;
  for (const event of accepted) {
    const { createdAt } = events.get(event) as StreamRecord;
    oldest = oldest === undefined || createdAt < oldest ? createdAt : oldest;
  }
  return oldest === undefined ? undefined : Math.max(0, now - oldest);
}
