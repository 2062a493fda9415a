import type { KnownItem, ParkedEventsOperator, StoredRecord } from '../lambda/adapters/parked-events-operator.ts';
import type { SkippedEvents } from '../lambda/adapters/skipped-events.ts';
import type { Command } from './command-line.ts';
import { writeKey } from './item-name.ts';
import { shorten } from './parked-show.ts';
import { oneLine, type Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';
import { first, idsNamed } from './waiting-items.ts';

type SkipCommand = Extract<Command, { type: 'skip' }>;

const MOVED_ON = 'the item moved on meanwhile, published by the requeue or skipped by somebody else: look again with `parked show`';

/** Gives up the oldest record of an item, or all that it has. */
export async function skipParked(events: ParkedEventsOperator, skipped: SkippedEvents, command: SkipCommand, terminal: Terminal): Promise<number> {
  const ids = await idsNamed(events, command.item);
  const items = (await Promise.all(ids.map((id) => events.readItem(id)))).filter((item) => item?.head.dueAt !== undefined) as KnownItem[];
  if (items.length > 1) {
    throw new UsageError(`items of several streams have this key: name one by its id, ${items.map(({ head }) => `${head.item} (${head.streamArn})`).join(' or ')}`);
  }
  const [item] = items;
  const oldest = item && (await first(events.storedRecords(item.head)));
  if (oldest === undefined) {
    terminal.note('no record of such an item waits');
    return 1;
  }
  if (command.sequence !== undefined && command.sequence !== oldest.sequence) {
    terminal.note(`the oldest record has the sequence number ${shorten(oldest.sequence)}, not ${shorten(command.sequence)}: only the oldest one can be skipped`);
    return 1;
  }
  const count = command.allRecords ? skipAll(events, skipped, command, item, terminal) : skipOne(skipped, command, item, oldest, terminal);
  return (await count) > 0 ? 0 : 1;
}

async function skipOne(skipped: SkippedEvents, command: SkipCommand, { head }: KnownItem, record: StoredRecord, terminal: Terminal): Promise<number> {
  const what = `sequence ${shorten(record.sequence)} (${record.eventName ?? 'without a name'}, ${record.reason}) of ${writeKey(head.keys)}`;
  if (!(await agrees(command, `Never publish ${what}?`, terminal))) {
    return 0;
  }
  if (!(await skipped.skip(head, record, command))) {
    terminal.note(`nothing was skipped: ${MOVED_ON}`);
    return 0;
  }
  terminal.note(`skipped ${what}: the record is kept in the table`);
  return 1;
}

/** What an item has at this time: what comes later, no one has seen. */
interface Seen {
  readonly count: number;
  readonly newestSequence: string;
  readonly newestParkedAt: string;
}

async function skipAll(events: ParkedEventsOperator, skipped: SkippedEvents, command: SkipCommand, item: KnownItem, terminal: Terminal): Promise<number> {
  const seen = await look(events, item);
  const key = writeKey(item.head.keys);
  if (!(await agrees(command, `Never publish ${String(seen.count)} records of ${key}, up to sequence ${shorten(seen.newestSequence)}?`, terminal))) {
    return 0;
  }
  let count = 0;
  let open: KnownItem | undefined = item;
  for (let movedOn = 0; open?.head.dueAt !== undefined; ) {
    const oldest = await first(events.storedRecords(open.head));
    if (oldest === undefined || oldest.sequence > seen.newestSequence) {
      break;
    }
    if ((oldest.parkedAt ?? '') > seen.newestParkedAt) {
      terminal.note(`sequence ${shorten(oldest.sequence)} came meanwhile: it is not skipped, nor what comes after it`);
      break;
    }
    if (await skipped.skip(open.head, oldest, command)) {
      count++;
    } else if (++movedOn > seen.count) {
      terminal.note(`stopped: ${MOVED_ON}`);
      break;
    }
    open = await events.readItem(open.head.item);
  }
  terminal.note(`skipped ${String(count)} of ${String(seen.count)} records of ${key}${count > 0 ? ': they are kept in the table' : ''}`);
  return count;
}

async function look(events: ParkedEventsOperator, { head }: KnownItem): Promise<Seen> {
  let [count, newestSequence, newestParkedAt] = [0, '', ''];
  for await (const { sequence, parkedAt = '' } of events.waitingRecords(head)) {
    count++;
    newestSequence = sequence;
    newestParkedAt = parkedAt > newestParkedAt ? parkedAt : newestParkedAt;
  }
  return { count, newestSequence, newestParkedAt };
}

async function agrees({ yes, because, by }: SkipCommand, question: string, terminal: Terminal): Promise<boolean> {
  if (yes || (await terminal.confirm(`${question}\nBy ${oneLine(by)}: ${oneLine(because)}`))) {
    return true;
  }
  terminal.note('nothing was skipped');
  return false;
}
