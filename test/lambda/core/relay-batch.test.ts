import { relayBatch, type RelayMemory, type RelayReport } from '../../../lambda/core/relay-batch.ts';
import type { RawStreamRecord } from '../../../lambda/core/stream-record.ts';
import type { Route } from '../../../lambda/core/event-route.ts';
import type { EventTexts } from '../../../lambda/core/event-texts.ts';
import { CREATED_AT, INVALID_IMAGE, paddedSequence, rawRecord, ROUTE, sequenceNumber, settings, SHAPE, STREAM, streamRecord } from '../factories.ts';
import { MemoryNakadi } from './memory-nakadi.ts';
import { MemoryParking } from './memory-parking.ts';
import { VirtualClock } from './virtual-clock.ts';

const HOLD_FOR = 900_000;

let nakadi: MemoryNakadi;
let clock: VirtualClock;
let parking: MemoryParking;
let memory: RelayMemory;

beforeEach(() => {
  nakadi = new MemoryNakadi();
  clock = new VirtualClock();
  parking = new MemoryParking(() => clock.now());
  memory = {};
});

/** Records of items by name: `record('a', 3)` is change 3, of item a. */
const record = (id: string, sequence: number): RawStreamRecord => rawRecord({ id, sequence });
const item = (id: string): string => streamRecord({ id }).item;
const relay = (records: readonly RawStreamRecord[]): Promise<RelayReport> =>
  relayBatch(records, { nakadi, clock, parkingLot: parking }, settings({ holdForMs: HOLD_FOR }), memory, clock.now() + 60_000);

const failures = (...sequences: number[]): object => ({ batchItemFailures: sequences.map((sequence) => ({ itemIdentifier: sequenceNumber(sequence) })) });
const published = (): number[] => nakadi.stored.map((event) => Number(event.sequence.slice(-6)));
const waiting = (id: string): number[] => parking.waiting(item(id)).map((sequence) => Number(sequence.slice(-6)));
const refuse = (...sequences: number[]): void => {
  nakadi.isInvalid = (event) => sequences.includes(Number(event.sequence.slice(-6)));
};
const away = (): void => {
  nakadi.fault = () => ({ type: 'status', status: 503 });
};
const back = (): void => {
  nakadi.fault = () => undefined;
};

describe('what Nakadi takes', () => {
  test('is published in order, and the batch is settled', async () => {
    const report = await relay([record('a', 1), record('b', 2), record('a', 3)]);
    expect(report).toEqual({ response: failures(), records: 3, accepted: 3, skipped: 0, leftOut: 0, parked: 0, held: 0, rejected: 0, patchesLeftOut: 0, publicationAgeMs: 1_000, reasons: [] });
    expect(published()).toEqual([1, 2, 3]);
    expect(parking.announced.size).toBe(0);
  });

  test('an empty batch is settled', async () => {
    expect(await relay([])).toMatchObject({ response: failures(), records: 0 });
    expect(nakadi.requests).toEqual([]);
  });

  test('events whose patch was left out are counted', async () => {
    const raw = rawRecord({ sequence: 2, eventName: 'MODIFY' });
    const report = await relayBatch([raw], { nakadi, clock, parkingLot: parking }, settings({}, { maxEventBytes: 185 }), memory, clock.now() + 60_000);
    expect(report).toMatchObject({ accepted: 1, patchesLeftOut: 1 });
  });
});

describe('what Nakadi refuses', () => {
  test('is parked at once, with what follows of its item; the others go on', async () => {
    refuse(2);
    const report = await relay([record('a', 1), record('a', 2), record('b', 3), record('a', 4)]);
    expect(report).toMatchObject({ response: failures(), accepted: 2, parked: 2, held: 0 });
    expect(published()).toEqual([1, 3]);
    expect(waiting('a')).toEqual([2, 4]);
    expect(parking.heads.get(item('a'))).toMatchObject({ upTo: paddedSequence(4), open: true });
    expect([...parking.rows.get(item('a'))!.values()].map(({ reason }) => reason)).toEqual(['rejected', 'behind']);
  });

  test('has its reason with it', async () => {
    refuse(2);
    await relay([record('a', 2)]);
    expect(parking.detail(streamRecord({ id: 'a', sequence: 2 }))).toBe('422: publishing: sequence 2');
  });

  test('and what no event can be made of, are parked alike', async () => {
    const report = await relay([record('a', 1), rawRecord({ id: 'a', sequence: 2, newImage: INVALID_IMAGE }), record('a', 3), record('b', 4)]);
    expect(report).toMatchObject({ response: failures(), accepted: 2, parked: 2, reasons: ['invalid', 'behind'] });
    expect(published()).toEqual([1, 4]);
    expect(waiting('a')).toEqual([2, 3]);
  });
});

