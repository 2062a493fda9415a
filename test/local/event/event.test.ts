import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { AttributeType } from 'aws-cdk-lib/aws-dynamodb';
import { CfnParameter } from 'aws-cdk-lib';
import { AttributePath, CleanupPolicy, EventMapping, OutboxTable, RouteCondition, type NakadiDestination } from 'cdk-outbox-table';
import { VARIABLES } from '../../../local/event/outbox-config.ts';
import { ENV } from '../../../lib/private/handler-contract';

const ROOT = path.join(__dirname, '..', '..', '..');
const folder = mkdtempSync(path.join(tmpdir(), 'outbox-event-'));
afterAll(() => { rmSync(folder, { recursive: true }); });

function file(name: string, content: unknown): string {
  const full = path.join(folder, name);
  writeFileSync(full, typeof content === 'string' ? content : JSON.stringify(content));
  return full;
}

/** Runs `npm run event`, once everything is built. */
function event(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync('node', ['local/event.ts', ...args], { cwd: ROOT, env: { ...process.env, INIT_CWD: folder }, encoding: 'utf8' });
}

/** Synthesizes a stack, and gives its template. */
function template(...destinations: NakadiDestination[]): string {
  const app = new App({ outdir: mkdtempSync(path.join(folder, 'out-')) });
  const stack = new Stack(app, 'Stack');
  destinations.forEach((destination, index) => {
    new OutboxTable(stack, `Orders${index}`, { partitionKey: { name: 'orderId', type: AttributeType.STRING }, destination, maxEventBytes: 1024 });
  });
  new CfnParameter(stack, 'Endpoint');
  return path.join(app.synth().directory, 'Stack.template.json');
}

const KEYS = { orderId: { S: 'A-1' } };
const UPDATE = {
  eventName: 'MODIFY',
  dynamodb: {
    ApproximateCreationDateTime: 1768469400,
    Keys: KEYS,
    OldImage: { ...KEYS, state: { S: 'PLACED' } },
    NewImage: { ...KEYS, state: { S: 'PAID' }, total: { N: '0.12345678901234567890123456789012345678' }, secret: { S: 'x' } },
    SequenceNumber: '2900002759746085485437',
  },
};
const REMOVAL = { eventName: 'REMOVE', dynamodb: { Keys: KEYS, OldImage: { ...KEYS, state: { S: 'PAID' } } } };

const DESTINATION: NakadiDestination = {
  endpoint: 'https://nakadi.example.org',
  eventType: 'orders',
  cleanupPolicy: CleanupPolicy.COMPACT,
  tombstones: true,
  excludeAttributes: [AttributePath.exact('secret')],
};

test('shows the event of a record with every digit, and whether it keeps the limit', () => {
  const { status, stdout, stderr } = event(file('record.json', UPDATE));

  expect(stdout).toContain('"total": 0.12345678901234567890123456789012345678');
  expect(JSON.parse(stdout)).toMatchObject({ metadata: { occurred_at: '2026-01-15T09:30:00.000Z' }, data_op: 'U', data: { state: 'PAID', secret: 'x' } });
  expect(stderr).toMatch(/^record 1: an event of event-type, \d+ of 999000 bytes\n$/);
  expect(status).toBe(0);
});

test.each([
  ['a list', [UPDATE, UPDATE]],
  ["a function's event", { Records: [UPDATE, UPDATE] }],
  ['lines', `${JSON.stringify(UPDATE)}\n\n${JSON.stringify(UPDATE)}\n`],
])('reads records from %s', (_, content) => {
  const { stderr } = event(file('records.json', content));

  expect(stderr.trim().split('\n')).toHaveLength(2);
});

test('shows the event of the outbox in a template', () => {
  const { stdout, stderr, status } = event(file('record.json', [UPDATE, REMOVAL]), '--template', template(DESTINATION));

  expect(stdout).not.toContain('secret');
  expect(stdout).toContain('"partition_compaction_key": "A-1"');
  expect(stderr).toMatch(/record 1: an event of orders, \d+ of 1024 bytes/);
  expect(stderr).toContain('record 2: a tombstone of orders');
  expect(status).toBe(0);
});

test('shows what the mapping of a template makes of a record', () => {
  const mapping = EventMapping.fromInline('export default ({ newItem }) => ({ state: newItem.state });');
  const { stdout } = event(file('record.json', UPDATE), '--template', template({ ...DESTINATION, mapping }));

  expect((JSON.parse(stdout) as { data: unknown }).data).toEqual({ state: 'PAID' });
});

test('says which record would be parked, and why', () => {
  const broken = { ...UPDATE, dynamodb: { ...UPDATE.dynamodb, OldImage: undefined } };
  const { status, stderr } = event(file('record.json', [UPDATE, broken]));

  expect(stderr).toContain("record 2: would be parked: the record has no OldImage: the stream's view type must be NEW_AND_OLD_IMAGES");
  expect(status).toBe(1);
});

test('says where nothing is published', () => {
  const routes = [{ eventType: 'orders', condition: RouteCondition.keyStartsWith('orderId', 'B-') }];
  const { stderr, stdout } = event(file('record.json', UPDATE), '--template', template({ endpoint: DESTINATION.endpoint, routes }));

  expect(stderr).toBe('record 1: nothing is published of it\n');
  expect(stdout).toBe('');
});

test('proposes a schema', () => {
  const { stdout } = event(file('record.json', [UPDATE, REMOVAL]), '--schema');

  expect(JSON.parse(stdout)).toMatchObject({ type: 'object', properties: { state: { type: 'string' }, total: { type: 'number' } }, required: ['orderId', 'state'] });
});

test('chooses among several outboxes', () => {
  const several = template(DESTINATION, { ...DESTINATION, eventType: 'others' });

  expect(event(file('record.json', UPDATE), '--template', several)).toMatchObject({ status: 2, stderr: expect.stringMatching(/has 2 outboxes: choose one with --outbox/) as string });
  expect(event(file('record.json', UPDATE), '--template', several, '--outbox', 'Orders1').stderr).toContain('an event of others');
});

test.each<[string, () => string[], RegExp]>([
  ['the file is not there', () => ['none.json'], /none\.json/],
  ['the file is no JSON', () => [file('bad.json', '{')], /bad\.json is no JSON/],
  ['the file is empty', () => [file('empty.json', '')], /it is empty/],
  ['the file holds something else', () => [file('other.json', [UPDATE, { id: 1 }])], /number 2 has no "dynamodb"/],
  ['the template has no outbox', () => [file('record.json', UPDATE), '--template', file('template.json', { Resources: {} })], /has no outbox/],
  ['a record has an odd sequence number', () => [file('odd.json', { ...UPDATE, dynamodb: { SequenceNumber: 'x' } })], /must have eventSourceARN and dynamodb\.SequenceNumber/],
])('fails when %s', (_, args, message) => {
  const { status, stderr } = event(...args());

  expect(status).toBe(2);
  expect(stderr).toMatch(message);
});

test('reads the variables that the construct sets', () => {
  expect(VARIABLES).toEqual({ destination: ENV.destination, publishing: ENV.publishing });
});
