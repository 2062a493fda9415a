import type { ChangeEvent } from '../../../lambda/core/change-event.ts';
import { relayBatch, type RelayReport } from '../../../lambda/core/relay-batch.ts';
import type { RawStreamRecord } from '../../../lambda/core/stream-record.ts';
import { INVALID_IMAGE, rawRecord, ROUTE, sequenceNumber, settings, streamRecord, type ShapeOptions } from '../factories.ts';
import { MemoryNakadi } from './memory-nakadi.ts';
import { MemoryParking } from './memory-parking.ts';
import { VirtualClock } from './virtual-clock.ts';

const TOMBSTONES: ShapeOptions = { cleanupPolicy: 'compact', tombstones: true };
const HOLD_FOR = 900_000;

let nakadi: MemoryNakadi;
let clock: VirtualClock;
let parking: MemoryParking;

beforeEach(() => {
  nakadi = new MemoryNakadi();
  clock = new VirtualClock();
  parking = new MemoryParking(() => clock.now());
});

const relay = (records: readonly RawStreamRecord[], shape: ShapeOptions = TOMBSTONES): Promise<RelayReport> =>
  relayBatch(records, { nakadi, clock, parkingLot: parking }, settings({ holdForMs: HOLD_FOR }, shape), {}, clock.now() + 60_000);

const created = (id: string, sequence: number): RawStreamRecord => rawRecord({ id, sequence });
const deleted = (id: string, sequence: number): RawStreamRecord => rawRecord({ id, sequence, eventName: 'REMOVE' });
const item = (id: string): string => streamRecord({ id }).item;
const failures = (...sequences: number[]): object => ({ batchItemFailures: sequences.map((sequence) => ({ itemIdentifier: sequenceNumber(sequence) })) });
const waiting = (id: string): unknown[] => [...(parking.rows.get(item(id))?.values() ?? [])].map(({ sequence, reason }) => [Number(sequence.slice(-6)), reason]);
/** Number of the change, and a mark for a tombstone. */
const name = ({ sequence, tombstone }: ChangeEvent): string => `${Number(sequence.replace('~', '').slice(-6))}${tombstone ? ' gone' : ''}`;
const published = (): string[] => nakadi.stored.map(name);
const requests = (): string[][] => nakadi.requests.map((events) => events.map(name));

describe('a deletion with a tombstone', () => {
  test('is settled when both are published, in one request for the events and one for the tombstones', async () => {
    expect(await relay([created('a', 1), deleted('a', 2), deleted('b', 3)])).toMatchObject({ response: failures(), records: 3, parked: 0, held: 0 });
    expect(requests()).toEqual([['1', '2', '3'], ['2 gone', '3 gone']]);
  });

  test('stands before what comes later of its item', async () => {
    await relay([deleted('a', 1), created('a', 2), created('b', 3)]);
    expect(requests()).toEqual([['1', '3'], ['1 gone'], ['2']]);
  });

  test('is held while the time is too short for its tombstone, and parked in the end: without it, there is no progress', async () => {
    nakadi.onRequest = () => {
      clock.pass(61_000);
    };
    expect(await relay([deleted('a', 1)])).toMatchObject({ response: failures(1), held: 1 });
    clock.pass(HOLD_FOR);
    expect(await relay([deleted('a', 1)])).toMatchObject({ response: failures(), parked: 1, held: 0 });
  });

  test('is parked once where Nakadi refuses the tombstone, with what comes behind it', async () => {
    nakadi.isInvalid = ({ tombstone }) => tombstone;
    const report = await relay([deleted('a', 1), created('a', 2), created('b', 3)]);
    expect(report).toMatchObject({ response: failures(), parked: 2, held: 0 });
    expect([waiting('a'), waiting('b')]).toEqual([[[1, 'rejected'], [2, 'behind']], []]);
    expect(published()).toEqual(['1', '3']);
  });

  test('is parked once where Nakadi refuses the event: the tombstone is not sent', async () => {
    nakadi.isInvalid = ({ sequence }) => name({ sequence, tombstone: false } as ChangeEvent) === '1';
    expect(await relay([deleted('a', 1)])).toMatchObject({ response: failures(), parked: 1 });
    expect(waiting('a')).toEqual([[1, 'rejected']]);
    expect(nakadi.requests.flat().some(({ tombstone }) => tombstone)).toBe(false);
  });

  test('is held where only the tombstone cannot be sent, and delivered again', async () => {
    nakadi.fault = (_, [{ tombstone }]) => (tombstone ? { type: 'status', status: 503 } : undefined);
    expect(await relay([created('b', 1), deleted('a', 2)])).toMatchObject({ response: failures(2), held: 1, parked: 0 });
    nakadi.fault = () => undefined;
    expect(await relay([deleted('a', 2)])).toMatchObject({ response: failures(), held: 0 });
    expect(published()).toEqual(['1', '2', '2', '2 gone']);
  });

  test('is held as one record where Nakadi is away', async () => {
    nakadi.fault = () => ({ type: 'status', status: 503 });
    expect(await relay([deleted('a', 1), created('b', 2)])).toMatchObject({ response: failures(1), held: 2, parked: 0 });
  });

  test('is parked once where Nakadi is away too long', async () => {
    clock.pass(HOLD_FOR);
    nakadi.fault = () => ({ type: 'status', status: 503 });
    expect(await relay([deleted('a', 1), created('b', 2)])).toMatchObject({ response: failures(), parked: 2 });
    expect([waiting('a'), waiting('b')]).toEqual([[[1, 'away']], [[2, 'away']]]);
  });
});

