/** Prices in dollars: us-east-1, Lambda on ARM, without free tiers. */
export const PRICES = {
  gibibyteSecond: 0.0000133334,
  invocation: 0.2e-6,
  readUnit: 0.125e-6,
  logGigabyte: 0.5,
  pipesRequest: 0.4e-6,
  apiDestinationRequest: 0.2e-6,
} as const;

/** Memory that comes with a whole processor, in mebibytes. */
const WHOLE_PROCESSOR_MIB = 1_769;

/** What a relay does, as far as it costs. */
export interface Work {
  /** Processor time of an event, in microseconds. */
  readonly cpuMicros: number;
  /** Time of an event in which the function only waits for Nakadi and DynamoDB, in milliseconds. */
  readonly waitMs: number;
  readonly eventsPerInvocation: number;
  /** Memory of the function, in mebibytes. */
  readonly memoryMiB: number;
  readonly readUnitsPerInvocation: number;
  /** What an invocation writes to the log with the lines of the platform, in bytes. */
  readonly logBytesPerInvocation: number;
}

/** Dollars for a million events. */
export function costOfMillion(work: Work): number {
  const share = Math.min(1, work.memoryMiB / WHOLE_PROCESSOR_MIB);
  const seconds = work.cpuMicros / 1e6 / share + work.waitMs / 1_000;
  const perInvocation = PRICES.invocation + work.readUnitsPerInvocation * PRICES.readUnit + (work.logBytesPerInvocation / 1e9) * PRICES.logGigabyte;
  return 1e6 * (seconds * (work.memoryMiB / 1_024) * PRICES.gibibyteSecond + perInvocation / work.eventsPerInvocation);
}

/** Dollars for a million events through EventBridge Pipes and an API destination: a request of each for every event. */
export function costOfPipes(): number {
  return 1e6 * (PRICES.pipesRequest + PRICES.apiDestinationRequest);
}
