import { randomBytes } from 'node:crypto';
import { eventId } from '../../lambda/core/event-id.ts';
import { readStreamRecord, type AttributeMap, type RawStreamRecord, type StreamRecord } from '../../lambda/core/stream-record.ts';
import type { Write } from './history.ts';
import { isMapped } from './team-rules.ts';

export const STREAM = 'arn:aws:dynamodb:eu-central-1:111122223333:table/orders/stream/2026-01-01T00:00:00.000';

/** How long the stream keeps a record, in milliseconds. */
export const RETENTION_MS = 24 * 3_600_000;

/** The first sequence number; soon they get a digit longer. */
const FIRST_SEQUENCE = 999_999_999_999_999_999_995n;

/** Bytes of an image that make its record larger than a row; gzip does not make them fewer. */
const LARGE = [randomBytes(270_000).toString('base64'), randomBytes(270_000).toString('base64')];

/** A change that is committed. */
export interface Change {
  readonly number: number;
  readonly id: string;
  readonly kind: Write['kind'];
  readonly fault?: Write['fault'];
  readonly record: StreamRecord;
  readonly eid: string;
  readonly committedAt: number;
  /** Whether the team wants an event of it. */
  readonly isPublished: boolean;
  readonly isDeletion: boolean;
  /** What its event shows. */
  readonly state: number;
}

/** The table whose changes are published, and its stream. */
export class SourceTable {
  readonly images = new Map<string, AttributeMap>();
  readonly changes: Change[] = [];
  readonly byEid = new Map<string, Change>();
  private readonly hasMapping: boolean;

  constructor(hasMapping: boolean) {
    this.hasMapping = hasMapping;
  }

  /** Commits a write; undefined where it changes nothing. */
  commit(id: string, { kind, fault }: Write, isLarge: boolean, now: number): Change | undefined {
    const old = this.images.get(id);
    const isDeletion = kind === 'delete' || kind === 'expire';
    if (old === undefined && kind !== 'put') {
      return undefined;
    }
    const number = this.changes.length + 1;
    const image = isDeletion ? undefined : imageOf(number, id, kind, old, fault, isLarge);
    const raw: RawStreamRecord = {
      eventName: image === undefined ? 'REMOVE' : old === undefined ? 'INSERT' : 'MODIFY',
      eventSourceARN: STREAM,
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(now / 1000),
        Keys: { id: { S: id } },
        ...(image && { NewImage: image }),
        ...(old && { OldImage: old }),
        SequenceNumber: String(FIRST_SEQUENCE + BigInt(number)),
      },
      ...(kind === 'expire' && { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } }),
    };
    const record = readStreamRecord(raw);
    const state = Number((image ?? old)?.state.N);
    const change = {
      number, id, kind, fault, record, eid: eventId(record.itemName, record.sequenceNumber), committedAt: now, isDeletion, state,
      isPublished: isPublished(id, kind, this.hasMapping ? state : undefined),
    };
    this.changes.push(change);
    this.byEid.set(change.eid, change);
    if (image === undefined) {
      this.images.delete(id);
    } else {
      this.images.set(id, image);
    }
    return change;
  }

  isTrimmed({ committedAt }: Change, now: number): boolean {
    return committedAt < now - RETENTION_MS;
  }
}

function imageOf(number: number, id: string, kind: Write['kind'], old: AttributeMap | undefined, fault: Write['fault'], isLarge: boolean): AttributeMap {
  if (kind === 'hidden') {
    return { ...old, hidden: { N: String(number) } };
  }
  return {
    id: { S: id },
    state: { N: String(number) },
    // Where the patch would stand: no event can be made of it.
    ...(fault === 'unmapped' && { patch: { S: 'in the way' } }),
    ...(isLarge && { large: { B: LARGE[number % 2] } }),
  };
}

/** The team's rules, said once more: unrouted items, changes of what is excluded, some deletions, and what the mapping leaves out. */
function isPublished(id: string, kind: Write['kind'], mappedState: number | undefined): boolean {
  switch (id[0]) {
    case 'x':
      return false;
    case 'm':
      return kind !== 'hidden' && (mappedState === undefined || isMapped(mappedState));
    case 'b':
      return kind !== 'hidden' && kind !== 'expire';
    default:
      return kind !== 'hidden';
  }
}
