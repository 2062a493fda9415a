import { FunctionMetrics, relayMetrics, requeueMetrics } from '../../../lambda/adapters/metrics.ts';
import { METRICS } from '../../../lib/private/handler-contract.ts';

let lines: string[];

beforeEach(() => {
  lines = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
});
afterEach(() => jest.restoreAllMocks());

interface MetricLine {
  readonly _aws: { readonly CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string; Unit: string }[] }[] };
  readonly [name: string]: unknown;
}

const written = (): MetricLine[] => lines.map((line) => JSON.parse(line) as MetricLine);
const units = ([{ _aws }]: MetricLine[]): Record<string, string> => Object.fromEntries(_aws.CloudWatchMetrics[0].Metrics.map(({ Name, Unit }) => [Name, Unit]));

const BATCH = { records: 5, accepted: 3, rejected: 1, patchesLeftOut: 0, parked: 2, held: 0, skipped: 0, leftOut: 0, publicationAgeMs: 1_500, reasons: [] };
const RUN = {
  alone: true,
  deadLetters: { read: 1, records: 4, trimmed: 1, malformed: 2, failed: 0, errors: [] },
  parked: { published: 7, closed: 2, refused: 1, patchesLeftOut: 1, reasons: new Set<string>() },
  backlog: { items: 3, more: false, openSince: '2026-01-01T00:00:00.000Z' },
};

test('an invocation of the relay writes one line, with the function as the only dimension', () => {
  new FunctionMetrics('relay-1').write(relayMetrics(BATCH));
  const [line, ...more] = written();
  expect(more).toEqual([]);
  expect(line).toMatchObject({
    service: 'relay-1',
    EventsAccepted: 3,
    EventsRejected: 1,
    PatchesLeftOut: 0,
    RecordsParked: 2,
    RecordsHeld: 0,
    PublicationAge: 1_500,
    _aws: { CloudWatchMetrics: [{ Namespace: 'OutboxTable', Dimensions: [[METRICS.dimension]] }] },
  });
  expect(units([line])).toMatchObject({ EventsAccepted: 'Count', PublicationAge: 'Milliseconds' });
});

test('what was not accepted has no age', () => {
  new FunctionMetrics('relay-1').write(relayMetrics({ ...BATCH, accepted: 0, publicationAgeMs: undefined }));
  expect(written()[0]).not.toHaveProperty('PublicationAge');
});

test('each request to Nakadi is timed, whatever comes of it', async () => {
  let now = 0;
  const metrics = new FunctionMetrics('relay-1');
  const answer = { type: 'no-response', detail: 'gone' } as const;
  const nakadi = metrics.timed({ publish: () => Promise.resolve(((now += 20), answer)) }, () => now);
  expect([await nakadi.publish([]), await nakadi.publish([])]).toEqual([answer, answer]);
  metrics.write(relayMetrics(BATCH));
  metrics.write(relayMetrics(BATCH));
  expect(written().map(({ RequestLatency }) => RequestLatency)).toEqual([[20, 20], undefined]);
  expect(units(written())).toMatchObject({ RequestLatency: 'Milliseconds' });
});

test('a run of the requeue writes one line', () => {
  new FunctionMetrics('requeue-1').write(requeueMetrics(RUN, Date.parse('2026-01-01T01:00:00.400Z')));
  expect(written()).toMatchObject([
    {
      service: 'requeue-1',
      EventsAccepted: 7,
      EventsRejected: 1,
      PatchesLeftOut: 1,
      ItemsWaiting: 3,
      OldestWaitingAge: 3_600,
      DeadLetterRecords: 4,
      DeadLettersStuck: 3,
      RequeueRuns: 1,
    },
  ]);
  expect(units(written())).toMatchObject({ OldestWaitingAge: 'Seconds', RequeueRuns: 'Count' });
});

test('nothing waits: the oldest is of no age', () => {
  new FunctionMetrics('requeue-1').write(requeueMetrics({ ...RUN, backlog: { items: 0, more: false } }, 0));
  expect(written()).toMatchObject([{ ItemsWaiting: 0, OldestWaitingAge: 0 }]);
});

test('every metric of the contract is written', () => {
  const metrics = new FunctionMetrics('both');
  metrics.write(relayMetrics(BATCH));
  metrics.write(requeueMetrics(RUN, 0));
  const names = [METRICS.both, METRICS.relay, METRICS.requeue].flatMap((names) => Object.values(names) as string[]);
  const all = written().flatMap(({ _aws }) => _aws.CloudWatchMetrics.flatMap((group) => group.Metrics.map(({ Name }) => Name)));
  expect(new Set([...all, METRICS.both.requestLatency])).toEqual(new Set(names));
});
