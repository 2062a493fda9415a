import { checkpoint } from '../../../lambda/core/stream-checkpoint.ts';
import { readStreamRecord } from '../../../lambda/core/stream-record.ts';
import { rawRecord, sequenceNumber, streamRecord } from '../factories.ts';

test('where all is settled, nothing is reported', () => {
  expect(checkpoint([])).toEqual({ batchItemFailures: [] });
});

test('the lowest sequence number is reported, and only that one', () => {
  const unsettled = [3, 2, 5].map((sequence) => streamRecord({ sequence }));
  expect(checkpoint(unsettled)).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumber(2) }] });
});

test('sequence numbers are compared as numbers and reported as the stream gives them', () => {
  const record = (number: string): ReturnType<typeof readStreamRecord> =>
    readStreamRecord({ ...rawRecord(), dynamodb: { ...rawRecord().dynamodb, SequenceNumber: number } });
  expect(checkpoint([record('100000000000000000000'), record('99999999999999999999')])).toEqual({
    batchItemFailures: [{ itemIdentifier: '99999999999999999999' }],
  });
});