describe('an item that waits', () => {
  beforeEach(async () => {
    refuse(1);
    await relay([record('a', 1)]);
    refuse();
  });

  test('keeps its later changes from being published', async () => {
    expect(await relay([record('a', 2), record('b', 3)])).toMatchObject({ response: failures(), accepted: 1, parked: 1 });
    expect(published()).toEqual([3]);
    expect(waiting('a')).toEqual([1, 2]);
  });

  test('does not take what is delivered again for new', async () => {
    expect(await relay([record('a', 1), record('a', 2)])).toMatchObject({ skipped: 1, parked: 1 });
    expect(await relay([record('a', 1), record('a', 2)])).toMatchObject({ skipped: 2, parked: 0 });
    expect(waiting('a')).toEqual([1, 2]);
  });

  test('has no open head any more once it is drained: later changes are published, old ones skipped', async () => {
    const head = parking.heads.get(item('a'))!;
    await parking.close(head, [...parking.rows.get(item('a'))!.values()]);
    expect(await relay([record('a', 1), record('a', 2)])).toMatchObject({ skipped: 1, accepted: 1, parked: 0 });
    expect(published()).toEqual([2]);
  });

  test('waits too where it holds late records only', async () => {
    await parking.parkLate(streamRecord({ id: 'b', sequence: 1 }));
    expect(await relay([record('b', 2)])).toMatchObject({ accepted: 0, parked: 1 });
    expect(waiting('b')).toEqual([1, 2]);
  });
});

