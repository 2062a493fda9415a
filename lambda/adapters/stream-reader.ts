import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  type DynamoDBStreamsClient,
  type _Record as SdkRecord,
} from '@aws-sdk/client-dynamodb-streams';
import { toLambdaMap } from './attribute-values.ts';
import type { StreamRange, StreamReader } from '../core/ports.ts';
import { padSequence, readStreamRecord, type RawStreamRecord, type StreamRecord } from '../core/stream-record.ts';

/** Errors that say that the stream does not hold the range any more. */
const TRIMMED = new Set(['TrimmedDataAccessException', 'ResourceNotFoundException']);

/** The stream of the table. */
export function streamReader(client: DynamoDBStreamsClient): StreamReader {
  return {
    async open(range) {
      let iterator: string | undefined;
      try {
        const answer = await client.send(
          new GetShardIteratorCommand({
            StreamArn: range.streamArn,
            ShardId: range.shardId,
            ShardIteratorType: 'AT_SEQUENCE_NUMBER',
            SequenceNumber: range.startSequenceNumber,
          }),
        );
        iterator = answer.ShardIterator;
      } catch (error) {
        if (error instanceof Error && TRIMMED.has(error.name)) {
          return 'trimmed';
        }
        throw error;
      }
      return pages(client, range, iterator);
    },
  };
}

async function* pages(client: DynamoDBStreamsClient, range: StreamRange, first: string | undefined): AsyncGenerator<StreamRecord[]> {
  const end = padSequence(range.endSequenceNumber);
  for (let iterator = first; iterator !== undefined; ) {
    const answer = await client.send(new GetRecordsCommand({ ShardIterator: iterator }));
    const records = (answer.Records ?? []).map((record) => readStreamRecord(toLambdaForm(record, range.streamArn)));
    yield records.filter((record) => record.sequence <= end);
    if (records.some((record) => record.sequence >= end)) {
      return;
    }
    iterator = answer.NextShardIterator;
  }
  // The shard ended before the range did. The range came from this shard, so a part of it must have been trimmed while it was read.
  throw new Error(`shard ${range.shardId} ended before sequence number ${range.endSequenceNumber}`);
}

/** The record as the event source mapping delivers it: whole seconds, base64 text, the stream's ARN. */
export function toLambdaForm(record: SdkRecord, streamArn: string): RawStreamRecord {
  const { ApproximateCreationDateTime: createdAt, Keys, NewImage, OldImage, SequenceNumber } = record.dynamodb ?? {};
  const { Type: type, PrincipalId: principalId } = record.userIdentity ?? {};
  return {
    eventName: record.eventName,
    eventSourceARN: streamArn,
    dynamodb: {
      ApproximateCreationDateTime: createdAt === undefined ? undefined : Math.floor(createdAt.getTime() / 1000),
      Keys: Keys && toLambdaMap(Keys),
      ...(NewImage && { NewImage: toLambdaMap(NewImage) }),
      ...(OldImage && { OldImage: toLambdaMap(OldImage) }),
      SequenceNumber,
    },
    ...(record.userIdentity && { userIdentity: { type, principalId } }),
  };
}
