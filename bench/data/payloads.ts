import { orderRecords } from './order-records.ts';
import type { OrderSize } from './order-size.ts';

/** What one invocation gets at most, in bytes: the event source mapping ends a batch there. */
const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;

/** The batches of a scenario. */
export interface Batches {
  readonly size: OrderSize;
  /** Records in one batch. */
  readonly records: number;
  /** How many different batches there are. */
  readonly count: number;
}

/**
 * The invocations of a scenario as Lambda hands them over, as the bytes of JSON text; the changes go on from one to the next.
 *
 * @throws Error where a batch is larger than the platform makes it
 */
export function payloads({ size, records, count }: Batches): Buffer[] {
  return Array.from({ length: count }, (_, batch) => {
    const payload = Buffer.from(JSON.stringify({ Records: orderRecords(size, records, batch * records) }));
    if (payload.length > MAX_PAYLOAD_BYTES) {
      throw new Error(`a batch of ${records} records has ${payload.length} bytes, more than the ${MAX_PAYLOAD_BYTES} of an invocation: make it smaller`);
    }
    return payload;
  });
}
