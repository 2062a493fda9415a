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

/** Builds the bundles from a copy of the sources that lies elsewhere. */
function bundleInCopy(): string {
  const copy = newFolder();
  for (const part of ['lambda', 'lib', 'scripts', 'package.json']) {
    cpSync(path.join(ROOT, part), path.join(copy, part), { recursive: true, filter: (source) => !source.includes(`${path.sep}dist`) });
  }
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'));
  execFileSync('node', ['scripts/bundle-handlers.mjs'], { cwd: copy, stdio: 'pipe' });
  return path.join(copy, 'lambda', 'dist');
}

function assetHash(folder: string): string {
  return new Asset(new Stack(new App(), 'Stack'), 'Asset', { path: folder }).assetHash;
}

test.each(HANDLERS)('the %s has the same asset hash wherever and whenever it is bundled', (name) => {
  const [first, second] = [bundleInCopy(), bundleInCopy()];

  expect(assetHash(path.join(first, name))).toBe(assetHash(path.join(second, name)));
  expect(assetHash(path.join(first, name))).toBe(assetHash(path.join(ROOT, 'lambda', 'dist', name)));
});

test.each(HANDLERS)('the %s names no folder of the machine that bundled it', (name) => {
  const dist = path.join(ROOT, 'lambda', 'dist', name);

  for (const file of readdirSync(dist)) {
    expect(readFileSync(path.join(dist, file), 'utf8')).not.toContain(ROOT);
  }
});
