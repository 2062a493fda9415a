import { failureMessage } from '../../../local/runtime/failure-message.ts';
import { toStreamRecord, type WireRecord } from '../../../local/runtime/stream-record.ts';

const ARN = 'arn:aws:dynamodb:ddblocal:000000000000:table/T/stream/2026-01-01T00:00:00.000';
const MINUTE = Date.parse('2026-01-01T10:20:00Z');

function record(overrides: Partial<WireRecord['dynamodb']> = {}, rest: Partial<WireRecord> = {}): WireRecord {
  return {
    eventID: '77cf78ad-9293-4ef1-be19-8e04498b8f08', eventName: 'MODIFY', eventVersion: '1.1', eventSource: 'aws:dynamodb',
    dynamodb: {
      ApproximateCreationDateTime: MINUTE / 1000, Keys: { sk: { N: '7' }, pk: { S: 'a' } }, SequenceNumber: '000000000000000000012', SizeBytes: 9,
      StreamViewType: 'NEW_AND_OLD_IMAGES', NewImage: { pk: { S: 'a' } }, OldImage: { pk: { S: 'a' } }, ...overrides,
    },
    ...rest,
  };
}

test('has the members of a Lambda event', () => {
  expect(toStreamRecord(record(), ARN, 'eu-central-1', MINUTE + 12_345).event).toEqual({
    eventID: '77cf78ad92934ef1be198e04498b8f08', eventName: 'MODIFY', eventVersion: '1.1', eventSource: 'aws:dynamodb', awsRegion: 'eu-central-1',
    dynamodb: {
      ApproximateCreationDateTime: MINUTE / 1000 + 12, Keys: { sk: { N: '7' }, pk: { S: 'a' } }, NewImage: { pk: { S: 'a' } }, OldImage: { pk: { S: 'a' } },
      SequenceNumber: '000000000000000000012', SizeBytes: 9, StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    eventSourceARN: ARN,
  });
});

test('leaves absent images and identities out', () => {
  const { event } = toStreamRecord(record({ OldImage: undefined }, { eventName: 'INSERT' }), ARN, 'r', MINUTE);
  expect(Object.keys(event.dynamodb as object)).not.toContain('OldImage');
  expect(Object.keys(event)).not.toContain('userIdentity');
});

test('writes the identity of a TTL deletion in camel case', () => {
  const { event } = toStreamRecord(record({}, { userIdentity: { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' } }), ARN, 'r', MINUTE);
  expect(event.userIdentity).toEqual({ type: 'Service', principalId: 'dynamodb.amazonaws.com' });
});

test('keeps images as they are, whatever the names of their attributes', () => {
  const image = JSON.parse('{"__proto__":{"S":"x"},"b":{"B":"AAH/"}}') as NonNullable<NonNullable<WireRecord['dynamodb']>['NewImage']>;
  const { event } = toStreamRecord(record({ NewImage: image }), ARN, 'r', MINUTE);
  expect(JSON.stringify((event.dynamodb as { NewImage: object }).NewImage)).toBe('{"__proto__":{"S":"x"},"b":{"B":"AAH/"}}');
});

test.each<[string, number, number, number]>([
  ['read in the minute that DynamoDB Local tells', MINUTE / 1000, MINUTE + 59_999, MINUTE / 1000 + 59],
  ['read later', MINUTE / 1000, MINUTE + 60_000, MINUTE / 1000],
  ['told to the second', MINUTE / 1000 + 5, MINUTE + 7000, MINUTE / 1000 + 5],
])('the creation time is in whole seconds: %s', (_, told, observedAt, expected) => {
  expect(toStreamRecord(record({ ApproximateCreationDateTime: told }), ARN, 'r', observedAt).creationTime).toBe(expected);
});

test('the item key is the same whatever the order of the key attributes', () => {
  const keyOf = (Keys: NonNullable<WireRecord['dynamodb']>['Keys']): string => toStreamRecord(record({ Keys }), ARN, 'r', MINUTE).itemKey;
  expect(keyOf({ pk: { S: 'a' }, sk: { N: '7' } })).toBe(keyOf({ sk: { N: '7' }, pk: { S: 'a' } }));
  expect(keyOf({ pk: { S: 'a' }, sk: { N: '7' } })).not.toBe(keyOf({ pk: { S: 'a' }, sk: { N: '8' } }));
});

describe('the failure message', () => {
  const records = ['1', '2'].map((SequenceNumber, index) => toStreamRecord(record({ SequenceNumber, ApproximateCreationDateTime: MINUTE / 1000 + 1 + index }), ARN, 'r', MINUTE));
  const batch = { requestId: 'id', functionArn: 'arn:f', invokeCount: 3, shardId: 'shard', streamArn: ARN, records };
  const info = {
    shardId: 'shard', startSequenceNumber: '1', endSequenceNumber: '2', approximateArrivalOfFirstRecord: '2026-01-01T10:20:01Z',
    approximateArrivalOfLastRecord: '2026-01-01T10:20:02Z', batchSize: 2, streamArn: ARN,
  };

  test.each(['Unhandled', null] as const)('after used-up retries has the response context, with function error %j', (functionError) => {
    expect(JSON.parse(failureMessage({ ...batch, condition: 'RetryAttemptsExhausted', functionError }, MINUTE + 5))).toEqual({
      requestContext: { requestId: 'id', functionArn: 'arn:f', condition: 'RetryAttemptsExhausted', approximateInvokeCount: 3 },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError },
      version: '1.0', timestamp: '2026-01-01T10:20:00.005Z', DDBStreamBatchInfo: info,
    });
  });

  test.each([[3, 3], [0, 1]])('about old records has no response context; %i invocations count as %i', (invokeCount, approximateInvokeCount) => {
    expect(JSON.parse(failureMessage({ ...batch, invokeCount, condition: 'RecordAgeExceeded', functionError: null }, MINUTE))).toEqual({
      requestContext: { requestId: 'id', functionArn: 'arn:f', condition: 'RecordAgeExceeded', approximateInvokeCount },
      version: '1.0', timestamp: '2026-01-01T10:20:00.000Z', DDBStreamBatchInfo: info,
    });
  });
});
