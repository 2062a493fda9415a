// What a release ships, unpacked, and the code for other languages that is generated from it:
//   node scripts/packed-package.mjs FOLDER
// leaves the package in FOLDER/node_modules/cdk-outbox-table, beside its peers, and the code in FOLDER/code/<language>.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(import.meta.dirname);

/** Runs a command quietly; throws what it printed where it fails. */
export function run(command, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8', maxBuffer: 2 ** 30, ...options });
  if (status !== 0) {
    throw new Error(`${[command, ...args].join(' ')} failed: ${error?.message ?? `${stdout}${stderr}`.trim()}`);
  }
  return stdout;
}

/**
 * Packs the package, and unpacks it as an app would find it.
 *
 * @param {string} folder empty folder
 * @returns {string} folder of the package
 */
export function unpackPackage(folder) {
  const modules = path.join(folder, 'node_modules');
  mkdirSync(modules);
  for (const peer of ['aws-cdk-lib', 'constructs']) {
    symlinkSync(path.join(root, 'node_modules', peer), path.join(modules, peer));
  }
  run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root });
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  run('tar', ['-xzf', path.join(folder, tarball), '-C', folder]);
  const unpacked = path.join(modules, 'cdk-outbox-table');
  renameSync(path.join(folder, 'package'), unpacked);
  return unpacked;
}

/**
 * Generates, and unless `--code-only` is among the arguments builds, a package for other languages.
 *
 * @param {string} folder of the npm package
 * @param {string} outdir folder that gets one folder per language
 * @param {string[]} args of jsii-pacmak
 */
export function generate(folder, outdir, ...args) {
  // The examples of the documentation stay in TypeScript here: translating them is not what this is about.
  run('jsii-pacmak', [folder, '--no-npmignore', '--rosetta-unknown-snippets=verbatim', '--outdir', outdir, ...args]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = path.resolve(process.argv[2]);
  generate(unpackPackage(folder), path.join(folder, 'code'), '--code-only');
}
