import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';

process.env.CDK_VALIDATION = 'false';

const folders: string[] = [];

/** An empty folder; {@link removeFolders} removes it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'runtime-test-'));
  folders.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** A function's code: one ES module. */
export function moduleCode(source: string): Code {
  const folder = join(temporaryFolder(), 'code');
  mkdirSync(folder);
  writeFileSync(join(folder, 'index.mjs'), source);
  return Code.fromAsset(folder);
}

/** Synthesizes an app. @returns the folder of its cloud assembly. */
export function synth(define: (app: App) => void): string {
  const app = new App({ outdir: join(temporaryFolder(), 'cdk.out'), analyticsReporting: false });
  define(app);
  return app.synth().directory;
}
