import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SoakSummary } from '../../local/soak/soak-summary.ts';

const ROOT = path.join(__dirname, '..', '..');
const folder = mkdtempSync(path.join(tmpdir(), 'outbox-soak-test-'));
afterAll(() => { rmSync(folder, { recursive: true }); });

/** What `npm run soak` runs, once everything is built. */
function soak(argv: readonly string[]): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    const options = { cwd: ROOT, env: { ...process.env, TMPDIR: folder }, timeout: 280_000 };
    execFile('node', ['local/soak.ts', ...argv], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
  });
}

test('nothing is lost and everything is in order though Nakadi fails in every way and processes are killed', async () => {
  const { code, stdout, stderr } = await soak(['--minutes', '0.25', '--seed', '7', '--json']);
  const summary = JSON.parse(stdout === '' ? JSON.stringify({ stderr }) : stdout) as SoakSummary;

  expect(summary).toMatchObject({ wrongs: [], left: { items: 0, records: 0, deadLetters: 0 }, seed: 7 });
  expect(code).toBe(0);
  // It all really happened.
  expect(summary.changes).toBeGreaterThan(0);
  expect(summary.accepted - summary.duplicates - summary.snapshots).toBe(summary.changes);
  expect(summary.kills.relay).toBeGreaterThan(0);
  expect(summary.kills.requeue).toBeGreaterThan(0);
  expect(summary.deadLetters).toBeGreaterThan(0);
  expect(summary.lateItems).toBeGreaterThan(0);
  expect(summary.snapshots).toBeGreaterThan(0);
  expect(Object.values(summary.faults).some(({ met }) => met > 0)).toBe(true);
  expect(summary.requests).toBeGreaterThan(summary.answers['200']);
  // Logs are kept only where something is wrong.
  expect(readdirSync(folder).filter((name) => name.startsWith('outbox-soak-'))).toEqual([]);
}, 300_000);

test.each([
  [['--minutes', '0'], '--minutes must be a number from 0.2 to 600, got "0"'],
  [['--minutes', 'long'], '--minutes must be a number from 0.2 to 600, got "long"'],
  [['--seed', '-1'], "Option '--seed' argument is ambiguous.; `npm run soak -- --help` lists what can be given"],
  [['--seed', '1.5'], '--seed must be a whole number from 0 to 999999, got "1.5"'],
])('fails when an option cannot be: %j', async (argv, text) => {
  const { code, stderr } = await soak(argv);

  expect(code).toBe(2);
  expect(stderr.trim()).toBe(text);
});
