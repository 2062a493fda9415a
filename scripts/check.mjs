// npm test: lints, type-checks, runs the tests, synthesizes the example app in each language that the machine has, and ends with a line
// "N passed, N failed". With arguments it only runs Jest with them, for instance `npm test -- test/lambda`.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LANGUAGES } from './language-apps.mjs';

const root = path.dirname(import.meta.dirname);
const args = process.argv.slice(2);

/** Minutes after which the app of a language is given up, because its registry does not answer, for instance. */
const LANGUAGE_MINUTES = 6;

function run(command, rest, env) {
  console.log(`> ${command} ${rest.join(' ')}`);
  return spawnSync(command, rest, { cwd: root, env, stdio: 'inherit' }).status === 0;
}

/** Compares the template of a language's app with that of TypeScript; 'not run' where the machine cannot build the app. */
function compareLanguage(name, env) {
  return new Promise((resolve) => {
    console.log(`> languages ${name}`);
    // A group of its own: what it has started must end with it.
    const child = spawn('node', ['scripts/languages.mjs', name], { cwd: root, env, stdio: 'inherit', detached: true });
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      console.log(`${name}: not run (not ready after ${LANGUAGE_MINUTES} minutes)`);
      process.kill(-child.pid, 'SIGKILL');
    }, LANGUAGE_MINUTES * 60_000);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve(isLate || code === 3 ? 'not run' : code === 0 ? 'passed' : 'failed');
    });
  });
}

const folder = mkdtempSync(path.join(tmpdir(), 'outbox-test-'));
// Whatever the tests leave in the folder for temporary files goes with it.
const env = { ...process.env, TMPDIR: folder };
const report = path.join(folder, 'jest.json');
try {
  const everything = args.length === 0;
  const outcomes = [];
  if (everything) {
    outcomes.push(run('eslint', ['.'], process.env), run('tsc', ['--noEmit', '-p', 'tsconfig.dev.json'], process.env));
  }
  outcomes.push(run('jest', ['--ci', '--json', `--outputFile=${report}`, ...args], env));
  const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
  const languages = [];
  for (const { name } of everything ? LANGUAGES : []) {
    languages.push(await compareLanguage(name, env));
  }
  const count = (outcome) => [...outcomes.slice(0, -1).map((good) => (good ? 'passed' : 'failed')), ...languages].filter((one) => one === outcome).length;
  const failed = numFailedTests + numRuntimeErrorTestSuites + count('failed');
  const notRun = [...(numPendingTests > 0 ? [`${numPendingTests} tests`] : []), ...LANGUAGES.filter((_, index) => languages[index] === 'not run').map(({ name }) => name)];
  if (notRun.length > 0) {
    console.log(`not run: ${notRun.join(', ')}`);
  }
  console.log(`${numPassedTests + count('passed')} passed, ${failed} failed`);
  process.exitCode = outcomes.every(Boolean) && failed === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
