import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Summary } from '../../../local/scenario/scenario.ts';

const ROOT = path.join(__dirname, '..', '..', '..');
const folder = mkdtempSync(path.join(tmpdir(), 'outbox-end-to-end-'));
afterAll(() => { rmSync(folder, { recursive: true }); });

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `npm start` runs, once everything is built. */
function start(argv: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Run> {
  return new Promise((resolve) => {
    const options = { cwd: ROOT, env: { ...process.env, ...env }, timeout: 110_000 };
    execFile('node', ['local/start.ts', ...argv], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
  });
}

async function summaryOf(argv: readonly string[]): Promise<Summary & { code: number; stderr: string }> {
  const { code, stdout, stderr } = await start([...argv, '--json']);
  return { ...(JSON.parse(stdout) as Summary), code, stderr };
}

const FAULTLESS = { code: 0, lost: 0, waiting: 0, outOfOrder: 0, wrong: 0, stale: 0, badPatches: 0, leftParked: 0, leftDeadLetters: 0 };

test('thousands of changes come through an outage and refusals, in order, without loss', async () => {
  const summary = await summaryOf('--changes 2000 --seconds 8 --outage 4 --writers 4'.split(' '));

  expect(summary).toMatchObject({ ...FAULTLESS, changes: 2000 });
  expect(summary.accepted - summary.duplicates - summary.snapshots).toBe(2000);
  expect(summary.parked).toBeGreaterThan(0);
  expect(summary.requeued).toBeGreaterThanOrEqual(summary.parked);
});

test('a public data set comes through as it is, with its odd values', async () => {
  const movies = JSON.parse(readFileSync(path.join(ROOT, 'node_modules', 'vega-datasets', 'data', 'movies.json'), 'utf8')) as object[];
  const file = path.join(folder, 'movies.jsonl');
  writeFileSync(file, movies.map((movie) => JSON.stringify(movie)).join('\n'));

  const summary = await summaryOf(['--input', file, '--key', 'customerId=Distributor', '--key', 'orderId=#', '--outage', '0']);

  const withoutKey = movies.filter((movie) => typeof (movie as { Distributor: unknown }).Distributor !== 'string').length;
  expect(withoutKey).toBeGreaterThan(0);
  expect(summary).toMatchObject({ ...FAULTLESS, changes: movies.length - withoutKey, badLines: withoutKey });
});

test('a bad line of the input is named, and the rest goes on', async () => {
  const file = path.join(folder, 'requests.jsonl');
  const key = '{"customerId":{"S":"c"},"orderId":{"S":"o"}}';
  const lines = [
    '{"customerId":"c","orderId":"o","n":1}',
    '{"customerId":"c"',
    `{"Update":{"Key":${key},"UpdateExpression":"SET n = :n","ExpressionAttributeValues":{":n":{"N":"12345678901234567890.5"}}}}`,
    `{"Update":{"Key":${key},"UpdateExpression":"NONSENSE"}}`,
    `{"Delete":{"Key":${key}}}`,
  ];
  writeFileSync(file, lines.join('\n'));

  const summary = await summaryOf(['--input', file, '--outage', '0']);

  expect(summary).toMatchObject({ ...FAULTLESS, changes: 3, badLines: 2 });
  expect(summary.stderr).toContain(`${file}:2: no JSON`);
  expect(summary.stderr).toContain(`${file}:4: DynamoDB refuses it`);
});

test('fails when an option cannot be', async () => {
  const { code, stderr } = await start(['--changes', 'many']);

  expect(code).toBe(2);
  expect(stderr.trim()).toBe('--changes must be a whole number from 1 to 10000000, got "many"');
});

test('fails when the input file is not there', async () => {
  const { code, stderr } = await start(['--input', path.join(folder, 'none.jsonl')]);

  expect(code).toBe(2);
  expect(stderr).toContain('none.jsonl');
});

test('fails when Java is missing, and says what for', async () => {
  const { code, stderr } = await start([], { JAVA_HOME: '', PATH: path.dirname(process.execPath) });

  expect(code).toBe(2);
  expect(stderr).toContain('Java');
  expect(stderr).toContain('DynamoDB Local');
});

test('changes that nobody mends are shown as parked, with the reason, not as lost', async () => {
  const file = path.join(folder, 'occupied.jsonl');
  writeFileSync(file, '{"customerId":"c","orderId":"o","patch":"mine"}\n{"customerId":"c","orderId":"p","__proto__":1}\n');

  const summary = await summaryOf(['--input', file, '--outage', '0']);

  expect(summary).toMatchObject({ code: 1, changes: 2, lost: 0, waiting: 1, leftParked: 1 });
  expect(summary.leftReasons).toEqual([expect.stringContaining('the item has an attribute "patch"')]);
});

test('fails when no line of the input is a change', async () => {
  const file = path.join(folder, 'empty.jsonl');
  writeFileSync(file, '{"name":"no key"}\n');

  const { code, stderr } = await start(['--input', file, '--outage', '0']);

  expect(code).toBe(2);
  expect(stderr).toContain('is a change');
});

test.each(['--dynamodb-port', '--sqs-port', '--nakadi-port'])('fails when the port of %s is taken, and names both', async (option) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  try {
    const { code, stderr } = await start([option, String(port)]);

    expect(code).toBe(2);
    expect(stderr).toContain(`port ${String(port)} is taken; choose another one with the option ${option}`);
  } finally {
    server.close();
  }
});
