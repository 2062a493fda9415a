import { RESERVE_MS, type PublishingConfig } from '../../lib/private/handler-contract.ts';
import { planBatch } from './batch-plan.ts';
import type { ChangeEvent } from './change-event.ts';
import type { EventShape } from './event-route.ts';
import { EventTexts } from './event-texts.ts';
import { parkAll } from './park-all.ts';
import { briefReason } from './parked-event.ts';
import type { Clock, Nakadi, Parking, ParkingLot } from './ports.ts';
import { publishEvents, type PublishResult } from './publish-events.ts';
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
  const result = rests ? untried(events, away.detail) : unlessAlone(events, await publishEvents(events, ports, settings.publishing, patience), settings);

  const now = ports.clock.now();
  const waiting = [...new Set(result.waiting.map((event) => plan.events.get(event) as StreamRecord))];
  // Where only the time was too short, and there was progress, the rest comes again, however old it is.
  const holds = waiting.length > 0 && (now - waiting[0].createdAt < holdForMs || (result.waitingFor === undefined && waiting[0] !== oldest));
  if (result.accepted.size > 0) {
    // Away for some only: the next batch may have others. But what is to be parked anyway is tried once from then on.
    memory.away = waiting.length > 0 && !holds && result.waitingFor !== undefined ? { detail: result.waitingFor, tryAgainAt: now } : undefined;
  } else if (!rests && waiting.length > 0 && !holds) {
    memory.away = { detail: result.waitingFor ?? TIME_IS_OVER, tryAgainAt: now + Math.max(PAUSE_MS, now - start) };
  }

  const parkings = [...plan.parkings, ...publishedParkings(plan.events, result, holds)].sort(bySequence);
  const { parkable, held } = holds ? withoutHeldItems(parkings, waiting) : { parkable: parkings, held: waiting.slice(0, 0) };
  const unparked = await parkAll(parkable, ports, deadline + settings.publishing.requestTimeoutMs + RESERVE_MS);
  const unsettled = [...held, ...unparked.records, ...plan.untouched];
  return {
    response: checkpoint(unsettled),
    records: batch.length,
    accepted: result.accepted.size,
    skipped: plan.skipped,
    leftOut: plan.leftOut,
    parked: parkable.length - unparked.records.length,
    held: unsettled.length,
    rejected: parkings.filter(({ reason }) => reason === 'rejected' || reason === 'invalid').length,
    patchesLeftOut: [...result.accepted].filter((event) => event.patchLeftOut).length,
    publicationAgeMs: ageOfOldest(result.accepted, plan.events, ports.clock.now()),
    reasons: [
      ...new Set([
        ...parkable.map(({ reason, detail }) => briefReason(reason, detail)),
        ...(holds ? [briefReason('held', result.waitingFor ?? TIME_IS_OVER)] : []),
        ...(plan.untouched.length > 0 ? [briefReason('held', 'the mapping took too long')] : []),
        ...unparked.errors,
      ]),
    ],
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

/** What is to be parked after Nakadi was asked: what it refused, what comes behind that, what no event type takes, and what waits if it is not held. */
function publishedParkings(events: ReadonlyMap<ChangeEvent, StreamRecord>, result: PublishResult, holds: boolean): Parking[] {
  const record = (event: ChangeEvent): StreamRecord => events.get(event) as StreamRecord;
  const parkings = [
    ...[...result.refused].map(([event, detail]) => ({ record: record(event), reason: 'rejected' as const, detail })),
    ...[...result.behind].map((event) => ({ record: record(event), reason: 'behind' as const, detail: 'an earlier change of the item waits' })),
    ...[...result.blocked].map(([event, detail]) => ({ record: record(event), reason: 'away' as const, detail })),
    ...(holds ? [] : result.waiting.map((event) => ({ record: record(event), reason: 'away' as const, detail: result.waitingFor ?? TIME_IS_OVER }))),
  ];
  // A record of two events is parked once, for the first of these reasons.
  return [...new Map(parkings.reverse().map((parking) => [parking.record, parking])).values()];
}

/**
 * While records of an item are held, its other records must not be parked: the parked one would raise `upTo` above the held one, and its
 * next delivery would take it for handled.
 */
function withoutHeldItems(parkings: readonly Parking[], waiting: readonly StreamRecord[]): { parkable: Parking[]; held: StreamRecord[] } {
  const heldItems = new Set(waiting.map((record) => record.item));
  const parkable = parkings.filter(({ record }) => !heldItems.has(record.item));
  const held = parkings.filter(({ record }) => heldItems.has(record.item)).map(({ record }) => record);
  return { parkable, held: [...waiting, ...held] };
}

function bySequence(a: Parking, b: Parking): number {
  return a.record.sequence < b.record.sequence ? -1 : 1;
}
