import { assembleEvents, type ChangeEvent } from '../../../lambda/core/change-event.ts';
import { eventId } from '../../../lambda/core/event-id.ts';
import { readStreamRecord, type AttributeMap, type AttributeValue } from '../../../lambda/core/stream-record.ts';
import { firstEvent, INVALID_IMAGE, keyedRecord, paddedSequence, rawRecord, ROUTE, SHAPE, shapeOf, streamRecord, type RecordOptions, type ShapeOptions } from '../factories.ts';

const ORDER: AttributeMap = { id: { S: 'o-1' }, amount: { N: '12345678901234567.89' }, tags: { SS: ['b', 'a'] } };
const PAID: AttributeMap = { ...ORDER, paid: { BOOL: true } };

function assembled(options: RecordOptions, shape: ShapeOptions = {}): ChangeEvent {
  return firstEvent(assembleEvents(streamRecord(options), shapeOf(shape)));
}

const eid = (sequence: number): string => eventId(streamRecord().itemName, paddedSequence(sequence));

describe('the event', () => {
  test.each<[string, RecordOptions, string]>([
    [
      'of an INSERT creates',
      { sequence: 1, newImage: ORDER },
      `{"metadata":{"eid":"${eid(1)}","occurred_at":"2026-01-02T03:04:05.000Z"},"data_type":"order","data_op":"C",` +
        '"data":{"id":"o-1","amount":12345678901234567.89,"tags":["a","b"]}}',
    ],
    [
      'of a MODIFY updates, with the patch inside the data',
      { sequence: 2, eventName: 'MODIFY', oldImage: ORDER, newImage: PAID },
      `{"metadata":{"eid":"${eid(2)}","occurred_at":"2026-01-02T03:04:05.000Z"},"data_type":"order","data_op":"U",` +
        '"data":{"id":"o-1","amount":12345678901234567.89,"tags":["a","b"],"paid":true,"patch":[{"op":"add","path":"/paid","value":true}]}}',
    ],
    [
      'of a REMOVE deletes, and shows what was there',
      { sequence: 3, eventName: 'REMOVE', oldImage: PAID },
      `{"metadata":{"eid":"${eid(3)}","occurred_at":"2026-01-02T03:04:05.000Z"},"data_type":"order","data_op":"D",` +
        '"data":{"id":"o-1","amount":12345678901234567.89,"tags":["a","b"],"paid":true}}',
    ],
  ])('%s', (_, options, json) => {
    const { sequence = 0 } = options;
    const event = assembled(options);
    const { item, sequence: place } = event;
    expect({ ...event, item, sequence: place, json: String(event.json) }).toEqual({
      eid: eid(sequence),
      item: streamRecord().item,
      sequence: paddedSequence(sequence),
      eventType: ROUTE.eventType,
      tombstone: false,
      json,
      patchLeftOut: false,
    });
  });

  test('keeps its text while others are made, and while one cannot be made', () => {
    const first = assembled({ sequence: 1, newImage: ORDER });
    const text = String(first.json);
    expect(assembleEvents(streamRecord({ sequence: 2, newImage: INVALID_IMAGE }), SHAPE).type).toBe('invalid');
    const second = assembled({ sequence: 3, newImage: PAID });
    expect([String(first.json), (JSON.parse(String(second.json)) as { metadata: { eid: string } }).metadata.eid]).toEqual([text, eid(3)]);
  });

  test('counts bytes, not characters', () => {
    const { json } = assembled({ id: 'Bücher €' });
    expect(json.bytes).toBe(Buffer.byteLength(String(json)));
    expect(json.bytes).toBe(String(json).length + 3);
  });

  test('is the same when the record is delivered again', () => {
    expect(assembled({ sequence: 7 })).toEqual(assembled({ sequence: 7 }));
  });
});

