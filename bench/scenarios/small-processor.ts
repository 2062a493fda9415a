import { setTimeout } from 'node:timers/promises';
import { CONTENDERS, type ContenderName } from '../contenders/names.ts';
import { ONE_KB } from '../data/order-size.ts';
import { ContenderProcess } from '../measure/contender-process.ts';
import { ProcessorShare } from '../measure/processor-share.ts';
import type { Finding, Goal } from '../report/finding.ts';
import type { Scale } from '../scale.ts';
import type { Servers } from '../servers/servers.ts';

/** What a function of 128 MB has of a processor. */
const SHARE = 0.072;

/** How long Nakadi takes to answer, in milliseconds. */
const LATENCY_MS = 20;

/** Different batches: more than any contender gets through, so that each change is seen once. */
const BATCHES = 40;

const CONTESTANTS: readonly { readonly name: ContenderName; readonly goal?: Goal }[] = [
  { name: 'ours', goal: { of: 'value', atLeast: 1_000 } },
  { name: 'batchedRfc6902' },
  { name: 'blogPost' },
];

/** Events a second with the processor of a small function. */
export async function smallProcessor(servers: Servers, scale: Scale): Promise<Finding[]> {
  if (!ProcessorShare.isSupported()) {
    return [];
  }
  const findings: Finding[] = [];
  for (const { name, goal } of CONTESTANTS) {
    const { perSecond, outOfOrder } = await throughput(name, servers, scale);
    const group = `Events a second, 1 KB, with ${SHARE} of a processor and ${LATENCY_MS} ms of latency`;
    findings.push({ group, what: CONTENDERS[name].title, value: perSecond, unit: 'events/s', goal });
    if (name === 'ours') {
      findings.push({ group, what: '  of these out of order', value: outOfOrder, unit: 'events', goal: { of: 'value', atMost: 0 } });
    }
  }
  return findings;
}

async function throughput(name: ContenderName, servers: Servers, scale: Scale): Promise<{ perSecond: number; outOfOrder: number }> {
  const records = 1_000 / scale.shrink;
  const contender = await ContenderProcess.start(name, servers.targets, { size: ONE_KB, records, count: BATCHES });
  const share = new ProcessorShare(contender.pid, SHARE);
  try {
    await contender.warmUp(scale.warmUpMs, 1);
    await servers.reset({ latencyMs: LATENCY_MS, keep: true });
    share.start();
    let events = 0;
    let elapsedMs = 0;
    let under = contender.run(1, 0);
    // A relay of one record after the other does not end its batch in time: then the requests tell how far it got.
    while (elapsedMs < scale.throttledMs) {
      const effort = await Promise.race([under, setTimeout(scale.throttledMs - elapsedMs)]);
      if (effort === undefined) {
        break;
      }
      events += effort.events;
      elapsedMs += effort.elapsedMs;
      under = contender.run(1);
    }
    const { requests, outOfOrder } = await servers.report();
    const perSecond = events > 0 ? (events / elapsedMs) * 1000 : (requests / scale.throttledMs) * 1000;
    under.catch(() => undefined);
    return { perSecond, outOfOrder };
  } finally {
    await share.stop();
    await contender.stop();
  }
}
