import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import type { Mutation } from './mutations.ts';

/** The folder with the simulation, and that with the handlers. */
const HERE = path.join(process.cwd(), 'test', 'simulation');
const LAMBDA = path.join(process.cwd(), 'lambda');

/**
 * Bundles the simulation with changed handlers.
 *
 * @throws Error where a piece of code that is to be replaced is not there exactly once
 */
export async function bundleMutant(outfile: string, mutation?: Mutation): Promise<void> {
  const target = mutation && path.join(LAMBDA, mutation.file);
  await build({
    entryPoints: [path.join(HERE, 'mutant-main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    // The commands of the SDK are told apart by the names of their classes.
    keepNames: true,
    logLevel: 'silent',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    plugins: [
      {
        name: 'mutation',
        setup({ onLoad }) {
          onLoad({ filter: /[\\/]lambda[\\/].*\.ts$/ }, async ({ path: file }) =>
            mutation !== undefined && file === target ? { contents: mutated(await readFile(file, 'utf8'), mutation), loader: 'ts' } : undefined,
          );
        },
      },
    ],
  });
}

function mutated(source: string, { file, replacements }: Mutation): string {
  return replacements.reduce((text, [from, to]) => {
    const parts = text.split(from);
    if (parts.length !== 2) {
      throw new Error(`lambda/${file} must hold this exactly once, but has it ${parts.length - 1} times: ${from}`);
    }
    return parts.join(to);
  }, source);
}
