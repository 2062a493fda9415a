import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';

const ROOT = path.join(__dirname, '..', '..');
const HANDLERS = ['relay', 'requeue'];

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

test('the command is the same wherever it is bundled, and names no folder of the machine that did it', () => {
  const [built, ...copied] = [ROOT, ...copies()].map((root) => readFileSync(path.join(root, 'cli', 'dist', 'cdk-outbox-table.mjs'), 'utf8'));

  expect(copied.map((text) => text === built)).toEqual([true, true]);
  expect(built).not.toContain(ROOT);
  expect(built.length).toBeLessThan(1_000_000);
});
