import type { ChangeEvent } from '../../lambda/core/change-event.ts';
import type { Nakadi } from '../../lambda/core/ports.ts';
import type { PublishAnswer } from '../../lambda/core/publish-outcome.ts';
import { BrokenPromise } from './broken-promise.ts';
import type { NakadiFault } from './history.ts';
import type { Actor } from './scheduler.ts';
import type { World } from './world.ts';

/** A publication that Nakadi has stored. */
export interface Publication {
  readonly eid: string;
  readonly item: string;
  readonly sequence: string;
  readonly tombstone: boolean;
  readonly operation: string;
  readonly state: number | undefined;
}

const DONE = 200;

/** Nakadi, which misbehaves until the world is calm. */
export class SimulatedNakadi {
  /** Everything that is stored, in order, by item. */
  readonly stored = new Map<string, Publication[]>();
  awayUntil = 0;
  awayStatus = 0;
  compactedAwayUntil = 0;
  compactedAwayStatus = 0;
  private readonly world: World;
  private readonly faults: Map<number, NakadiFault>;
  private readonly data = new Map<string, string>();
  private requests = 0;

  constructor(world: World) {
    this.world = world;
    this.faults = new Map(world.history.nakadi.map(({ at, fault }) => [at, fault]));
  }

  port(actor: Actor): Nakadi {
    return {
      publish: (events) => {
        this.world.announce(actor, `publish ${events[0].item}`);
        return this.world.scheduler.call(actor, () => {
          const answer = this.answer(events, actor);
          this.world.note(() => `${actor.name}: publishes ${events.map((event) => this.nameOf(event)).join(' ')} -> ${describe(answer)}`);
          return answer;
        });
      },
    };
  }

  has(item: string, eid: string, tombstone = false): boolean {
    return this.stored.get(item)?.some((stored) => stored.eid === eid && stored.tombstone === tombstone) ?? false;
  }

  private nameOf({ eid, tombstone, json }: ChangeEvent): string {
    const change = this.world.table.byEid.get(eid);
    const { data_op: operation, data } = JSON.parse(String(json)) as { data_op: string; data: { state?: number } };
    return `${change === undefined ? `${operation} of state ${data.state}` : `${change.id}#${change.number}`}${tombstone ? ' (tombstone)' : ''}`;
  }

  private answer(events: readonly ChangeEvent[], actor: Actor): PublishAnswer {
    const { world } = this;
    const fault = this.faults.get(this.requests++);
    if (!world.isCalm) {
      if (world.now < this.awayUntil) {
        return this.awayStatus === 0 ? noAnswer : response(this.awayStatus, 'away');
      }
      if (world.now < this.compactedAwayUntil && events[0].eventType === 'compacted') {
        return response(this.compactedAwayStatus, 'not yours');
      }
      if (fault?.type === 'status') {
        return { ...response(fault.status, '{"title": '), retryAfterMs: fault.retryAfterMs };
      }
      if (fault?.type === 'no-answer') {
        return noAnswer;
      }
      const faultOf = ({ eid, tombstone }: ChangeEvent): string | undefined => (tombstone ? undefined : world.table.byEid.get(eid)?.fault);
      if (events.some((event) => faultOf(event) === 'shunned')) {
        return response(500, 'away');
      }
      if (events.some((event) => faultOf(event) === 'unnamed')) {
        return response(400, 'malformed');
      }
      const guilty = events.find((event) => faultOf(event) === 'named');
      if (guilty !== undefined) {
        return response(422, listOf(events, (event) => (event === guilty ? 'failed' : 'aborted')));
      }
      if (fault !== undefined) {
        return this.misbehave(fault, events, actor);
      }
    }
    events.forEach((event) => this.store(event, actor));
    return response(DONE, '');
  }

  private misbehave(fault: NakadiFault, events: readonly ChangeEvent[], actor: Actor): PublishAnswer {
    if (fault.type === 'partly' || fault.type === 'reordered') {
      const failedItems = new Set<string>();
      const failed = new Set(
        events.filter((event, index) => {
          const fails = ((fault.mask >> (index % 8)) & 1) === 0;
          if (!fails && failedItems.has(event.item) && fault.type === 'reordered') {
            this.world.reordered.add(event.item);
            return false;
          }
          if (fails) {
            failedItems.add(event.item);
          }
          return failedItems.has(event.item);
        }),
      );
      events.filter((event) => !failed.has(event)).forEach((event) => this.store(event, actor));
      const list = listOf(events, (event) => (failed.has(event) ? 'failed' : 'submitted'));
      return failed.size === 0 ? response(DONE, '') : response(207, fault.type === 'reordered' && fault.broken ? list.slice(0, list.length / 2) : list);
    }
    events.forEach((event) => this.store(event, actor));
    return fault.type === 'garbage-200' ? response(DONE, '<html>') : noAnswer;
  }

  private store(event: ChangeEvent, actor: Actor): void {
    const { eid, item, sequence, tombstone, json } = event;
    const { data_op: operation, data } = JSON.parse(String(json)) as { data_op: string; data: { state?: number } };
    // A corrected configuration may change the rest.
    const content = `${item} ${operation} ${data.state}`;
    if (!tombstone) {
      if ((this.data.get(eid) ?? content) !== content) {
        throw new BrokenPromise(`eid ${eid} stands for two events: ${this.data.get(eid)}, ${content}`);
      }
      this.data.set(eid, content);
    }
    if (actor.overslept) {
      this.world.disturbed.add(item);
    }
    const ofItem = this.stored.get(item) ?? [];
    if (tombstone && !ofItem.some((stored) => stored.eid === eid && stored.operation === 'D' && !stored.tombstone)) {
      throw new BrokenPromise(`a tombstone comes before its deletion: ${this.nameOf(event)}`);
    }
    ofItem.push({ eid, item, sequence, tombstone, operation, state: data.state });
    this.stored.set(item, ofItem);
  }
}

const noAnswer: PublishAnswer = { type: 'no-response', detail: 'connection broken' };

function response(status: number, body: string): PublishAnswer & { type: 'response' } {
  return { type: 'response', status, body };
}

function listOf(events: readonly ChangeEvent[], statusOf: (event: ChangeEvent) => string): string {
  return JSON.stringify(events.map((event) => ({ eid: event.eid, publishing_status: statusOf(event), step: 'publishing', detail: 'why' })));
}

function describe(answer: PublishAnswer): string {
  if (answer.type === 'no-response') {
    return answer.detail;
  }
  const failed = answer.body.match(/"(failed|submitted|aborted)"/g)?.map((status) => status[1]).join('') ?? '';
  return `${answer.status}${failed === '' ? '' : ` [${failed}]`}`;
}
