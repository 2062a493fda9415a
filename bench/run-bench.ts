import type { BenchOptions, Part } from './options.ts';
import type { Finding } from './report/finding.ts';
import { FULL, SMOKE, type Scale } from './scale.ts';
import { costs } from './scenarios/cost.ts';
import { cpuScenarios } from './scenarios/cpu.ts';
import { longLists } from './scenarios/long-lists.ts';
import { requeue } from './scenarios/requeue.ts';
import { smallProcessor } from './scenarios/small-processor.ts';
import { startUp } from './scenarios/start-up.ts';
import { synth } from './scenarios/synth.ts';
import { wireScenario } from './scenarios/wire.ts';
import { Servers } from './servers/servers.ts';

const SCENARIOS: Record<Part, (servers: Servers, scale: Scale) => Promise<Finding[]>> = {
  cpu: cpuScenarios,
  wire: wireScenario,
  'small-processor': smallProcessor,
  'long-lists': longLists,
  'start-up': startUp,
  synth,
  requeue,
};

/**
 * Measures what is asked for, one part after the other.
 *
 * @param onPart told of each part when it begins
 */
export async function runBench({ parts, smoke, million }: BenchOptions, onPart: (part: Part) => void): Promise<Finding[]> {
  const scale = smoke ? SMOKE : million ? { ...FULL, parkedEvents: [...FULL.parkedEvents, 1_000_000] } : FULL;
  const servers = await Servers.start();
  try {
    const findings: Finding[] = [];
    for (const part of parts) {
      onPart(part);
      await servers.reset(); // What one part asked of them is nothing to the next.
      findings.push(...(await SCENARIOS[part](servers, scale)));
    }
    return [...findings, ...costs(findings)];
  } finally {
    await servers.stop();
  }
}
