import { readStreamRecord, UnplaceableRecordError, type AttributeMap, type RawStreamRecord } from '../../../lambda/core/stream-record.ts';
import { rawRecord, STREAM } from '../factories.ts';

test('a record says where it stands', () => {
  const raw = rawRecord({ id: 'o-7', sequence: 42 });
  expect({ ...readStreamRecord(raw) }).toEqual({
    streamArn: STREAM,
    keys: { id: { S: 'o-7' } },
    sequenceNumber: '2900002759746085000042',
    createdAt: Date.UTC(2026, 0, 2, 3, 4, 5),
    raw,
  });
});

test.each<[string, RawStreamRecord]>([
  ['the stream is missing', { ...rawRecord(), eventSourceARN: undefined }],
  ['the stream is no text', { ...rawRecord(), eventSourceARN: 1 as unknown as string }],
  ['the sequence number is one of JavaScript', { ...rawRecord(), dynamodb: { ...rawRecord().dynamodb, SequenceNumber: 12 as unknown as string } }],
  ['there is no dynamodb', { ...rawRecord(), dynamodb: undefined }],
  ['there is no sequence number', { ...rawRecord(), dynamodb: { ...rawRecord().dynamodb, SequenceNumber: undefined } }],
  ['the sequence number is no number', { ...rawRecord(), dynamodb: { ...rawRecord().dynamodb, SequenceNumber: '12a' } }],
  ['the sequence number is longer than 40 digits', { ...rawRecord(), dynamodb: { ...rawRecord().dynamodb, SequenceNumber: '1'.repeat(41) } }],
])('fails when %s', (_, raw) => {
  expect(() => readStreamRecord(raw)).toThrow(UnplaceableRecordError);
});

describe('the time of a change', () => {
  const createdAt = (seconds: unknown): number => {
    const raw = rawRecord();
    return readStreamRecord({ ...raw, dynamodb: { ...raw.dynamodb, ApproximateCreationDateTime: seconds as number } }).createdAt;
  };

  test.each<[string, unknown, number]>([
    ['whole seconds', 1_767_323_045, 1_767_323_045_000],
    ['a part of a second, which the other way to read a stream does not tell', 1_767_323_045.999, 1_767_323_045_000],
    ['the first second', 1, 1_000],
    ['the last second that has a text', 253_402_300_799, 253_402_300_799_000],
  ])('is told in milliseconds for %s', (_, seconds, expected) => {
    expect(createdAt(seconds)).toBe(expected);
  });

  test.each<[string, unknown]>([
    ['is missing', undefined],
    ['is null', null],
    ['is zero', 0],
    ['is less than a second', 0.9],
    ['is negative', -1_767_323_045],
    ['is no number', NaN],
    ['is infinite', Infinity],
    ['is in milliseconds', 1_767_323_045_000],
    ['is a number as a text', '1767323045'],
    ['is a text', '2026-01-02T03:04:05Z'],
    ['is a Date', new Date(1_767_323_045_000)],
  ])('is 0, older than every limit, where it %s: the record stands in its place all the same', (_, seconds) => {
    expect(createdAt(seconds)).toBe(0);
  });
});

test.each<[string, unknown]>([
  ['null', null],
  ['a text', 'o-1'],
  ['a list', { id: { L: [] } }],
  ['two types', { id: { S: 'o-1', N: '1' } }],
  ['no type', { id: {} }],
  ['no value', { id: null }],
  ['a value that is no text', { id: { N: 1 } }],
  ['100,000 lists', { id: nested(100_000) }],
])('a key that DynamoDB cannot have, %s, counts as none', (_, Keys) => {
  const raw = rawRecord();
  const record = readStreamRecord({ ...raw, dynamodb: { ...raw.dynamodb, Keys: Keys as AttributeMap } });
  expect(record).toMatchObject({ keys: {}, item: readStreamRecord({ ...raw, dynamodb: { ...raw.dynamodb, Keys: undefined } }).item });
});

function nested(lists: number): unknown {
  let value: unknown = { S: 'bottom' };
  for (let count = 0; count < lists; count++) {
    value = { L: [value] };
  }
  return value;
}

test('the text of the failure holds no key values', () => {
  const raw = rawRecord({ id: 'secret-customer' });
  expect(() => readStreamRecord({ ...raw, eventSourceARN: '' })).toThrow(expect.objectContaining({ message: expect.not.stringContaining('secret-customer') as string }) as Error);
});
