import { ONE_KB } from '../data/order-size.ts';
import { ContenderProcess } from '../measure/contender-process.ts';
import type { Finding } from '../report/finding.ts';
import type { Scale } from '../scale.ts';
import type { Servers } from '../servers/servers.ts';

const INVOCATIONS = 5;

/** What goes over the wire for 1,000 records of 1 KB. */
export async function wireScenario(servers: Servers, scale: Scale): Promise<Finding[]> {
  const records = 1_000 / scale.shrink;
  const ours = await ContenderProcess.start('ours', servers.targets, { size: ONE_KB, records, count: INVOCATIONS });
  try {
    await servers.reset({ keep: true });
    await ours.run(INVOCATIONS);
    const { requests, connections, bytes, events, outOfOrder } = await servers.report();
    const group = `The wire, 1 KB, batches of ${records.toLocaleString('en-US')}`;
    return [
      { group, what: 'requests a batch', value: requests / INVOCATIONS, unit: 'requests', goal: { of: 'value', atLeast: 1, atMost: 2 } },
      { group, what: 'connections in all', value: connections, unit: 'connections', goal: { of: 'value', atLeast: 1, atMost: 1 } },
      { group, what: 'bytes, with the heads of requests', value: bytes / events, unit: 'bytes/event', goal: { of: 'value', atMost: 380 } },
      { group, what: 'events lost, doubled or out of order', value: Math.abs(records * INVOCATIONS - events) + outOfOrder, unit: 'events', goal: { of: 'value', atMost: 0 } },
    ];
  } finally {
    await ours.stop();
  }
}
