import type { KnownItem, ParkedEventsOperator, WaitingRecord } from '../lambda/adapters/parked-events-operator.ts';
import type { SkippedEvents, SkippedRecord } from '../lambda/adapters/skipped-events.ts';
import { hasLate, unpackRecord } from '../lambda/core/parked-event.ts';
import type { Command } from './command-line.ts';
import { writeKey } from './item-name.ts';
import { oneLine, type Terminal } from './terminal.ts';
import { idsNamed } from './waiting-items.ts';

/** Prints what is known of an item. */
export async function showParked(
  events: ParkedEventsOperator,
  skipped: SkippedEvents,
  command: Extract<Command, { type: 'show' }>,
  terminal: Terminal,
): Promise<number> {
  let known = false;
  for (const id of await idsNamed(events, command.item)) {
    const item = await events.readItem(id);
    if (item !== undefined) {
      known = true;
      await showItem(item, events, command.records, terminal);
    }
    // Kept longer than the head of an item that does not wait any more.
    for await (const record of skipped.skipped(id)) {
      known = true;
      await terminal.print(describeSkipped(record));
      if (command.records) {
        await terminal.print(rawRecord(record.parts));
      }
    }
  }
  if (!known) {
    terminal.note('nothing is known of such an item: it never waited, or has not for a day. What was skipped of it before is found by its id only');
  }
  return known ? 0 : 1;
}

async function showItem({ head, detail }: KnownItem, events: ParkedEventsOperator, withRecords: boolean, terminal: Terminal): Promise<void> {
  await terminal.print(describeHead({ head, detail }));
  if (!withRecords) {
    for await (const record of events.waitingRecords(head)) {
      await terminal.print(describeRecord(record));
    }
    return;
  }
  for await (const record of events.storedRecords(head)) {
    await terminal.print(describeRecord(record));
    // Rows beyond the record's parts are what a longer form of it left.
    await terminal.print(rawRecord(record.rows.slice(0, record.rows[0].parts).map((row) => row.record)));
  }
}

function describeHead({ head, detail }: KnownItem): string {
  const isWaiting = head.dueAt !== undefined;
  return [
    `item       ${writeKey(head.keys)}`,
    `id         ${head.item}`,
    `stream     ${head.streamArn}`,
    `published  through ${shorten(head.through)}`,
    `parked     up to ${shorten(head.upTo)}`,
    ...(hasLate(head) ? [`late       ${String(head.lateMarks - head.lateSettled)} marks: a snapshot follows the records`] : []),
    isWaiting ? `waits      ${String(head.attempts)} attempts, due ${String(head.dueAt)}` : 'waits      no: all is published',
    ...(isWaiting && detail !== undefined ? [`refused    ${oneLine(detail)}`] : []),
  ].join('\n');
}

function describeRecord({ sequence, eventName, reason, detail, parkedAt, late, whole }: WaitingRecord): string {
  return [
    `- sequence ${shorten(sequence)}  ${eventName ?? 'without a name'}  ${reason}${late && reason !== 'late' ? ', late' : ''}, parked ${parkedAt ?? 'at an unknown time'}`,
    ...(whole ? [] : ['  a row of it is missing: it cannot be published']),
    ...(detail === undefined || detail === '' ? [] : [`  ${oneLine(detail)}`]),
  ].join('\n');
}

function describeSkipped({ sequence, eventName, reason, detail, by, because, skippedAt }: SkippedRecord): string {
  return [
    `- sequence ${shorten(sequence)}  ${eventName ?? 'without a name'}  ${reason}, skipped ${skippedAt} by ${oneLine(by)}: ${oneLine(because)}`,
    ...(detail === undefined || detail === '' ? [] : [`  ${oneLine(detail)}`]),
  ].join('\n');
}

/** A padded sequence number as DynamoDB gives it. */
export function shorten(sequence: string): string {
  return sequence.replace(/^0+(?=\d)/, '');
}

/** The record as one line of JSON, as far as it can be read: a row may be missing, or was copied by hand. */
function rawRecord(parts: readonly Uint8Array[]): string {
  try {
    return JSON.stringify(unpackRecord(parts));
  } catch (error) {
    return `  the record cannot be read: ${(error as Error).message}`;
  }
}
