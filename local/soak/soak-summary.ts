import type { History } from '../scenario/history.ts';
import { ORDER_EVENT_TYPE } from '../scenario/order-event-type.ts';
import { judge, type Judgement } from './judgement.ts';
import type { Journal } from './journal.ts';
import type { FaultCount } from './nakadi-faults.ts';
import { SOAK, SOAK_KEYS } from './soak-names.ts';
import type { SoakStack } from './soak-stack.ts';

/** What a soak came to. */
export interface SoakSummary extends Judgement {
  readonly minutes: number;
  readonly seed: number;
  readonly requests: number;
  /** Requests to Nakadi by how they were answered. */
  readonly answers: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, FaultCount>>;
  /** Processes that were killed. */
  readonly kills: { readonly relay: number; readonly requeue: number };
  /** Invocations that did not come to their end. */
  readonly cutShort: { readonly relay: number; readonly requeue: number };
  readonly redeliveries: number;
  readonly parked: number;
  readonly requeued: number;
  readonly deadLetters: number;
  /** Items with records that came through the dead-letter queue. */
  readonly lateItems: number;
  /** What is left when the time for draining is over: items that wait, parked records, dead letters. */
  readonly left: { readonly items: number; readonly records: number; readonly deadLetters: number; readonly reasons: readonly string[] };
  /** What went wrong inside the local runtime: what it could not deliver, the outbox could not publish. */
  readonly runtimeErrors: readonly string[];
  readonly writeSeconds: number;
  readonly drainSeconds: number;
  /** Where the logs are, where something is wrong. */
  readonly logs?: string;
}

/** Whether the outbox kept its promises. */
export function isGood({ wrongs, left }: SoakSummary): boolean {
  return wrongs.length === 0 && left.items + left.records + left.deadLetters === 0;
}

/** What the soak itself counted. */
export type SoakCounts = Pick<SoakSummary, 'minutes' | 'seed' | 'faults' | 'kills' | 'parked' | 'requeued' | 'runtimeErrors' | 'writeSeconds' | 'drainSeconds'>;

/**
 * Looks at what is there after a soak. Keeps the logs where something is wrong.
 *
 * @param overtaken eids of events that failed while others of their request were stored
 */
export async function summarize(stack: SoakStack, history: History, journal: Journal, counts: SoakCounts, overtaken: ReadonlySet<string>): Promise<SoakSummary> {
  const rows = await stack.parkedRows();
  const heads = rows.filter(({ entry }) => entry.S === 'head');
  const open = heads.filter((head) => head.open !== undefined);
  const late = heads.filter(({ lateMarks }) => Number(lateMarks?.N ?? 0) > 0);
  const lateItems = new Set(late.map(({ keys }) => history.keyOf(JSON.parse(keys.S as string) as never)));
  const { requests } = stack.nakadi;
  const accepted = stack.nakadi.consumed(ORDER_EVENT_TYPE);
  const judgement = judge(history, accepted, { keyAttributes: SOAK_KEYS, table: await stack.items(), lateItems, overtaken });
  const { counters } = stack.mapping;
  const errors = (name: 'relay' | 'requeue'): number => stack.runtime.function(SOAK[name]).counters.errors;
  const summary: SoakSummary = {
    ...counts,
    ...judgement,
    requests: requests.count,
    answers: countBy(requests.list.map(({ status }) => String(status))),
    cutShort: { relay: errors('relay'), requeue: errors('requeue') },
    redeliveries: counters.redeliveries,
    deadLetters: counters.destinationDeliveries,
    lateItems: lateItems.size,
    left: {
      items: open.length,
      records: new Set(rows.flatMap(({ item, entry }) => (/^\d/.test(entry.S ?? '') ? `${item.S ?? ''} ${entry.S?.split('#')[0] ?? ''}` : []))).size,
      deadLetters: await stack.backlog.deadLetters(),
      reasons: [...new Set(open.map(({ detail }) => detail?.S ?? 'is due'))].slice(0, 5),
    },
  };
  if (isGood(summary)) {
    return summary;
  }
  journal.keep({
    'summary.jsonl': [summary],
    'history.jsonl': [...history.changes].map(([item, changes]) => ({ item, changes: changes.map(({ operation, item: { version } }) => `${operation} ${version?.N ?? ''}`) })),
    'nakadi.jsonl': accepted.map(({ request, eid, receivedAt, raw }) => ({ request, eid, receivedAt, event: raw.slice(0, 2_000) })),
    'requests.jsonl': requests.list,
    'parked-events.jsonl': rows,
  });
  return { ...summary, logs: journal.folder };
}

function countBy(texts: readonly string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(texts, (text) => text)].map(([text, all]) => [text, all.length] as const).sort());
}
