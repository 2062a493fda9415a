import { assembleEvents, type ChangeEvent } from './change-event.ts';
import type { EventShape } from './event-route.ts';
import type { EventTexts } from './event-texts.ts';
import { isOpen } from './parked-event.ts';
import type { Clock, Parking, ParkingLot } from './ports.ts';
import type { StreamRecord } from './stream-record.ts';

interface PlanPorts {
  readonly clock: Clock;
  readonly parkingLot: ParkingLot;
}

/** What is to be done with each record of a batch before Nakadi is asked. */
export interface BatchPlan {
  readonly events: ReadonlyMap<ChangeEvent, StreamRecord>;
  readonly parkings: readonly Parking[];
  readonly skipped: number;
  readonly leftOut: number;
  /** The last records of the batch, for which the time was too short. They are delivered again. */
  readonly untouched: readonly StreamRecord[];
}

/**
 * Makes the events of a batch, and finds what waits with an earlier change of its item.
 *
 * @param texts where the events are written
 * @param until epoch milliseconds after which no further event is made: only mappings can take that long
 */
export async function planBatch(batch: readonly StreamRecord[], { parkingLot, clock }: PlanPorts, shape: EventShape, texts: EventTexts, until: number): Promise<BatchPlan> {
  const heads = batch.length === 0 ? new Map<string, never>() : await parkingLot.readHeads(batch[0].streamArn, batch.values().map(({ item }) => item));
  const events = new Map<ChangeEvent, StreamRecord>();
  const parkings: Parking[] = [];
  const invalidItems = new Set<string>();
  let skipped = 0;
  let leftOut = 0;
  const mayTakeLong = shape.routes.some(({ map }) => map !== undefined);
  for (let index = 0; index < batch.length; index++) {
    const record = batch[index];
    if (mayTakeLong && index > 0 && clock.now() >= until) {
      return { events, parkings, skipped, leftOut, untouched: batch.slice(index) };
    }
    // An item's digest is made where somebody asks for it: where there are no heads, and nothing is invalid, nobody need.
    const head = heads.size > 0 ? heads.get(record.item) : undefined;
    if (head !== undefined && record.sequence <= head.upTo) {
      skipped++; // an earlier delivery parked it
    } else if ((head !== undefined && isOpen(head)) || (invalidItems.size > 0 && invalidItems.has(record.item))) {
      parkings.push({ record, reason: 'behind', detail: 'an earlier change of the item waits' });
    } else {
      const assembly = assembleEvents(record, shape, texts);
      if (assembly.type === 'invalid') {
        invalidItems.add(record.item);
        parkings.push({ record, reason: 'invalid', detail: assembly.detail });
      } else if (assembly.type === 'events') {
        for (const event of assembly.events) {
          events.set(event, record);
        }
      } else {
        leftOut++;
      }
    }
  }
  return { events, parkings, skipped, leftOut, untouched: [] };
}
