// Bundles the handlers into lambda/dist/<name>/index.mjs. The output depends on the sources and on the locked dependencies only: not on the
// folder, the machine or the time, because the hash of each bundle is part of every user's template.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { LAZY_BUILTINS } from './lazy-builtins.mjs';
import { SDK_VERSION } from './sdk-version.mjs';

export const HANDLERS = ['relay', 'requeue'];

/** What all bundles have in common. */
export const BUNDLE = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  mainFields: ['module', 'main'],
  // Paths decide the names of chunks: they must not depend on where node_modules really lies.
  preserveSymlinks: true,
  minify: true,
  legalComments: 'eof',
  sourcemap: false,
  tsconfigRaw: {},
  logLevel: 'warning',
  // Some dependencies are CommonJS and ask for Node's own modules with require.
  banner: { js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);" },
};

/** What the bundles of the handlers have in common. They run on Lambda's Node only. */
export const HANDLER_BUNDLE = {
  ...BUNDLE,
  splitting: true,
  target: 'node24',
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunk-[hash]',
  plugins: [LAZY_BUILTINS, SDK_VERSION],
  // The plugin leaves nothing that asks with require.
  banner: {},
  alias: { '@aws-sdk/credential-provider-node': './lambda/adapters/function-credentials.ts' },
};

/**
 * @param {string} root folder of the package
 * @param {string} outdir folder that gets one folder per handler
 */
export async function bundleHandlers(root, outdir) {
  await rm(outdir, { recursive: true, force: true });
  for (const name of HANDLERS) {
    const handler = { ...HANDLER_BUNDLE, absWorkingDir: root, outdir: path.join(outdir, name) };
    await build({ ...handler, entryPoints: { index: `lambda/${name}/index.ts` } });
    // By itself: what it had in common with the handler would be one file more that each start reads.
    await build({ ...handler, entryPoints: { worker: 'lambda/mapping/worker.ts' } });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = path.dirname(import.meta.dirname);
  await bundleHandlers(root, path.resolve(process.argv[2] ?? path.join(root, 'lambda/dist')));
}
