/** How large the orders of a scenario are, and how they change. */
export interface OrderSize {
  /** Lines of an order: a line is 113 bytes of JSON, the rest of an order 420. */
  readonly lines: number;
  /** What happens to the lines, beside the change of some attributes: one line gets another quantity, or a new line comes into the middle. */
  readonly change: 'edit' | 'insert';
}

export const ONE_KB: OrderSize = { lines: 5, change: 'edit' };
export const EIGHT_KB: OrderSize = { lines: 68, change: 'edit' };
export const LIST_OF_2000: OrderSize = { lines: 2_000, change: 'insert' };
