import { forEachOf } from './for-each-of.ts';
import type { Clock, Parking, ParkingLot } from './ports.ts';
import type { StreamRecord } from './stream-record.ts';

/** How many items are parked at the same time. */
const PARK_CONCURRENCY = 16;

/** How long before its end an invocation begins to park no further record, in milliseconds. */
const PARK_MARGIN_MS = 15_000;

/** What could not be parked, and why. */
export interface Unparked {
  readonly records: readonly StreamRecord[];
  readonly errors: readonly string[];
}

/**
 * Parks records, those of one item one after the other. Where one fails, the later ones of its item are left alone: parked, they would raise `upTo` above it.
 * All of them are to be delivered again. So are those for which there is no time.
 *
 * @param parkings in the order of their records
 * @param endsAt epoch milliseconds at which the invocation ends
 */
export async function parkAll(parkings: readonly Parking[], { parkingLot, clock }: { readonly clock: Clock; readonly parkingLot: ParkingLot }, endsAt: number): Promise<Unparked> {
  const until = endsAt - PARK_MARGIN_MS;
  const records: StreamRecord[] = [];
  const errors: string[] = [];
  if (parkings.length === 0) {
    return { records, errors };
  }
  const byItem = Map.groupBy(parkings, ({ record }) => record.item);
  const parkItem = async (ofItem: Parking[]): Promise<void> => {
    for (let index = 0; index < ofItem.length; index++) {
      try {
        if (clock.now() >= until) {
          throw new OutOfTimeError();
        }
        await parkingLot.park(ofItem[index]);
      } catch (error) {
        records.push(...ofItem.slice(index).map(({ record }) => record));
        errors.push(`parking failed: ${error instanceof Error ? error.name : 'unknown error'}`);
        return;
      }
    }
  };
  try {
    await parkingLot.announce(parkings[0].record.streamArn);
  } catch (error) {
    return { records: parkings.map(({ record }) => record), errors: [`parking failed: ${error instanceof Error ? error.name : 'unknown error'}`] };
  }
  await forEachOf([...byItem.values()], PARK_CONCURRENCY, parkItem);
  return { records, errors };
}

class OutOfTimeError extends Error {
  override readonly name = 'OutOfTimeError';
}
