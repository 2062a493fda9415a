import { hash } from 'node:crypto';
import { assemble, NOTHING, unrouted, type Assembly } from './change-event.ts';
import { isTimeToLiveDeletion, routeOf, type EventShape } from './event-route.ts';
import { itemToJson } from './item-images.ts';
import { Occurrence } from './occurrence.ts';
import type { AttributeMap, RawStreamRecord } from './stream-record.ts';

/** What a snapshot is taken of. */
export interface SnapshotSubject {
  readonly streamArn: string;
  readonly keys: AttributeMap;
  /** Padded sequence number of the newest record that was parked of the item. */
  readonly sequence: string;
  /** How often records of the item came late: a snapshot follows each time, and is another event each time. */
  readonly lateMarks: number;
  /** The newest of its records that is known. Its image is what a deletion shows. */
  readonly last: RawStreamRecord;
}

/**
 * The event that makes an item converge after its records came late: a snapshot of what the table holds now, or a deletion where it
 * holds nothing any more.
 *
 * Its `eid` follows its content and its occasion: one that is sent again is the same event, one that is taken later is another.
 *
 * @param image what the table holds, undefined where the item is gone
 * @param readAt when it was read, in epoch milliseconds
 */
export function assembleSnapshot(subject: SnapshotSubject, image: AttributeMap | undefined, readAt: number, shape: EventShape): Assembly {
  const { NewImage, OldImage } = subject.last.dynamodb ?? {};
  const lastImage = NewImage ?? OldImage;
  if (image === undefined && lastImage === undefined) {
    return NOTHING; // A person skipped the deletion: nothing is known that could be shown, and nothing is wanted.
  }
  const route = routeOf({ keys: subject.keys, raw: { dynamodb: { NewImage: image ?? lastImage } } }, shape.routes);
  if (route === undefined) {
    return unrouted(shape);
  }
  // Where the team leaves such deletions out, the item ends as it was before.
  const endsBefore = image === undefined && route.timeToLiveDeletions === false && isTimeToLiveDeletion({ raw: subject.last });
  const operation = image === undefined && !endsBefore ? 'D' : 'S';
  return assemble({
    occurrence: new Occurrence(subject.streamArn, subject.keys, subject.sequence, readAt),
    route,
    shape,
    operation,
    ...(operation === 'D' ? { oldImage: lastImage } : { newImage: image ?? lastImage }),
    variant: (shown, imageShape) => `${operation} ${subject.lateMarks} ${hash('sha256', JSON.stringify(itemToJson(shown, imageShape)), 'hex')}`,
  });
}