describe('the patch', () => {
  const update: RecordOptions = { eventName: 'MODIFY', oldImage: ORDER, newImage: PAID };
  const data = (shape: ShapeOptions, options = update): Record<string, unknown> =>
    (JSON.parse(String(assembled(options, shape).json)) as { data: Record<string, unknown> }).data;

  test('is an array', () => {
    expect(data({ patchFormat: 'array' }).patch).toEqual([{ op: 'add', path: '/paid', value: true }]);
  });

  test('is JSON text where the event type wants that', () => {
    expect(data({ patchFormat: 'json-string' }).patch).toBe('[{"op":"add","path":"/paid","value":true}]');
  });

  test('keeps exact numbers in JSON text too', () => {
    const newImage = { ...ORDER, amount: { N: '12345678901234567.99' } };
    expect(data({ patchFormat: 'json-string' }, { ...update, newImage }).patch).toBe('[{"op":"replace","path":"/amount","value":12345678901234567.99}]');
  });

  test('is left out where the team says so', () => {
    expect(Object.keys(data({ patchFormat: 'none' }))).toEqual(['id', 'amount', 'tags', 'paid']);
  });

  test('stands in the attribute that the team names', () => {
    expect(data({ patchAttribute: 'changes' }).changes).toEqual([{ op: 'add', path: '/paid', value: true }]);
  });

  test('stands beside attributes with odd names', () => {
    const newImage = JSON.parse('{"__proto__":{"S":"x"},"id":{"S":"o-1"}}') as AttributeMap;
    expect(assembled({ ...update, oldImage: { id: { S: 'o-1' } }, newImage }).json.toString()).toContain(
      '"data":{"__proto__":"x","id":"o-1","patch":[{"op":"add","path":"/__proto__","value":"x"}]}',
    );
  });

  test('is left out where the event would be too large with it, and only then', () => {
    const whole = assembled(update).json.bytes;
    expect(assembled(update, { maxEventBytes: whole })).toMatchObject({ patchLeftOut: false, json: { bytes: whole } });
    const bare = assembled(update, { maxEventBytes: whole - 1 });
    expect(bare.patchLeftOut).toBe(true);
    expect(String(bare.json)).toBe(String(assembled(update, { patchFormat: 'none' }).json));
  });

  test('is not made further than to the first difference where nobody wants it', () => {
    const list = (value: string): AttributeValue => ({ L: Array.from({ length: 100 }, (_, index) => ({ S: `${value} ${index}` })) });
    let read = 0;
    const oldImage = Object.defineProperty({ id: { S: 'o-1' }, state: { S: 'OPEN' } }, 'lines', { enumerable: true, get: () => (read++, list('old')) }) as unknown as AttributeMap;
    const newImage = { id: { S: 'o-1' }, state: { S: 'PAID' }, lines: list('new') };

    assembled({ eventName: 'MODIFY', oldImage, newImage }, { patchFormat: 'none' });
    expect(read).toBe(0);
    assembled({ eventName: 'MODIFY', oldImage, newImage });
    expect(read).toBeGreaterThan(0);
  });

  // Each operation tells the whole path: together they would be longer than any text can be.
  test.each<[string, (flags: readonly AttributeValue[]) => AttributeValue]>([
    ['list', (flags) => ({ L: flags })],
    ['map', (flags) => ({ M: Object.fromEntries(flags.map((flag, index) => [String(index), flag])) })],
    ['list of maps', (flags) => ({ L: flags.map((flag) => ({ M: { ean: flag, flag } })) })],
  ])('is not even made where thousands of values have changed in a %s with a long name', (_, value) => {
    const image = (isSet: boolean): AttributeMap => ({ id: { S: 'o-1' }, ['n'.repeat(60_000)]: value(new Array<AttributeValue>(12_000).fill({ BOOL: isSet })) });
    const change = { ...update, oldImage: image(false), newImage: image(true) };
    const event = assembled(change, { maxEventBytes: 999_000 });
    expect(event.patchLeftOut).toBe(true);
    expect(String(event.json)).toBe(String(assembled(change, { patchFormat: 'none', maxEventBytes: 999_000 }).json));
  });
});