describe('while Nakadi is away', () => {
  beforeEach(away);

  test('young records are held: the lowest that is not settled is reported', async () => {
    refuse(1);
    nakadi.fault = (request) => (request < 2 ? undefined : { type: 'status', status: 503 });
    const first = await relay([record('a', 1), record('b', 2)]);
    expect(first).toMatchObject({ response: failures(), accepted: 1, parked: 1 });
    const second = await relay([record('c', 3), record('d', 4)]);
    expect(second).toMatchObject({ response: failures(3), accepted: 0, held: 2, parked: 0, reasons: ['held: 503'] });
    expect(clock.now()).toBe(CREATED_AT + 1_000 + 60_000);
  });

  test('records of items that wait are parked, though others are held', async () => {
    await parking.announce(STREAM);
    await parking.park({ record: streamRecord({ id: 'a', sequence: 1 }), reason: 'rejected', detail: '' });
    const report = await relay([record('a', 2), record('b', 3), record('a', 4)]);
    expect(report).toMatchObject({ response: failures(3), parked: 2, held: 1 });
    expect(waiting('a')).toEqual([1, 2, 4]);
    back();
    expect(await relay([record('b', 3), record('a', 4)])).toMatchObject({ response: failures(), skipped: 1, accepted: 1 });
  });

  test('what is refused of an item of which something is held is not parked: its next delivery would skip the held one', async () => {
    const report = await relay([record('a', 1), rawRecord({ id: 'a', sequence: 2, newImage: INVALID_IMAGE }), record('b', 3)]);
    expect(report).toMatchObject({ response: failures(1), parked: 0, held: 3 });
    expect(waiting('a')).toEqual([]);
    back();
    await relay([record('a', 1), rawRecord({ id: 'a', sequence: 2, newImage: INVALID_IMAGE }), record('b', 3)]);
    expect(published()).toEqual([1, 3]);
    expect(waiting('a')).toEqual([2]);
  });

  test('records older than that are parked, in order, with the reason', async () => {
    clock.pass(HOLD_FOR);
    const report = await relay([record('a', 1), record('b', 2), record('a', 3)]);
    expect(report).toMatchObject({ response: failures(), parked: 3, held: 0, reasons: ['away: 503'] });
    expect([waiting('a'), waiting('b')]).toEqual([[1, 3], [2]]);
    expect(parking.rows.get(item('b'))!.values().next().value).toMatchObject({ reason: 'away' });
  });

  test('they are parked in order too where a later one of the item is no event: parked first, it would hide the one before', async () => {
    clock.pass(HOLD_FOR);
    const report = await relay([record('a', 1), rawRecord({ id: 'a', sequence: 2, newImage: INVALID_IMAGE })]);
    expect(report).toMatchObject({ response: failures(), parked: 2 });
    expect(waiting('a')).toEqual([1, 2]);
  });

  test('a batch that grows old while Nakadi is asked is parked', async () => {
    clock.pass(HOLD_FOR - 30_000);
    expect(await relay([record('a', 1)])).toMatchObject({ response: failures(), parked: 1 });
  });

  test('the batches that follow are parked without a try, for a while, so that the shard drains at full speed; then one try is made', async () => {
    clock.pass(HOLD_FOR);
    await relay([record('a', 1)]);
    const requests = nakadi.requests.length;
    const before = clock.now();
    expect(await relay([record('b', 2)])).toMatchObject({ parked: 1, reasons: ['away: 503'] });
    expect([nakadi.requests.length, clock.now()]).toEqual([requests, before]);
    clock.pass(60_000);
    expect(await relay([record('c', 3)])).toMatchObject({ parked: 1 });
    expect([nakadi.requests.length, clock.now()]).toEqual([requests + 1, before + 60_000]);
  });

  test('at least half of the time is for parking, however long Nakadi takes to say nothing', async () => {
    clock.pass(HOLD_FOR);
    nakadi.onRequest = () => {
      clock.pass(80_000);
    };
    await relay([record('a', 1)]);
    const start = clock.now();
    let parked = 0;
    for (let sequence = 2; clock.now() < start + 3_600_000; sequence++) {
      const before = clock.now();
      const report = await relay([record(`item ${sequence}`, sequence)]);
      parked += clock.now() === before ? report.parked : 0;
      clock.pass(1_000);
    }
    expect(parked).toBeGreaterThan(1_700);
  });

  test('young records get the whole budget even then, because they are held', async () => {
    clock.pass(HOLD_FOR);
    await relay([record('a', 1)]);
    const before = clock.now();
    expect(await relay([rawRecord({ id: 'b', sequence: 2, createdAt: before })])).toMatchObject({ response: failures(2), held: 1 });
    expect(clock.now()).toBe(before + 60_000);
  });

  test('when Nakadi is back, the next batches have their whole budget again', async () => {
    clock.pass(HOLD_FOR);
    await relay([record('a', 1)]);
    back();
    clock.pass(60_000);
    await relay([record('b', 2)]);
    expect(memory.away).toBeUndefined();
    expect(published()).toEqual([2]);
  });

  test('an event type that takes nothing does not hold up the others: its records are parked at once, and each batch asks it once', async () => {
    const routes = ['a', 'b'].map((value): Route => ({ ...ROUTE, eventType: value, condition: { type: 'key-starts-with', attribute: 'id', value } }));
    nakadi.fault = (_, [{ eventType }]) => (eventType === 'a' ? { type: 'status', status: 404 } : undefined);
    const { publishing } = settings();
    const relayed = (records: readonly RawStreamRecord[]): Promise<RelayReport> =>
      relayBatch(records, { nakadi, clock, parkingLot: parking }, { shape: { ...SHAPE, routes }, publishing }, memory, clock.now() + 60_000);
    expect(await relayed([record('a', 1), record('b', 2)])).toMatchObject({ response: failures(), accepted: 1, parked: 1, held: 0, reasons: ['away: 404'] });
    expect(await relayed([record('a2', 3)])).toMatchObject({ response: failures(), parked: 1 });
    expect([nakadi.requests.length, memory.away]).toEqual([3, undefined]);
  });

  test('an event type that takes nothing is parked, too, where the time is over for others: these are held, and the next batch begins with them', async () => {
    const routes = ['a', 'b'].map((value): Route => ({ ...ROUTE, eventType: value, condition: { type: 'key-starts-with', attribute: 'id', value } }));
    nakadi.fault = (_, [{ eventType }]) => (eventType === 'a' ? { type: 'status', status: 404 } : undefined);
    nakadi.onRequest = () => {
      clock.pass(25_000);
    };
    const { publishing } = settings();
    const records = [record('a', 1), ...[2, 3, 4, 5].map((sequence) => record(`b${sequence}`, sequence))];
    const relayed = (some: readonly RawStreamRecord[]): Promise<RelayReport> =>
      relayBatch(some, { nakadi, clock, parkingLot: parking }, { shape: { ...SHAPE, routes }, publishing: { ...publishing, maxBatchEvents: 1, holdForMs: HOLD_FOR } }, {}, clock.now() + 60_000);
    expect(await relayed(records)).toMatchObject({ response: failures(4), accepted: 2, parked: 1, held: 2, reasons: ['away: 404', 'held: the time of the invocation is over'] });
    expect(waiting('a')).toEqual([1]);
    expect(await relayed(records.slice(3))).toMatchObject({ response: failures(), accepted: 2 });
    expect(published()).toEqual([2, 3, 4, 5]);
  });

  test('routes of one event type are no others: it is waited for', async () => {
    const routes = ['a', 'b'].map((value): Route => ({ ...ROUTE, condition: { type: 'key-starts-with', attribute: 'id', value } }));
    nakadi.fault = () => ({ type: 'status', status: 404 });
    const settled = relayBatch([record('a', 1), record('b', 2)], { nakadi, clock, parkingLot: parking }, { ...settings({ holdForMs: HOLD_FOR }), shape: { ...SHAPE, routes } }, memory, clock.now() + 60_000);
    expect(await settled).toMatchObject({ response: failures(1), parked: 0, held: 2, reasons: ['held: 404'] });
  });

  test('while one event type fails beside another, old records of it are tried once and parked, and those of the other published', async () => {
    const routes = ['a', 'b'].map((value): Route => ({ ...ROUTE, eventType: value, condition: { type: 'key-starts-with', attribute: 'id', value } }));
    nakadi.fault = (_, [{ eventType }]) => (eventType === 'b' ? { type: 'partly', failed: () => true } : undefined);
    clock.pass(HOLD_FOR);
    const relayed = (sequence: number): Promise<RelayReport> =>
      relayBatch([record('a', sequence), record('b', sequence + 1)], { nakadi, clock, parkingLot: parking }, { ...settings({ holdForMs: HOLD_FOR }), shape: { ...SHAPE, routes } }, memory, clock.now() + 120_000);
    expect(await relayed(1)).toMatchObject({ response: failures(), accepted: 1, parked: 1 });
    const [start, requests] = [clock.now(), nakadi.requests.length];
    expect(await relayed(3)).toMatchObject({ response: failures(), accepted: 1, parked: 1 });
    expect([clock.now() - start, nakadi.requests.length - requests]).toEqual([0, 1]);
  });

  test('with holdFor zero, records are parked at once', async () => {
    const report = await relayBatch([record('a', 1)], { nakadi, clock, parkingLot: parking }, settings({ holdForMs: 0 }), memory, clock.now() + 60_000);
    expect(report).toMatchObject({ response: failures(), parked: 1 });
  });
});

