import type { DeadLetter, StreamRange, StreamReader } from '../../../lambda/core/ports.ts';
import { readRange, requeueDeadLetters, type DeadLetterReport, type IsPublished } from '../../../lambda/core/requeue-dead-letters.ts';
import type { StreamRecord } from '../../../lambda/core/stream-record.ts';
import { sequenceNumber, STREAM, streamRecord } from '../factories.ts';
import { MemoryParking } from './memory-parking.ts';
import { VirtualClock } from './virtual-clock.ts';

let clock: VirtualClock;
let parking: MemoryParking;
let letters: DeadLetter[];
let deleted: string[];
/** Pages by first sequence number. */
let stream: Map<string, StreamRecord[][] | 'trimmed' | Error>;

beforeEach(() => {
  clock = new VirtualClock();
  parking = new MemoryParking(() => clock.now());
  [letters, deleted, stream] = [[], [], new Map()];
});

const item = (id: string): string => streamRecord({ id }).item;

/** A message as the event source mapping sends it. */
const message = (start: number, end: number): string =>
  JSON.stringify({
    requestContext: { requestId: 'r', functionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:f', condition: 'RetryAttemptsExhausted', approximateInvokeCount: 2 },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: '2026-09-17T13:29:12.967Z',
    DDBStreamBatchInfo: {
      shardId: 'shardId-00000001789651619772-2a9e5aad',
      startSequenceNumber: sequenceNumber(start),
      endSequenceNumber: sequenceNumber(end),
      approximateArrivalOfFirstRecord: '2026-09-17T13:27:38Z',
      approximateArrivalOfLastRecord: '2026-09-17T13:27:40Z',
      batchSize: 4,
      streamArn: STREAM,
    },
  });

function run(deadline = clock.now() + 60_000, isPublished: IsPublished = () => true): Promise<DeadLetterReport> {
  const reader: StreamReader = {
    open: (range) => {
      const pages = stream.get(range.startSequenceNumber);
      return pages instanceof Error ? Promise.reject(pages) : Promise.resolve(pages === 'trimmed' ? pages : follow(pages ?? []));
    },
  };
  const deadLetters = {
    receive: () => Promise.resolve(letters.splice(0, 2)),
    delete: ({ handle }: DeadLetter) => Promise.resolve(void deleted.push(handle)),
  };
  return requeueDeadLetters({ clock, deadLetters, stream: reader, parkedEvents: parking }, isPublished, deadline);
}

async function* follow(pages: readonly StreamRecord[][]): AsyncGenerator<StreamRecord[]> {
  yield* await Promise.resolve(pages);
}

test('a range is read again, its records are parked as late, and the message is deleted', async () => {
  letters = [{ handle: 'h', body: message(1, 3) }];
  stream.set(sequenceNumber(1), [[streamRecord({ id: 'a', sequence: 1 })], [], [streamRecord({ id: 'b', sequence: 2 }), streamRecord({ id: 'a', sequence: 3 })]]);
  expect(await run()).toEqual({ read: 1, records: 3, trimmed: 0, malformed: 0, failed: 0, errors: [] });
  expect([parking.waiting(item('a')).length, parking.waiting(item('b')).length]).toEqual([2, 1]);
  expect(parking.heads.get(item('a'))).toMatchObject({ open: true, lateMarks: 2, lateSettled: 0 });
  expect(parking.announced.has(STREAM)).toBe(true);
  expect(deleted).toEqual(['h']);
});

test('records of which nothing is published are not parked: the filter kept them out of the batch, not out of its range', async () => {
  letters = [{ handle: 'h', body: message(1, 3) }];
  stream.set(sequenceNumber(1), [[streamRecord({ id: 'a', sequence: 1 }), streamRecord({ id: 'b', sequence: 2 })], [streamRecord({ id: 'a', sequence: 3 })]]);
  expect(await run(undefined, (record) => record.item !== item('a'))).toMatchObject({ read: 1, records: 1 });
  expect([parking.waiting(item('a')), parking.heads.has(item('a')), parking.waiting(item('b')).length]).toEqual([[], false, 1]);
  expect(deleted).toEqual(['h']);
});

test('messages are taken until the queue is empty', async () => {
  letters = [1, 2, 3, 4, 5].map((sequence) => ({ handle: `h${sequence}`, body: message(sequence, sequence) }));
  expect(await run()).toMatchObject({ read: 5 });
  expect(deleted).toHaveLength(5);
});

test('of thousands of faulty messages all are counted, and five are told', async () => {
  letters = Array.from({ length: 2_000 }, (_, index) => ({ handle: `h${index}`, body: index % 2 === 0 ? 'hello' : message(index, index) }));
  letters.forEach((_, index) => stream.set(sequenceNumber(index), 'trimmed'));
  const report = await run();
  expect(report).toMatchObject({ malformed: 1_000, trimmed: 1_000 });
  expect(report.errors).toHaveLength(5);
});

describe('the message stays in the queue when', () => {
  test('the range is trimmed, and says which changes are concerned', async () => {
    letters = [{ handle: 'h', body: message(1, 3) }];
    stream.set(sequenceNumber(1), 'trimmed');
    const report = await run();
    expect(report).toMatchObject({ read: 0, trimmed: 1 });
    expect(report.errors.join()).toMatch(`${sequenceNumber(1)} to ${sequenceNumber(3)} of shardId-00000001789651619772-2a9e5aad`);
    expect(deleted).toEqual([]);
  });

  test('it is none of the event source mapping', async () => {
    letters = [{ handle: 'h', body: 'hello' }];
    expect(await run()).toMatchObject({ malformed: 1 });
    expect(deleted).toEqual([]);
  });

  test('the stream cannot be read now; the others go on', async () => {
    letters = [
      { handle: 'bad', body: message(1, 1) },
      { handle: 'good', body: message(2, 2) },
    ];
    stream.set(sequenceNumber(1), Object.assign(new Error('rate exceeded'), { name: 'LimitExceededException', $fault: 'client' }));
    expect(await run()).toMatchObject({ failed: 1, read: 1, errors: ['reading a dead letter failed: LimitExceededException: rate exceeded'] });
    expect(deleted).toEqual(['good']);
  });

  test('an answer cannot be parsed, of which nothing is told: the error quotes it', async () => {
    letters = [{ handle: 'h', body: message(1, 1) }];
    stream.set(sequenceNumber(1), new SyntaxError('Unexpected token in "DE89 3704 0044"'));
    expect(await run()).toMatchObject({ failed: 1, errors: ['reading a dead letter failed: SyntaxError'] });
    expect(deleted).toEqual([]);
  });

  test('a record cannot be parked', async () => {
    letters = [{ handle: 'h', body: message(1, 2) }];
    stream.set(sequenceNumber(1), [[streamRecord({ id: 'a', sequence: 1 }), streamRecord({ id: 'b', sequence: 2 })]]);
    parking.onWrite = (write, moment, of) => {
      if (write === 'parkLate' && moment === 'before' && of === item('b')) {
        throw new Error('no');
      }
    };
    expect(await run()).toMatchObject({ failed: 1, read: 0 });
    expect(deleted).toEqual([]);
  });

  test('its pages do not end in time', async () => {
    letters = [{ handle: 'h', body: message(1, 9) }];
    stream.set(sequenceNumber(1), new Array<StreamRecord[]>(100).fill([streamRecord({ id: 'a', sequence: 1 })]));
    parking.onWrite = () => {
      clock.pass(1_000);
    };
    expect(await run()).toMatchObject({ failed: 1, read: 0 });
    expect(deleted).toEqual([]);
  });

  test('the time is over', async () => {
    letters = [{ handle: 'h', body: message(1, 9) }];
    expect(await run(clock.now())).toMatchObject({ read: 0, failed: 0 });
    expect(letters).toHaveLength(1);
  });
});

test('a message tells its range', () => {
  expect(readRange(message(1, 3))).toEqual<StreamRange>({
    streamArn: STREAM,
    shardId: 'shardId-00000001789651619772-2a9e5aad',
    startSequenceNumber: sequenceNumber(1),
    endSequenceNumber: sequenceNumber(3),
  });
});

test.each([
  '',
  'hello',
  'null',
  '[]',
  '"x"',
  '{}',
  '{"DDBStreamBatchInfo":null}',
  '{"DDBStreamBatchInfo":{}}',
  message(1, 3).replace('"streamArn"', '"arn"'),
  message(1, 3).replace(/"shardId":"[^"]*"/, '"shardId":""'),
  message(1, 3).replace(/"endSequenceNumber":"[^"]*"/, '"endSequenceNumber":5'),
  message(1, 3).replace(/"endSequenceNumber":"[^"]*"/, '"endSequenceNumber":"the last"'),
])('fails when the message is %s', (body) => {
  expect(readRange(body)).toBeUndefined();
});
