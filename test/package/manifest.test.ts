import { readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');
const readJson = (file: string): Record<string, unknown> => JSON.parse(readFileSync(path.join(ROOT, file), 'utf8')) as Record<string, unknown>;

const manifest = readJson('package.json');

test('the package has peers only, no dependency of its own', () => {
  expect(manifest.dependencies).toBeUndefined();
  expect(manifest.bundledDependencies).toBeUndefined();
  expect(Object.keys(manifest.peerDependencies as object)).toEqual(['aws-cdk-lib', 'constructs']);
});

test('what is compiled and tested against is the oldest version that the peers allow', () => {
  const peers = manifest.peerDependencies as Record<string, string>;
  const development = manifest.devDependencies as Record<string, string>;

  for (const [name, range] of Object.entries(peers)) {
    expect(range).toBe(`^${development[name]}`);
  }
});

test('the operators\' command is in the package', () => {
  expect(manifest.bin).toEqual({ 'cdk-outbox-table': 'cli/dist/cdk-outbox-table.mjs' });
  expect(manifest.files).toContain('cli/dist');
});

test('the language targets for umbrella libraries are those of the package', () => {
  expect(readJson('.jsiirc.json')).toEqual({ targets: (manifest.jsii as { targets: unknown }).targets });
});

test('the package is made for Python, Java, Go and .NET', () => {
  expect(Object.keys((manifest.jsii as { targets: object }).targets).sort()).toEqual(['dotnet', 'go', 'java', 'python']);
});

test('the lock file names no registry', () => {
  expect(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved": "https?:/);
});