describe('where the time of the invocation is over', () => {
  const slowly = (milliseconds: number): void => {
    nakadi.onRequest = () => {
      clock.pass(milliseconds);
    };
  };
  const big = (id: string, sequence: number): RawStreamRecord => rawRecord({ id, sequence, newImage: { id: { S: id }, fill: { S: 'x'.repeat(900_000) } } });
  const records = Array.from({ length: 24 }, (_, index) => big(`item ${index}`, index + 1));

  test('what is left comes again, however old it is, as long as something got through: Nakadi is slow, not away', async () => {
    clock.pass(HOLD_FOR * 2);
    slowly(40_000);
    expect(await relay(records)).toMatchObject({ response: failures(23), accepted: 22, parked: 0, held: 2, reasons: ['held: the time of the invocation is over'] });
    expect(parking.announced.size).toBe(0);
  });

  test('what is left is parked when it is old and nothing got through', async () => {
    clock.pass(HOLD_FOR * 2);
    const report = await relayBatch([record('a', 1)], { nakadi, clock, parkingLot: parking }, settings({ holdForMs: HOLD_FOR }), memory, clock.now());
    expect(report).toMatchObject({ response: failures(), parked: 1, reasons: ['away: the time of the invocation is over'] });
  });
});

describe('a mapping that takes long', () => {
  const settingsOf = (takes: number): ReturnType<typeof settings> =>
    settings(
      { holdForMs: HOLD_FOR },
      {
        map: (input) => {
          clock.pass(takes);
          return input.includes('"id":"bad"') ? { type: 'failed', detail: 'too slow' } : { type: 'data', json: '{}' };
        },
      },
    );
  const relayed = (records: readonly RawStreamRecord[], takes: number): Promise<RelayReport> =>
    relayBatch(records, { nakadi, clock, parkingLot: parking }, settingsOf(takes), memory, clock.now() + 60_000);

  test('gets half of the retry budget; what it made is published, the rest of the batch comes again', async () => {
    const records = [1, 2, 3, 4, 5].map((sequence) => record(`item ${sequence}`, sequence));
    expect(await relayed(records, 10_000)).toMatchObject({ response: failures(4), accepted: 3, parked: 0, held: 2, reasons: ['held: the mapping took too long'] });
    expect(published()).toEqual([1, 2, 3]);
  });

  test('gets through at least one record each time', async () => {
    expect(await relayed([record('a', 1), record('a', 2)], 50_000)).toMatchObject({ response: failures(2), accepted: 1 });
    expect(await relayed([record('a', 2)], 50_000)).toMatchObject({ response: failures(), accepted: 1 });
  });

  test('and fails parks the record; later ones of its item come again, behind it', async () => {
    expect(await relayed([record('bad', 1), record('bad', 2)], 50_000)).toMatchObject({ response: failures(2), parked: 1, held: 1 });
    expect(await relayed([record('bad', 2)], 50_000)).toMatchObject({ response: failures(), parked: 1 });
    expect(waiting('bad')).toEqual([1, 2]);
  });
});

