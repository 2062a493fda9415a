import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Finding } from '../../bench/report/finding.ts';

const ROOT = path.join(__dirname, '..', '..');
const folder = mkdtempSync(path.join(tmpdir(), 'outbox-bench-test-'));
afterAll(() => { rmSync(folder, { recursive: true }); });

/** What `npm run bench` runs, once everything is built. */
function bench(argv: readonly string[]): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    const options = { cwd: ROOT, env: { ...process.env, TMPDIR: folder }, timeout: 110_000 };
    execFile('node', ['bench/main.ts', ...argv], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
  });
}

/** Those that want servers of their own kind come first: the others must not meet them. */
const PARTS = ['small-processor', 'wire', 'cpu', 'long-lists', 'start-up', 'synth', 'requeue'];

test('everything that is measured can be measured, and is a number', async () => {
  const { code, stdout, stderr } = await bench(['--smoke', '--json', ...PARTS.flatMap((part) => ['--only', part])]);
  const { findings } = JSON.parse(stdout === '' ? JSON.stringify({ findings: stderr }) : stdout) as { findings: (Finding & { reached?: boolean })[] };

  expect(code).toBe(0);
  expect(findings.filter(({ value, floor = 1, ours = 1 }) => ![value, floor, ours].every(Number.isFinite))).toEqual([]);
  expect(new Set(findings.map(({ group }) => group.split(',')[0]))).toEqual(
    new Set([
      'Processor time',
      'The wire',
      ...(process.platform === 'linux' ? ['Events a second'] : []),
      'Lists',
      'Memory of the relay',
      'Start of the relay',
      'Size of the relay',
      'Construct and synth',
      'Requeue through DynamoDB Local',
      'Dollars for a million events of 1 KB',
    ]),
  );
  // However slow the machine is at the moment, these hold.
  const sure = ['events lost, doubled or out of order', '  of these out of order', 'connections in all', 'resources that only one of both has', 'operations of the patch of two inserts'];
  expect(findings.filter(({ what, reached }) => sure.includes(what) && reached === false)).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  [['--only', 'all'], '--only must be one of cpu, wire, small-processor, long-lists, start-up, synth, requeue, got "all"'],
  [['--fast'], "Unknown option '--fast'; `npm run bench -- --help` lists what can be given"],
])('fails when an option cannot be: %j', async (argv, text) => {
  const { code, stderr } = await bench(argv);

  expect(code).toBe(2);
  expect(stderr).toContain(text);
});
