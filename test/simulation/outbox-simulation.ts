import { BrokenPromise } from './broken-promise.ts';
import { ITEMS, type History, type Incident, type Write } from './history.ts';
import { checkDrained, checkGone, checkPassed, checkTraces, isDrained } from './promises.ts';
import { Lane } from './lane.ts';
import { Operators } from './operators.ts';
import { RequeueSchedule } from './requeue-schedule.ts';
import { Actor } from './scheduler.ts';
import { SimulatedNakadi } from './simulated-nakadi.ts';
import { World } from './world.ts';
import { useVirtualTimers } from './virtual-timers.ts';

/** Runs of the requeue after which everything must be drained, once the faults have ended. */
const MOST_RUNS = 60;

const HOUR = 3_600_000;

/**
 * An outbox whose table is written, relayed and requeued at the same time: the real core and the real adapters of the parked-events table, in
 * a world that misbehaves as the history says.
 */
export class OutboxSimulation {
  private readonly world: World;
  private readonly nakadi: SimulatedNakadi;
  private readonly lanes: Lane[];
  private readonly requeue: RequeueSchedule;
  private readonly operators: Operators;
  private readonly writer = new Actor('writer');

  /** @param trace gets a line for each thing that happens */
  constructor(history: History, trace?: string[]) {
    this.world = new World(history, trace);
    this.nakadi = new SimulatedNakadi(this.world);
    this.lanes = Array.from({ length: history.lanes }, (_, number) => new Lane(number, this.world, this.nakadi));
    this.requeue = new RequeueSchedule(this.world, this.nakadi);
    this.operators = new Operators(this.world);
  }

  /** @throws BrokenPromise where something happens that must never happen */
  async run(): Promise<void> {
    const { scheduler, history, parked, table } = this.world;
    useVirtualTimers(scheduler);
    const incidents = Map.groupBy(history.incidents, ({ at }) => at);
    scheduler.onEvent = (count) => {
      if (!this.world.isCalm) {
        incidents.get(count)?.forEach(({ incident }) => this.happen(incident));
      }
    };
    parked.onDelete = (row) => {
      checkPassed(this.world, row);
      const sequence = String(row.entry).split('#')[0];
      const change = table.changes.find(({ record }) => record.item === row.item && record.sequence === sequence);
      if (change?.isPublished && !this.nakadi.has(change.record.item, change.eid) && !this.world.isSkipped(change)) {
        throw new BrokenPromise(`${change.id}#${change.number} is removed before it is published or skipped`);
      }
    };
    await scheduler.drive(() => this.story());
  }

  private async story(): Promise<void> {
    const { world } = this;
    // A lane ends only by a broken promise.
    const broken = Promise.race(this.lanes.map((lane) => lane.run()));
    await Promise.race([broken, this.tell()]);
    world.note(() => 'the end');
  }

  private async tell(): Promise<void> {
    const { world } = this;
    const schedule = this.requeue.run();
    await this.write(world.history.writes);
    await this.lanesAtEnd();
    world.isCalm = true;
    world.parked.index.lag = 0;
    world.note(() => 'the faults end');
    await schedule;
    while ([...world.scheduler.running('requeue'), ...world.scheduler.running('operator')].length > 0) {
      if (world.scheduler.running('requeue').some(({ oversleeps }) => oversleeps)) {
        this.requeue.start(); // What it does when it wakes must find that others have gone on.
      }
      await world.scheduler.sleep(this.writer, 60_000);
    }
    await this.drain();
    const { replayAfterHours } = world.history;
    if (replayAfterHours > 0) {
      world.scheduler.pass(replayAfterHours * HOUR);
      this.lanes.forEach((lane) => lane.deliverAgain(Infinity));
      await this.drain();
    }
    await this.forget();
  }

