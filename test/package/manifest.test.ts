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

test('the command is in the package', () => {
  expect(manifest.bin).toEqual({ 'cdk-outbox-table': 'cli/dist/cdk-outbox-table.mjs' });
  expect(manifest.files).toContain('cli/dist');
});

test('the language targets for umbrella libraries are those of the package', () => {
  expect(readJson('.jsiirc.json')).toEqual({ targets: (manifest.jsii as { targets: unknown }).targets });
});

test('the package is made for Python, Java, Go and .NET', () => {
  expect(Object.keys((manifest.jsii as { targets: object }).targets).sort()).toEqual(['dotnet', 'go', 'java', 'python']);
});

test('README tells how to get the package in each language, and what it needs', () => {
  const { targets } = manifest.jsii as { targets: { python: { distName: string }; java: { maven: { groupId: string; artifactId: string } }; go: { moduleName: string; packageName?: string }; dotnet: { packageId: string } } };
  const peers = manifest.peerDependencies as Record<string, string>;
  const name = manifest.name as string;
  const readme = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
  const told = [
    `npm install ${name}`,
    `pip install ${targets.python.distName}`,
    `${targets.java.maven.groupId}:${targets.java.maven.artifactId}`,
    `go get ${targets.go.moduleName}/${targets.go.packageName ?? name.replaceAll('-', '')}`,
    `dotnet add package ${targets.dotnet.packageId}`,
    ...Object.entries(peers).map(([peer, range]) => `\`${peer}\` ${range.slice(1)} or newer`),
    `Node ${(manifest.engines as { node: string }).node.replace('>= ', '').replace(/\.0$/, '')} or newer`,
  ];

  expect(told.filter((text) => !readme.includes(text))).toEqual([]);
});

test('the lock file names no registry', () => {
  expect(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved": "https?:/);
});
