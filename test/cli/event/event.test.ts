import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { AttributePath, CleanupPolicy, EventMapping, OutboxRelay, OutboxTable, RouteCondition, type NakadiDestination } from 'cdk-outbox-table';

const ROOT = path.join(__dirname, '..', '..', '..');
const folder = mkdtempSync(path.join(tmpdir(), 'outbox-event-'));
afterAll(() => { rmSync(folder, { recursive: true }); });

function file(name: string, content: unknown): string {
  const full = path.join(folder, name);
  writeFileSync(full, typeof content === 'string' ? content : JSON.stringify(content));
  return full;
}

/** What teams get: the command as one file. */
const command = path.join(folder, 'dist', 'cdk-outbox-table.mjs');
beforeAll(() => { execFileSync('node', ['scripts/bundle-cli.mjs', path.dirname(command)], { cwd: ROOT }); });

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const event = (...args: string[]): Outcome => spawnSync(command, ['event', ...args], { cwd: folder, encoding: 'utf8' });

/** Where the stack of a template stands, and the name of its template in the cloud assembly. */
const PLACES = {
  app: [(app: App): Construct => new Stack(app, 'Stack'), 'Stack.template.json'],
  stage: [(app: App): Construct => new Stack(new Stage(app, 'Prod'), 'Stack', { stackName: 'shop' }), 'assembly-Prod/ProdStackD5279B22.template.json'],
  'nested stack of a stage': [
    (app: App): Construct => new NestedStack(new Stack(new Stage(app, 'Prod'), 'Stack'), 'Nested'),
    'assembly-Prod/ProdStackNested419AB3E9.nested.template.json',
  ],
} as const;

/** Synthesizes outboxes, and gives their template. */
function templateIn(place: keyof typeof PLACES, ...destinations: NakadiDestination[]): string {
  const app = new App({ outdir: mkdtempSync(path.join(folder, 'out-')) });
  const [define, name] = PLACES[place];
  const stack = define(app);
  destinations.forEach((destination, index) => {
    new OutboxTable(stack, `Orders${index}`, { partitionKey: { name: 'orderId', type: AttributeType.STRING }, destination, maxEventBytes: 1024 });
  });
  return path.join(app.synth().directory, name);
}

const template = (...destinations: NakadiDestination[]): string => templateIn('app', ...destinations);

