import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parkedEventsTable } from '../../lambda/adapters/parked-events-table.ts';
import { parkingLot } from '../../lambda/adapters/parking-lot.ts';
import { createParkedEventsTable, createTable, startDynamoDbLocal, type DynamoDbLocal } from '../lambda/adapters/dynamodb-local.ts';
import { sequenceNumber, STREAM, streamRecord } from '../lambda/factories.ts';

const ROOT = path.join(__dirname, '..', '..');

let local: DynamoDbLocal;
let folder: string;
let endpoint: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'outbox-cli-'));
  execFileSync('node', ['scripts/bundle-cli.mjs', path.join(folder, 'dist')], { cwd: ROOT, stdio: 'pipe' });
  local = await startDynamoDbLocal();
  const { protocol, hostname, port } = await local.client.config.endpoint!();
  endpoint = `${protocol}//${hostname}:${String(port)}`;
});
afterAll(async () => {
  await local.stop();
  rmSync(folder, { recursive: true, force: true });
});

const command = (): string => path.join(folder, 'dist', 'cdk-outbox-table.mjs');
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', AWS_REGION: 'eu-central-1' };

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program as a user's shell would, with nothing of this machine's AWS settings. */
function runFile(file: string, args: string[], { input = '', env = CREDENTIALS }: { input?: string; env?: object } = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const clean = { PATH: process.env.PATH, HOME: folder, AWS_EC2_METADATA_DISABLED: 'true', ...env };
    const child = execFile(file, args, { env: clean, cwd: folder }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
    child.stdin!.end(input);
  });
}

const run = (args: string[], how?: { input?: string; env?: object }): Promise<Outcome> => runFile(command(), ['parked', ...args], how);

test('the command is one file that needs nothing beside it, and names no folder of this machine', () => {
  expect(readdirSync(path.join(folder, 'dist'))).toEqual(['cdk-outbox-table.mjs']);
  const text = readFileSync(command(), 'utf8');
  expect(text.startsWith('#!/usr/bin/env node\n')).toBe(true);
  expect(text).not.toContain(ROOT);
  expect(text.length).toBeLessThan(1_000_000);
});

test('npx finds it: the command runs through a link, as in node_modules/.bin', async () => {
  const link = path.join(folder, 'cdk-outbox-table');
  symlinkSync(command(), link);
  expect(await runFile(link, ['--help'])).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('parked list') as string });
});

test('items are listed, shown, retried and skipped', async () => {
  const table = await createParkedEventsTable(local.client, 'process');
  const records = [1, 2].map((sequence) => streamRecord({ id: 'a', sequence }));
  const parked = parkedEventsTable(local.documents, table, Date.now);
  await parked.announce(STREAM);
  for (const record of records) {
    await parkingLot(local.documents, table, Date.now).park({ record, reason: 'rejected', detail: '422: no' });
  }
  const at = ['--table', table, '--endpoint', endpoint];
  const item = ['--item', '{"id":"a"}'];

  const list = await run(['list', ...at, '--json']);
  expect([list.code, JSON.parse(list.stdout), list.stderr]).toEqual([0, expect.objectContaining({ id: records[0].item, reason: 'rejected' }), '1 item waits: 1 rejected\n']);
  const show = await run(['show', ...at, ...item]);
  expect([show.code, show.stdout]).toEqual([0, expect.stringContaining(`sequence ${sequenceNumber(2)}`)]);
  expect(await run(['retry', ...at, '--all'])).toMatchObject({ code: 0, stdout: '' });

  const skip = ['skip', ...at, ...item, '--because', 'no such order'];
  for (const [input, code, left] of [['', 1, 2], ['n\n', 1, 2], ['what\n', 1, 2], ['y\n', 0, 1]] as const) {
    expect(await run(skip, { input })).toMatchObject({ code, stdout: '', stderr: expect.stringContaining('[y/N]') as string });
    expect((await parked.readRecords(records[0].item, 9)).records).toHaveLength(left);
  }
  expect(await run([...skip, '--yes', '--by', 'anna'])).toMatchObject({ code: 0 });
  expect((await run(['show', ...at, ...item])).stdout).toMatch(/skipped .* by anna: no such order/);
  expect(await run(skip)).toMatchObject({ code: 1, stderr: 'no record of such an item waits\n' });
});

test.each<[string, string[], object, RegExp]>([
  ['the table does not exist', ['--table', 'none'], CREDENTIALS, /^there is no table "none" in http:/],
  ['the table is another one', ['--table', 'orders'], CREDENTIALS, /^table "orders" has not the keys and the index of parked events/],
  ['there are no credentials', ['--table', 'none'], { AWS_REGION: 'eu-central-1' }, /^there are no AWS credentials: set AWS_PROFILE/],
  ['there is no region', ['--table', 'none'], { ...CREDENTIALS, AWS_REGION: undefined }, /^there is no region "": give --region, or set AWS_REGION/],
  ['the region is none', ['--table', 'none', '--region', 'a b'], CREDENTIALS, /^there is no region "a b": give --region, or set AWS_REGION/],
  ['nobody answers', ['--table', 'none', '--endpoint', 'http://127.0.0.1:1'], CREDENTIALS, /^nobody answers at http:\/\/127.0.0.1:1 \(ECONNREFUSED\)/],
  ['no table is named', [], CREDENTIALS, /^--table is missing; --help lists what can be given/],
])('it fails when %s, and says so in one line', async (what, args, env, message) => {
  if (what.includes('another')) {
    await createTable(local.client, {
      TableName: 'orders',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    });
  }
  const outcome = await run(['list', ...(args.includes('--endpoint') ? [] : ['--endpoint', endpoint]), ...args], { env });
  expect(outcome).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(message) as string });
  expect(outcome.stderr.trim().split('\n')).toHaveLength(1);
});

test('whoever reads only the beginning of a list ends it without an error', async () => {
  const table = await createParkedEventsTable(local.client, 'pipe');
  const parked = parkedEventsTable(local.documents, table, Date.now);
  await parked.announce(STREAM);
  for (let index = 0; index < 250; index++) {
    await parkingLot(local.documents, table, Date.now).park({ record: streamRecord({ id: `item ${String(index)}` }), reason: 'away', detail: 'x'.repeat(100) });
  }
  const shell = `set -o pipefail; '${command()}' parked list --json --table ${table} --endpoint ${endpoint} | head -n 1`;
  const outcome = await runFile('/bin/bash', ['-c', shell]);
  expect(outcome).toEqual({ code: 0, stdout: expect.stringMatching(/^\{"id":".*\}\n$/) as string, stderr: expect.not.stringContaining('Error') as string });
});
