import type { Clock, DeadLetter, DeadLetterQueue, ParkedEvents, StreamRange, StreamReader } from './ports.ts';
import { forEachOf } from './for-each-of.ts';
import type { StreamRecord } from './stream-record.ts';

/** What the requeue talks to while it reads dead letters. */
export interface DeadLetterPorts {
  readonly clock: Clock;
  readonly deadLetters: DeadLetterQueue;
  readonly stream: StreamReader;
  readonly parkedEvents: Pick<ParkedEvents, 'announce' | 'parkLate'>;
}

/**
 * Whether anything is published of a record. The mapping's filter kept the others out of the batch that failed, but not out of its range.
 */
export type IsPublished = (record: StreamRecord) => boolean;

/** What became of the dead letters. */
export interface DeadLetterReport {
  /** Messages whose records are parked now; they are deleted. */
  read: number;
  /** Records that were parked as late. */
  records: number;
  /** Messages whose range the stream does not hold any more; they stay in the queue. A person must look. */
  trimmed: number;
  /** Messages that are none of the event source mapping's; they stay in the queue. */
  malformed: number;
  /** Messages that could not be read now; they stay, and are tried again. */
  failed: number;
  /** What was wrong with the first of these: there may be thousands, and one line of the log tells it. */
  readonly errors: string[];
}

/** How many errors are told. */
const MAX_ERRORS = 5;

/**
 * Brings the records that the event source mapping gave up on to safety: reads each range from the stream again, parks its records as
 * late, and only then deletes the message.
 *
 * @param deadline epoch milliseconds after which no further message is taken, nor a further page of its range read
 */
export async function requeueDeadLetters(ports: DeadLetterPorts, isPublished: IsPublished, deadline: number): Promise<DeadLetterReport> {
  const report: DeadLetterReport = { read: 0, records: 0, trimmed: 0, malformed: 0, failed: 0, errors: [] };
  const failed = (what: string, error: unknown): void => {
    report.failed++;
    tell(report, `${what} failed: ${describe(error)}`);
  };
  while (ports.clock.now() < deadline) {
    const letters = await ports.deadLetters.receive().catch((error: unknown) => {
      failed('receiving dead letters', error); // what is parked must not wait for that
      return [];
    });
    if (letters.length === 0) {
      break;
    }
    for (const letter of letters) {
      try {
        await requeueDeadLetter(letter, ports, isPublished, report, deadline);
      } catch (error) {
        failed('reading a dead letter', error);
      }
    }
  }
  return report;
}

/** How many items are parked at the same time. */
const PARK_CONCURRENCY = 16;

async function requeueDeadLetter(
  letter: DeadLetter,
  ports: DeadLetterPorts,
  isPublished: IsPublished,
  report: DeadLetterReport,
  deadline: number,
): Promise<void> {
  const range = readRange(letter.body);
  if (range === undefined) {
    report.malformed++;
    tell(report, 'a message of the dead-letter queue has no DDBStreamBatchInfo with streamArn, shardId and sequence numbers');
    return;
  }
  const pages = await ports.stream.open(range);
  if (pages === 'trimmed') {
    report.trimmed++;
    tell(
      report,
      `the stream does not hold ${range.startSequenceNumber} to ${range.endSequenceNumber} of ${range.shardId} any more: these changes must be published by hand`,
    );
    return;
  }
  await ports.parkedEvents.announce(range.streamArn);
  for await (const page of pages) {
    // The pages of a shard that is still written to never end: a range that reaches beyond what is written would take for ever.
    if (ports.clock.now() >= deadline) {
      throw new OutOfTimeError();
    }
    const byItem = Map.groupBy(page.filter(isPublished), (record) => record.item);
    await forEachOf([...byItem.values()], PARK_CONCURRENCY, async (records) => {
      await ports.parkedEvents.parkLate(...records);
      report.records += records.length;
    });
  }
  await ports.deadLetters.delete(letter);
  report.read++;
}

/** The time for dead letters is over. */
class OutOfTimeError extends Error {
  override readonly name = 'OutOfTimeError';
}

/** What went wrong, in the words of AWS where it refused something. Other texts may quote a record: that of an answer that cannot be parsed does. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) {
    return 'unknown error';
  }
  return '$fault' in error ? `${error.name}: ${error.message}` : error.name;
}

function tell({ errors }: DeadLetterReport, error: string): void {
  if (errors.length < MAX_ERRORS) {
    errors.push(error);
  }
}

/**
 * The range that a message of the event source mapping names.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 * @returns undefined where the text is no such message
 */
export function readRange(body: string): StreamRange | undefined {
  let info: Record<string, unknown> | undefined;
  try {
    info = (JSON.parse(body) as { DDBStreamBatchInfo?: Record<string, unknown> } | null)?.DDBStreamBatchInfo;
  } catch {
    return undefined;
  }
  const { streamArn, shardId, startSequenceNumber, endSequenceNumber } = info ?? {};
  const names = [streamArn, shardId].every((value) => typeof value === 'string' && value !== '');
  const numbers = [startSequenceNumber, endSequenceNumber].every((value) => typeof value === 'string' && /^\d{1,40}$/.test(value));
  if (!names || !numbers) {
    return undefined;
  }
  return { streamArn, shardId, startSequenceNumber, endSequenceNumber } as StreamRange;
}
