import type { ParkedEventsOperator } from '../lambda/adapters/parked-events-operator.ts';
import { hasLate } from '../lambda/core/parked-event.ts';
import type { Command } from './command-line.ts';
import { writeKey } from './item-name.ts';
import { brief, type Terminal } from './terminal.ts';
import { waitingItems, type WaitingItem } from './waiting-items.ts';

/** How items are counted of which no record is left to be published. */
const NOTHING_LEFT = 'with nothing left, to be closed';
const SNAPSHOT_LEFT = 'with a snapshot left';

/** Prints the items that wait, as they are read, and how many of each reason there were. */
export async function listParked(events: ParkedEventsOperator, command: Extract<Command, { type: 'list' }>, terminal: Terminal): Promise<number> {
  const counts = new Map<string, number>();
  let printed = 0;
  let cut = false;
  for await (const page of waitingItems(events, command)) {
    for (const item of page) {
      cut = printed === command.limit;
      if (cut) {
        break;
      }
      await terminal.print(command.json ? jsonLine(item) : describe(item));
      const reason = item.oldest?.reason ?? (hasLate(item.head) ? SNAPSHOT_LEFT : NOTHING_LEFT);
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
      printed++;
    }
    if (cut) {
      break;
    }
  }
  terminal.note(summary(printed, counts, cut));
  return printed > 0 ? 0 : 1;
}

function summary(printed: number, counts: ReadonlyMap<string, number>, cut: boolean): string {
  if (printed === 0) {
    return 'no such item waits';
  }
  const byReason = [...counts].sort(([, a], [, b]) => b - a).map(([reason, count]) => `${String(count)} ${reason}`);
  return `${String(printed)} ${printed === 1 ? 'item waits' : 'items wait'}: ${byReason.join(', ')}${cut ? '; there are more' : ''}`;
}

function describe({ head, detail, oldest }: WaitingItem): string {
  const why = detail ?? oldest?.detail ?? '';
  const tried = `${attempts(head.attempts)}, due ${String(head.dueAt)}`;
  return [
    `${writeKey(head.keys)}  ${head.item}`,
    oldest !== undefined ? `  ${oldest.reason} since ${oldest.parkedAt ?? 'an unknown time'}, ${tried}` : `  ${hasLate(head) ? `${SNAPSHOT}, ${tried}` : CLOSES}`,
    ...(why === '' ? [] : [`  ${brief(why)}`]),
  ].join('\n');
}

const CLOSES = 'nothing is left to be published: the requeue closes the item';
const SNAPSHOT = 'a snapshot of the item is left';

export function attempts(count: number): string {
  return count === 1 ? '1 attempt' : `${String(count)} attempts`;
}

function jsonLine({ head, detail, oldest }: WaitingItem): string {
  return JSON.stringify({
    id: head.item,
    key: head.keys,
    streamArn: head.streamArn,
    reason: oldest?.reason ?? null,
    waitingSince: oldest?.parkedAt ?? null,
    attempts: head.attempts,
    dueAt: head.dueAt,
    detail: brief(detail ?? oldest?.detail ?? ''),
    sequence: oldest?.sequence ?? null,
    eventName: oldest?.eventName ?? null,
    late: oldest?.late ?? false,
  });
}
