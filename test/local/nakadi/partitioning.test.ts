import { javaNumberText } from '../../../local/nakadi/java-number-text.ts';
import { orderEvent, ORDERS, outcomes, publish, startWithOrders, stopAll } from './support.ts';

afterEach(stopAll);

const HASH = { json: {}, partition_strategy: 'hash', partition_key_fields: ['id'], default_statistic: { read_parallelism: 64 } } as const;

/** Publishes one event whose `data` is this text, and gives what it was stored under. */
async function placeOf(nakadi: Awaited<ReturnType<typeof startWithOrders>>, data: string) {
  const body = JSON.stringify([orderEvent(1, { data: 'DATA' })]).replace('"DATA"', data);
  expect((await publish(nakadi, body)).status).toBe(200);
  const { partition, key } = nakadi.log(ORDERS).at(-1)!;
  return { partition, key };
}

test('hash puts the events of one key into one partition, and many keys into many', async () => {
  const nakadi = await startWithOrders({ ...HASH, default_statistic: { read_parallelism: 4 } });
  const events = Array.from({ length: 200 }, (_, index) => orderEvent(index, { data: { id: `order-${index % 50}` } }));
  await publish(nakadi, events);
  const partitionsOfKey = new Map<string | undefined, Set<string>>();
  for (const { key, partition } of nakadi.log(ORDERS)) {
    partitionsOfKey.set(key, (partitionsOfKey.get(key) ?? new Set()).add(partition));
  }
  expect(partitionsOfKey.size).toBe(50);
  expect([...partitionsOfKey.values()].every((partitions) => partitions.size === 1)).toBe(true);
  expect(new Set(nakadi.log(ORDERS).map((entry) => entry.partition)).size).toBe(4);
});

test('hash gives the same partition on every server', async () => {
  const places = [];
  for (let server = 0; server < 2; server++) places.push(await placeOf(await startWithOrders(HASH), '{"id":"order-1"}'));
  expect(places[0]).toEqual(places[1]);
});

test('the form of a number decides: 1 is "1", 1.0 is another key, 1.00 and 1e0 are the same as 1.0', async () => {
  const nakadi = await startWithOrders(HASH);
  const [integer, text, decimal, long, exponent] = await Promise.all(
    ['1', '"1"', '1.0', '1.00', '1e0'].map(async (id) => {
      const own = await startWithOrders(HASH);
      return placeOf(own, `{"id":${id}}`);
    }),
  );
  expect(text).toEqual(integer);
  expect(decimal.key).toBe('1.0');
  expect(decimal.partition).not.toBe(integer.partition);
  expect([long, exponent]).toEqual([decimal, decimal]);
  expect((await placeOf(nakadi, '{"id":9007199254740993}')).key).toBe('9007199254740993');
  expect((await placeOf(nakadi, '{"id":true}')).key).toBe('true');
  expect((await placeOf(nakadi, '{"id":null}')).key).toBe('null');
});

test('several key fields make one key, whose parts are joined by commas', async () => {
  const nakadi = await startWithOrders({ ...HASH, partition_key_fields: ['customer.id', 'id'] });
  expect((await placeOf(nakadi, '{"id":"o","customer":{"id":7}}')).key).toBe('7,o');
});

test('business events are looked at without a prefix', async () => {
  const nakadi = await startWithOrders({ ...HASH, category: 'business' });
  const { metadata } = orderEvent(1);
  expect((await publish(nakadi, [{ metadata, id: 'x' }])).status).toBe(200);
  expect(nakadi.log(ORDERS)[0].key).toBe('x');
});

test('random spreads the events of one key over the partitions', async () => {
  const nakadi = await startWithOrders();
  await publish(nakadi, Array.from({ length: 100 }, (_, index) => orderEvent(index, { data: { id: 'same' } })));
  expect(new Set(nakadi.log(ORDERS).map((entry) => entry.partition)).size).toBe(4);
  expect(nakadi.log(ORDERS)[0].key).toBeUndefined();
});

test('offsets count within a partition, in the order of the batch', async () => {
  const nakadi = await startWithOrders({}, { partitions: 3 });
  await publish(nakadi, Array.from({ length: 60 }, (_, index) => orderEvent(index)));
  const entries = nakadi.log(ORDERS);
  for (const partition of ['0', '1', '2']) {
    const own = entries.filter((entry) => entry.partition === partition);
    expect(own.map((entry) => entry.offset)).toEqual(own.map((_, index) => index));
    expect(own.map((entry) => entry.eid)).toEqual(own.map((entry) => entry.eid).sort());
  }
});

describe('user_defined', () => {
  const withPartition = (number: number, partition?: string) => {
    const event = orderEvent(number);
    return { ...event, metadata: { ...(event.metadata as object), partition } };
  };

  test('puts the event where it says', async () => {
    const nakadi = await startWithOrders({ partition_strategy: 'user_defined' });
    expect((await publish(nakadi, [withPartition(1, '2'), withPartition(2, '0')])).status).toBe(200);
    expect(nakadi.log(ORDERS).map((entry) => entry.partition)).toEqual(['2', '0']);
  });

  test.each([
    ['there is no such partition', '9', 'there is no partition 9'],
    ['no partition is given', undefined, 'metadata.partition is missing'],
  ])('fails when %s', async (_, partition, detail) => {
    const nakadi = await startWithOrders({ partition_strategy: 'user_defined' });
    const answer = await publish(nakadi, [withPartition(1, partition)]);
    expect(outcomes(answer)).toEqual(['failed/partitioning']);
    expect(answer.items[0].detail).toBe(detail);
  });
});

test.each([
  ['0', '0'], ['-0', '-0.0'], ['-0.0', '-0.0'], ['123', '123'], ['-9223372036854775808', '-9223372036854775808'],
  ['1.10', '1.1'], ['100.0', '100.0'], ['9999999.5', '9999999.5'], ['1e7', '1.0E7'], ['12345678.5', '1.23456785E7'],
  ['0.001', '0.001'], ['0.00012', '1.2E-4'], ['-1.5e300', '-1.5E300'],
])('the number %s is the key %s', (digits, text) => {
  expect(javaNumberText(digits)).toBe(text);
});
