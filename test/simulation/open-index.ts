import { PARKED_EVENTS } from '../../lib/private/handler-contract.ts';
import type { Row } from './dynamodb-expression.ts';

const { openKey, dueKey } = PARKED_EVENTS;

/** The sparse index of open heads. It follows the table, and may be some writes behind. */
export class OpenIndex {
  /** How many writes it is behind. */
  lag = 0;
  private readonly entries = new Map<string, Row>();
  private readonly pending: [string, Row | undefined][] = [];

  follow(key: string, row: Row | undefined): void {
    this.pending.push([key, row?.[openKey] !== undefined && row[dueKey] !== undefined ? row : undefined]);
  }

  rows(): Row[] {
    const seen = Math.max(0, this.pending.length - this.lag);
    for (const [key, row] of this.pending.splice(0, seen)) {
      if (row === undefined) {
        this.entries.delete(key);
      } else {
        this.entries.set(key, row);
      }
    }
    return [...this.entries.values()];
  }
}
