import { Child } from '../child.ts';
import { interleaved } from '../measure/interleaved.ts';
import { median, medianRatio } from '../measure/median.ts';
import type { Finding } from '../report/finding.ts';
import type { Scale } from '../scale.ts';
import type { Servers } from '../servers/servers.ts';
import type { StackName, Synth } from '../synth/main.ts';

const GROUP = 'Construct and synth, processor time';

/** What the construct costs a team's synth. */
export async function synth(_servers: Servers, { synths, rounds }: Scale): Promise<Finding[]> {
  // The validator of aws-cdk-lib takes the same for every app: it would only hide the difference.
  const child = Child.start('synth/main.ts', [], { env: { ...process.env, CDK_VALIDATION: 'false', JSII_DEPRECATED: 'quiet' } });
  try {
    const last = new Map<StackName, Synth>();
    const cost = (name: StackName) => async (): Promise<number> => {
      last.set(name, await child.ask<Synth>(name));
      return last.get(name)?.cpuMs ?? NaN;
    };
    const contestants = new Map([['byHand', cost('byHand')], ['ours', cost('ours')]] as const);
    // The first ones warm up.
    const measured = await interleaved<StackName>(contestants, synths + (rounds > 1 ? 3 : 0));
    const [byHand, ours] = (['byHand', 'ours'] as const).map((name) => (measured.get(name) ?? []).slice(-synths));
    return [
      { group: GROUP, what: 'the same resources by hand', value: median(byHand), unit: 'ms', floor: 1 },
      { group: GROUP, what: 'OutboxTable', value: median(ours), unit: 'ms', floor: medianRatio(ours, byHand), goal: { of: 'floor', atMost: 1.3 } },
      { group: GROUP, what: 'resources that only one of both has', value: difference(last.get('ours')?.resources ?? {}, last.get('byHand')?.resources ?? {}), unit: 'resources', goal: { of: 'value', atMost: 0 } },
    ];
  } finally {
    await child.stop();
  }
}

function difference(some: Synth['resources'], others: Synth['resources']): number {
  const types = new Set([...Object.keys(some), ...Object.keys(others)]);
  return [...types].reduce((sum, type) => sum + Math.abs((some[type] ?? 0) - (others[type] ?? 0)), 0);
}