  private async write(writes: readonly Write[]): Promise<void> {
    const { scheduler, table, history } = this.world;
    const burst = Array.from({ length: history.burst }, (): Write => ({ item: 0, kind: 'put', pause: 0 }));
    for (const [index, write] of writes.toSpliced(writes.length >> 1, 0, ...burst).entries()) {
      if (write.pause > 0) {
        await scheduler.sleep(this.writer, write.pause);
      }
      const change = table.commit(ITEMS[write.item % history.items], write, history.large && index === writes.length >> 1, this.world.now);
      this.world.note(() => `writer: ${change === undefined ? 'changes nothing' : `commits ${change.id}#${change.number} (${write.kind})`}`);
      this.lanes.forEach((lane) => lane.wake());
    }
  }

  private async lanesAtEnd(): Promise<void> {
    for (let waited = 0; !this.lanes.every((lane) => lane.isAtEnd); waited++) {
      if (waited > 1_000) {
        throw new BrokenPromise('the stream is not relayed to its end');
      }
      await this.world.scheduler.sleep(this.writer, 30_000);
    }
  }

  private async drain(): Promise<void> {
    for (let runs = 0; ; runs++) {
      await this.lanesAtEnd();
      if (isDrained(this.world)) {
        break;
      }
      if (runs === MOST_RUNS) {
        throw new BrokenPromise('what is parked is not drained');
      }
      this.world.scheduler.pass(runs < 10 ? 60_000 : HOUR);
      await this.requeue.once();
    }
    checkDrained(this.world, this.nakadi);
  }

  /** A day after everything is drained, nothing is left in the table. */
  private async forget(): Promise<void> {
    const { scheduler, parked } = this.world;
    await this.requeue.once();
    scheduler.pass(27 * HOUR);
    parked.expire(this.world.now / 1_000);
    await this.requeue.once();
    checkGone(this.world);
    await checkTraces(this.world);
  }

  private oversleep({ minutes, when }: Extract<Incident, { type: 'oversleep' }>): void {
    const { scheduler, traps } = this.world;
    const freeze = (actor: Actor): void => {
      actor.oversleeps = true;
      actor.pausedUntil = scheduler.now + minutes * 60_000;
    };
    if (when === 'now') {
      scheduler.running('requeue').slice(0, 1).forEach(freeze);
      return;
    }
    traps.push((actor, request) => {
      const advances = request === 'SET through = :through';
      if (advances) {
        freeze(actor);
      }
      return advances;
    });
  }

  private happen(incident: Incident): void {
    const { scheduler, parked, deadLetters } = this.world;
    this.world.note(() => `incident: ${JSON.stringify(incident)}`);
    switch (incident.type) {
      case 'kill-relay':
      case 'kill-requeue':
      case 'kill-operator':
        scheduler.running(incident.type.slice(5)).slice(0, 1).forEach((actor) => scheduler.kill(actor, incident.requests));
        break;
      case 'slow-relay':
      case 'slow-requeue':
      case 'slow-operator':
        scheduler.running(incident.type.slice(5)).slice(0, 1).forEach((actor) => {
          actor.pausedUntil = scheduler.now + incident.milliseconds;
        });
        break;
      case 'oversleep':
        this.oversleep(incident);
        break;
      case 'give-up':
        this.lanes.forEach((lane) => {
          lane.givesUp = true;
        });
        break;
      case 'repeat-letter':
        deadLetters.repeat();
        break;
      case 'rows-expire':
        parked.expire(this.world.now / 1_000);
        break;
      case 'start-requeue':
        this.requeue.start();
        break;
      case 'deliver-again':
        this.lanes.forEach((lane) => lane.deliverAgain(incident.records));
        break;
      case 'index-lags':
        parked.index.lag = incident.milliseconds;
        break;
      case 'nakadi-away':
        this.nakadi.awayUntil = scheduler.now + incident.minutes * 60_000;
        this.nakadi.awayStatus = incident.status;
        break;
      case 'event-type-away':
        this.nakadi.compactedAwayUntil = scheduler.now + incident.minutes * 60_000;
        this.nakadi.compactedAwayStatus = incident.status;
        break;
      case 'requeue-off':
        this.requeue.offUntil = scheduler.now + incident.minutes * 60_000;
        break;
      case 'clocks-jump':
        this.world.skews[incident.of] = incident.skew;
        scheduler.running(incident.of).forEach((actor) => {
          actor.skew = incident.skew;
        });
        break;
      case 'operator-skip':
        this.operators.skip(incident);
        break;
      case 'operator-retry':
        this.operators.retry();
        break;
    }
  }
}
