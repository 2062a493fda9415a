import fc from 'fast-check';
import { assembleEvents, type Assembly } from '../../../lambda/core/change-event.ts';
import { eventEnvelope, InvalidAttributeError } from '../../../lambda/core/event-envelope.ts';
import { assembleSnapshot } from '../../../lambda/core/snapshot-event.ts';
import { readStreamRecord, type AttributeMap, type AttributeValue, type StreamRecord } from '../../../lambda/core/stream-record.ts';
import { isRfc3339 } from '../../../local/nakadi/metadata-schema.ts';
import { CREATED_AT, keyedRecord, paddedSequence, rawRecord, ROUTE, shapeOf, STREAM, streamRecord, type RecordOptions, type ShapeOptions } from '../factories.ts';

/** The metadata that an event may have. */
interface EventMetadata {
  readonly eid: string;
  readonly occurred_at: string;
  readonly flow_id?: string;
  readonly partition_compaction_key?: string;
}

const STREAM_TIME = '2026-01-02T03:04:05.000Z';

function metadata(assembly: Assembly): EventMetadata {
  if (assembly.type !== 'events') {
    throw new Error(JSON.stringify(assembly));
  }
  return (JSON.parse(String(assembly.events[0].json)) as { metadata: EventMetadata }).metadata;
}

const image = (more: AttributeMap): AttributeMap => ({ id: { S: 'o-1' }, ...more });
const of = (more: AttributeMap, shape: ShapeOptions, options: RecordOptions = {}): EventMetadata =>
  metadata(assembleEvents(streamRecord({ newImage: image(more), oldImage: image({ ...more, was: { BOOL: true } }), ...options }), shapeOf(shape)));

describe('occurred_at is', () => {
  const at = (value: AttributeValue, shape: ShapeOptions = {}, options: RecordOptions = {}): string =>
    of({ at: value }, { occurredAtAttribute: 'at', ...shape }, options).occurred_at;

  test.each([
    '2026-03-04T05:06:07Z',
    '2026-03-04T05:06:07.123456789Z',
    '2026-03-04T05:06:07+05:30',
    '2026-03-04t05:06:07z',
    '2024-02-29T23:59:59-18:00',
    '2024-02-29T23:59:59+18:00',
    '2026-03-04T05:06:07-17:59',
    '2026-03-04T05:06:07.1-00:00',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
  ])('the text of the attribute as it is: %s', (text) => {
    expect(at({ S: text })).toBe(text);
    expect(isRfc3339(text)).toBe(true);
  });

  test.each([
    ['1772600767', '2026-03-04T05:06:07.000Z'],
    ['1772600767.5', '2026-03-04T05:06:07.500Z'],
    ['1772600767.001', '2026-03-04T05:06:07.001Z'],
    ['1772600767.123456789012', '2026-03-04T05:06:07.123Z'],
    ['1.001', '1970-01-01T00:00:01.001Z'],
    ['0', '1970-01-01T00:00:00.000Z'],
    ['-1', '1969-12-31T23:59:59.000Z'],
    ['1.7726E+9', '2026-03-04T04:53:20.000Z'],
    ['253402300799', '9999-12-31T23:59:59.000Z'],
  ])('the time of a number of seconds: %s', (N, expected) => {
    expect(at({ N })).toBe(expected);
    expect(at({ N }, { numberEncoding: 'string' })).toBe(expected);
  });

  test('the millisecond that the number says, for every number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253402300799_999 }), (time) => {
        const N = `${Math.floor(time / 1000)}.${String(time % 1000).padStart(3, '0')}`;
        expect(at({ N })).toBe(new Date(time).toISOString());
      }),
    );
  });

  test.each<[string, ShapeOptions, RecordOptions, AttributeMap]>([
    ['no attribute is named', {}, {}, { at: { S: '2026-03-04T05:06:07Z' } }],
    ['the item does not have it', { occurredAtAttribute: 'at' }, {}, {}],
    ['it is null', { occurredAtAttribute: 'at' }, {}, { at: { NULL: true } }],
    ['it is left out of events', { occurredAtAttribute: 'at', exclude: [{ path: ['at'] }] }, {}, { at: { S: '2026-03-04T05:06:07Z' } }],
    ['the item is deleted', { occurredAtAttribute: 'at' }, { eventName: 'REMOVE' }, { at: { S: '2026-03-04T05:06:07Z' } }],
    ['the item is deleted and the attribute is no time', { occurredAtAttribute: 'at' }, { eventName: 'REMOVE' }, { at: { S: 'soon' } }],
    ['the attribute is called like a member of every object', { occurredAtAttribute: 'constructor' }, {}, {}],
  ])('the time of the stream record where %s', (_, shape, options, more) => {
    expect(of(more, shape, options).occurred_at).toBe(STREAM_TIME);
  });

  test('the time at which a snapshot was taken', () => {
    const subject = { streamArn: STREAM, keys: { id: { S: 'o-1' } }, sequence: paddedSequence(5), lateMarks: 1, last: { dynamodb: { NewImage: image({}) } } };
    const snapshot = (now: AttributeMap | undefined): string =>
      metadata(assembleSnapshot(subject, now, CREATED_AT + 1_500, shapeOf({ occurredAtAttribute: 'at' }))).occurred_at;
    expect(snapshot(image({ at: { S: '2026-03-04T05:06:07Z' } }))).toBe('2026-01-02T03:04:06.500Z');
    expect(snapshot(undefined)).toBe('2026-01-02T03:04:06.500Z');
  });
});

