import { readEventSourceMapping } from '../../../local/runtime/event-source-mapping-configuration.ts';
import type { JsonObject } from '../../../local/runtime/json.ts';
import type { Resource } from '../../../local/runtime/resources.ts';

const resource = { path: 'S/Mapping', logicalId: 'Mapping', type: 'AWS::Lambda::EventSourceMapping' } as Resource;
const minimal: JsonObject = { EventSourceArn: 'arn:aws:dynamodb:r:1:table/t/stream/x', FunctionName: 'f', StartingPosition: 'TRIM_HORIZON' };

test('absent settings are those of Lambda', () => {
  expect(readEventSourceMapping(resource, minimal)).toMatchObject({
    streamArn: 'arn:aws:dynamodb:r:1:table/t/stream/x', functionReference: 'f', enabled: true, startingPosition: 'TRIM_HORIZON', batchSize: 100, maximumBatchingWindow: 0,
    parallelizationFactor: 1, maximumRetryAttempts: -1, maximumRecordAge: -1, bisectBatchOnFunctionError: false, reportBatchItemFailures: false,
  });
  expect(readEventSourceMapping(resource, minimal)).not.toHaveProperty('onFailure');
});

test('every setting is read', () => {
  const configuration = readEventSourceMapping(resource, {
    ...minimal, Enabled: false, StartingPosition: 'LATEST', BatchSize: 10_000, MaximumBatchingWindowInSeconds: 300, ParallelizationFactor: 10, MaximumRetryAttempts: 0,
    MaximumRecordAgeInSeconds: 60, BisectBatchOnFunctionError: true, FunctionResponseTypes: ['ReportBatchItemFailures'], TumblingWindowInSeconds: 0,
    FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }] }, DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:r:1:q' } },
  });
  expect(configuration).toMatchObject({
    enabled: false, startingPosition: 'LATEST', batchSize: 10_000, maximumBatchingWindow: 300, parallelizationFactor: 10, maximumRetryAttempts: 0, maximumRecordAge: 60,
    bisectBatchOnFunctionError: true, reportBatchItemFailures: true, onFailure: 'arn:aws:sqs:r:1:q',
  });
  expect([configuration.filter({ eventName: 'INSERT' }), configuration.filter({ eventName: 'MODIFY' })]).toEqual([true, false]);
});

test.each<[string, JsonObject, string]>([
  ['the source is no DynamoDB stream', { EventSourceArn: 'arn:aws:sqs:r:1:q' }, 'maps DynamoDB streams only'],
  ['the starting position is a time', { StartingPosition: 'AT_TIMESTAMP' }, 'expected TRIM_HORIZON or LATEST'],
  ['it has a tumbling window', { TumblingWindowInSeconds: 10 }, 'uses TumblingWindowInSeconds'],
  ['the batch is empty', { BatchSize: 0 }, 'BatchSize 0, expected 1 to 10000'],
  ['the batch is too large', { BatchSize: 10_001 }, 'expected 1 to 10000'],
  ['the window is too long', { MaximumBatchingWindowInSeconds: 301 }, 'expected 0 to 300'],
  ['the parallelization factor is too large', { ParallelizationFactor: 11 }, 'expected 1 to 10'],
  ['the age is below a minute', { MaximumRecordAgeInSeconds: 59 }, 'expected -1, or 60 to 604800'],
  ['the retries are too many', { MaximumRetryAttempts: 10_001 }, 'expected -1 to 10000'],
  ['a number is a fraction', { BatchSize: 1.5 }, 'BatchSize 1.5'],
  ['the destination is a topic', { DestinationConfig: { OnFailure: { Destination: 'arn:aws:sns:r:1:t' } } }, 'sends to SQS queues only'],
  ['the destination is a FIFO queue', { DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:r:1:q.fifo' } } }, 'standard queues only'],
  ['a filter is badly formed', { FilterCriteria: { Filters: [{ Pattern: '{"a":"b"}' }] } }, 'Invalid filter pattern definition.'],
])('fails when %s', (_, properties, text) => {
  expect(() => readEventSourceMapping(resource, { ...minimal, ...properties })).toThrow(text);
  expect(() => readEventSourceMapping(resource, { ...minimal, ...properties })).toThrow('S/Mapping');
});
