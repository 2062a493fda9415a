import {
  DescribeStreamCommand, DynamoDBStreamsClient, GetRecordsCommand, GetShardIteratorCommand, type _Record,
} from '@aws-sdk/client-dynamodb-streams';
import { localClient } from './dynamodb-local.ts';

/** A shard of a stream. */
export interface ShardDescription {
  readonly shardId: string;
  readonly parentShardId?: string;
  /** A closed shard gets no new records. */
  readonly closed: boolean;
}

/** Where in a shard to begin: an end of it, or after a record. */
export type ShardPosition = 'TRIM_HORIZON' | 'LATEST' | { readonly after: string };

/** The result of one read. */
export interface ShardPage {
  readonly records: readonly _Record[];
  /** Absent when a closed shard is exhausted. */
  readonly next?: string;
}

/** A DynamoDB stream, as an event source mapping reads it. */
export interface StreamSource {
  shards(): Promise<ShardDescription[]>;
  /** @throws `TrimmedDataAccessException` for a position older than the stream's records. */
  iterator(shardId: string, position: ShardPosition): Promise<string>;
  /** @throws `ExpiredIteratorException` for an iterator older than 15 minutes, and `TrimmedDataAccessException`. */
  read(iterator: string): Promise<ShardPage>;
}

/** A stream of DynamoDB Local. */
export class DynamoDbStream implements StreamSource {
  readonly #client: DynamoDBStreamsClient;
  readonly #streamArn: string;

  constructor(endpoint: string, streamArn: string) {
    this.#client = new DynamoDBStreamsClient(localClient(endpoint));
    this.#streamArn = streamArn;
  }

  async shards(): Promise<ShardDescription[]> {
    const shards: ShardDescription[] = [];
    let last: string | undefined;
    do {
      const { StreamDescription } = await this.#client.send(new DescribeStreamCommand({ StreamArn: this.#streamArn, ExclusiveStartShardId: last }));
      for (const { ShardId = '', ParentShardId, SequenceNumberRange } of StreamDescription?.Shards ?? []) {
        shards.push({ shardId: ShardId, closed: SequenceNumberRange?.EndingSequenceNumber !== undefined, ...(ParentShardId ? { parentShardId: ParentShardId } : {}) });
      }
      last = StreamDescription?.LastEvaluatedShardId;
    } while (last !== undefined);
    return shards;
  }

  async iterator(shardId: string, position: ShardPosition): Promise<string> {
    const where = typeof position === 'string' ? { ShardIteratorType: position } : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' as const, SequenceNumber: position.after };
    const { ShardIterator = '' } = await this.#client.send(new GetShardIteratorCommand({ StreamArn: this.#streamArn, ShardId: shardId, ...where }));
    return ShardIterator;
  }

  async read(iterator: string): Promise<ShardPage> {
    const { Records = [], NextShardIterator } = await this.#client.send(new GetRecordsCommand({ ShardIterator: iterator }));
    return { records: Records, ...(NextShardIterator ? { next: NextShardIterator } : {}) };
  }

  close(): void {
    this.#client.destroy();
  }
}
