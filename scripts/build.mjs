// Builds everything that is generated: lib/**/*.js and .jsii (jsii), lambda/dist and cli/dist (esbuild), API.md (jsii-docgen).
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { bundleCli } from './bundle-cli.mjs';
import { bundleHandlers } from './bundle-handlers.mjs';

const root = path.dirname(import.meta.dirname);

function run(command, ...args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) {
    console.error(`${command} failed${error ? `: ${error.message}` : ''}`);
    process.exit(1);
  }
}

run('jsii', '--silence-warnings=reserved-word');
await bundleHandlers(root, path.join(root, 'lambda/dist'));
await bundleCli(root, path.join(root, 'cli/dist'));
run('jsii-docgen', '--output', 'API.md');