const KEYS = { orderId: { S: 'A-1' } };
const UPDATE = {
  eventName: 'MODIFY',
  eventSourceARN: 'arn:aws:dynamodb:eu-central-1:111122223333:table/orders/stream/2026-01-01T00:00:00.000',
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

test('says what of the metadata is made up, because the record lacks what it comes from', () => {
  const { stderr, stdout } = event(file('copied.json', JSON.stringify({ eventName: 'REMOVE', dynamodb: { Keys: KEYS, OldImage: KEYS } })));
  expect(stderr).toContain('record 1: eid and occurred_at made up here: the record does not have what the relay makes them of');
  expect(JSON.parse(stdout)).toMatchObject({ data_op: 'D' });
});

test('shows the event of the outbox in a template', () => {
  const { stdout, stderr, status } = event(file('record.json', [UPDATE, REMOVAL]), '--template', template(DESTINATION));

  expect(stdout).not.toContain('secret');
  expect(stdout).toContain('"partition_compaction_key": "A-1"');
  expect(stderr).toMatch(/record 1: an event of orders, \d+ of 1024 bytes/);
  expect(stderr).toContain('record 2: a tombstone of orders');
  expect(status).toBe(0);
});

const MAPPING = EventMapping.fromInline('export default ({ newItem, oldItem }) => ({ state: (newItem ?? oldItem).state });');

test.each(Object.keys(PLACES) as (keyof typeof PLACES)[])('shows what the mapping of an outbox in the template of a %s makes of a record', (place) => {
  const { stdout, stderr } = event(file('record.json', UPDATE), '--template', templateIn(place, { ...DESTINATION, mapping: MAPPING }));

  expect(stderr).toMatch(/^record 1: an event of orders/);
  expect((JSON.parse(stdout) as { data: unknown }).data).toEqual({ state: 'PAID' });
});

test('what a mapping writes to the console is no part of the result, and none of it is lost', () => {
  const code = "export default ({ keys }) => { console.log('%s of', keys.orderId, { a: 1 }); console.error('x'.repeat(200_000)); process.stdout.write('end\\n'); return keys; };";
  const records = file('record.json', [UPDATE, UPDATE]);
  const { status, stdout, stderr } = event(records, '--schema', '--template', template({ ...DESTINATION, mapping: EventMapping.fromInline(code) }));

  expect(JSON.parse(stdout)).toMatchObject({ properties: { orderId: { type: 'string' } } });
  expect(stderr).toBe(`A-1 of { a: 1 }\n${'x'.repeat(200_000)}\nend\n`.repeat(2));
  expect(status).toBe(0);
});

test('says which record would be parked, and why', () => {
  const broken = { ...UPDATE, dynamodb: { ...UPDATE.dynamodb, OldImage: undefined } };
  const { status, stderr } = event(file('record.json', [UPDATE, broken]));

  expect(stderr).toContain("record 2: would be parked: the record has no OldImage: the stream's view type must be NEW_AND_OLD_IMAGES");
  expect(status).toBe(1);
});

const withKeys = (keys: object): object => ({ eventName: 'INSERT', dynamodb: { Keys: keys, NewImage: keys } });

test.each<[string, object, string]>([
  ['of another name', { orderid: { S: 'A-1' } }, "the record's key is orderid (S), the table's is orderId (S)"],
  ['of another type', { orderId: { N: '1' } }, "the record's key is orderId (N), the table's is orderId (S)"],
  ['with one attribute more', { orderId: { S: 'A-1' }, line: { N: '1' } }, "the record's key is orderId (S) and line (N), the table's is orderId (S)"],
])('fails when a record has a key %s than the table in the template, and shows the others', (_, keys, message) => {
  const { status, stdout, stderr } = event(file('record.json', [withKeys(keys), UPDATE]), '--template', template(DESTINATION));

  expect(stderr).toContain(`record 1: is none of the table's: ${message}\n`);
  expect(JSON.parse(stdout)).toMatchObject({ data_op: 'U' });
  expect(status).toBe(1);
});

test('a key of two attributes is that of its table', () => {
  const stack = new Stack(new App({ outdir: mkdtempSync(path.join(folder, 'out-')) }), 'Stack');
  new OutboxTable(stack, 'Lines', {
    partitionKey: { name: 'orderId', type: AttributeType.STRING },
    sortKey: { name: 'line', type: AttributeType.NUMBER },
    globalSecondaryIndexes: [{ indexName: 'states', partitionKey: { name: 'state', type: AttributeType.STRING } }],
    destination: DESTINATION,
  });
  const lines = path.join((stack.node.root as App).synth().directory, 'Stack.template.json');

  expect(event(file('record.json', withKeys({ line: { N: '1' }, orderId: { S: 'A-1' } })), '--template', lines)).toMatchObject({ status: 0 });
  expect(event(file('record.json', withKeys({ orderId: { S: 'A-1' } })), '--template', lines).stderr).toContain("the table's is orderId (S) and line (N)");
});

test('where the table is not in the template, any key will do', () => {
  const stack = new Stack(new App({ outdir: mkdtempSync(path.join(folder, 'out-')) }), 'Stack');
  const table = Table.fromTableAttributes(stack, 'Table', { tableName: 'orders', tableStreamArn: UPDATE.eventSourceARN });
  new OutboxRelay(stack, 'Relay', { table, destination: DESTINATION });
  const relay = path.join((stack.node.root as App).synth().directory, 'Stack.template.json');

  expect(event(file('record.json', withKeys({ orderid: { S: 'A-1' } })), '--template', relay)).toMatchObject({ status: 0 });
});

test('a record without a key fails as the relay has it', () => {
  const { status, stderr } = event(file('record.json', { eventName: 'INSERT', dynamodb: { NewImage: KEYS } }), '--template', template(DESTINATION));

  expect(stderr).toMatch(/^record 1: would be parked: /);
  expect(status).toBe(1);
});

test('says which record no stream sends, and shows the others', () => {
  const odd = { ...UPDATE, dynamodb: { ...UPDATE.dynamodb, SequenceNumber: 'x' } };
  const { status, stdout, stderr } = event(file('record.json', [odd, UPDATE]));

  expect(stderr).toMatch(/^record 1: is none that a stream sends: .*dynamodb\.SequenceNumber of 1 to 40 digits.*\nrecord 2: an event of event-type/);
  expect(JSON.parse(stdout)).toMatchObject({ data_op: 'U' });
  expect(status).toBe(1);
});

test('gives a terminal no control characters of the names in a record', () => {
  const odd = { eventName: 'INSERT', dynamodb: { Keys: KEYS, NewImage: { ...KEYS, '\u001b[31mred': { N: 'x' } } } };
  const { status, stderr } = event(file('record.json', odd));

  expect(stderr).toMatch(/^record 1: would be parked: .*red/);
  expect(stderr).not.toContain('\u001b');
  expect(status).toBe(1);
});

test('takes records as the AWS CLI prints them', () => {
  const printed = { ...UPDATE, dynamodb: { ...UPDATE.dynamodb, ApproximateCreationDateTime: '2026-01-15T10:30:00+01:00' } };
  const { stdout } = event(file('records.json', { Records: [printed], NextShardIterator: 'x' }));

  expect(JSON.parse(stdout)).toMatchObject({ metadata: { occurred_at: '2026-01-15T09:30:00.000Z' } });
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

test('proposes a schema for each event type, without a patch where a mapping makes the data', () => {
  const routes = [
    { eventType: 'orders', condition: RouteCondition.keyStartsWith('orderId', 'A-'), cleanupPolicy: CleanupPolicy.COMPACT, tombstones: true },
    { eventType: 'states', condition: RouteCondition.keyStartsWith('orderId', 'B-'), mapping: MAPPING },
  ];
  const keys = { orderId: { S: 'B-1' } };
  const other = { eventName: 'INSERT', dynamodb: { Keys: keys, NewImage: { ...keys, state: { S: 'PAID' } } } };
  const { stdout, stderr } = event(file('record.json', [REMOVAL, other]), '--schema', '--template', template({ endpoint: DESTINATION.endpoint, routes }));

  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({
    orders: expect.objectContaining({ properties: { orderId: { type: 'string' }, state: { type: 'string' }, patch: expect.anything() as unknown } }) as unknown,
    states: { type: 'object', properties: { state: { type: 'string' } }, required: ['state'] },
  });
});

test('chooses among several outboxes', () => {
  const several = template(DESTINATION, { ...DESTINATION, eventType: 'others' });

  expect(event(file('record.json', UPDATE), '--template', several)).toMatchObject({ status: 2, stderr: expect.stringMatching(/has 2 outboxes: choose one with --outbox/) as string });
  expect(event(file('record.json', UPDATE), '--template', several, '--outbox', 'Orders1').stderr).toContain('an event of others');
});

/** A template whose assets are elsewhere. */
function movedTemplate(): string {
  const moved = path.join(mkdtempSync(path.join(folder, 'moved-')), 'Stack.template.json');
  copyFileSync(template({ ...DESTINATION, mapping: MAPPING }), moved);
  return moved;
}

test.each<[string, () => string[], RegExp]>([
  ['no file is named', () => [], /one FILE with stream records must be named, got 0; --help lists what can be given/],
  ['several files are named', () => ['a.json', 'b.json'], /one FILE .* got 2/],
  ['there is no such option', () => ['a.json', '--tempalte', 'x'], /Unknown option '--tempalte'/],
  ['an outbox is chosen without a template', () => ['a.json', '--outbox', 'Orders'], /name the template with --template/],
  ['the file is not there', () => ['none.json'], /cannot read .*none\.json: there is no such file/],
  ['the file is a folder', () => ['.'], /it is a folder, name a file in it/],
  ['the file is no JSON', () => [file('bad.json', '{')], /bad\.json is no JSON/],
  ['the file is empty', () => [file('empty.json', '')], /it is empty/],
  ['the file holds something else', () => [file('other.json', [UPDATE, { id: 1 }])], /number 2 has no "dynamodb"/],
  ['the template has no outbox', () => [file('record.json', UPDATE), '--template', file('template.json', { Resources: {} })], /has no outbox/],
  ['the template is no JSON', () => [file('record.json', UPDATE), '--template', file('template.yaml', 'Resources: {}')], /template\.yaml must be a template that cdk synth wrote/],
  ['the template was moved away from the code of its mapping', () => [file('record.json', UPDATE), '--template', movedTemplate()], /name the template where cdk synth wrote it/],
])('fails when %s', (_, args, message) => {
  const { status, stdout, stderr } = event(...args());

  expect(stderr).toMatch(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
});

test('fails when Node is too old to keep the digits of numbers', () => {
  const old = ['--import', 'data:text/javascript,delete JSON.rawJSON', command, 'event', file('record.json', UPDATE)];
  const { status, stdout, stderr } = spawnSync('node', old, { encoding: 'utf8' });

  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^event needs Node 22 or newer, got \S+: older ones lose digits of numbers\n$/);
});

test('`npm run event` is the same, from where npm was started', () => {
  file('here.json', UPDATE);
  const { status, stdout, stderr } = spawnSync('node', ['local/event.ts', 'here.json'], { cwd: ROOT, env: { ...process.env, INIT_CWD: folder }, encoding: 'utf8' });

  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: event('here.json').stdout, stderr: event('here.json').stderr });
});
