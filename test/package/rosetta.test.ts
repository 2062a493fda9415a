import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');

const folder = mkdtempSync(path.join(tmpdir(), 'outbox-rosetta-'));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

/** A copy of what rosetta reads: it writes its results beside the assembly. */
beforeAll(() => {
  for (const part of ['package.json', '.jsii', 'rosetta', 'lib']) {
    cpSync(path.join(ROOT, part), path.join(folder, part), { recursive: true });
  }
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
});

test('the examples of README and of doc comments compile, and become those of the other languages', () => {
  const tablet = path.join(folder, 'examples.json');
  const command = path.join(ROOT, 'node_modules', '.bin', 'jsii-rosetta');
  const { status, stdout, stderr } = spawnSync(command, ['extract', '--strict', '--cache-to', tablet, '.'], { cwd: folder, encoding: 'utf8' });

  expect(status === 0 ? '' : stdout + stderr).toBe('');
  const { snippets } = JSON.parse(readFileSync(tablet, 'utf8')) as { snippets: Record<string, { translations: Record<string, unknown>; didCompile?: boolean }> };
  const compiled = Object.values(snippets);
  expect(compiled.length).toBeGreaterThanOrEqual(6);
  for (const { didCompile, translations } of compiled) {
    expect(didCompile).toBe(true);
    expect(Object.keys(translations)).toEqual(expect.arrayContaining(['python', 'java', 'go', 'csharp']));
  }
});
