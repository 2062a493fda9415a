import type { BatchResult } from '../../../local/runtime/batch-decision.ts';
import { TooManyRequestsException } from '../../../local/runtime/errors.ts';
import { EventSourceMapping, type EventSourceMappingBehaviour } from '../../../local/runtime/event-source-mapping.ts';
import type { EventSourceMappingConfiguration } from '../../../local/runtime/event-source-mapping-configuration.ts';
import { compileFilters } from '../../../local/runtime/filter-pattern.ts';
import { seededRandom } from '../../../local/random.ts';
import { FakeStream } from './fake-stream.ts';

interface Invocation {
  readonly sequenceNumbers: string[];
  readonly items: string[];
  readonly requestId: string;
  readonly at: number;
}

interface Message {
  readonly requestContext: { requestId: string; condition: string; approximateInvokeCount: number };
  readonly responseContext?: { functionError: string | null };
  readonly DDBStreamBatchInfo: { shardId: string; startSequenceNumber: string; endSequenceNumber: string; batchSize: number };
}

type Handler = (invocation: Invocation, index: number) => BatchResult | Promise<BatchResult>;

const ok: BatchResult = { kind: 'response', payload: null };
const crash: BatchResult = { kind: 'functionError' };
const report = (sequenceNumber: string): BatchResult => ({ kind: 'response', payload: { batchItemFailures: [{ itemIdentifier: sequenceNumber }] } });

const running: EventSourceMapping[] = [];
afterEach(async () => { await Promise.all(running.splice(0).map((mapping) => mapping.stop())); });

async function map(stream: FakeStream, handler: Handler, configuration: Partial<EventSourceMappingConfiguration> = {}, options: { now?: () => number; behaviour?: Partial<EventSourceMappingBehaviour>; destination?: () => Promise<void> } = {}) {
  const invocations: Invocation[] = [];
  const messages: Message[] = [];
  const errors: string[] = [];
  const mapping = new EventSourceMapping({
    streamArn: 'arn:stream', functionReference: 'f', enabled: true, startingPosition: 'TRIM_HORIZON', batchSize: 100, maximumBatchingWindow: 0, parallelizationFactor: 1,
    maximumRetryAttempts: -1, maximumRecordAge: -1, bisectBatchOnFunctionError: false, reportBatchItemFailures: true, filter: () => true, ...configuration,
  }, { pollInterval: 5, shardInterval: 20, retrySpacing: () => 0, ...options.behaviour }, {
    source: stream, region: 'eu-central-1', functionArn: 'arn:function',
    now: options.now ?? (() => Date.now()),
    onError: (text) => { errors.push(text); },
    sendToDestination: async (message) => {
      await options.destination?.();
      messages.push(JSON.parse(message) as Message);
    },
    invoke: async (payload, requestId) => {
      const records = (JSON.parse(payload) as { Records: { dynamodb: { SequenceNumber: string; Keys: { pk: { S: string } } } }[] }).Records;
      const invocation = { requestId, at: Date.now(), sequenceNumbers: records.map(({ dynamodb }) => dynamodb.SequenceNumber), items: records.map(({ dynamodb }) => dynamodb.Keys.pk.S) };
      invocations.push(invocation);
      return handler(invocation, invocations.length - 1);
    },
  });
  running.push(mapping);
  await mapping.start();
  return { mapping, invocations, messages, errors, batches: () => invocations.map(({ sequenceNumbers }) => sequenceNumbers.map(Number)) };
}

async function drain(mapping: EventSourceMapping): Promise<void> {
  const since = Date.now();
  const deadline = since + 5000;
  while (!mapping.drained(since)) {
    if (Date.now() > deadline) throw new Error(`not drained: ${JSON.stringify(mapping.counters)}`);
    await new Promise((resolve) => { setTimeout(resolve, 5); });
  }
}

function streamOf(count: number): FakeStream {
  const stream = new FakeStream().shard('s');
  for (let index = 0; index < count; index += 1) stream.write('s', `item-${String(index)}`);
  return stream;
}

