import { GetRecordsCommand, GetShardIteratorCommand, type DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { StreamRange, StreamReader } from '../core/ports.ts';
import { padSequence } from '../core/occurrence.ts';
import { readStreamRecord, type RawStreamRecord, type StreamRecord } from '../core/stream-record.ts';
import { wireAnswer } from './wire-answer.ts';

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
    const command = new GetRecordsCommand({ ShardIterator: iterator });
    const answer = (await wireAnswer(client, command)) as { readonly Records?: readonly WireRecord[]; readonly NextShardIterator?: string };
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

/** A record as GetRecords gives it: without the stream's ARN, and with other names in `userIdentity`. */
type WireRecord = Pick<RawStreamRecord, 'eventName' | 'dynamodb'> & { readonly userIdentity?: { readonly Type?: string; readonly PrincipalId?: string } };

/** The record as the event source mapping delivers it. */
export function toLambdaForm({ eventName, dynamodb, userIdentity }: WireRecord, streamArn: string): RawStreamRecord {
  const { ApproximateCreationDateTime: createdAt, ...images } = dynamodb ?? {};
  return {
    eventName,
    eventSourceARN: streamArn,
    dynamodb: { ...(createdAt !== undefined && { ApproximateCreationDateTime: Math.floor(createdAt) }), ...images },
    ...(userIdentity && { userIdentity: { type: userIdentity.Type, principalId: userIdentity.PrincipalId } }),
  };
}
