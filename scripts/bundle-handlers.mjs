// Bundles the handlers into lambda/dist/<name>/index.mjs. The output depends on the sources and on the locked dependencies only: not on the
// folder, the machine or the time, because the hash of each bundle is part of every user's template.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

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

/**
 * @param {string} root folder of the package
 * @param {string} outdir folder that gets one folder per handler
 */
export async function bundleHandlers(root, outdir) {
  await rm(outdir, { recursive: true, force: true });
  for (const name of HANDLERS) {
    await build({
      ...BUNDLE,
      absWorkingDir: root,
      entryPoints: { index: `lambda/${name}/index.ts`, 'worker': 'lambda/mapping/worker.ts' },
      outdir: path.join(outdir, name),
      outExtension: { '.js': '.mjs' },
      chunkNames: 'chunk-[hash]',
      splitting: true,
      target: 'node24',
    });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = path.dirname(import.meta.dirname);
  await bundleHandlers(root, path.resolve(process.argv[2] ?? path.join(root, 'lambda/dist')));
}