describe('what AWS was seen to do with record 2 of 4 failing, one retry', () => {
  const poison = (sequenceNumbers: string[], result: BatchResult): BatchResult => (sequenceNumbers.includes('2') ? result : ok);
  test.each<[string, Partial<EventSourceMappingConfiguration>, BatchResult, number[][], Partial<Message['DDBStreamBatchInfo']>, number, string | null]>([
    ['reporting, no bisection', { reportBatchItemFailures: true }, report('2'), [[1, 2, 3, 4], [2, 3, 4], [2, 3, 4]], { startSequenceNumber: '2', endSequenceNumber: '4', batchSize: 3 }, 2, null],
    ['reporting and bisection', { bisectBatchOnFunctionError: true }, report('2'), [[1, 2, 3, 4], [2, 3, 4], [2], [2], [3, 4]], { startSequenceNumber: '2', endSequenceNumber: '2', batchSize: 1 }, 2, null],
    ['throwing and bisection', { bisectBatchOnFunctionError: true }, crash, [[1, 2, 3, 4], [1, 2], [1], [2], [2], [3, 4]], { startSequenceNumber: '2', endSequenceNumber: '2', batchSize: 1 }, 2, 'Unhandled'],
    ['throwing, no bisection', {}, crash, [[1, 2, 3, 4], [1, 2, 3, 4]], { startSequenceNumber: '1', endSequenceNumber: '4', batchSize: 4 }, 2, 'Unhandled'],
  ])('%s', async (_, configuration, result, expected, info, count, functionError) => {
    const { mapping, batches, messages } = await map(streamOf(4), ({ sequenceNumbers }) => poison(sequenceNumbers, result), { maximumRetryAttempts: 1, ...configuration });
    await drain(mapping);
    expect(batches()).toEqual(expected);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatchObject({ requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: count }, responseContext: { functionError }, DDBStreamBatchInfo: { shardId: 's', ...info } });
  });
});

test('three retries after a partial failure: the failing record is seen five times, the message counts four', async () => {
  const { mapping, invocations, messages } = await map(streamOf(4), ({ sequenceNumbers }) => (sequenceNumbers.includes('2') ? report('2') : ok), { maximumRetryAttempts: 3 });
  await drain(mapping);
  expect(invocations.filter(({ sequenceNumbers }) => sequenceNumbers.includes('2'))).toHaveLength(5);
  expect(messages[0].requestContext.approximateInvokeCount).toBe(4);
});

test('retries of the same batch keep the request id, a new batch gets a new one', async () => {
  const { mapping, invocations } = await map(streamOf(3), (_, index) => (index < 2 ? crash : index === 2 ? report('2') : ok));
  await drain(mapping);
  const [first, second, third, fourth] = invocations.map(({ requestId }) => requestId);
  expect([second, third]).toEqual([first, first]);
  expect(fourth).not.toBe(first);
  expect(mapping.counters).toMatchObject({ invocations: 4, retries: 2, failedInvocations: 3, batches: 1, recordsProcessed: 3, recordsDiscarded: 0 });
});

test('a shard waits while its batch is retried', async () => {
  const { mapping, batches } = await map(streamOf(4), (_, index) => (index < 3 ? crash : ok), { batchSize: 2 });
  await drain(mapping);
  expect(batches()).toEqual([[1, 2], [1, 2], [1, 2], [1, 2], [3, 4]]);
});

test('without a destination, records that are given up are counted', async () => {
  const { mapping, messages } = await map(streamOf(2), () => crash, { maximumRetryAttempts: 0 });
  await drain(mapping);
  expect(messages).toHaveLength(1);
  expect(mapping.counters).toMatchObject({ recordsDiscarded: 2, destinationDeliveries: 1 });
});

test('a destination that refuses loses the batch, as on AWS', async () => {
  const { mapping, errors } = await map(streamOf(2), () => crash, { maximumRetryAttempts: 0 }, { destination: () => Promise.reject(new Error('no such queue')) });
  await drain(mapping);
  expect(mapping.counters).toMatchObject({ recordsDiscarded: 2, destinationDeliveries: 0, destinationDeliveryFailures: 1 });
  expect(errors).toEqual([expect.stringContaining('no such queue')]);
});

test('the expired prefix of a batch is discarded alone, before the invocation', async () => {
  const stream = new FakeStream().shard('s');
  stream.write('s', 'a', { at: 1_000_000_000 });
  stream.write('s', 'b', { at: 1_000_001_000 });
  stream.write('s', 'c', { at: 1_000_050_000 });
  const { mapping, batches, messages } = await map(stream, () => ok, { maximumRecordAge: 60 }, { now: () => 1_000_061_500 });
  while (messages.length === 0 || batches().length === 0) await new Promise((resolve) => { setTimeout(resolve, 5); });
  expect(batches()).toEqual([[3]]);
  expect(messages).toHaveLength(1);
  expect(messages[0]).toMatchObject({ requestContext: { condition: 'RecordAgeExceeded', approximateInvokeCount: 1 }, DDBStreamBatchInfo: { startSequenceNumber: '1', endSequenceNumber: '2', batchSize: 2 } });
  expect(messages[0]).not.toHaveProperty('responseContext');
  await mapping.stop();
});

