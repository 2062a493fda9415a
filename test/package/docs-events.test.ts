import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import vm from 'node:vm';
import { App, Stack } from 'aws-cdk-lib';
import { AttributeType } from 'aws-cdk-lib/aws-dynamodb';
import * as lib from 'cdk-outbox-table';
import { destinationSettings } from '../../lib/private/handler-settings';
import { OrderStore } from '../../examples/order-store/order-store';
import { nakadiHttp } from '../../lambda/adapters/nakadi-http.ts';
import { assembleEvents, type Assembly, type ChangeEvent } from '../../lambda/core/change-event.ts';
import type { EventShape } from '../../lambda/core/event-route.ts';
import { assembleSnapshot } from '../../lambda/core/snapshot-event.ts';
import { readStreamRecord, type AttributeMap, type RawStreamRecord } from '../../lambda/core/stream-record.ts';
import { HttpServer } from '../lambda/adapters/http-server.ts';

const ROOT = path.join(__dirname, '..', '..');
const page = readFileSync(path.join(ROOT, 'docs', 'events.md'), 'utf8');
const folder = mkdtempSync(path.join(tmpdir(), 'docs-events-'));
afterAll(() => { rmSync(folder, { recursive: true }); });

interface Section {
  readonly heading: string;
  readonly text: string;
}

const sections = page.split(/^#{1,3} /m).slice(1).map((section): Section => {
  const end = section.indexOf('\n');
  return { heading: section.slice(0, end), text: section.slice(end) };
});

/** The section whose heading starts like this. */
function section(start: string): Section {
  return sections.find(({ heading }) => heading.startsWith(start)) ?? { heading: '', text: '' };
}

/** The code blocks of a language. */
function blocks(language: string, { text }: Section): string[] {
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].filter(([, name]) => name === language).map(([, , code]) => code);
}

const json = (of: Section): unknown[] => blocks('json', of).map((block) => JSON.parse(block) as unknown);

/** The rows of a section's table without its head, as cells without the marks of code. */
function rows({ text }: Section): string[][] {
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')));
}

/** Options as they stand on the page, with the files that they name in a folder of the test. */
function options<T = lib.EventOptions>(code: string): T {
  const EventMapping = { fromFile: (file: string) => lib.EventMapping.fromFile(path.join(folder, file)) };
  return vm.runInNewContext(`({${code}})`, { ...lib, EventMapping }) as T;
}

/** The options that a heading is. */
const code = ({ heading }: Section): string | undefined => /^`(.*?)`/.exec(heading)?.[1];

/** The order that the page is about. */
const KEYS = { orderId: { S: 'A-1' } };
const PLACED: AttributeMap = {
  ...KEYS,
  state: { S: 'PLACED' },
  total: { N: '49.900' },
  labels: { SS: ['gift', 'express'] },
  address: { M: { city: { S: 'Berlin' }, street: { S: 'Allee 1' } } },
  changedAt: { S: '2026-01-15T09:29:58.120Z' },
};
const PAID: AttributeMap = { ...PLACED, state: { S: 'PAID' } };

const record = (eventName: string, time: string, SequenceNumber: string, images: RawStreamRecord['dynamodb']): RawStreamRecord => ({
  eventName,
  eventSourceARN: 'arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000',
  dynamodb: { ApproximateCreationDateTime: Date.parse(time) / 1000, Keys: KEYS, SequenceNumber, ...images },
});
const RECORDS = {
  C: record('INSERT', '2026-01-15T09:29:58Z', '2900001759746085485437', { NewImage: PLACED }),
  U: record('MODIFY', '2026-01-15T09:30:00Z', '2900002759746085485437', { OldImage: PLACED, NewImage: PAID }),
  D: record('REMOVE', '2026-02-14T09:30:00Z', '2900003759746085485437', { OldImage: PAID }),
};
const EXPIRED: RawStreamRecord = { ...RECORDS.D, userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } };

const shapeOf = (destination: Omit<lib.NakadiDestination, 'endpoint'>): EventShape => {
  const { config } = destinationSettings({ endpoint: 'https://nakadi.example.org', ...destination });
  return { ...config, maxEventBytes: 999_000 };
};
const shape = (given: lib.EventOptions = {}): EventShape => shapeOf({ eventType: 'order-store.order-changed', ...given });
const assembled = (raw: RawStreamRecord, by: EventShape = shape()): Assembly => assembleEvents(readStreamRecord(raw), by);

