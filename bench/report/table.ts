import { isReached, type Finding, type Goal } from './finding.ts';
import type { Machine } from './machine.ts';

const HEADINGS = ['', '', '× floor', '× ours', 'goal', ''];

/** The findings as a table for people, and where they were made. */
export function table(machine: Machine, findings: readonly Finding[]): string {
  const rows = findings.map((finding) => ({ group: finding.group, cells: cells(finding) }));
  const widths = HEADINGS.map((heading, column) => Math.max(heading.length, ...rows.map((row) => row.cells[column].length)));
  const write = (texts: readonly string[]): string =>
    texts.map((text, column) => (column === 0 || column >= 4 ? text.padEnd(widths[column]) : text.padStart(widths[column]))).join('  ').trimEnd();
  const lines = [...about(machine), '', write(HEADINGS)];
  let group = '';
  for (const row of rows) {
    if (row.group !== group) {
      lines.push('', row.group);
      group = row.group;
    }
    lines.push(write(row.cells));
  }
  const judged = findings.filter(({ isExcused }) => isExcused !== true).map(isReached).filter((reached) => reached !== undefined);
  return [...lines, '', `${judged.filter(Boolean).length} of ${judged.length} goals reached`].join('\n');
}

function about({ processor, processors, memoryGiB, system, load, versions }: Machine): string[] {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [`${processors} × ${processor}, ${memoryGiB} GiB, ${system}, load ${load}`, packages.join(', ')];
}

function cells(finding: Finding): string[] {
  const { what, value, unit, floor, ours, goal, isExcused } = finding;
  const reached = isReached(finding);
  return [
    `  ${what}`,
    `${number(value)} ${unit}`,
    floor === undefined ? '' : floor.toFixed(2),
    ours === undefined ? '' : ours.toFixed(2),
    goal === undefined ? '' : goalText(goal, unit),
    reached === undefined ? '' : reached ? 'reached' : isExcused === true ? 'missed, the other goal will do' : 'MISSED',
  ];
}

function goalText({ of, atMost, atLeast }: Goal, unit: string): string {
  const limit = atMost === undefined ? `at least ${number(atLeast as number)}` : `at most ${number(atMost)}`;
  return of === 'value' ? `${limit} ${unit}` : `${limit} × ${of}`;
}

/** Three digits that count, or all before the point. */
function number(value: number): string {
  return value.toLocaleString('en-US', Math.abs(value) >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 });
}
