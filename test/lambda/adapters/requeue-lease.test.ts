import { leaseHolder, requeueLease } from '../../../lambda/adapters/requeue-lease.ts';
import type { Lease } from '../../../lambda/core/ports.ts';
import { createParkedEventsTable, startDynamoDbLocal, type DynamoDbLocal } from './dynamodb-local.ts';

let local: DynamoDbLocal;
let table: string;
let now = 1_000_000;

beforeAll(async () => {
  local = await startDynamoDbLocal();
});
afterAll(() => local.stop());
beforeEach(async () => {
  table = await createParkedEventsTable(local.client, `parked-${now++}`);
});

const lease = (holder: string): Lease => requeueLease(local.documents, table, holder, () => now);

test('one run holds it at a time', async () => {
  const [a, b] = [lease('a'), lease('b')];
  expect(await a.acquire(now + 1_000)).toBe(true);
  expect(await b.acquire(now + 1_000)).toBe(false);
  await a.release();
  expect(await b.acquire(now + 1_000)).toBe(true);
});

test('of two runs of the same request, which Lambda may deliver twice, one holds it, and the other one does not give it back', async () => {
  const [first, again] = [lease(leaseHolder('a')), lease(leaseHolder('a'))];
  expect(await first.acquire(now + 1_000)).toBe(true);
  expect(await again.acquire(now + 1_000)).toBe(false);
  await again.release();
  expect(await lease('b').acquire(now + 1_000)).toBe(false);
});

test('of many that come at the same time, one gets it', async () => {
  const got = await Promise.all(Array.from({ length: 10 }, (_, holder) => lease(`run ${holder}`).acquire(now + 1_000)));
  expect(got.filter(Boolean)).toHaveLength(1);
});

test('it ends by itself where its holder was ended', async () => {
  await lease('a').acquire(now + 1_000);
  now += 1_000;
  expect(await lease('b').acquire(now + 1_000)).toBe(false);
  now += 1;
  expect(await lease('b').acquire(now + 1_000)).toBe(true);
});

test('a holder whose time is over does not give back what is another one\'s', async () => {
  const a = lease('a');
  await a.acquire(now);
  now += 1;
  await lease('b').acquire(now + 1_000);
  await a.release();
  expect(await lease('c').acquire(now + 1_000)).toBe(false);
});

test('fails when the table does', async () => {
  const broken = requeueLease(local.documents, 'no-such-table', 'a', () => now);
  await expect(broken.acquire(now)).rejects.toThrow(expect.objectContaining({ name: 'ResourceNotFoundException' }) as Error);
});

test('the holder gets it again: its first answer may have been lost', async () => {
  const a = lease('a');
  await a.acquire(now + 1_000);
  expect(await a.acquire(now + 2_000)).toBe(true);
  now += 1_500;
  expect(await lease('b').acquire(now + 1_000)).toBe(false);
});
