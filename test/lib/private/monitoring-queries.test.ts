import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { relayBatch } from '../../../lambda/core/relay-batch.ts';
import { requeueRun } from '../../../lambda/core/requeue-run.ts';
import { LOG_QUERIES, queryText, saveQueries } from '../../../lib/private/monitoring-queries';
import { rawRecord, settings } from '../../lambda/factories.ts';
import { MemoryNakadi } from '../../lambda/core/memory-nakadi.ts';
import { MemoryParking } from '../../lambda/core/memory-parking.ts';
import { VirtualClock } from '../../lambda/core/virtual-clock.ts';
import { outboxStack } from '../stacks';

type LogLine = Readonly<Record<string, unknown>>;

/** What the functions log where Nakadi refuses an event, refuses it again, and then is away. */
async function loggedLines(): Promise<LogLine[]> {
  const clock = new VirtualClock();
  const parking = new MemoryParking(() => clock.now());
  const nakadi = new MemoryNakadi();
  const letters = [[{ handle: '1', body: 'none of the mapping' }]];
  const ports = {
    clock,
    nakadi,
    parkedEvents: parking,
    sourceTable: { read: () => Promise.resolve(undefined) },
    stream: { open: () => Promise.resolve('trimmed' as const) },
    deadLetters: { receive: () => Promise.resolve(letters.pop() ?? []), delete: () => Promise.resolve() },
    lease: { acquire: () => Promise.resolve(true), release: () => Promise.resolve() },
  };
  const lines: LogLine[] = [];
  const requeue = async (): Promise<void> => {
    const { deadLetters, parked, backlog } = (await requeueRun(ports, settings(), { stopAt: clock.now() + 180_000, killedAt: clock.now() + 300_000 }))!;
    lines.push({ event: 'requeue.run', deadLetters, parked: { ...parked, reasons: [...parked.reasons] }, backlog });
    await clock.sleep(3_600_000);
  };

  nakadi.isInvalid = () => true;
  const { response: _, ...batch } = await relayBatch([rawRecord({ sequence: 1 })], { ...ports, parkingLot: parking }, settings(), {}, clock.now() + 60_000);
  lines.push({ event: 'relay.batch', ...batch });
  await requeue();
  nakadi.fault = () => ({ type: 'status', status: 503 });
  await requeue();
  return lines;
}

/** The value at `a.b.0` of a line. */
const valueAt = (line: LogLine, field: string): unknown => field.split('.').reduce<unknown>((parent, name) => (parent as LogLine | undefined)?.[name], line);

const OWN_LINES = Object.values(LOG_QUERIES).filter((query) => query !== LOG_QUERIES.failures);

test.each(OWN_LINES.map((query) => [query.title, queryText(query)]))('"%s" asks for fields that are logged', async (_, text) => {
  const [, event] = /message\.event = '([^']+)'/.exec(text) ?? [];
  const lines = (await loggedLines()).filter((line) => line.event === event);
  const fields = [...text.matchAll(/message\.([\w.]+)/g)].map(([, field]) => field);

  expect(lines.length).toBeGreaterThan(0);
  expect(fields.length).toBeGreaterThan(1);
  expect(fields.filter((field) => lines.every((line) => valueAt(line, field) === undefined))).toEqual([]);
});

test.each([
  ['relay', 'LOG_EVENTS.relayBatch'],
  ['requeue', 'LOG_EVENTS.requeueRun'],
])('the %s logs by the name %s of the contract', (handler, event) => {
  expect(readFileSync(path.join(__dirname, '../../../lambda', handler, 'index.ts'), 'utf8')).toContain(event);
});

test('each query is one text, its commands behind bars', () => {
  expect(queryText(LOG_QUERIES.relayReasons)).toBe(
    "filter message.event = 'relay.batch' and message.parked + message.held > 0\n" +
      '| fields jsonParse(@message) as line\n' +
      '| unnest line.message.reasons into reason\n' +
      '| stats count(*) as batches, max(@timestamp) as latest by reason\n' +
      '| sort batches desc',
  );
});

test('every reason of a run is asked for, and why a run ended early apart', () => {
  expect(queryText(LOG_QUERIES.requeueReasons)).toBe(
    "filter message.event = 'requeue.run' and ispresent(message.parked.reasons.0)\n" +
      '| fields jsonParse(@message) as line\n' +
      '| unnest line.message.parked.reasons into reason\n' +
      '| stats count(*) as runs, max(@timestamp) as latest by reason\n' +
      '| sort runs desc',
  );
  expect(queryText(LOG_QUERIES.awayRuns)).toContain('ispresent(message.parked.away)\n| fields message.parked.away as reason\n');
});

test('saved queries stand in a folder of their own, over the logs of both functions', () => {
  const { stack, outbox } = outboxStack();
  saveQueries(new Construct(stack, 'First: *'), outbox.relay.logGroups);
  saveQueries(new Construct(stack, 'Second'), outbox.relay.logGroups);

  const saved = Object.values(Template.fromStack(stack).findResources('AWS::Logs::QueryDefinition')).map(({ Properties }) => Properties as Record<string, unknown>);
  const names = saved.map(({ Name }) => Name as string);
  expect(new Set(names).size).toBe(2 * Object.keys(LOG_QUERIES).length);
  expect(names).toContainEqual(expect.stringMatching(/^Stack-Second-[0-9A-F]{8}\/runs of the requeue$/));
  // What CloudWatch takes as a name.
  expect(names.filter((name) => !/^([^:*/]+\/?)*[^:*/]+$/.test(name) || name.length > 255)).toEqual([]);
  for (const { LogGroupNames } of saved) {
    expect(LogGroupNames).toEqual(outbox.relay.logGroups.map(({ logGroupName }) => stack.resolve(logGroupName) as unknown));
  }
});