describe('where parking fails', () => {
  test('the record and what follows of its item are left, and the lowest is reported; others are parked', async () => {
    refuse(1, 3);
    parking.onWrite = (write, moment, of) => {
      if (write === 'park' && moment === 'before' && of === item('a')) {
        throw Object.assign(new Error('full of data'), { name: 'ProvisionedThroughputExceededException' });
      }
    };
    const report = await relay([record('a', 1), record('a', 2), record('b', 3), record('c', 4)]);
    expect(report).toMatchObject({ response: failures(1), accepted: 1, parked: 1, held: 2 });
    expect(report.reasons).toContain('parking failed: ProvisionedThroughputExceededException');
    expect(report.reasons.join()).not.toContain('full of data');
    expect([waiting('a'), waiting('b')]).toEqual([[], [3]]);
    parking.onWrite = () => undefined;
    expect(await relay([record('a', 1), record('a', 2), record('b', 3), record('c', 4)])).toMatchObject({ response: failures(), skipped: 1, parked: 2 });
    expect([waiting('a'), waiting('b')]).toEqual([[1, 2], [3]]);
  });

  test('or takes too long, the rest is left: the invocation must not be ended by the platform', async () => {
    refuse(1, 2, 3, 4);
    parking.onWrite = (write, moment) => {
      if (write === 'park' && moment === 'before') {
        clock.pass(60_000);
      }
    };
    // One item, because those of several are parked at the same time. 60 s for requests, 80 s for the last one, 40 s kept back, 15 s of them for the answer.
    const report = await relay([record('a', 1), record('a', 2), record('a', 3), record('a', 4), record('a', 5)]);
    expect(report).toMatchObject({ response: failures(4), parked: 3, held: 2, reasons: expect.arrayContaining(['parking failed: OutOfTimeError']) as string[] });
    expect(waiting('a')).toEqual([1, 2, 3]);
  });

  test('a parking whose answer was lost is skipped the next time', async () => {
    refuse(1);
    parking.onWrite = (write, moment) => {
      if (write === 'park' && moment === 'after') {
        throw new Error('answer lost');
      }
    };
    expect(await relay([record('a', 1)])).toMatchObject({ response: failures(1), held: 1 });
    expect(await relay([record('a', 1)])).toMatchObject({ response: failures(), skipped: 1 });
    expect(waiting('a')).toEqual([1]);
  });

  test('nothing is parked without an announcement', async () => {
    refuse(1);
    parking.onWrite = (write) => {
      if (write === 'announce') {
        throw new Error('no answer');
      }
    };
    expect(await relay([record('a', 1), record('b', 2)])).toMatchObject({ response: failures(1), accepted: 1, parked: 0 });
    expect(waiting('a')).toEqual([]);
  });
});

