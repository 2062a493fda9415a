import { PARKED_EVENTS } from '../../lib/private/handler-contract.ts';
import type { Row } from './dynamodb-expression.ts';

const { openKey, dueKey } = PARKED_EVENTS;

/** The sparse index of open heads. It follows the table, and may be some time behind. */
export class OpenIndex {
  /** How many milliseconds it is behind. */
  lag = 0;
  private readonly now: () => number;
  private readonly entries = new Map<string, Row>();
  private readonly pending: { readonly at: number; readonly key: string; readonly row?: Row }[] = [];

  constructor(now: () => number) {
    this.now = now;
  }

  follow(key: string, row: Row | undefined): void {
    this.pending.push({ at: this.now(), key, row: row?.[openKey] !== undefined && row[dueKey] !== undefined ? row : undefined });
  }

  rows(): Row[] {
    const until = this.now() - this.lag;
    while (this.pending.length > 0 && this.pending[0].at <= until) {
      const { key, row } = this.pending.shift()!;
      if (row === undefined) {
        this.entries.delete(key);
      } else {
        this.entries.set(key, row);
      }
    }
    return [...this.entries.values()];
  }
}
