// Bundles the package's command into one file, cli/dist/cdk-outbox-table.mjs, that needs nothing but Node.
import { chmod, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { BUNDLE } from './bundle-handlers.mjs';

/**
 * @param {string} root folder of the package
 * @param {string} outdir folder that gets the command
 */
export async function bundleCli(root, outdir) {
  await rm(outdir, { recursive: true, force: true });
  const outfile = path.join(outdir, 'cdk-outbox-table.mjs');
  // It runs on the user's Node, the handlers on Lambda's.
  await build({ ...BUNDLE, absWorkingDir: root, entryPoints: ['cli/cdk-outbox-table.ts'], outfile, target: 'node20' });
  await chmod(outfile, 0o755);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = path.dirname(import.meta.dirname);
  await bundleCli(root, path.resolve(process.argv[2] ?? path.join(root, 'cli/dist')));
}
