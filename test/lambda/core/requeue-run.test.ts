import { Readable } from 'node:stream';
import type { Mapping } from '../../../lambda/core/event-route.ts';
import type { DeadLetter, Lease } from '../../../lambda/core/ports.ts';
import { CLOSED_HEAD_KEPT_MS, requeueRun, type RunReport } from '../../../lambda/core/requeue-run.ts';
import type { StreamRecord } from '../../../lambda/core/stream-record.ts';
import { settings, STREAM, streamRecord } from '../factories.ts';
import { MemoryNakadi } from './memory-nakadi.ts';
import { MemoryParking } from './memory-parking.ts';
import { VirtualClock } from './virtual-clock.ts';

let clock: VirtualClock;
let parking: MemoryParking;
let nakadi: MemoryNakadi;
let leases: string[];
let free: boolean;
let receive: () => Promise<DeadLetter[]>;
let open: () => Promise<StreamRecord[][] | 'trimmed'>;
let map: Mapping | undefined;

beforeEach(() => {
  clock = new VirtualClock();
  parking = new MemoryParking(() => clock.now());
  nakadi = new MemoryNakadi();
  [leases, free] = [[], true];
  receive = () => Promise.resolve([]);
  open = () => Promise.resolve('trimmed');
  map = undefined;
});

function run(): Promise<RunReport | undefined> {
  const lease: Lease = {
    acquire: (until) => Promise.resolve(free && leases.push(`until ${until - clock.now()}`) > 0),
    release: () => Promise.resolve(void leases.push('released')),
  };
  const ports = {
    clock,
    nakadi,
    lease,
    parkedEvents: parking,
    sourceTable: { read: () => Promise.resolve(undefined) },
    stream: { open: async () => pages(await open()) },
    deadLetters: { receive: () => receive(), delete: () => Promise.resolve() },
  };
  return requeueRun(ports, settings({}, { map }), { stopAt: clock.now() + 180_000, killedAt: clock.now() + 300_000 });
}

function pages(given: StreamRecord[][] | 'trimmed'): AsyncIterable<StreamRecord[]> | 'trimmed' {
  return given === 'trimmed' ? given : Readable.from(given);
}

async function park(sequence: number): Promise<void> {
  await parking.announce(STREAM);
  await parking.park({ record: streamRecord({ sequence }), reason: 'rejected', detail: '' });
}

describe('a run', () => {
  test('holds the lease until after the platform would end it, and gives it back', async () => {
    expect(await run()).toBeDefined();
    expect(leases).toEqual(['until 310000', 'released']);
  });

  test('tells how much still waits', async () => {
    await park(1);
    nakadi.fault = () => ({ type: 'status', status: 503 });
    expect(await run()).toMatchObject({ parked: { published: 0, away: 'away: 503' }, backlog: { items: 1, more: false } });
    nakadi.fault = () => undefined;
    expect(await run()).toMatchObject({ parked: { published: 1 }, backlog: { items: 0 } });
  });

  test('brings dead letters to safety before any mapping is called', async () => {
    const body = JSON.stringify({ DDBStreamBatchInfo: { shardId: 's', startSequenceNumber: '1', endSequenceNumber: '2', streamArn: STREAM } });
    const letters = [{ handle: 'h', body }];
    receive = () => Promise.resolve(letters.splice(0));
    open = () => Promise.resolve([[streamRecord({ sequence: 1 })]]);
    let parkedBefore = 0;
    map = () => {
      parkedBefore = parking.waiting(streamRecord().item).length;
      return { type: 'data', json: '{}' };
    };
    expect(await run()).toMatchObject({ deadLetters: { records: 1 }, parked: { published: 2 } });
    expect(parkedBefore).toBe(1);
  });

  test('does nothing while another one holds the lease', async () => {
    free = false;
    await park(1);
    expect(await run()).toBeUndefined();
    expect([nakadi.requests.length, leases.length]).toEqual([0, 0]);
  });

  test('publishes what is parked though the queue cannot be read', async () => {
    await park(1);
    receive = () => Promise.reject(new Error('no queue'));
    expect(await run()).toMatchObject({ deadLetters: { failed: 1, errors: ['receiving dead letters failed: Error'] }, parked: { published: 1 } });
    expect(leases.at(-1)).toBe('released');
  });

  test('publishes what is parked, however many dead letters there are', async () => {
    await park(1);
    receive = () => {
      clock.pass(30_000);
      return Promise.resolve([{ handle: 'h', body: 'not a message of the mapping' }]);
    };
    expect(await run()).toMatchObject({ parked: { published: 1, closed: 1 }, deadLetters: { malformed: 3 } });
  });
});

describe('the announcement that a stream parks records', () => {
  const announcedAt = (): number | undefined => parking.announced.get(STREAM);

  test('is renewed while something waits', async () => {
    await park(1);
    nakadi.fault = () => ({ type: 'status', status: 503 });
    clock.pass(3 * CLOSED_HEAD_KEPT_MS);
    await run();
    expect(announcedAt()).toBe(clock.now());
  });

  test('is renewed when heads were closed', async () => {
    await park(1);
    clock.pass(3 * CLOSED_HEAD_KEPT_MS);
    await run();
    expect(announcedAt()).toBe(clock.now());
  });

  test('stays as long as closed heads are kept, and then goes', async () => {
    await park(1);
    await run();
    const closedAt = clock.now();
    clock.pass(CLOSED_HEAD_KEPT_MS);
    await run();
    expect(announcedAt()).toBe(closedAt);
    clock.pass(1);
    await run();
    expect(announcedAt()).toBeUndefined();
  });
});
