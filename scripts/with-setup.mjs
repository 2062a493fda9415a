// Runs a command of this project after installing and building what is missing:
//   node scripts/with-setup.mjs COMMAND [ARGUMENT...]
// Works with the Node that the machine has (20 or newer); the command itself runs on the one that package.json pins.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const env = { ...process.env, PATH: path.join(root, 'node_modules', '.bin') + path.delimiter + process.env.PATH };

const major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error(`Node 20 or newer is needed, this is ${process.version}: install a newer one, then run the command again`);
  process.exit(1);
}

/** Files below a folder, sorted, without what is generated. */
function filesBelow(folder) {
  return readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => !file.includes(`${path.sep}dist${path.sep}`) && file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .sort();
}

function digest(files) {
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(path.relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

/** Runs a step unless its stamp says that it ran on these very files. */
function step(title, stamp, files, outputs, command, ...args) {
  const wanted = digest(files.map((file) => path.resolve(root, file)));
  const stampFile = path.join(root, stamp);
  const done = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted;
  if (done && outputs.every((output) => existsSync(path.join(root, output)))) {
    return;
  }
  console.error(`${title} …`);
  const { status } = spawnSync(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  if (status !== 0) {
    console.error(`${title} failed: \`${command} ${args.join(' ')}\` in ${root} shows why`);
    process.exit(1);
  }
  writeFileSync(stampFile, wanted);
}

// Not `npm ci`: it refuses a lock file that lacks the packages of other platforms, which not every registry has.
step('Installing', 'node_modules/.install-stamp', ['package.json', 'package-lock.json', '.npmrc'], ['node_modules/.bin/node'], 'npm', 'install', '--no-save', '--loglevel=error');
step(
  'Building',
  '.build-stamp',
  ['package.json', 'package-lock.json', 'tsconfig.json', 'README.md', ...filesBelow('lib'), ...filesBelow('lambda'), ...filesBelow('cli'), 'scripts/build.mjs', 'scripts/bundle-handlers.mjs', 'scripts/bundle-cli.mjs'],
  ['lib/index.js', '.jsii', 'API.md', 'lambda/dist/relay/index.mjs', 'lambda/dist/requeue/index.mjs', 'cli/dist/cdk-outbox-table.mjs'],
  'node',
  'scripts/build.mjs',
);

const [command, ...args] = process.argv.slice(2);
const { status, signal } = spawnSync(command, args, { cwd: root, env, stdio: 'inherit' });
process.exit(status ?? (signal ? 130 : 1));
