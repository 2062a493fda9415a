import { assembleEvents, assembleSnapshot, type Assembly } from '../../../lambda/core/change-event.ts';
import type { Mapping, MappingInput } from '../../../lambda/core/event-route.ts';
import type { AttributeMap } from '../../../lambda/core/stream-record.ts';
import { CREATED_AT, paddedSequence, shapeOf, streamRecord, type RecordOptions, type ShapeOptions } from '../factories.ts';

const ORDER: AttributeMap = { id: { S: 'o-1' }, amount: { N: '9007199254740993' }, card: { S: '4111' }, price: { N: '1.5' }, flow: { S: 'f' } };
const PAID: AttributeMap = { ...ORDER, paid: { BOOL: true } };

const assembled = (map: Mapping, options: RecordOptions = {}, shape: ShapeOptions = {}): Assembly =>
  assembleEvents(streamRecord({ newImage: ORDER, oldImage: PAID, ...options }), shapeOf({ map, exclude: [{ path: ['card'] }], ...shape }));

function json(assembly: Assembly, place = 0): string {
  if (assembly.type !== 'events') {
    throw new Error(JSON.stringify(assembly));
  }
  return assembly.events[place].json;
}

const data = (assembly: Assembly): string => /"data":(.*)\}$/s.exec(json(assembly))![1];

describe('a mapping is called', () => {
  const inputOf = (options: RecordOptions, shape: ShapeOptions = {}): MappingInput => {
    let given: MappingInput | undefined;
    assembled((input) => void (given = input), options, shape);
    return given!;
  };

  test('with keys, old and new item, and the event that would be sent', () => {
    const input = inputOf({ eventName: 'MODIFY' }, { sequenceAttribute: 'sequence' });
    const bare = assembleEvents(streamRecord({ eventName: 'MODIFY', newImage: ORDER, oldImage: PAID }), shapeOf({ exclude: [{ path: ['card'] }], sequenceAttribute: 'sequence' }));
    expect(JSON.stringify(input)).toBe(
      `{"keys":{"id":"o-1"},"newItem":{"id":"o-1","amount":9007199254740993,"price":1.5,"flow":"f"},` +
        `"oldItem":{"id":"o-1","amount":9007199254740993,"price":1.5,"flow":"f","paid":true},"event":${json(bare)}}`,
    );
  });

  test('with numbers that are exact: those that fit as JavaScript numbers', () => {
    const { newItem, event } = inputOf({}) as unknown as { newItem: Record<string, unknown>; event: { data: Record<string, unknown> } };
    for (const item of [newItem, event.data]) {
      expect([item.price, JSON.isRawJSON(item.amount), (item.amount as { rawJSON: string }).rawJSON]).toEqual([1.5, true, '9007199254740993']);
    }
  });

  test('without the item that there is not', () => {
    expect(inputOf({})).toMatchObject({ newItem: { id: 'o-1' }, oldItem: undefined });
    expect(inputOf({ eventName: 'REMOVE' })).toMatchObject({ newItem: undefined, oldItem: { id: 'o-1', paid: true } });
  });

  test('without what is left out of events, the key too', () => {
    const exclude = [{ path: ['card'] }, { path: ['id'] }];
    expect(JSON.stringify(inputOf({ eventName: 'MODIFY' }, { exclude, cleanupPolicy: 'compact' }))).not.toMatch(/4111|o-1|card/);
  });

  test('not where only what is left out has changed', () => {
    const map = jest.fn();
    expect(assembled(map, { eventName: 'MODIFY', oldImage: { ...ORDER, card: { S: '4242' } } })).toEqual({ type: 'nothing' });
    expect(map).not.toHaveBeenCalled();
  });

  test('for a snapshot', () => {
    const subject = { item: streamRecord().item, keys: { id: { S: 'o-1' } }, sequence: paddedSequence(5), lateMarks: 1, lastImage: ORDER };
    const shape = shapeOf({ map: ({ newItem, oldItem }) => ({ newItem, oldItem }) });
    expect(JSON.parse(json(assembleSnapshot(subject, PAID, CREATED_AT, shape)))).toMatchObject({ data_op: 'S', data: { newItem: { paid: true } } });
    expect(JSON.parse(json(assembleSnapshot(subject, undefined, CREATED_AT, shape)))).toMatchObject({ data_op: 'D', data: { oldItem: { id: 'o-1' } } });
  });
});