describe('a record of which nothing is published', () => {
  const shape: ShapeOptions = { condition: { type: 'key-starts-with', attribute: 'id', value: 'a' } };

  test('is settled without a request', async () => {
    expect(await relay([created('b', 1), created('b', 2)], shape)).toMatchObject({ response: failures(), records: 2, leftOut: 2, accepted: 0, parked: 0 });
    expect([nakadi.requests, parking.announced.size]).toEqual([[], 0]);
  });

  test('does not hold up others, nor do others hold it up', async () => {
    nakadi.fault = () => ({ type: 'status', status: 503 });
    expect(await relay([created('b', 1), created('a', 2), created('b', 3)], shape)).toMatchObject({ response: failures(2), leftOut: 2, held: 1 });
  });

  test('is parked behind what waits of its item: the rules may change before its turn comes', async () => {
    const map: ShapeOptions['map'] = (input) => (input.includes('"newItem":{"id":"a","state":2}') ? { type: 'nothing' } : { type: 'data', json: '{}' });
    nakadi.isInvalid = () => true;
    await relay([created('a', 1)], { map });
    expect(await relay([created('a', 2)], { map })).toMatchObject({ leftOut: 0, parked: 1 });
  });

  test('is parked with the reason where the team refuses such items', async () => {
    expect(await relay([created('b', 1), created('a', 2)], { ...shape, unrouted: 'refuse' })).toMatchObject({
      response: failures(),
      parked: 1,
      accepted: 1,
      leftOut: 0,
    });
    expect(waiting('b')).toEqual([[1, 'invalid']]);
    expect(parking.detail(streamRecord({ id: 'b' }))).toBe('no route is for the item: add one, or let unrouted items be dropped');
  });
});

test('a mapping that fails parks its record with the reason; other items go on', async () => {
  const map: ShapeOptions['map'] = (input) =>
    input.includes('"keys":{"id":"a"}') ? { type: 'failed', detail: 'the mapping failed: no such customer' } : { type: 'data', json: '{}' };
  const report = await relay([created('a', 1), created('b', 2), created('a', 3)], { map });
  expect(report).toMatchObject({ response: failures(), accepted: 1, parked: 2 });
  expect(parking.detail(streamRecord({ id: 'a' }))).toBe('the mapping failed: no such customer');
  expect(waiting('a')).toEqual([[1, 'invalid'], [3, 'behind']]);
});

test('events of one batch go to the event types of their routes', async () => {
  const base = settings();
  const routes = [{ ...ROUTE, eventType: 'a-type', condition: { type: 'key-starts-with' as const, attribute: 'id', value: 'a' } }, { ...ROUTE, eventType: 'rest' }];
  const records = [created('a', 1), created('b', 2), rawRecord({ id: 'c', sequence: 3, newImage: { ...INVALID_IMAGE, id: { S: 'c' } } }), created('a', 4)];
  await relayBatch(records, { nakadi, clock, parkingLot: parking }, { ...base, shape: { ...base.shape, routes } }, {}, clock.now() + 60_000);
  expect(nakadi.requests.map((events) => [events[0].eventType, ...events.map(name)])).toEqual([['a-type', '1', '4'], ['rest', '2']]);
});
