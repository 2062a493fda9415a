// Simulates until a promise is broken, and prints the number of that history, or 0: node mutant-main.mjs RUNS SEED SIZE
import fc from 'fast-check';
import { histories } from './history.ts';
import { OutboxSimulation } from './outbox-simulation.ts';

const [runs, seed, size] = process.argv.slice(2).map(Number);
const property = fc.asyncProperty(histories(size), (history) => new OutboxSimulation(history).run());
const { failed, numRuns, errorInstance } = await fc.check(property, { numRuns: runs, seed, endOnFailure: true });
process.stdout.write(JSON.stringify({ failedAt: failed ? numRuns : 0, why: String(errorInstance) }));