function eventsOf(assembly: Assembly): readonly ChangeEvent[] {
  expect(assembly.type).toBe('events');
  return assembly.type === 'events' ? assembly.events : [];
}
const parsed = (assembly: Assembly): unknown => JSON.parse(String(eventsOf(assembly)[0].json));

/** What the command prints, from its source. */
function shownByCommand(...args: string[]): { stdout: string; stderr: string } {
  return spawnSync('node', ['cli/cdk-outbox-table.ts', 'event', ...args], { cwd: ROOT, encoding: 'utf8' });
}

test('the record that the page writes by hand is one of the table whose template the page names', () => {
  const file = path.join(folder, 'record.json');
  writeFileSync(file, / '(.*)' > record\.json$/ms.exec(blocks('sh', section('Events'))[0])?.[1] ?? '');

  const app = new App({ outdir: mkdtempSync(path.join(folder, 'out-')) });
  new OrderStore(app, 'OrderStore');
  const { stdout, stderr } = shownByCommand(file, '--template', path.join(app.synth().directory, 'OrderStore.template.json'));

  expect(JSON.parse(stdout)).toMatchObject({ data_type: 'order', data_op: 'C', data: { customerId: 'C-1', orderId: 'A-1', state: 'PLACED' } });
  expect(stderr).toContain('record 1: an event of order-store.order-changed');
});

test('the first example is the event of the change', () => {
  expect(json(section('Events'))).toEqual([parsed(assembled(RECORDS.U))]);
});

test('the examples of the other operations are events of the same order', () => {
  const { streamArn, keys, sequence, raw } = readStreamRecord(RECORDS.U);
  const snapshot = assembleSnapshot({ streamArn, keys, sequence, lateMarks: 1, last: raw }, PAID, Date.parse('2026-01-15T11:00:00.250Z'), shape());

  expect(json(section('Data-change events only'))).toEqual([parsed(assembled(RECORDS.C)), parsed(assembled(RECORDS.D)), parsed(snapshot)]);
});

/** Options whose examples are more than a part of an event: each has a test of its own below. */
const OWN_TESTS = ['mapping', 'timeToLiveDeletions', 'tombstones', 'unroutedItems'];

const optionSections = sections.filter((each) => code(each) !== undefined);
const simple = optionSections.filter((each) => !OWN_TESTS.some((name) => code(each)?.includes(`${name}:`)));

test.each(simple.map((each) => [code(each) as string, each] as const))('the example of %s is that part of the event', (given, its) => {
  const examples = json(its) as object[];
  const event = parsed(assembled(RECORDS.U, shape(options(given)))) as Record<string, unknown>;

  expect(examples).toEqual([event['eid' in (examples[0] ?? {}) ? 'metadata' : 'data']]);
});

test('what the page says of tombstones is what Nakadi gets', async () => {
  const its = sections.find(({ heading }) => heading.includes('tombstones:')) as Section;
  const server = await new HttpServer().start();
  const nakadi = nakadiHttp({ endpoint: server.url, requestTimeoutMs: 5_000, tokens: { get: () => Promise.resolve(undefined), forget: () => undefined } });
  for (const event of eventsOf(assembled(RECORDS.D, shape(options(code(its) ?? ''))))) {
    await nakadi.publish([event]);
  }
  await server.stop();

  const [body, ...more] = json(its);
  expect(more).toEqual([]);
  expect(server.requests.map((request) => ({ line: `${request.method} ${request.path}`, body: JSON.parse(request.body) as unknown }))).toEqual(
    blocks('http', its).join('').trim().split('\n').map((line) => ({ line, body })),
  );
});

test('a deletion by time to live is a D event as any other, or nothing', () => {
  const its = section('`timeToLiveDeletions');
  expect(its.text).toContain('publish nothing');
  expect(parsed(assembled(EXPIRED))).toEqual(json(section('Data-change events only'))[1]);
  expect(assembled(EXPIRED, shape(options(code(its) ?? '')))).toEqual({ type: 'nothing' });
  expect(assembled(RECORDS.D, shape(options(code(its) ?? ''))).type).toBe('events');
});

