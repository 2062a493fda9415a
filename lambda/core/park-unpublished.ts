import type { BatchPlan } from './batch-plan.ts';
import type { ChangeEvent } from './change-event.ts';
import { parkAll } from './park-all.ts';
import { briefReason } from './parked-event.ts';
import type { Clock, Parking, ParkingLot } from './ports.ts';
import type { PublishResult } from './publish-events.ts';
import type { StreamRecord } from './stream-record.ts';

/** What became of the records of a batch of which not everything was published. */
export interface Unpublished {
  /** They are to be delivered again: held, or they could not be parked. */
  readonly unsettled: readonly StreamRecord[];
  readonly parked: number;
  /** Records whose event Nakadi refused, or of which none could be made. */
  readonly rejected: number;
  /** Why they are held or parked, without any words of Nakadi or of a mapping. */
  readonly reasons: readonly string[];
}

/**
 * Parks what is not published, unless it is held.
 *
 * A relay of which nothing goes wrong never loads this.
 *
 * @param result with the reason why events wait, if any do
 * @param holds whether these are held
 * @param endsAt epoch milliseconds at which the invocation ends
 */
export async function parkUnpublished(
  { events, parkings: unsent }: Pick<BatchPlan, 'events' | 'parkings'>,
  result: PublishResult & { readonly waitingFor: string },
  holds: boolean,
  ports: { readonly clock: Clock; readonly parkingLot: ParkingLot },
  endsAt: number,
): Promise<Unpublished> {
  const parkings = [...unsent, ...publishedParkings(events, result, holds)].sort(bySequence);
  const held = holds ? recordsOf(result.waiting, events) : [];
  // While records of an item are held, its other records must not be parked: the parked one would raise `upTo` above the held one, and its next delivery
  // would take it for handled.
  const heldItems = new Set(held.map((record) => record.item));
  const parkable = parkings.filter(({ record }) => !heldItems.has(record.item));
  const heldBack = parkings.filter(({ record }) => heldItems.has(record.item)).map(({ record }) => record);
  const unparked = await parkAll(parkable, ports, endsAt);
  return {
    unsettled: [...held, ...heldBack, ...unparked.records],
    parked: parkable.length - unparked.records.length,
    rejected: parkings.filter(({ reason }) => reason === 'rejected' || reason === 'invalid').length,
    reasons: [...parkable.map(({ reason, detail }) => briefReason(reason, detail)), ...(holds ? [briefReason('held', result.waitingFor)] : []), ...unparked.errors],
  };
}

/** What is to be parked after Nakadi was asked: what it refused, what comes behind that, what no event type takes, and what waits if it is not held. */
function publishedParkings(events: BatchPlan['events'], result: PublishResult & { readonly waitingFor: string }, holds: boolean): Parking[] {
  const record = (event: ChangeEvent): StreamRecord => events.get(event) as StreamRecord;
  const parkings = [
    ...[...result.refused].map(([event, detail]) => ({ record: record(event), reason: 'rejected' as const, detail })),
    ...[...result.behind].map((event) => ({ record: record(event), reason: 'behind' as const, detail: 'an earlier change of the item waits' })),
    ...[...result.blocked].map(([event, detail]) => ({ record: record(event), reason: 'away' as const, detail })),
    ...(holds ? [] : result.waiting.map((event) => ({ record: record(event), reason: 'away' as const, detail: result.waitingFor }))),
  ];
  // A record of two events is parked once, for the first of these reasons.
  return [...new Map(parkings.reverse().map((parking) => [parking.record, parking])).values()];
}

/** The records of which these events were made, each once. */
function recordsOf(some: readonly ChangeEvent[], events: BatchPlan['events']): readonly StreamRecord[] {
  return [...new Set(some.map((event) => events.get(event) as StreamRecord))];
}

function bySequence(a: Parking, b: Parking): number {
  return a.record.sequence < b.record.sequence ? -1 : 1;
}
