import type { Progress, Summary } from './scenario.ts';

/** Whether the outbox kept its promises. */
export function isGood(summary: Summary): boolean {
  const { lost, outOfOrder, wrong, stale, badPatches, leftParked, leftDeadLetters } = summary;
  return [lost, outOfOrder, wrong, stale, badPatches, leftParked, leftDeadLetters].every((count) => count === 0);
}

/** Whether anything was replayed at all. */
export function isEmpty(summary: Summary): boolean {
  return summary.changes === 0;
}

/** The summary for people. */
export function describe(summary: Summary): string {
  const count = (value: number): string => value.toLocaleString('en-US').padStart(9);
  const lines = [
    ['changes committed', count(summary.changes)],
    ['events accepted', `${count(summary.accepted)}   in ${String(summary.requests)} requests, ${summary.eventsPerSecond.toFixed(0)} events a second`],
    ['duplicates', `${count(summary.duplicates)}   same eid, sent again where an answer was missing`],
    ['parked', count(summary.parked)],
    ['requeued', count(summary.requeued)],
    ...(summary.snapshots > 0 ? [['snapshots', count(summary.snapshots)]] : []),
    ...(summary.badLines > 0 ? [['bad input lines', count(summary.badLines)]] : []),
    ['lost', count(summary.lost)],
    ['out of order', count(summary.outOfOrder)],
    ['wrong or stale', count(summary.wrong + summary.stale + summary.badPatches)],
    ['still parked', `${count(summary.leftParked + summary.leftDeadLetters)}${summary.waiting > 0 ? `   ${String(summary.waiting)} changes` : ''}`],
    ...summary.leftReasons.map((reason) => ['', `            ${reason}`]),
    ['time', `${summary.writeSeconds.toFixed(1).padStart(9)} s writing, ${summary.drainSeconds.toFixed(1)} s draining`],
  ];
  const table = lines.map(([name, value]) => `  ${name.padEnd(18)}${value}`).join('\n');
  return `${table}\n\n${isGood(summary) ? 'Nothing lost, everything in order.' : 'NOT GOOD: see above.'}`;
}

/** Shows progress: in place on a terminal, else a line now and then. */
export class ProgressDisplay {
  readonly #stream: NodeJS.WriteStream;
  #lastPhase = '';
  #lastLine = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  show({ phase, committed, planned, accepted, parked }: Progress): void {
    const width = 24;
    const filled = Math.min(width, Math.round((committed / planned) * width));
    const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
    const text = `${bar} ${String(committed)} committed, ${String(accepted)} published, ${String(parked)} parked · ${phase}`;
    if (this.#stream.isTTY) {
      this.#stream.write(`\r\x1b[2K${text.slice(0, this.#stream.columns - 1)}`);
    } else if (phase !== this.#lastPhase || Date.now() - this.#lastLine > 5_000) {
      this.#lastLine = Date.now();
      this.#stream.write(`${text}\n`);
    }
    this.#lastPhase = phase;
  }

  end(): void {
    if (this.#stream.isTTY) {
      this.#stream.write('\r\x1b[2K');
    }
  }
}
