import { CONTENDERS, type ContenderName } from '../contenders/names.ts';
import { EIGHT_KB, LIST_OF_2000, ONE_KB, type OrderSize } from '../data/order-size.ts';
import { ContenderProcess } from '../measure/contender-process.ts';
import { interleaved } from '../measure/interleaved.ts';
import { median, medianRatio } from '../measure/median.ts';
import type { Finding, Goal } from '../report/finding.ts';
import type { Scale } from '../scale.ts';
import type { Servers } from '../servers/servers.ts';

interface CpuScenario {
  readonly title: string;
  readonly size: OrderSize;
  readonly records: number;
  readonly goals: Partial<Record<ContenderName, Goal>>;
  readonly contenders: readonly ContenderName[];
}

const BATCHED: readonly ContenderName[] = ['floor', 'writingAlone', 'ours', 'oursUnzipped', 'batchedFastJsonPatch', 'batchedRfc6902'];

const GOALS: CpuScenario['goals'] = { ours: { of: 'floor', atMost: 1.9 }, oursUnzipped: { of: 'floor', atMost: 1.5 } };

const SCENARIOS: readonly CpuScenario[] = [
  {
    title: '1 KB, batches of 1,000',
    size: ONE_KB,
    records: 1_000,
    contenders: [...BATCHED, 'powertools', 'powertoolsPool', 'blogPost'],
    goals: {
      ...GOALS,
      batchedRfc6902: { of: 'ours', atLeast: 2.5 },
      powertools: { of: 'ours', atLeast: 12 },
      blogPost: { of: 'ours', atLeast: 13 },
    },
  },
  { title: '1 KB, batches of 100', size: ONE_KB, records: 100, contenders: BATCHED, goals: { ours: { of: 'floor', atMost: 1.8 } } },
  // An invocation takes 6 MB: no more of these fit.
  { title: '8 KB, batches of 200', size: EIGHT_KB, records: 200, contenders: BATCHED, goals: { ...GOALS, batchedRfc6902: { of: 'ours', atLeast: 10 } } },
  { title: '8 KB, batches of 100', size: EIGHT_KB, records: 100, contenders: BATCHED.slice(0, 5), goals: { ours: { of: 'floor', atMost: 1.8 } } },
  // rfc6902 needs more memory than a function of 512 MB has.
  { title: '229 KB, a list of 2,000, batches of 8', size: LIST_OF_2000, records: 8, contenders: BATCHED.slice(0, 5), goals: GOALS },
];

/** Processor time an event. */
export async function cpuScenarios(servers: Servers, scale: Scale): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const scenario of SCENARIOS) {
    findings.push(...(await cpuScenario(scenario, servers, scale)));
  }
  return findings;
}

async function cpuScenario(scenario: CpuScenario, servers: Servers, scale: Scale): Promise<Finding[]> {
  const batches = { size: scenario.size, records: Math.ceil(scenario.records / scale.shrink), count: 2 };
  const running: ContenderProcess[] = [];
  try {
    const contestants = new Map<ContenderName, () => Promise<number>>();
    for (const name of scenario.contenders) {
      const contender = await ContenderProcess.start(name, servers.targets, batches);
      running.push(contender);
      const invocations = await contender.warmUp(scale.warmUpMs, scale.measureMs);
      contestants.set(name, async () => {
        await contender.run(Math.ceil(invocations / 2)); // Whoever has just waited for the others has cold caches, and a heap that V8 has made small.
        const { cpuMicros, events } = await contender.run(invocations);
        return cpuMicros / events;
      });
    }
    const measured = await interleaved(contestants, scale.rounds);
    const [floor, ours] = [measured.get('floor') ?? [], measured.get('ours') ?? []];
    return [...measured].map(([name, values]) => ({
      group: `Processor time, ${scenario.title}`,
      what: CONTENDERS[name].title,
      value: median(values),
      unit: 'µs/event',
      floor: medianRatio(values, floor),
      ours: medianRatio(values, ours),
      goal: scenario.goals[name],
    }));
  } finally {
    await Promise.all(running.map((contender) => contender.stop()));
  }
}
