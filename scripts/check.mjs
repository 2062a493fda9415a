// npm test: lints, type-checks and runs the tests, and ends with a line "N passed, N failed".
// With arguments it only runs Jest with them, for instance `npm test -- test/lambda`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const args = process.argv.slice(2);

function run(command, rest, env = process.env) {
  return spawnSync(command, rest, { cwd: root, env, stdio: 'inherit' }).status === 0;
}

const checks = args.length > 0 ? [] : [['eslint', '.'], ['tsc', '--noEmit', '-p', 'tsconfig.dev.json']];
const failedChecks = checks.filter(([command, ...rest]) => {
  console.log(`> ${command} ${rest.join(' ')}`);
  return !run(command, rest);
});

const folder = mkdtempSync(path.join(tmpdir(), 'outbox-test-'));
const report = path.join(folder, 'jest.json');
try {
  // Whatever the tests leave in the folder for temporary files goes with it.
  const passed = run('jest', ['--ci', '--json', `--outputFile=${report}`, ...args], { ...process.env, TMPDIR: folder });
  const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
  const failed = numFailedTests + numRuntimeErrorTestSuites + failedChecks.length;
  const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : '';
  console.log(`${numPassedTests + checks.length - failedChecks.length} passed, ${failed} failed${skipped}`);
  process.exitCode = passed && failed === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