test('records that are parked anyway are tried once, after Nakadi took a part of a batch and then nothing', async () => {
  clock.pass(HOLD_FOR);
  nakadi.fault = (request) => (request === 0 ? { type: 'partly', failed: (event) => event.item === item('b') } : { type: 'status', status: 503 });
  expect(await relay([record('a', 1), record('b', 2)])).toMatchObject({ accepted: 1, parked: 1 });
  const [pauses, requests] = [clock.pauses.length, nakadi.requests.length];
  expect(await relay([record('c', 3)])).toMatchObject({ parked: 1, reasons: ['away: 503'] });
  expect([clock.pauses.length - pauses, nakadi.requests.length - requests]).toEqual([0, 1]);
});

test('one event with which Nakadi seems to be away holds up no other: it is parked, and the shard goes on', async () => {
  const records = Array.from({ length: 30 }, (_, index) => record(`item ${index}`, index));
  nakadi.fault = (_, events) => (events.some((event) => event.item === item('item 11')) ? { type: 'status', status: 500 } : undefined);
  expect(await relay(records)).toMatchObject({ response: { batchItemFailures: [] }, accepted: 29, parked: 1, held: 0, reasons: ['rejected: 500'] });
  expect(memory.away).toBeUndefined();
});

test('what size of request Nakadi takes is remembered from one batch to the next', async () => {
  const records = Array.from({ length: 40 }, (_, index) => record(`item ${index}`, index));
  nakadi.fault = (_, { length }) => {
    clock.pass(length > 10 ? 80_000 : 0);
    return length > 10 ? { type: 'no-response' } : undefined;
  };
  const first: number[] = [];
  for (let delivery = 0; delivery < 4; delivery++) {
    const before = nakadi.requests.length;
    await relay(records);
    first.push(nakadi.requests[before].length);
  }
  expect(first).toEqual([40, 20, 10, 6]);
  expect(new Set(nakadi.stored).size).toBeGreaterThan(20);
});

test('fails when a record cannot be placed', async () => {
  await expect(relay([{ eventName: 'INSERT' }])).rejects.toThrow('a stream record must have eventSourceARN');
});

describe('the memory of events is used again', () => {
  /** What is sent in each request, as it stands then. */
  let sent: string[][];
  beforeEach(() => {
    sent = [];
    nakadi.onRequest = (events) => sent.push(events.map(({ json }) => String(json)));
  });
  const eids = (request: number): string[] => sent[request].map((json) => (JSON.parse(json) as { metadata: { eid: string } }).metadata.eid);

  test('by the next batch', async () => {
    await relay([record('a', 1), record('b', 2)]);
    await relay([record('c', 3), record('d', 4)]);
    const { texts } = memory;
    const reuse = jest.spyOn(texts as EventTexts, 'reuse');
    await relay([record('e', 5)]);
    expect(reuse).toHaveBeenCalledTimes(1);
    expect(memory.texts).toBe(texts);
    expect(sent.map((_, request) => eids(request))).toEqual(nakadi.requests.map((events) => events.map(({ eid }) => eid)));
  });

  test('but not while a batch is under way that may send them again', async () => {
    await relay([record('z', 7)]);
    let others: Promise<unknown> | undefined;
    let isOver = false;
    nakadi.fault = (_, [{ item: first }]) => {
      others ??= relay([record('c', 3), record('d', 4)])
        .then(() => relay([record('e', 5), record('f', 6)]))
        .finally(() => (isOver = true));
      return [item('a'), item('b')].includes(first) && !isOver ? { type: 'status', status: 503 } : undefined;
    };
    await relay([record('a', 1), record('b', 2)]);
    await others;
    expect(published().slice(0, 5)).toEqual([7, 3, 4, 5, 6]);
    expect(published().slice(5).toSorted()).toEqual([1, 2]);
    expect(sent.map((_, request) => eids(request))).toEqual(nakadi.requests.map((events) => events.map(({ eid }) => eid)));
  });

  test('and after a batch that failed', async () => {
    await relay([record('a', 1)]);
    const { texts } = memory;
    jest.spyOn(parking, 'readHeads').mockRejectedValueOnce(new Error('no answer'));
    await expect(relay([record('b', 2)])).rejects.toThrow('no answer');
    expect(memory.texts).toBe(texts);
    await relay([record('b', 2)]);
    expect(eids(1)).toEqual(nakadi.requests[1].map(({ eid }) => eid));
  });
});
