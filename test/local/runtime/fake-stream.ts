import type { WireRecord } from '../../../local/runtime/stream-record.ts';
import type { ShardDescription, ShardPage, ShardPosition, StreamSource } from '../../../local/runtime/stream-source.ts';

interface FakeShard {
  readonly parentShardId?: string;
  closed: boolean;
  readonly records: WireRecord[];
}

/** A stream in memory, with as many shards as a test wants. */
export class FakeStream implements StreamSource {
  readonly #shards = new Map<string, FakeShard>();
  #sequence = 0;
  /** Thrown by the next read. */
  failNextRead: Error | undefined;
  reads = 0;

  shard(shardId: string, parentShardId?: string): this {
    this.#shards.set(shardId, { closed: false, records: [], ...(parentShardId ? { parentShardId } : {}) });
    return this;
  }

  close(shardId: string): void {
    this.#shards.get(shardId)!.closed = true;
  }

  /** Writes a record. @returns its sequence number. */
  write(shardId: string, pk: string, options: { at?: number; payload?: string; eventName?: 'INSERT' | 'MODIFY' } = {}): string {
    this.#sequence += 1;
    const SequenceNumber = String(this.#sequence);
    this.#shards.get(shardId)!.records.push({
      eventID: SequenceNumber, eventName: options.eventName ?? 'INSERT',
      dynamodb: { ApproximateCreationDateTime: (options.at ?? 1_000_001_000) / 1000, Keys: { pk: { S: pk } }, NewImage: { pk: { S: pk }, payload: { S: options.payload ?? '' } }, SequenceNumber },
    });
    return SequenceNumber;
  }

  shards(): Promise<ShardDescription[]> {
    return Promise.resolve([...this.#shards].map(([shardId, { closed, parentShardId }]) => ({ shardId, closed, ...(parentShardId ? { parentShardId } : {}) })));
  }

  iterator(shardId: string, position: ShardPosition): Promise<string> {
    const { records } = this.#shards.get(shardId)!;
    const index = position === 'TRIM_HORIZON' ? 0 : position === 'LATEST' ? records.length : records.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === position.after) + 1;
    return Promise.resolve(`${shardId} ${String(index)}`);
  }

  read(iterator: string): Promise<ShardPage> {
    this.reads += 1;
    const failure = this.failNextRead;
    this.failNextRead = undefined;
    if (failure) return Promise.reject(failure);
    const [shardId, index] = iterator.split(' ');
    const { records, closed } = this.#shards.get(shardId)!;
    const page = records.slice(Number(index), Number(index) + 1000);
    const next = Number(index) + page.length;
    return Promise.resolve({ records: page, ...(closed && next >= records.length ? {} : { next: `${shardId} ${String(next)}` }) });
  }
}
