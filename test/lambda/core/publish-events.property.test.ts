import fc from 'fast-check';
import type { ChangeEvent } from '../../../lambda/core/change-event.ts';
import { publishEvents } from '../../../lambda/core/publish-events.ts';
import { changeEvent, PUBLISHING } from '../factories.ts';
import { MemoryNakadi, type Fault } from './memory-nakadi.ts';
import { VirtualClock } from './virtual-clock.ts';

const fault: fc.Arbitrary<Fault | undefined> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constantFrom(401, 403, 404, 408, 413, 429, 500, 503).map((status) => ({ type: 'status' as const, status })) },
  { weight: 1, arbitrary: fc.constantFrom({ type: 'no-response' as const }, { type: 'lost-answer' as const }) },
  // Nakadi that keeps its order: with an event, all later ones of its item fail.
  { weight: 2, arbitrary: fc.nat({ max: 4 }).map((item) => ({ type: 'partly' as const, failed: (event: ChangeEvent) => event.item === `item ${item}` })) },
);

/** The events of changes: of one item they may go to several event types, and to their deleted events. */
function eventsOf(changes: readonly (readonly [number, string, boolean])[]): ChangeEvent[] {
  return changes.flatMap(([item, eventType, buried], index) => {
    const event = { ...changeEvent(`item ${item}`, index), eventType };
    return buried ? [event, { ...event, sequence: `${event.sequence}~`, tombstone: true }] : [event];
  });
}

const scenario = fc.record({
  /** Number of the item, event type, and whether a tombstone follows. */
  changes: fc.array(fc.tuple(fc.nat({ max: 4 }), fc.constantFrom('orders', 'orders', 'stock'), fc.boolean()), { minLength: 1, maxLength: 20 }),
  invalid: fc.uniqueArray(fc.nat({ max: 24 }), { maxLength: 4 }),
  unparsable: fc.uniqueArray(fc.nat({ max: 24 }), { maxLength: 3 }),
  faults: fc.array(fault, { maxLength: 30 }),
  latency: fc.constantFrom(0, 1, 3_000),
  maxBatchEvents: fc.constantFrom(1, 3, 10, 100),
  retryUntil: fc.constantFrom(0, 5_000, 60_000),
  stopAt: fc.constantFrom(10_000, 60_000, 1_000_000),
});

test('whatever Nakadi does, each event ends in one place, and none passes an earlier one of its item', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ changes, invalid, unparsable, faults, latency, maxBatchEvents, retryUntil, stopAt }) => {
      const events = eventsOf(changes);
      const clock = new VirtualClock(0);
      const nakadi = new MemoryNakadi();
      nakadi.fault = (request) => faults[request];
      nakadi.isInvalid = (event) => invalid.includes(events.indexOf(event));
      nakadi.isUnparsable = (event) => unparsable.includes(events.indexOf(event));
      nakadi.onRequest = (request) => {
        expect(clock.now()).toBeLessThan(stopAt);
        expect(request.length).toBeLessThanOrEqual(maxBatchEvents);
        expect(new Set(request.map(({ eventType, tombstone }) => `${eventType} ${tombstone}`)).size).toBe(1);
        for (const [place, event] of request.entries()) {
          const earlier = events.slice(0, events.indexOf(event)).filter(({ item }) => item === event.item);
          const sentBefore = (other: ChangeEvent): boolean => nakadi.stored.includes(other) || request.slice(0, place).includes(other);
          expect(earlier.every(sentBefore)).toBe(true);
        }
        clock.pass(latency);
      };

      const { accepted, refused, behind, blocked, waiting } = await publishEvents(events, { nakadi, clock }, { ...PUBLISHING, maxBatchEvents }, { retryUntil, stopAt });

      const places = events.map((event) => [accepted.has(event), refused.has(event), behind.has(event), blocked.has(event), waiting.includes(event)].filter(Boolean).length);
      expect(places).toEqual(events.map(() => 1));
      expect(accepted.size + refused.size + behind.size + blocked.size + waiting.length).toBe(events.length);
      expect([...accepted].every((event) => nakadi.stored.includes(event))).toBe(true);

      for (const [, ofItem] of Map.groupBy(events, (event) => event.item)) {
        const notAccepted = ofItem.findIndex((event) => !accepted.has(event));
        expect(ofItem.slice(notAccepted === -1 ? ofItem.length : notAccepted).some((event) => accepted.has(event))).toBe(false);
        expect(ofItem.some((event) => blocked.has(event)) && ofItem.some((event) => waiting.includes(event))).toBe(false);
        const firstBehind = ofItem.findIndex((event) => behind.has(event));
        expect(firstBehind === -1 || ofItem.slice(0, firstBehind).some((event) => refused.has(event))).toBe(true);
        const firsts = [...new Set(nakadi.stored)].filter((event) => ofItem.includes(event));
        expect(firsts).toEqual(ofItem.slice(0, firsts.length));
      }
    }),
    { numRuns: 1_500 },
  );
});

test('with a Nakadi that recovers, only bad events and what comes behind them are left', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ changes, invalid, faults, maxBatchEvents }) => {
      const events = eventsOf(changes);
      const clock = new VirtualClock(0);
      const nakadi = new MemoryNakadi();
      // 413 blames the events.
      nakadi.fault = (request) => (faults[request]?.type === 'status' ? { type: 'status', status: 503 } : faults[request]);
      nakadi.isInvalid = (event) => invalid.includes(events.indexOf(event));

      const { accepted, refused, behind } = await publishEvents(events, { nakadi, clock }, { ...PUBLISHING, maxBatchEvents }, { retryUntil: 1e9, stopAt: 1e9 });

      expect(accepted.size + refused.size + behind.size).toBe(events.length);
      expect([...refused.keys()].every((event) => invalid.includes(events.indexOf(event)))).toBe(true);
    }),
    { numRuns: 500 },
  );
});