describe('what a mapping returns', () => {
  test('is the data of the event, with all digits; the envelope stays', () => {
    const assembly = assembled(({ newItem }) => ({ total: (newItem as { amount: unknown }).amount, text: 'ä' }), {}, { flowIdAttribute: 'flow' });
    expect(data(assembly)).toBe('{"total":9007199254740993,"text":"ä"}');
    expect(JSON.parse(json(assembly))).toMatchObject({ metadata: { flow_id: 'f', occurred_at: '2026-01-02T03:04:05.000Z' }, data_type: 'order', data_op: 'C' });
    expect(assembly).toMatchObject({ events: [{ bytes: Buffer.byteLength(json(assembly)) }] });
  });

  test('may be what it was given', () => {
    expect(data(assembled(({ newItem }) => newItem))).toBe('{"id":"o-1","amount":9007199254740993,"price":1.5,"flow":"f"}');
    expect(data(assembled(({ event }) => (event as { data: unknown }).data))).toBe('{"id":"o-1","amount":9007199254740993,"price":1.5,"flow":"f"}');
  });

  test('may write itself as an object', () => {
    expect(data(assembled(() => ({ toJSON: () => ({ a: 1 }) })))).toBe('{"a":1}');
    expect(data(assembled(() => Object.create(null) as object))).toBe('{}');
  });

  test('may be nothing: then nothing is published', () => {
    expect(assembled(() => undefined)).toEqual({ type: 'nothing' });
  });

  test('is on the tombstone too, with the envelope', () => {
    const assembly = assembled(() => ({ gone: true }), { eventName: 'REMOVE' }, { cleanupPolicy: 'compact', tombstones: true });
    expect(assembly).toMatchObject({ events: [{ tombstone: false }, { tombstone: true }] });
    expect(json(assembly, 1)).toBe(json(assembly));
  });

  test('does not change the envelope, though it changes the item that it was given', () => {
    const spoil: Mapping = ({ newItem }) => Object.assign(newItem as object, { flow: 'other' });
    const assembly = assembled(spoil, {}, { flowIdAttribute: 'flow' });
    expect(JSON.parse(json(assembly))).toMatchObject({ metadata: { flow_id: 'f' }, data: { flow: 'other' } });
  });
});

describe('no event is made when a mapping', () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const fail = (thrown: unknown): Mapping => () => {
    throw thrown;
  };
  const mustReturn = (got: string): string => `the mapping must return an object or undefined, got ${got}`;

  test.each<[string, Mapping, string]>([
    ['throws', fail(new TypeError('no such thing')), 'the mapping failed: no such thing'],
    ['throws at length', fail(new Error('x'.repeat(10_000))), `the mapping failed: ${'x'.repeat(300)}`],
    ['throws what is no error', fail('no'), 'the mapping failed: it threw something that is no error'],
    ['throws nothing', fail(undefined), 'the mapping failed: it threw something that is no error'],
    ['throws null', fail(null), 'the mapping failed: it threw something that is no error'],
    ['returns null', () => null, mustReturn('null')],
    ['returns an array', () => [1], mustReturn('an array')],
    ['returns a number', () => 5, mustReturn('a number')],
    ['returns a text', () => '{}', mustReturn('a string')],
    ['returns a function', () => () => ({}), mustReturn('a function')],
    ['returns a BigInt', () => 5n, mustReturn('a bigint')],
    ['is asynchronous', () => Promise.resolve({}), mustReturn('a promise: it must not be asynchronous')],
    ['returns something like a promise', () => ({ then: () => undefined }), mustReturn('a promise: it must not be asynchronous')],
    ['returns what becomes a text', () => new Date(0), mustReturn('one whose JSON is no object')],
    ['returns what becomes a number', ({ newItem }) => (newItem as { amount: unknown }).amount, mustReturn('one whose JSON is no object')],
    ['returns what becomes nothing', () => ({ toJSON: () => undefined }), mustReturn('one whose JSON is no object')],
    ['returns what becomes an array', () => ({ toJSON: () => [] }), mustReturn('one whose JSON is no object')],
    ['returns a circle', () => circular, 'the mapping failed: Converting circular structure to JSON'],
    ['returns a BigInt inside', () => ({ amount: 5n }), 'the mapping failed: Do not know how to serialize a BigInt'],
    ['returns what throws when it is written', () => ({ get a(): number { throw new Error('not now'); } }), 'the mapping failed: not now'],
    ['returns too much', () => ({ fill: 'x'.repeat(1_000_000) }), 'the event has 1000153 bytes, more than the 999000 that Nakadi takes'],
  ])('%s', (_, map, detail) => {
    expect(assembled(map)).toEqual({ type: 'invalid', detail: expect.stringContaining(detail) as string });
    expect(JSON.stringify(assembled(map)).length).toBeLessThan(400);
  });

  test('is asynchronous and fails: nobody else is hurt by the rejection', async () => {
    const unhandled = jest.fn();
    process.on('unhandledRejection', unhandled);
    expect(assembled(() => Promise.reject(new Error('late')))).toMatchObject({ type: 'invalid' });
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  test('is not to blame: the image is', () => {
    expect(assembled(() => ({}), { newImage: { id: { S: 'o-1' }, amount: { N: 'many' } } })).toEqual({ type: 'invalid', detail: '/amount is no number' });
  });
});

test('a mapping that throws an error without a readable message parks its record like any other', () => {
  const unreadable = {
    get message(): string {
      throw new Error('again');
    },
  };

  const throwing = (): never => {
    throw unreadable as unknown as Error;
  };
  expect(assembled(throwing)).toEqual({ type: 'invalid', detail: 'the mapping failed: it threw an error that has no readable message' });
});