test('records that expire while they are retried tell how often they were tried', async () => {
  let now = 1_000_010_000;
  const stream = new FakeStream().shard('s');
  stream.write('s', 'a', { at: 1_000_000_000 });
  const { messages } = await map(stream, (_, index) => {
    if (index === 2) now += 60_000;
    return crash;
  }, { maximumRecordAge: 60 }, { now: () => now });
  while (messages.length === 0) await new Promise((resolve) => { setTimeout(resolve, 5); });
  expect(messages[0].requestContext).toMatchObject({ condition: 'RecordAgeExceeded', approximateInvokeCount: 3 });
});

test('throttled invocations cost no retry', async () => {
  const { mapping, batches, messages } = await map(streamOf(1), (_, index) => {
    if (index < 3) throw new TooManyRequestsException('busy');
    return index === 3 ? crash : ok;
  }, { maximumRetryAttempts: 1 });
  await drain(mapping);
  expect(batches()).toHaveLength(5);
  expect(messages).toEqual([]);
  expect(mapping.counters).toMatchObject({ throttles: 3, invocations: 2, recordsProcessed: 1 });
});

describe('batches', () => {
  test('end at the batch size', async () => {
    const { mapping, batches } = await map(streamOf(5), () => ok, { batchSize: 2 });
    await drain(mapping);
    expect(batches()).toEqual([[1, 2], [3, 4], [5]]);
  });

  test('wait for the window, which starts after the last invocation', async () => {
    const { mapping, batches, invocations } = await map(streamOf(3), () => ok, { batchSize: 2, maximumBatchingWindow: 0.2 });
    await drain(mapping);
    expect(batches()).toEqual([[1, 2], [3]]);
    const [first, second] = invocations;
    expect(second.at - first.at).toBeGreaterThanOrEqual(190);
  });

  test('end before 6 MB', async () => {
    const stream = new FakeStream().shard('s');
    for (let index = 0; index < 20; index += 1) stream.write('s', 'a', { payload: 'x'.repeat(400_000) });
    const { mapping, batches } = await map(stream, () => ok);
    await drain(mapping);
    expect(batches().map(({ length }) => length)).toEqual([15, 5]);
  });

  test('hold records that a filter lets through only', async () => {
    const stream = new FakeStream().shard('s');
    for (const eventName of ['INSERT', 'MODIFY', 'MODIFY', 'INSERT', 'MODIFY'] as const) stream.write('s', 'a', { eventName });
    const { mapping, batches } = await map(stream, () => ok, { batchSize: 2, filter: compileFilters(['{"eventName":["INSERT"]}'], 'm') });
    await drain(mapping);
    expect(batches()).toEqual([[1, 4]]);
    expect(mapping.counters).toMatchObject({ recordsRead: 5, recordsFilteredOut: 3, recordsProcessed: 2 });
  });
});

test('a shard that is blocked is not read without bound', async () => {
  const { mapping } = await map(streamOf(6000), () => crash);
  while (mapping.counters.invocations < 5) await new Promise((resolve) => { setTimeout(resolve, 5); });
  expect(mapping.pending).toBe(2000);
});

describe('order', () => {
  test('each item keeps its order, and lanes run at the same time, with a parallelization factor', async () => {
    const stream = new FakeStream().shard('s');
    for (let index = 0; index < 400; index += 1) stream.write('s', `item-${String(index % 23)}`);
    let current = 0;
    let most = 0;
    const random = seededRandom(1);
    const seen = new Map<string, number[]>();
    const { mapping } = await map(stream, async ({ items, sequenceNumbers }) => {
      current += 1;
      most = Math.max(most, current);
      await new Promise((resolve) => { setTimeout(resolve, random() * 10); });
      current -= 1;
      if (random() < 0.3) return crash;
      items.forEach((item, index) => seen.set(item, [...seen.get(item) ?? [], Number(sequenceNumbers[index])]));
      return ok;
    }, { batchSize: 10, parallelizationFactor: 4 });
    await drain(mapping);
    expect(most).toBe(4);
    expect([...seen.values()].flat()).toHaveLength(400);
    for (const numbers of seen.values()) expect(numbers).toEqual(numbers.toSorted((left, right) => left - right));
  });

  test('a lane that is blocked does not hold up the others', async () => {
    const stream = new FakeStream().shard('s');
    for (let index = 0; index < 40; index += 1) stream.write('s', `item-${String(index)}`);
    const { mapping } = await map(stream, ({ items }) => (items.includes('item-0') ? crash : ok), { batchSize: 1, parallelizationFactor: 10 });
    while (mapping.counters.recordsProcessed < 25) await new Promise((resolve) => { setTimeout(resolve, 5); });
    expect(mapping.pending).toBeGreaterThan(0);
    expect(mapping.iteratorAge).toBeGreaterThan(0);
  });

  test('children wait until their parent is drained', async () => {
    const stream = new FakeStream().shard('parent').shard('left', 'parent').shard('right', 'parent').shard('orphan', 'trimmed');
    for (const shard of ['left', 'right', 'orphan', 'parent', 'parent']) stream.write(shard, shard);
    const order: string[] = [];
    const { mapping } = await map(stream, ({ items }, index) => {
      if (items[0] === 'parent' && index < 4) return crash;
      order.push(...items);
      return ok;
    }, { batchSize: 1 });
    while (!order.includes('parent')) await new Promise((resolve) => { setTimeout(resolve, 5); });
    await new Promise((resolve) => { setTimeout(resolve, 50); });
    expect(order).not.toContain('left');
    expect(mapping.drained(0)).toBe(false);
    stream.close('parent');
    await drain(mapping);
    expect(order.filter((shard) => shard !== 'orphan')).toEqual(['parent', 'parent', expect.stringMatching(/left|right/), expect.stringMatching(/left|right/)]);
    expect(order).toContain('orphan');
  });
});

