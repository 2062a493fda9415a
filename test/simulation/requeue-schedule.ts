import { parkedEventsTable } from '../../lambda/adapters/parked-events-table.ts';
import { requeueLease } from '../../lambda/adapters/requeue-lease.ts';
import { RequestSize } from '../../lambda/core/request-size.ts';
import { requeueRun, type RunPorts } from '../../lambda/core/requeue-run.ts';
import { faultyClient } from './faulty-client.ts';
import { Actor, type Ending } from './scheduler.ts';
import type { SimulatedNakadi } from './simulated-nakadi.ts';
import { settingsOf } from './team-rules.ts';
import type { World } from './world.ts';

/** How long a run may take, and how long before its end it starts no more requests to Nakadi, in milliseconds. */
const TIMEOUT_MS = 300_000;
const RESERVE_MS = 120_000;

/** Longest pause between runs, in milliseconds: where nothing happens, fewer runs show as much. */
const SELDOM_MS = 3_600_000;

/** Runs at the same time that are enough. */
const MOST_RUNS = 3;

/** Starts the requeue again and again, whether the last run has ended or not. */
export class RequeueSchedule {
  offUntil = 0;
  private runs = 0;
  private readonly actor = new Actor('schedule');
  private readonly world: World;
  private readonly nakadi: SimulatedNakadi;
  /** What a warm function keeps from run to run. */
  private readonly size = new RequestSize();

  constructor(world: World, nakadi: SimulatedNakadi) {
    this.world = world;
    this.nakadi = nakadi;
  }

  /** Ends when the world is calm. */
  async run(): Promise<void> {
    for (let idle = 0; !this.world.isCalm; ) {
      await this.world.scheduler.sleep(this.actor, Math.min(SELDOM_MS, this.world.history.requeueEveryMs * 2 ** Math.max(0, idle - 3)));
      const before = this.world.table.changes.length;
      if (!this.world.isCalm) {
        this.start();
      }
      idle = this.world.table.changes.length > before ? 0 : idle + 1;
    }
  }

  start(): void {
    const { parked, deadLetters } = this.world;
    // A run that finds nothing shows nothing.
    const isNeeded = parked.rows.size > 0 || deadLetters.letters.length > 0;
    if (isNeeded && this.world.now >= this.offUntil && this.world.scheduler.running('requeue').length < MOST_RUNS) {
      void this.once();
    }
  }

  async once(): Promise<Ending<unknown>> {
    const { world } = this;
    const { scheduler } = world;
    const killedAt = world.now + TIMEOUT_MS;
    const actor = new Actor(`requeue ${this.runs++}`, world.skews.requeue, killedAt);
    const clock = scheduler.clockOf(actor);
    const client = faultyClient(world, actor);
    const ports: RunPorts = {
      clock,
      nakadi: this.nakadi.port(actor),
      parkedEvents: parkedEventsTable(client, 'parked', clock.now),
      sourceTable: {
        read: (keys) =>
          scheduler.call(actor, () => {
            world.note(() => `${actor.name}: reads ${keys.id.S}`);
            return world.table.images.get(keys.id.S!);
          }),
      },
      lease: requeueLease(client, 'parked', actor.name, clock.now),
      deadLetters: world.deadLetters.queue(actor),
      stream: world.deadLetters.reader(actor),
    };
    const ends = { stopAt: killedAt + actor.skew - RESERVE_MS, killedAt: killedAt + actor.skew };
    world.note(() => `${actor.name}: starts`);
    const ending = await scheduler.run(actor, () => requeueRun(ports, settingsOf(world.history, world.isCalm), ends, this.size));
    world.note(() => `${actor.name}: ${ending.type === 'done' ? describe(ending.value) : ending.type === 'failed' ? String(ending.error) : 'is killed'}`);
    return ending;
  }
}

function describe(report: Awaited<ReturnType<typeof requeueRun>>): string {
  if (report === undefined) {
    return 'is not alone';
  }
  const { published, closed, away } = report.parked;
  return `ends, ${published} published, ${closed} items closed${away === undefined ? '' : `, ${away}`}`;
}
