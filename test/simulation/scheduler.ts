import type { Clock } from '../../lambda/core/ports.ts';
import { BrokenPromise } from './broken-promise.ts';

/** One run of a function, or another actor: what can be killed, paused, and has a clock of its own. */
export class Actor {
  readonly name: string;
  /** Milliseconds by which its clock is ahead. */
  skew: number;
  /** Time at which the platform kills it, unless it is paused then. */
  killedAt: number;
  /** Nothing reaches it until then. */
  pausedUntil = 0;
  /** Whether the platform fails to kill it while it is paused. */
  oversleeps = false;
  isAlive = true;
  /** Whether it was paused beyond the time at which it should have been killed. */
  overslept = false;
  onKill: () => void = () => undefined;

  constructor(name: string, skew = 0, killedAt = Infinity) {
    this.name = name;
    this.skew = skew;
    this.killedAt = killedAt;
  }
}

/** How an actor's work ended. */
export type Ending<T> = { readonly type: 'done'; readonly value: T } | { readonly type: 'failed'; readonly error: unknown } | { readonly type: 'killed' };

/** What becomes of the requests of an actor that is killed. */
export type RequestFate = 'are lost' | 'take effect' | 'take effect later';

/** How late a tardy request is, in milliseconds. */
const TARDY_MS = 3_500;

/** Something that is to happen when it is chosen. */
interface Event {
  readonly actor: Actor;
  readonly at: number;
  /** A request under way may take effect though its sender is killed: at once, or, where its effect may come late, later. */
  readonly request?: 'prompt' | 'tardy';
  happen(): void;
}

/** A choice of this size or more lets somebody's sleep end while others still wait for an answer. */
export const SLEEP_CHOICE = 200;

/** How far time may leap over those who wait for an answer. */
const SLOWEST_MS = 120_000;

/** Milliseconds that pass with each event. */
const EVENT_MS = 5;

/** Events after which a history is taken for endless. */
const MOST_EVENTS = 60_000;

/**
 * Lets actors go on one at a time, in an order that follows from the choices alone, in a time of its own.
 *
 * The next event happens when no actor can go on by itself: a tick comes after all microtasks.
 */
export class Scheduler {
  now: number;
  /** Number of events that have happened. */
  count = 0;
  /** Called before each event. */
  onEvent: (count: number) => void = () => undefined;
  private events: Event[] = [];
  private isTicking = false;
  private readonly choices: ArrayLike<number>;
  private readonly actors = new Set<Actor>();
  private stall: (error: Error) => void = () => undefined;

  constructor(now: number, choices: ArrayLike<number>) {
    this.now = now;
    this.choices = choices;
  }

  /** Asks somebody outside the actor: the request takes effect at some time, its answer comes at a later one. */
  call<T>(actor: Actor, effect: () => T, request: Event['request'] = 'prompt'): Promise<T> {
    return new Promise((resolve, reject) => {
      this.add(actor, 0, request, () => {
        let answer: () => void;
        try {
          const value = effect();
          answer = () => resolve(value);
        } catch (error) {
          if (error instanceof BrokenPromise) {
            throw error;
          }
          answer = () => reject(error as Error);
        }
        this.add(actor, 0, undefined, answer);
      });
    });
  }

  sleep(actor: Actor, milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.add(actor, this.now + Math.max(0, milliseconds), undefined, resolve);
    });
  }

  clockOf(actor: Actor): Clock {
    return {
      now: () => this.now + actor.skew,
      sleep: (milliseconds) => this.sleep(actor, milliseconds),
      random: () => 0.5,
    };
  }

  /** Runs an actor to its end, whatever that is. */
  run<T>(actor: Actor, work: () => Promise<T>): Promise<Ending<T>> {
    this.actors.add(actor);
    return new Promise((resolve) => {
      actor.onKill = () => resolve({ type: 'killed' });
      const end = (ending: Ending<T>): void => {
        this.actors.delete(actor);
        resolve(ending);
      };
      work().then(
        (value) => end({ type: 'done', value }),
        (error: unknown) => end({ type: 'failed', error }),
      );
    });
  }

  /** Kills an actor. Its requests that are under way are lost, or take effect now, or, those that can, later. */
  kill(actor: Actor, requests: RequestFate): void {
    const own = this.events.filter((event) => event.actor === actor && event.request !== undefined);
    if (requests === 'take effect') {
      own.forEach((event) => event.happen());
    }
    this.events = this.events.filter((event) => event.actor !== actor);
    actor.isAlive = false;
    this.actors.delete(actor);
    if (requests === 'take effect later') {
      const ghost = new Actor(`ghost of ${actor.name}`);
      own.filter(({ request }) => request === 'tardy').forEach(({ happen }) => this.add(ghost, this.now + TARDY_MS, undefined, happen));
    }
    actor.onKill();
  }

  /** Actors that run, oldest first. */
  running(kind: string): Actor[] {
    return [...this.actors].filter((actor) => actor.name.startsWith(kind));
  }

  /** @throws where nobody can go on though the work has not ended, or where it never ends */
  drive<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.stall = reject;
      work().then(resolve, reject);
      this.wake();
    });
  }

  private add(actor: Actor, at: number, request: Event['request'], happen: () => void): void {
    if (actor.isAlive) {
      this.events.push({ actor, at, request, happen });
      this.wake();
    }
  }

  private wake(): void {
    if (!this.isTicking) {
      this.isTicking = true;
      // By way of a microtask: a tick that is asked for within a tick would come before the microtasks.
      queueMicrotask(() => process.nextTick(() => this.tick()));
    }
  }

  private tick(): void {
    this.isTicking = false;
    if (this.count > MOST_EVENTS) {
      this.stall(new Error('the history does not come to an end'));
      return;
    }
    try {
      this.onEvent(this.count);
      const event = this.next();
      if (event === undefined) {
        return;
      }
      this.count++;
      this.events = this.events.filter((other) => other !== event);
      this.pass(Math.max(EVENT_MS, event.at - this.now));
      if (event.actor.isAlive) {
        event.happen();
      }
      this.wake();
    } catch (error) {
      this.stall(error as Error);
    }
  }

  private next(): Event | undefined {
    const choice = this.count < this.choices.length ? this.choices[this.count] : 0;
    const awake = this.events.filter(({ actor }) => actor.pausedUntil <= this.now);
    const ready = awake.filter(({ at }) => at <= this.now);
    const sleeping = awake.filter(({ at }) => at > this.now).sort((a, b) => a.at - b.at);
    if (ready.length === 0) {
      const resume = this.events.filter((event) => !awake.includes(event)).sort((a, b) => a.actor.pausedUntil - b.actor.pausedUntil)[0];
      if (resume !== undefined && (sleeping.length === 0 || resume.actor.pausedUntil < sleeping[0].at)) {
        this.pass(resume.actor.pausedUntil - this.now);
        return resume;
      }
      return sleeping[0];
    }
    if (choice >= SLEEP_CHOICE && sleeping.length > 0 && sleeping[0].at <= this.now + SLOWEST_MS) {
      return sleeping[0];
    }
    return ready[choice % ready.length];
  }

  /** Lets time pass; the platform kills what should have ended. */
  pass(milliseconds: number): void {
    this.now += milliseconds;
    for (const actor of this.actors) {
      if (actor.killedAt <= this.now) {
        if (actor.oversleeps) {
          actor.overslept = true;
        } else {
          this.kill(actor, 'are lost');
        }
      }
    }
  }
}
