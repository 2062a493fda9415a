import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { RawStreamRecord } from '../../lambda/core/stream-record.ts';

type Image = Parameters<typeof unmarshall>[0];
type Item = ReturnType<typeof unmarshall>;

/** How a peer tells the difference of two items. */
export type Compare = (before: Item, after: Item) => unknown[];

const OPERATIONS: Readonly<Record<string, string>> = { INSERT: 'C', MODIFY: 'U', REMOVE: 'D' };

/** The data-change event of a record as a team writes it that knows the SDK: `unmarshall`, and a library for the patch. */
export function dataChangeEvent(record: RawStreamRecord, compare: Compare): unknown {
  const { NewImage, OldImage, ApproximateCreationDateTime } = record.dynamodb ?? {};
  const before = OldImage && plainItem(OldImage as Image);
  const after = NewImage && plainItem(NewImage as Image);
  const { eventID } = record as { eventID?: string };
  return {
    metadata: { eid: uuid(eventID ?? ''), occurred_at: new Date(Number(ApproximateCreationDateTime) * 1000).toISOString() },
    data_type: 'order',
    data_op: OPERATIONS[record.eventName ?? ''],
    data: { ...(after ?? before), ...(before && after ? { patch: compare(before, after) } : {}) },
  };
}

/** JSON knows no sets: they become lists. */
function plainItem(image: Image): Item {
  const item = unmarshall(image);
  for (const name of Object.keys(item)) {
    if (item[name] instanceof Set) {
      item[name] = [...(item[name] as Set<unknown>)];
    }
  }
  return item;
}

/** The 32 digits of an event's id in the form of a UUID. */
function uuid(digits: string): string {
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`;
}
