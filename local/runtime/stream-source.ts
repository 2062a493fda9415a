import { DescribeStreamCommand, DynamoDBStreamsClient, GetShardIteratorCommand } from '@aws-sdk/client-dynamodb-streams';
import { localClient } from './dynamodb-local.ts';
import type { WireRecord } from './stream-record.ts';

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
  readonly records: readonly WireRecord[];
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
  readonly #endpoint: string;
  readonly #streamArn: string;

  constructor(endpoint: string, streamArn: string) {
    this.#endpoint = endpoint;
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

  /** Without the SDK, whose form of a record is not the wire's. DynamoDB Local wants an authorization, and does not look at it. */
  async read(iterator: string): Promise<ShardPage> {
    const response = await fetch(this.#endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'DynamoDBStreams_20120810.GetRecords',
        authorization: 'AWS4-HMAC-SHA256 Credential=local/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=local',
      },
      body: JSON.stringify({ ShardIterator: iterator }),
    });
    const answer = await response.json() as { Records?: WireRecord[]; NextShardIterator?: string; __type?: string; message?: string };
    if (!response.ok) {
      throw Object.assign(new Error(answer.message ?? `status ${String(response.status)}`), { name: answer.__type?.split('#').at(-1) ?? 'Error' });
    }
    const { Records = [], NextShardIterator } = answer;
    return { records: Records, ...(NextShardIterator ? { next: NextShardIterator } : {}) };
  }

  close(): void {
    this.#client.destroy();
  }
}
