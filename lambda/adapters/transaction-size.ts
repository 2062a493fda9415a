/** Rows of records in one transaction, which takes 100 with the head, and bytes of them, of which it takes 4 MB. */
const TRANSACTION_ROWS = 90;
const TRANSACTION_BYTES = 3_000_000;

interface RowsOfRecord {
  readonly rows: readonly { readonly Put: { readonly Item: Record<string, unknown> } }[];
}

/** Cuts records into as few transactions as may be, in order; each takes at least one record. */
export function inTransactions<T extends RowsOfRecord>(records: readonly T[]): [T, ...T[]][] {
  const transactions: [T, ...T[]][] = [];
  let rows = Infinity;
  let bytes = Infinity;
  for (const record of records) {
    const more = record.rows.reduce((sum, { Put: { Item } }) => sum + ((Item.record as Uint8Array | undefined)?.byteLength ?? 0), 0);
    rows += record.rows.length;
    bytes += more;
    if (rows > TRANSACTION_ROWS || bytes > TRANSACTION_BYTES) {
      transactions.push([record]);
      [rows, bytes] = [record.rows.length, more];
    } else {
      transactions[transactions.length - 1].push(record);
    }
  }
  return transactions;
}