describe('no event is made when the attribute for occurred_at is', () => {
  const detail =
    "/at must be RFC 3339 text, with up to 9 digits of a second and an offset up to 18:00, or a number of seconds since 1970, to be the event's occurred_at";

  test.each<[string, AttributeValue]>([
    ['a text that is no time', { S: 'soon' }],
    ['an empty text', { S: '' }],
    ['a date', { S: '2026-03-04' }],
    ['a time without an offset', { S: '2026-03-04T05:06:07' }],
    ['a time with a blank in the middle', { S: '2026-03-04 05:06:07Z' }],
    ['a time on a day that does not exist', { S: '2026-02-30T05:06:07Z' }],
    ['a time after the end of the day', { S: '2026-03-04T24:00:00Z' }],
    ['an offset that does not exist', { S: '2026-03-04T05:06:07+24:00' }],
    ['an offset that Java does not have', { S: '2026-03-04T05:06:07+18:01' }],
    ['a negative one', { S: '2026-03-04T05:06:07-23:59' }],
    ['an offset in seconds', { S: '2026-03-04T05:06:07+01:00:30' }],
    ['a time with ten digits of a second', { S: '2026-03-04T05:06:07.1234567890Z' }],
    ['a time with a point and no digits', { S: '2026-03-04T05:06:07.Z' }],
    ['a leap second', { S: '2016-12-31T23:59:60Z' }],
    ['a year of five digits', { S: '+12026-03-04T05:06:07Z' }],
    ['a time with something behind it', { S: '2026-03-04T05:06:07Z\n' }],
    ['a number as a text', { S: '1772600767' }],
    ['a number of milliseconds', { N: '1772600767000' }],
    ['a number beyond every time', { N: '9.9E+125' }],
    ['a number before the year 0', { N: '-100000000000' }],
    ['true', { BOOL: true }],
    ['a list', { L: [{ N: '5' }] }],
    ['a map that looks like an exact number', { M: { rawJSON: { N: '5' } } }],
  ])('%s', (_, at) => {
    const record = streamRecord({ newImage: image({ at }) });
    expect(assembleEvents(record, shapeOf({ occurredAtAttribute: 'at' }))).toEqual({ type: 'invalid', detail });
    expect(at.S === undefined || !isRfc3339(at.S)).toBe(true);
  });

  test('named with signs that a JSON Pointer escapes', () => {
    const record = streamRecord({ newImage: image({ 'a/b~c': { S: 'soon' } }) });
    expect(assembleEvents(record, shapeOf({ occurredAtAttribute: 'a/b~c' }))).toEqual({ type: 'invalid', detail: detail.replace('/at', '/a~1b~0c') });
  });
});

describe('no event is made of a record without a time', () => {
  const timeless = (seconds: unknown, eventName = 'INSERT'): StreamRecord => {
    const raw = rawRecord({ eventName, newImage: image({ at: { S: '2026-03-04T05:06:07Z' } }) });
    return readStreamRecord({ ...raw, dynamodb: { ...raw.dynamodb, ApproximateCreationDateTime: seconds as number } });
  };
  const invalid = { type: 'invalid', detail: 'dynamodb.ApproximateCreationDateTime must be a number of seconds since 1970, from 1 to the end of the year 9999' };

  test.each<[string, unknown]>([
    ['missing', undefined],
    ['null', null],
    ['zero', 0],
    ['negative', -1],
    ['NaN', NaN],
    ['a text', '1767323045'],
    ['beyond the year 9999', 253_402_300_800],
  ])('%s', (_, seconds) => {
    expect(assembleEvents(timeless(seconds), shapeOf())).toEqual(invalid);
    expect(assembleEvents(timeless(seconds, 'REMOVE'), shapeOf())).toEqual(invalid);
    expect(assembleEvents(timeless(seconds), shapeOf({ occurredAtAttribute: 'at' }))).toEqual(invalid);
  });
});

