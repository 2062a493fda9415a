import { eidOf, keyedEvent, orderEvent, ORDERS, outcomes, publish, remove, startWithOrders, stopAll } from './support.ts';

afterEach(stopAll);

const COMPACTED = { cleanup_policy: 'compact', partition_strategy: 'hash', partition_key_fields: ['id'] } as const;
const deletion = (number: number, key: string, id = key) => ({ metadata: { eid: eidOf(number), partition_compaction_key: key }, data: { id } });
const event = (number: number, key: string) => keyedEvent(number, key, { data: { id: key, amount: number } });

test('a deletion is stored as a tombstone of its key, in the partition of its events', async () => {
  const nakadi = await startWithOrders(COMPACTED);
  await publish(nakadi, [event(1, 'a')]);
  expect(await remove(nakadi, [deletion(2, 'a')])).toMatchObject({ status: 200, text: '' });
  const [stored, tombstone] = nakadi.log(ORDERS);
  expect(tombstone).toMatchObject({ key: 'a', partition: stored.partition, offset: stored.offset + 1, tombstone: true, eid: eidOf(2), event: null, raw: null });
});

test('a deletion meets no schema', async () => {
  const nakadi = await startWithOrders(COMPACTED);
  expect((await remove(nakadi, [{ ...deletion(1, 'a'), anything: [] }])).status).toBe(200);
});

test('consumers see no tombstones', async () => {
  const nakadi = await startWithOrders(COMPACTED);
  await publish(nakadi, [event(1, 'a')]);
  await remove(nakadi, [deletion(2, 'a')]);
  await publish(nakadi, [event(3, 'b')]);
  expect(nakadi.consumed(ORDERS).map((entry) => entry.eid)).toEqual([eidOf(1), eidOf(3)]);
});

test('compaction leaves the last event of each key, and nothing where a tombstone is last', async () => {
  const nakadi = await startWithOrders(COMPACTED);
  await publish(nakadi, [event(1, 'a'), event(2, 'b'), event(3, 'a'), event(4, 'c')]);
  await remove(nakadi, [deletion(5, 'b'), deletion(6, 'c')]);
  await publish(nakadi, [event(7, 'c')]);
  expect(nakadi.compacted(ORDERS).map((entry) => entry.eid)).toEqual([eidOf(3), eidOf(7)]);
});

test('compaction works in each partition for itself', async () => {
  const nakadi = await startWithOrders({ cleanup_policy: 'compact' });
  await publish(nakadi, Array.from({ length: 60 }, (_, index) => event(index, 'a')));
  expect(nakadi.compacted(ORDERS).map((entry) => entry.partition).sort()).toEqual(['0', '1', '2', '3']);
});

test('fails when the event type is not compacted: no event is to blame', async () => {
  const nakadi = await startWithOrders();
  const answer = await remove(nakadi, [deletion(1, 'a'), deletion(2, 'b')]);
  expect(answer.status).toBe(422);
  expect(outcomes(answer)).toEqual(['aborted/none', 'aborted/none']);
});

test.each([
  ['the compaction key is missing', { metadata: { eid: eidOf(1) }, data: { id: 'a' } }],
  ['the compaction key is a number', { metadata: { eid: eidOf(1), partition_compaction_key: 1 }, data: { id: 'a' } }],
  ['metadata is missing', { data: { id: 'a' } }],
])('fails when %s, with 400', async (_, body) => {
  const nakadi = await startWithOrders(COMPACTED);
  expect((await remove(nakadi, [deletion(2, 'b'), body])).status).toBe(400);
  expect(nakadi.log(ORDERS)).toEqual([]);
});

test('fails when the partition key field is missing', async () => {
  const nakadi = await startWithOrders(COMPACTED);
  const answer = await remove(nakadi, [{ metadata: deletion(1, 'a').metadata }]);
  expect(answer.status).toBe(422);
  expect(outcomes(answer)).toEqual(['failed/partitioning']);
});

test('fails when it is too large', async () => {
  const nakadi = await startWithOrders(COMPACTED, { maxEventBytes: 100 });
  const answer = await remove(nakadi, [deletion(1, 'a', 'x'.repeat(100))]);
  expect(outcomes(answer)).toEqual(['failed/validating']);
});

test('an event of a compacted type is stored under its compaction key', async () => {
  const nakadi = await startWithOrders(COMPACTED);
  await publish(nakadi, [keyedEvent(1, 'key', { data: { id: 'id' } })]);
  expect(nakadi.log(ORDERS)[0].key).toBe('key');
  expect((await publish(nakadi, [orderEvent(2)])).status).toBe(422);
});
