import { inTransactions } from '../../../lambda/adapters/transaction-size.ts';

/** Records that have so many rows each, of so many bytes. */
const records = (count: number, rows: number, bytes: number): Parameters<typeof inTransactions>[0] =>
  Array.from({ length: count }, () => ({ rows: Array.from({ length: rows }, () => ({ Put: { Item: { record: new Uint8Array(bytes) } } })) }));

test.each<[string, number, number, number, readonly number[]]>([
  ['none', 0, 1, 1, []],
  ['as many as one takes', 90, 1, 10, [90]],
  ['one row too many', 91, 1, 10, [90, 1]],
  ['several rows each, which stay together', 40, 4, 10, [22, 18]],
  ['as many bytes as one takes', 3, 1, 1_000_000, [3]],
  ['one byte too many', 3, 1, 1_000_001, [2, 1]],
  ['each larger than one takes', 2, 2, 2_000_000, [1, 1]],
])('records are cut into transactions: %s', (_, count, rows, bytes, expected) => {
  const all = records(count, rows, bytes);
  const cut = inTransactions(all);
  expect(cut.map((transaction) => transaction.length)).toEqual(expected);
  expect(cut.flat()).toEqual(all);
});