test('a deletion has no flow_id: its attributes tell of the write before', () => {
  const shape = shapeOf({ flowIdAttribute: 'flow' });
  const removed = assembleEvents(streamRecord({ eventName: 'REMOVE', oldImage: image({ flow: { S: 'f-1' } }) }), shape);
  expect(removed).toMatchObject({ type: 'events' });
  expect(JSON.stringify(removed)).not.toContain('flow_id');
});

describe('flow_id is', () => {
  test.each(['f-1', '"', 'a\\b', '\n\u0000', 'ä\ud83d\ude00\ud800'])('the text of the attribute that the team names, as it is: %j', (text) => {
    expect(of({ flow: { S: text } }, { flowIdAttribute: 'flow' }).flow_id).toBe(text);
  });

  test.each<[string, AttributeMap, ShapeOptions]>([
    ['the team names none', { flow: { S: 'f-1' } }, {}],
    ['the item does not have the attribute', {}, { flowIdAttribute: 'flow' }],
    ['it is no text', { flow: { N: '1' } }, { flowIdAttribute: 'flow' }],
    ['it is empty', { flow: { S: '' } }, { flowIdAttribute: 'flow' }],
    ['it is left out of events', { flow: { S: 'f-1' } }, { flowIdAttribute: 'flow', exclude: [{ path: ['flow'] }] }],
  ])('absent where %s', (_, more, shape) => {
    expect(of(more, shape)).not.toHaveProperty('flow_id');
  });
});

describe('the compaction key', () => {
  const keyOf = (keys: AttributeMap, shape: ShapeOptions): string | undefined =>
    metadata(assembleEvents(keyedRecord(keys, { newImage: keys }), shapeOf({ cleanupPolicy: 'compact', ...shape }))).partition_compaction_key;
  const keys: AttributeMap = { pk: { S: 'P#secret' }, sk: { S: 'K' } };

  test.each([['pk'], ['sk']])('is a digest where the key attribute %s is left out', (name) => {
    const exclude = [{ path: [name] }];
    expect(keyOf(keys, { exclude })).toMatch(/^[\w-]{43}$/);
    expect(keyOf({ ...keys, sk: { S: 'L' } }, { exclude })).not.toBe(keyOf(keys, { exclude }));
  });

  test('is the same where the table gets another stream: what consumers have of the item is replaced', () => {
    const ofStream = (streamArn: string): string | undefined =>
      metadata(assembleEvents(streamRecord({ streamArn }), shapeOf({ cleanupPolicy: 'compact', exclude: [{ path: ['id'] }] }))).partition_compaction_key;
    const [old, current] = ['2026-01-01', '2026-02-01'].map((label) => ofStream(`arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/${label}`));
    expect(old).toBe(current);
    expect(old).toMatch(/^[\w-]{43}$/);
  });

  test.each<[string, ShapeOptions]>([
    ['a prefix', { exclude: [{ path: ['p'], prefix: true }] }],
    ['a path that leads into it', { exclude: [{ path: ['pk', 'x'] }] }],
    ['another name', { exclude: [{ path: ['p'] }] }],
    ['what is included', { include: [] }],
  ])('is the key where only %s would leave a key attribute out', (_, shape) => {
    expect(keyOf(keys, shape)).toBe('["P#secret","K"]');
  });

  test.each<[string, unknown]>([
    ['no value', {}],
    ['a value that is no text', { N: 5 }],
    ['an empty value', { S: '' }],
    ['a value of another type', { BOOL: 'true' }],
    ['null', null],
  ])('fails when a key attribute has %s', (_, value) => {
    const occurrence = keyedRecord({ 'a/b': value } as AttributeMap);
    const error = new InvalidAttributeError("/a~1b must be a text, a number or bytes, to be the event's partition_compaction_key");
    expect(() => eventEnvelope('eid', occurrence, { ...ROUTE, cleanupPolicy: 'compact' }, 'C', {})).toThrow(error);
  });
});