describe('the compaction key', () => {
  const metadata = (keys: AttributeMap, cleanupPolicy: ShapeOptions['cleanupPolicy']): unknown => {
    return (JSON.parse(firstEvent(assembleEvents(keyedRecord(keys, { newImage: keys }), shapeOf({ cleanupPolicy }))).json.toString()) as { metadata: unknown }).metadata;
  };

  test.each<[string, AttributeMap, string]>([
    ['a single text', { id: { S: 'o-1' } }, 'o-1'],
    ['a single number', { id: { N: '12345678901234567890' } }, '12345678901234567890'],
    ['single bytes', { id: { B: 'AAH/' } }, 'AAH/'],
    ['two attributes', { sk: { S: 'line' }, pk: { N: '7' } }, '["7","line"]'],
  ])('of %s is on the events of compacted event types', (_, keys, key) => {
    expect(metadata(keys, 'compact')).toMatchObject({ partition_compaction_key: key });
    expect(metadata(keys, 'compact_and_delete')).toMatchObject({ partition_compaction_key: key });
  });

  test('is absent elsewhere, where Nakadi refuses it', () => {
    expect(metadata({ id: { S: 'o-1' } }, 'delete')).not.toHaveProperty('partition_compaction_key');
  });
});

describe('no event is made, with the reason, when', () => {
  test.each<[string, RecordOptions, ShapeOptions, string]>([
    ['the image holds what is no number', { newImage: INVALID_IMAGE }, {}, '/amount is no number'],
    ['the old image does', { eventName: 'MODIFY', oldImage: INVALID_IMAGE, newImage: ORDER }, {}, '/amount is no number'],
    ['the event name is unknown', { eventName: 'TOUCH' }, {}, 'eventName must be INSERT, MODIFY or REMOVE, got "TOUCH"'],
    [
      'an attribute stands where the patch would stand',
      { newImage: { ...ORDER, patch: { S: 'mine' } } },
      {},
      'the item has an attribute "patch", where the patch or the sequence number would stand: give those another name',
    ],
    ['the new image has no key', { newImage: { amount: { N: '1' } } }, {}, "/id is missing, or is not as in Keys: an image must hold the item's key"],
    ['the new image is of another item', { newImage: { ...ORDER, id: { S: 'o-2' } } }, {}, "/id is missing, or is not as in Keys: an image must hold the item's key"],
    ['the old image has no key', { eventName: 'MODIFY', oldImage: { amount: { N: '1' } } }, {}, "/id is missing, or is not as in Keys: an image must hold the item's key"],
    ['the event is too large even without a patch', { newImage: ORDER }, { maxEventBytes: 100 }, 'the event has 201 bytes, more than the 100 that Nakadi takes; its largest attribute is /amount'],
  ])('%s', (_, options, shape, detail) => {
    expect(assembleEvents(streamRecord(options), shapeOf(shape))).toEqual({ type: 'invalid', detail });
  });

  test('the record has no keys', () => {
    expect(assembleEvents(keyedRecord({}), SHAPE)).toEqual({ type: 'invalid', detail: 'the record has no Keys that DynamoDB can have' });
  });

  test.each([
    ['INSERT', 'NewImage'],
    ['MODIFY', 'NewImage'],
    ['MODIFY', 'OldImage'],
    ['REMOVE', 'OldImage'],
  ])('a record of %s has no %s', (eventName, image) => {
    const raw = rawRecord({ eventName });
    const record = readStreamRecord({ ...raw, dynamodb: { ...raw.dynamodb, [image]: undefined } });
    expect(assembleEvents(record, SHAPE)).toEqual({
      type: 'invalid',
      detail: `the record has no ${image}: the stream's view type must be NEW_AND_OLD_IMAGES`,
    });
  });
});

test('an attribute where the patch would stand is no matter where no patch is written', () => {
  expect(assembled({ newImage: { id: { S: 'o-1' }, patch: { S: 'mine' } } }, { patchFormat: 'none' }).json.toString()).toContain('"data":{"id":"o-1","patch":"mine"}');
});

test.each<[string, object]>([
  ['no keys but null', { Keys: null }],
  ['a time that is none', { ApproximateCreationDateTime: 1e20 }],
])('a record with %s takes nothing along: no event is made of it', (_, change) => {
  const raw = rawRecord({ newImage: ORDER });
  const record = readStreamRecord({ ...raw, dynamodb: { ...raw.dynamodb, ...change } });
  expect(assembleEvents(record, SHAPE)).toMatchObject({ type: 'invalid' });
});
