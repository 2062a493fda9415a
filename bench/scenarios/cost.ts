import { CONTENDERS, type ContenderName } from '../contenders/names.ts';
import { costOfMillion, costOfPipes } from '../report/cost.ts';
import type { Finding } from '../report/finding.ts';

/** How long Nakadi and DynamoDB take to answer, in milliseconds. */
const NAKADI_MS = 20;
const DYNAMODB_MS = 5;

/** What an invocation writes to the log: our lines, and those of the platform. */
const LOG_BYTES = 1_500;

const MEMORY_MIB = 128;

const GROUP = `Dollars for a million events of 1 KB, functions of ${MEMORY_MIB} MB, ${NAKADI_MS} ms of latency`;

interface Relay {
  readonly name: ContenderName;
  readonly batch: number;
  /** How often an invocation waits for Nakadi. */
  readonly waits: number;
  /** Items that an invocation reads. */
  readonly reads: number;
}

const RELAYS: readonly Relay[] = [
  { name: 'ours', batch: 1_000, waits: 1, reads: 1 },
  { name: 'ours', batch: 100, waits: 1, reads: 1 },
  { name: 'batchedRfc6902', batch: 1_000, waits: 1, reads: 0 },
  { name: 'blogPost', batch: 1_000, waits: 1_000, reads: 0 },
];

/**
 * What the measured processor time costs.
 *
 * @param findings those of the processor time; nothing is said where they are missing
 */
export function costs(findings: readonly Finding[]): Finding[] {
  const known = RELAYS.flatMap((relay) => {
    const dollars = costOf(relay, findings);
    return dollars === undefined ? [] : [{ what: `${CONTENDERS[relay.name].title}, batches of ${relay.batch.toLocaleString('en-US')}`, dollars }];
  });
  if (known.length === 0) {
    return [];
  }
  const all = [...known, { what: 'EventBridge Pipes with an API destination', dollars: costOfPipes() }];
  return all.map(({ what, dollars }) => ({ group: GROUP, what, value: dollars, unit: '$', ours: dollars / known[0].dollars }));
}

function costOf({ name, batch, waits, reads }: Relay, findings: readonly Finding[]): number | undefined {
  const group = `Processor time, 1 KB, batches of ${batch.toLocaleString('en-US')}`;
  const measured = findings.find((finding) => finding.group === group && finding.what === CONTENDERS[name].title);
  return measured && costOfMillion({
    cpuMicros: measured.value,
    waitMs: (waits * NAKADI_MS + reads * DYNAMODB_MS) / batch,
    eventsPerInvocation: batch,
    memoryMiB: MEMORY_MIB,
    readUnitsPerInvocation: reads,
    logBytesPerInvocation: LOG_BYTES,
  });
}
