import type { DeadLetter, DeadLetterQueue, StreamRange, StreamReader } from '../../lambda/core/ports.ts';
import { padSequence } from '../../lambda/core/occurrence.ts';
import type { StreamRecord } from '../../lambda/core/stream-record.ts';
import type { Actor } from './scheduler.ts';
import { STREAM, type Change } from './source-table.ts';
import type { World } from './world.ts';

/** How long a message that was received is hidden, in milliseconds. */
const HIDDEN_MS = 360_000;

interface Letter extends DeadLetter {
  readonly changes: readonly Change[];
  hiddenUntil: number;
}

/** Records in a page of the stream. */
const PAGE_RECORDS = 2;

/** The dead-letter queue, and the stream from which its ranges are read again. */
export class DeadLetters {
  letters: Letter[] = [];
  private readonly deleted: Letter[] = [];
  private deliveries = 0;
  private readonly world: World;

  constructor(world: World) {
    this.world = world;
  }

  /** The message of the event source mapping that gives up on a batch. */
  send(changes: readonly Change[]): void {
    changes.forEach((change) => this.world.givenUp.add(change));
    const [start, end] = [changes[0], changes[changes.length - 1]].map(({ record }) => record.sequenceNumber);
    const info = { shardId: 'shard', startSequenceNumber: start, endSequenceNumber: end, batchSize: changes.length, streamArn: STREAM };
    const body = JSON.stringify({ requestContext: { condition: 'RetryAttemptsExhausted' }, DDBStreamBatchInfo: info });
    this.letters.push({ handle: this.newHandle(), body, changes, hiddenUntil: 0 });
  }

  /** Delivers a message again that was deleted: SQS delivers at least once. */
  repeat(): void {
    const letter = this.deleted.pop();
    if (letter !== undefined) {
      this.letters.push({ ...letter, handle: this.newHandle(), hiddenUntil: 0 });
    }
  }

  /** A range may have several messages. */
  private newHandle(): string {
    return `letter ${++this.deliveries}`;
  }

  /** Whether a change is in the range of a message. */
  hold(change: Change): boolean {
    return this.letters.some(({ changes }) => changes.includes(change));
  }

  /** Messages whose range the stream still holds. */
  readable(): Letter[] {
    return this.letters.filter(({ changes }) => !this.world.table.isTrimmed(changes[0], this.world.now));
  }

  queue(actor: Actor): DeadLetterQueue {
    const { scheduler } = this.world;
    return {
      receive: () =>
        scheduler.call(actor, () => {
          const visible = this.letters.filter(({ hiddenUntil }) => hiddenUntil <= scheduler.now).slice(0, 10);
          visible.forEach((letter) => {
            letter.hiddenUntil = scheduler.now + HIDDEN_MS;
          });
          return visible;
        }),
      delete: (letter) =>
        scheduler.call(actor, () => {
          this.world.note(() => `${actor.name}: deletes ${letter.handle}`);
          this.deleted.push(...this.letters.filter(({ handle }) => handle === letter.handle));
          this.letters = this.letters.filter(({ handle }) => handle !== letter.handle);
        }),
    };
  }

  reader(actor: Actor): StreamReader {
    const { scheduler } = this.world;
    return {
      open: (range) => scheduler.call(actor, () => (this.isTrimmed(range) ? 'trimmed' : this.pages(range, actor))),
    };
  }

  private isTrimmed(range: StreamRange): boolean {
    const [first] = this.inRange(range);
    return this.world.table.isTrimmed(first, this.world.now);
  }

  /** Every record in the range, those of other lanes too. */
  private inRange({ startSequenceNumber, endSequenceNumber }: StreamRange): Change[] {
    const [start, end] = [padSequence(startSequenceNumber), padSequence(endSequenceNumber)];
    return this.world.table.changes.filter(({ record: { sequence } }) => sequence >= start && sequence <= end);
  }

  private async *pages(range: StreamRange, actor: Actor): AsyncGenerator<readonly StreamRecord[]> {
    const changes = this.inRange(range);
    for (let start = 0; start < changes.length; start += PAGE_RECORDS) {
      const page = changes.slice(start, start + PAGE_RECORDS);
      page.forEach(({ record }) => this.world.late.add(record.item));
      yield await this.world.scheduler.call(actor, () => page.map(({ record }) => record));
    }
  }
}
