import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { HANDLER_BUNDLE } from '../../scripts/bundle-handlers.mjs';
import { bundle } from '../contenders/bundle.ts';
import { relayEnvironment } from '../contenders/relay-environment.ts';
import { interleaved } from '../measure/interleaved.ts';
import { median } from '../measure/median.ts';
import type { Finding } from '../report/finding.ts';
import type { Scale } from '../scale.ts';
import type { Servers } from '../servers/servers.ts';
import { bundleSize } from '../startup/bundle-size.ts';
import { importCost } from '../startup/import-cost.ts';

/** What a function does before its first invocation. */
export async function startUp({ targets }: Servers, scale: Scale): Promise<Finding[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'outbox-bench-'));
  try {
    const client = path.join(folder, 'dynamodb-client.mjs');
    await bundleClient(folder);
    const env = relayEnvironment(targets);
    const cost = (module?: string) => (): Promise<number> => importCost(module, env);
    const starts = await interleaved(new Map([['bare', cost()], ['client', cost(client)], ['relay', cost(bundle('relay'))]] as const), scale.startUps);
    const [bare, withClient, withRelay] = (['bare', 'client', 'relay'] as const).map((name) => starts.get(name) ?? []);
    const finding = (what: string, costs: readonly number[], atMost?: number): Finding => ({
      group: 'Start of the relay, processor time before the first invocation',
      what,
      value: median(costs),
      unit: 'ms',
      floor: median(costs.map((value, round) => value / bare[round])),
      goal: atMost === undefined ? undefined : { of: 'floor', atMost },
    });
    const imported = (costs: readonly number[], without: readonly number[]): number[] => costs.map((value, round) => value - without[round]);
    return [
      finding('bare Node.js', bare),
      finding('importing the DynamoDB client alone', imported(withClient, bare)),
      finding('importing the relay', imported(withRelay, bare), 2.5),
      finding('importing the relay, less the DynamoDB client', imported(withRelay, withClient), 0.6),
      ...sizes(),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Bundles the client as the handlers are bundled. */
async function bundleClient(outdir: string): Promise<void> {
  const absWorkingDir = path.join(import.meta.dirname, '..', '..');
  await build({ ...HANDLER_BUNDLE, absWorkingDir, entryPoints: ['bench/startup/dynamodb-client.ts'], outdir });
}

function sizes(): Finding[] {
  const { entry, atStart, all } = bundleSize(bundle('relay'));
  const group = 'Size of the relay';
  return [
    { group, what: 'entry', value: entry, unit: 'kB', goal: { of: 'value', atMost: 60 } },
    { group, what: 'entry and the chunks that it imports at once', value: atStart, unit: 'kB' },
    { group, what: 'all chunks', value: all, unit: 'kB', goal: { of: 'value', atMost: 500 } },
  ];
}
