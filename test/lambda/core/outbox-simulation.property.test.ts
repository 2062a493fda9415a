import fc from 'fast-check';
import { eventId } from '../../../lambda/core/event-id.ts';
import { streamRecord } from '../factories.ts';
import { newest, OutboxSimulation, sequencesOf, type RequestFault } from './outbox-simulation.ts';

const fault: fc.Arbitrary<RequestFault> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<RequestFault[]>(
      { type: 'status', status: 503 },
      { type: 'no-response' },
      { type: 'lost-answer' },
      { type: 'crash-before' },
      { type: 'crash-after' },
      // Nakadi keeps its order: with an event, all later ones of its item fail.
      { type: 'partly', failed: (event) => event.item === streamRecord({ id: 'a' }).item },
    ),
  },
);

const options = fc.record({
  changes: fc.array(fc.constantFrom('a', 'a', 'b', 'c'), { minLength: 1, maxLength: 12 }),
  batchSize: fc.constantFrom(1, 2, 4, 12),
  holdForMs: fc.constantFrom(0, 3_000, 900_000),
  faults: fc.array(fault, { maxLength: 15 }),
  parkingFaults: fc.array(fc.constantFrom('before' as const, 'after' as const, undefined, undefined), { maxLength: 12 }),
  refused: fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 3 }),
  refusedUntil: fc.nat({ max: 30 }),
  deliveries: fc.constantFrom(1, 2, 10),
});

test('whatever fails and whoever comes first: nothing is lost, the order is kept, and each item ends with its newest state', async () => {
  await fc.assert(
    fc.asyncProperty(options, fc.scheduler(), async (given, scheduler) => {
      const simulation = new OutboxSimulation(given, () => scheduler.schedule(Promise.resolve()));
      await scheduler.waitFor(simulation.run());

      for (const [id, last] of newest(given.changes)) {
        const { item } = streamRecord({ id });
        const changes = sequencesOf(given.changes, id);
        const eids = changes.map((sequence) => eventId(item, sequence));
        const published = [...new Set(simulation.nakadi.stored.map(({ eid }) => eid))].filter((eid) => eids.includes(eid));
        expect(simulation.givenUp.has(item) ? published.sort() : published).toEqual(eids);
        expect(simulation.lastState(item)).toBe(last);
        expect(simulation.parking.waiting(item)).toEqual([]);
      }
    }),
    { numRuns: 1_000 },
  );
});