describe('starting position', () => {
  test('LATEST skips what is there, and reads shards that come later from their start', async () => {
    const stream = new FakeStream().shard('closed').shard('open', 'closed');
    stream.write('closed', 'old');
    stream.close('closed');
    stream.write('open', 'old');
    const { mapping, invocations } = await map(stream, () => ok, { startingPosition: 'LATEST' });
    stream.write('open', 'new');
    stream.close('open');
    stream.shard('child', 'open').write('child', 'newer');
    await drain(mapping);
    expect(invocations.flatMap(({ items }) => items)).toEqual(['new', 'newer']);
  });

  test('a disabled mapping reads nothing, and goes on where it stopped', async () => {
    const stream = streamOf(2);
    const { mapping, batches } = await map(stream, () => ok);
    await drain(mapping);
    mapping.disable();
    await new Promise((resolve) => { setTimeout(resolve, 20); });
    const { reads } = stream;
    stream.write('s', 'while disabled');
    await new Promise((resolve) => { setTimeout(resolve, 40); });
    expect(stream.reads).toBe(reads);
    mapping.enable();
    await drain(mapping);
    expect(batches()).toEqual([[1, 2], [3]]);
  });

  test('a disabled mapping does not retry', async () => {
    const { mapping, invocations } = await map(streamOf(1), () => crash);
    while (invocations.length < 2) await new Promise((resolve) => { setTimeout(resolve, 5); });
    mapping.disable();
    await new Promise((resolve) => { setTimeout(resolve, 20); });
    const { length } = invocations;
    await new Promise((resolve) => { setTimeout(resolve, 40); });
    expect(invocations).toHaveLength(length);
  });

  test('a mapping that the template disables starts with enable()', async () => {
    const { mapping, batches } = await map(streamOf(1), () => ok, { enabled: false });
    await new Promise((resolve) => { setTimeout(resolve, 30); });
    expect(batches()).toEqual([]);
    mapping.enable();
    await drain(mapping);
    expect(batches()).toEqual([[1]]);
  });
});

// What is trimmed cannot come again on AWS; the fake still has it.
test.each([['ExpiredIteratorException', [1, 2, 3]], ['TrimmedDataAccessException', [1, 2, 1, 2, 3]]])('after %s it goes on with a new iterator', async (name, expected) => {
  const stream = streamOf(2);
  const { mapping, batches, errors } = await map(stream, () => ok);
  await drain(mapping);
  stream.failNextRead = Object.assign(new Error('gone'), { name });
  while (errors.length === 0) await new Promise((resolve) => { setTimeout(resolve, 5); });
  stream.write('s', 'next');
  await drain(mapping);
  expect(batches().flat()).toEqual(expected);
});

test('redelivers successful batches at random, the same ones for the same seed', async () => {
  const run = async (seed: number, depth: number): Promise<number[][]> => {
    const { mapping, batches } = await map(streamOf(20), () => ok, { batchSize: 2 }, { behaviour: { redelivery: { random: seededRandom(seed), probability: 0.5, depth } } });
    await drain(mapping);
    expect(mapping.counters.redeliveries).toBe(batches().length - 10);
    expect(mapping.counters.recordsProcessed).toBe(20);
    await mapping.stop();
    return batches();
  };
  const first = await run(7, 3);
  expect(first.length).toBeGreaterThan(12);
  expect(await run(7, 3)).toEqual(first);
  expect(await run(8, 3)).not.toEqual(first);
  expect(new Set(first.map(String)).size).toBe(10);
});
