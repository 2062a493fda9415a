import type { AttributeMap } from '../../../lambda/core/stream-record.ts';
import { INVALID_IMAGE, paddedSequence } from '../factories.ts';
import { RequeueHarness } from './requeue-harness.ts';

let outbox: RequeueHarness;

beforeEach(() => {
  outbox = new RequeueHarness();
});

describe('late records', () => {
  const state = (value: number): AttributeMap => ({ id: { S: 'a' }, state: { N: String(value) } });

  test('are published with the parked ones in one order, and then a snapshot of the item', async () => {
    await outbox.park('a', 2);
    await outbox.parkLate('a', 1);
    await outbox.parkLate('a', 3);
    outbox.table.set('a', state(9));
    expect(await outbox.run()).toMatchObject({ published: 4, closed: 1 });
    expect(outbox.published()).toEqual(['C1', 'C2', 'C3', 'S of 9']);
    expect([outbox.waiting('a'), outbox.isOpen('a')]).toEqual([[], false]);
  });

  test('are followed by a deletion where the item is gone, that shows it as it was last', async () => {
    await outbox.parkLate('a', 3);
    await outbox.run();
    expect(outbox.published()).toEqual(['C3', 'D of 3']);
  });

  test('are followed by a snapshot that was read while the head was open and after all was published', async () => {
    await outbox.parkLate('a', 3);
    outbox.table.set('a', state(9));
    outbox.onRead = () => {
      expect(outbox.isOpen('a')).toBe(true);
      expect(outbox.published()).toEqual(['C3']);
    };
    await outbox.run();
    expect(outbox.published()).toEqual(['C3', 'S of 9']);
  });

  test('need another snapshot where something was parked meanwhile', async () => {
    await outbox.parkLate('a', 3);
    outbox.table.set('a', state(9));
    outbox.onRead = () => {
      outbox.onRead = () => undefined;
      outbox.table.set('a', state(10));
      void outbox.park('a', 10);
    };
    await outbox.run();
    expect(outbox.published()).toEqual(['C3', 'S of 10', 'C3', 'C10', 'S of 10']);
    expect([outbox.waiting('a'), outbox.isOpen('a')]).toEqual([[], false]);
  });

  test('need another round where a late one came meanwhile', async () => {
    await outbox.parkLate('a', 3);
    outbox.table.set('a', state(9));
    outbox.onRead = () => {
      outbox.onRead = () => undefined;
      void outbox.parkLate('a', 2);
    };
    await outbox.run();
    expect(outbox.published()).toEqual(['C3', 'S of 9', 'C2', 'C3', 'S of 9']);
    expect(outbox.isOpen('a')).toBe(false);
  });

  test('stay open where the snapshot is not taken because Nakadi is away', async () => {
    await outbox.parkLate('a', 3);
    outbox.nakadi.fault = (request) => (request > 0 ? { type: 'status', status: 503 } : undefined);
    expect(await outbox.run()).toMatchObject({ refused: 1, closed: 0 });
    expect([outbox.waiting('a'), outbox.isOpen('a')]).toEqual([[3], true]);
    outbox.nakadi.fault = () => undefined;
    outbox.clock.pass(60_000);
    await outbox.run();
    expect(outbox.published()).toEqual(['C3', 'C3', 'D of 3']);
  });

  test('are put off where the snapshot is refused', async () => {
    await outbox.parkLate('a', 3);
    outbox.table.set('a', INVALID_IMAGE);
    expect(await outbox.run()).toMatchObject({ refused: 1, closed: 0 });
    expect(outbox.head('a')).toMatchObject({ open: true, attempts: 1, dueAt: new Date(outbox.clock.now() + 60_000).toISOString() });
  });

  test('of many items are followed by snapshots of a few at a time: the processor cannot make more events in the time of a request', async () => {
    const ids = Array.from({ length: 30 }, (_, index) => `item ${index}`);
    for (const [index, id] of ids.entries()) {
      await outbox.parkLate(id, index + 1);
    }
    let [reading, most] = [0, 0];
    outbox.onRead = async () => {
      most = Math.max(most, ++reading);
      await new Promise((resolve) => setImmediate(resolve));
      reading--;
    };
    expect(await outbox.run()).toMatchObject({ closed: 30 });
    expect(most).toBe(8);
  });

  test('let others go first where Nakadi seems away for their snapshot alone', async () => {
    await outbox.parkLate('b', 2);
    outbox.clock.pass(1_000);
    await outbox.park('a', 1);
    outbox.nakadi.fault = (_, [{ json }]) => (String(json).includes('"data_op":"D"') ? { type: 'partly', failed: () => true } : undefined);
    await outbox.run();
    expect([outbox.isOpen('a'), outbox.isOpen('b')]).toEqual([false, true]);
    expect(outbox.head('b')).toMatchObject({ attempts: 1, detail: '207: publishing: sequence 2' });
    expect(Date.parse(outbox.head('b').dueAt!)).toBeGreaterThan(outbox.clock.now());
    expect(outbox.published()).toEqual(['C2', 'C1']);
  });

  test('do not move through beyond what was parked', async () => {
    await outbox.park('a', 2);
    await outbox.parkLate('a', 5);
    outbox.refuse(5);
    await outbox.run();
    expect(outbox.head('a')).toMatchObject({ through: paddedSequence(2), upTo: paddedSequence(2), open: true });
    expect(outbox.waiting('a')).toEqual([5]);
  });
});
