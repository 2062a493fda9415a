import { parkedEventsOperator } from '../../lambda/adapters/parked-events-operator.ts';
import { skippedEvents } from '../../lambda/adapters/skipped-events.ts';
import { retryParked } from '../../cli/parked-retry.ts';
import { skipParked } from '../../cli/parked-skip.ts';
import type { Terminal } from '../../cli/terminal.ts';
import { faultyClient } from './faulty-client.ts';
import type { Incident } from './history.ts';
import { Actor } from './scheduler.ts';
import type { World } from './world.ts';

type SkipIncident = Extract<Incident, { type: 'operator-skip' }>;

/** How long the requeue's request takes while somebody skips what it publishes, in milliseconds. */
const SLOW_REQUEST_MS = 3_000;

/** Who skips, and why. */
export const DECISION = { by: 'somebody', because: 'the order was a test' };

/** People with the operators' command: they skip and retry whatever waits, at any time. */
export class Operators {
  private count = 0;
  private readonly world: World;

  constructor(world: World) {
    this.world = world;
  }

  /** Skips of one of the items that wait, if any does; or of the next one that the requeue publishes. */
  skip({ item, all, thinks, when }: SkipIncident): void {
    const waiting = [...this.world.parked.rows.values()].filter(({ open }) => open !== undefined);
    if (when === 'now' && waiting.length > 0) {
      this.skipOf(String(waiting[item % waiting.length].item), all, thinks);
    } else if (when === 'it is published') {
      this.world.traps.push((actor, request) => {
        const isPublished = actor.name.startsWith('requeue') && request.startsWith('publish ');
        if (isPublished) {
          actor.pausedUntil = this.world.now + SLOW_REQUEST_MS;
          this.skipOf(request.slice('publish '.length), all, thinks);
        }
        return isPublished;
      });
    }
  }

  private skipOf(id: string, all: boolean, thinks: number): void {
    this.work(thinks, (operator, skipped, terminal) =>
      skipParked(operator, skipped, { type: 'skip', table: 'parked', item: { type: 'id', id }, allRecords: all, yes: thinks === 0, ...DECISION }, terminal),
    );
  }

  /** Makes everything due that waits. */
  retry(): void {
    this.work(0, (operator, _, terminal) => retryParked(operator, { type: 'retry', table: 'parked' }, terminal));
  }

  private work(
    thinks: number,
    command: (operator: ReturnType<typeof parkedEventsOperator>, skipped: ReturnType<typeof skippedEvents>, terminal: Terminal) => Promise<number>,
  ): void {
    const { world } = this;
    const actor = new Actor(`operator ${this.count++}`, world.skews.operator);
    const client = faultyClient(world, actor);
    const { now } = world.scheduler.clockOf(actor);
    const terminal: Terminal = {
      print: () => Promise.resolve(),
      note: (line) => world.note(() => `${actor.name}: ${line}`),
      confirm: () => world.scheduler.sleep(actor, thinks).then(() => true),
    };
    const run = world.scheduler.run(actor, () => command(parkedEventsOperator(client, 'parked', now), skippedEvents(client, 'parked', now), terminal));
    void run.then((ending) => world.note(() => `${actor.name}: ${ending.type === 'failed' ? String(ending.error) : ending.type}`));
  }
}
