import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { ENV } from '../../lib/private/handler-contract.ts';

const ROOT = path.join(__dirname, '..', '..');
const HANDLERS = ['relay', 'requeue'];

/** The least that a handler needs to start. */
const ENVIRONMENT = {
  [ENV.destination]: JSON.stringify({ endpoint: 'https://nakadi.example.org', routes: [], unrouted: 'drop' }),
  [ENV.credentials]: JSON.stringify({ type: 'none' }),
  [ENV.publishing]: JSON.stringify({ requestTimeoutMs: 1_000 }),
  [ENV.parkedEventsTable]: 'parked-events',
  [ENV.sourceTable]: 'orders',
  [ENV.deadLetterQueueUrl]: 'https://sqs.eu-central-1.amazonaws.com/111122223333/dead-letters',
  AWS_REGION: 'eu-central-1',
  AWS_LAMBDA_FUNCTION_NAME: 'handler',
};

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'outbox-bundle-'));
  folders.push(folder);
  return folder;
}

/** Builds handlers and command from a copy of the sources that lies elsewhere. */
function bundleInCopy(): string {
  const copy = newFolder();
  for (const part of ['lambda', 'lib', 'cli', 'scripts', 'package.json']) {
    cpSync(path.join(ROOT, part), path.join(copy, part), { recursive: true, filter: (source) => !source.includes(`${path.sep}dist`) });
  }
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'));
  execFileSync('node', ['scripts/bundle-handlers.mjs'], { cwd: copy, stdio: 'pipe' });
  execFileSync('node', ['scripts/bundle-cli.mjs'], { cwd: copy, stdio: 'pipe' });
  return copy;
}

/** Two such copies, made once. */
const copies = (() => {
  let made: readonly [string, string] | undefined;
  return (): readonly [string, string] => (made ??= [bundleInCopy(), bundleInCopy()]);
})();

function assetHash(folder: string): string {
  return new Asset(new Stack(new App(), 'Stack'), 'Asset', { path: folder }).assetHash;
}

test.each(HANDLERS)('the %s has the same asset hash wherever and whenever it is bundled', (name) => {
  const [first, second] = copies().map((copy) => path.join(copy, 'lambda', 'dist'));

  expect(assetHash(path.join(first, name))).toBe(assetHash(path.join(second, name)));
  expect(assetHash(path.join(first, name))).toBe(assetHash(path.join(ROOT, 'lambda', 'dist', name)));
});

test.each(HANDLERS)('the %s names no folder of the machine that bundled it', (name) => {
  const dist = path.join(ROOT, 'lambda', 'dist', name);

  for (const file of readdirSync(dist)) {
    expect(readFileSync(path.join(dist, file), 'utf8')).not.toContain(ROOT);
  }
});

/** Files of a handler, by name. */
function filesOf(name: string): Record<string, string> {
  const dist = path.join(copies()[0], 'lambda', 'dist', name);
  return Object.fromEntries(readdirSync(dist).map((file) => [file, readFileSync(path.join(dist, file), 'utf8')]));
}

test.each(HANDLERS)('the %s imports nothing but its own files, and asks for nothing with require', (name) => {
  const imported = Object.values(filesOf(name)).flatMap((text) => [...text.matchAll(/\b(?:from|import\s*\(?)\s*"([^"]+)"/g)].map(([, module]) => module));

  expect(imported).toContainEqual(expect.stringMatching(/^\.\/chunk-/));
  expect(imported.filter((module) => !module.startsWith('./chunk-'))).toEqual([]);
  expect(Object.values(filesOf(name)).join('\n')).not.toContain('Dynamic require of');
});

test('the relay is small: what it reads first, and all of it', () => {
  const { 'index.mjs': entry, 'worker.mjs': _, ...chunks } = filesOf('relay');

  expect(entry.length).toBeLessThanOrEqual(60_000);
  expect(entry.length + Object.values(chunks).join('').length).toBeLessThanOrEqual(500_000);
});

test.each(HANDLERS)('the %s loads, when it starts, neither parts of Node that it does not use nor threads nor other sources of credentials', (name) => {
  const entry = path.join(copies()[0], 'lambda', 'dist', name, 'index.mjs');
  const script = `await import(${JSON.stringify(entry)}); process.stdout.write(JSON.stringify(process.moduleLoadList)); process.exit();`;
  const loaded = JSON.parse(execFileSync('node', ['--input-type=module', '--eval', script], { env: { PATH: process.env.PATH, ...ENVIRONMENT }, encoding: 'utf8' })) as string[];

  expect(loaded).toContain('NativeModule https');
  expect(loaded.filter((module) => /undici|webstreams|worker_threads|child_process|sqlite/.test(module))).toEqual([]);
});

test('the command is the same wherever it is bundled, and names no folder of the machine that did it', () => {
  const [built, ...copied] = [ROOT, ...copies()].map((root) => readFileSync(path.join(root, 'cli', 'dist', 'cdk-outbox-table.mjs'), 'utf8'));

  expect(copied.map((text) => text === built)).toEqual([true, true]);
  expect(built).not.toContain(ROOT);
  expect(built.length).toBeLessThan(1_000_000);
});
