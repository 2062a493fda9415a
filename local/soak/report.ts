import { isGood, type SoakSummary } from './soak-summary.ts';

/** Items of which the report says what is wrong; the rest is counted. */
const SHOWN_WRONGS = 10;

/** The summary for people. */
export function describeSoak(summary: SoakSummary): string {
  const { kills, cutShort, left, wrongs, minutes, seed } = summary;
  const count = (value: number, more = ''): string => `${value.toLocaleString('en-US').padStart(9)}${more === '' ? '' : `   ${more}`}`;
  const entries = (counts: Readonly<Record<string, number>>): string => Object.entries(counts).map(([name, value]) => `${name}: ${String(value)}`).join(', ');
  const lines: [string, string][] = [
    ['changes committed', count(summary.changes)],
    ['events accepted', count(summary.accepted)],
    ['requests', count(summary.requests, entries(summary.answers))],
    ['faults of Nakadi', count(Object.values(summary.faults).reduce((sum, { played }) => sum + played, 0), 'each with the requests or events that met it:')],
    ...Object.entries(summary.faults).map(([name, { played, met }]): [string, string] => ['', `            ${name}: ${String(played)}, met by ${String(met)}`]),
    ['kills', count(kills.relay + kills.requeue, `relay ${String(kills.relay)}, requeue ${String(kills.requeue)}`)],
    ['cut short', count(cutShort.relay + cutShort.requeue, `invocations: relay ${String(cutShort.relay)}, requeue ${String(cutShort.requeue)}`)],
    ['redeliveries', count(summary.redeliveries)],
    ['duplicates', count(summary.duplicates, 'same eid, sent again where an answer or a process was missing')],
    ['parked', count(summary.parked)],
    ['requeued', count(summary.requeued)],
    ['dead letters', count(summary.deadLetters, `of ${String(summary.lateItems)} items`)],
    ['snapshots', count(summary.snapshots)],
    ['overtaken', count(summary.excused, 'events that came late, or failed in part of a request: their items converged')],
    ['still parked', count(left.items + left.records + left.deadLetters, entries({ items: left.items, records: left.records, 'dead letters': left.deadLetters }))],
    ...left.reasons.map((reason): [string, string] => ['', `            ${reason}`]),
    ['wrong items', count(new Set(wrongs.map(({ item }) => item)).size)],
    ['time', `${summary.writeSeconds.toFixed(1).padStart(9)} s writing, ${summary.drainSeconds.toFixed(1)} s draining`],
    ['seed', `${String(seed).padStart(9)}   npm run soak -- --minutes ${String(minutes)} --seed ${String(seed)}`],
  ];
  const table = lines.map(([name, value]) => `  ${name.padEnd(18)}${value}`).join('\n');
  return `${table}\n\n${isGood(summary) ? 'Nothing lost, everything in order.' : describeWrongs(summary)}`;
}

function describeWrongs({ wrongs, runtimeErrors, logs }: SoakSummary): string {
  const shown = wrongs.slice(0, SHOWN_WRONGS).map(({ item, what, expected, got }) => `  ${item}: ${what}\n    expected  ${expected}\n    got       ${got}`);
  const more = wrongs.length > shown.length ? [`  and ${String(wrongs.length - shown.length)} more`] : [];
  const errors = runtimeErrors.slice(0, SHOWN_WRONGS).map((text) => `  in the local runtime: ${text}`);
  return ['NOT GOOD:', ...errors, ...shown, ...more, `  logs are in ${logs ?? ''}`].join('\n');
}
