/** What an event source mapping has done since it was created. */
export interface EventSourceMappingCounters {
  /** Records read from the stream (`PolledEventCount`). */
  recordsRead: number;
  /** Records that no filter let through (`FilteredOutEventCount`). */
  recordsFilteredOut: number;
  /** Batches that were formed; parts of a split or partly done batch are not counted again. */
  batches: number;
  invocations: number;
  /** Invocations that failed, wholly or in part. */
  failedInvocations: number;
  /** Invocations with a batch that was given to the function before, unchanged. */
  retries: number;
  bisections: number;
  /** Invocations that the function's concurrency did not admit. */
  throttles: number;
  /** Batches that were given to the function again although it had succeeded. */
  redeliveries: number;
  /** Records that were checkpointed, discarded ones not included. */
  recordsProcessed: number;
  /** Records that were given up, by retries or age. */
  recordsDiscarded: number;
  /** Messages to the on-failure destination. */
  destinationDeliveries: number;
  /** Discarded batches that the on-failure destination did not take: lost. */
  destinationDeliveryFailures: number;
}

/** All zero. */
export function noCounts(): EventSourceMappingCounters {
  return {
    recordsRead: 0, recordsFilteredOut: 0, batches: 0, invocations: 0, failedInvocations: 0, retries: 0, bisections: 0, throttles: 0,
    redeliveries: 0, recordsProcessed: 0, recordsDiscarded: 0, destinationDeliveries: 0, destinationDeliveryFailures: 0,
  };
}