test("the page's mapping makes the data that the page shows", () => {
  const its = section('`mapping');
  writeFileSync(path.join(folder, 'order-event.mjs'), blocks('js', its)[0]);
  const { mapping } = options(code(its) ?? '');
  const app = new App({ outdir: path.join(folder, 'out') });
  const destination = { endpoint: 'https://nakadi.example.org', eventType: 'order-store.order-changed', mapping };
  new lib.OutboxTable(new Stack(app, 'Stack'), 'Orders', { partitionKey: { name: 'orderId', type: AttributeType.STRING }, destination });
  writeFileSync(path.join(folder, 'records.json'), JSON.stringify(Object.values(RECORDS)));

  const template = path.join(app.synth().directory, 'Stack.template.json');
  const { stdout, stderr } = shownByCommand(path.join(folder, 'records.json'), '--template', template);
  expect(stderr).not.toContain('parked');
  const events = stdout.trim().split(/\n(?=\{)/).filter((text) => text !== '').map((text) => JSON.parse(text) as { data_op: string; data: unknown });
  expect(rows(its).map(([operation, data]) => ({ data_op: operation, data: JSON.parse(data) as unknown }))).toEqual(
    events.map(({ data_op, data }) => ({ data_op, data })),
  );
  expect(events).toHaveLength(3);
});

describe('of the routes', () => {
  const { destination } = options<{ destination: lib.NakadiDestination }>(blocks('ts', section('Routes'))[0]);
  const insertOf = (item: string): RawStreamRecord => {
    const image = Object.fromEntries(Object.entries(JSON.parse(item) as Record<string, string>).map(([name, S]) => [name, { S }]));
    return record('INSERT', '2026-01-15T09:12:00Z', '2900001759746085485437', { Keys: { PK: image.PK }, NewImage: image });
  };
  const table = rows(section('Routes'));

  test.each(table)('%s goes to %s', (item, eventType, data) => {
    const assembly = assembled(insertOf(item), shapeOf(destination));

    if (eventType === 'nothing') {
      expect(assembly).toEqual({ type: 'nothing' });
    } else {
      expect(eventsOf(assembly).map((event) => event.eventType)).toEqual([eventType]);
      expect((parsed(assembly) as { data: unknown }).data).toEqual(JSON.parse(data));
    }
  });

  test('those for which there is none are parked with the reason on the page, where the team says so', () => {
    const its = section('`unroutedItems');
    const refusing = shapeOf({ ...destination, ...options(code(its) ?? '') });
    const unrouted = table.filter(([, eventType]) => eventType === 'nothing');

    expect(unrouted).toHaveLength(1);
    expect(unrouted.map(([item]) => assembled(insertOf(item), refusing))).toEqual([{ type: 'invalid', detail: blocks('text', its)[0].trim() }]);
  });
});

test('no example is left out', () => {
  const held = [section('Events'), section('Data-change events only'), ...optionSections];
  expect(sections.filter((each) => !held.includes(each) && json(each).length > 0).map(({ heading }) => heading)).toEqual([]);
});

describe('the page tells', () => {
  /** What is no matter of events. */
  const OTHERS = ['endpoint', 'credentials'];
  const source = (file: string): string => readFileSync(path.join(ROOT, 'lib', file), 'utf8');
  const found = (pattern: RegExp, ...files: string[]): string[] => files.flatMap((file) => [...source(file).matchAll(pattern)].map(([, name]) => name));
  const optionNames = found(/^ {2}readonly (\w+)\??:/gm, 'event-options.ts', 'event-route.ts', 'nakadi-destination.ts').filter((name) => !OTHERS.includes(name));

  /** Names in headings, in tables, and in the example of the routes. */
  const told = [
    ...optionSections.map(({ heading }) => heading),
    ...page.split('\n').filter((line) => line.startsWith('|')),
    ...blocks('ts', section('Routes')),
  ].join('\n');

  test.each([...new Set(optionNames)])('of the option %s', (name) => {
    expect(told).toMatch(new RegExp(`\\b${name}\\b`));
  });

  const values = Object.entries({ CleanupPolicy: lib.CleanupPolicy, NumberEncoding: lib.NumberEncoding, PatchFormat: lib.PatchFormat, UnroutedItems: lib.UnroutedItems });
  const ways = found(/^ {2}public static (\w+)\(/gm, 'event-mapping.ts', 'event-route.ts', 'attribute-path.ts');
  test.each([...values.flatMap(([name, members]) => Object.keys(members).map((member) => `${name}.${member}`)), ...ways])('of %s', (name) => {
    expect(page).toContain(name);
  });

  test('and options were found', () => {
    expect(optionNames).toEqual(expect.arrayContaining(['mapping', 'condition', 'routes', 'unroutedItems']));
    expect(ways.length).toBeGreaterThan(5);
  });
});
