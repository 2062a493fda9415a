import { DeadLetters } from './dead-letters.ts';
import { FAULT_COUNTS, type History, type Machine, type TableFault } from './history.ts';
import { MemoryDynamoDb } from './memory-dynamodb.ts';
import { Scheduler, type Actor } from './scheduler.ts';
import { SourceTable, type Change } from './source-table.ts';

/** When histories begin, in epoch milliseconds. */
const START = Date.UTC(2026, 0, 2, 3, 4, 5);

/** @param request the update expression of a write to the parked-events table, or `publish` and the first event's item */
export type Trap = (actor: Actor, request: string) => boolean;

/** What all actors share. */
export class World {
  readonly history: History;
  readonly scheduler: Scheduler;
  readonly table: SourceTable;
  readonly parked: MemoryDynamoDb;
  readonly deadLetters: DeadLetters;
  /** Milliseconds by which clocks are wrong now. */
  readonly skews: Record<Machine, number>;
  /** Whether all faults have ended. */
  isCalm = false;
  /** Items of which something came through the dead-letter queue: their events need not be in order, but end with the newest state. */
  readonly late = new Set<string>();
  /** Changes on which the mapping gave up. */
  readonly givenUp = new Set<Change>();
  /** Items of which the stream has delivered such a change again: behind later ones, though it has not come through the dead-letter queue. */
  readonly outOfTurn = new Set<string>();
  /** Items whose events Nakadi itself has put out of order. */
  readonly reordered = new Set<string>();
  /** Items that a function has touched after its end: it was not killed in time, or its last request came late. */
  readonly disturbed = new Set<string>();
  /** What happened, if anybody asks. */
  readonly trace?: string[];

  /** Look at what actors are about to do; one that answers true has struck, and goes. */
  traps: Trap[] = [];

  private readonly tableFaults: { readonly fault: TableFault; countdown: number }[];

  constructor(history: History, trace?: string[]) {
    this.history = history;
    this.table = new SourceTable(history.isMapped);
    this.tableFaults = history.table.map(({ at, fault }) => ({ fault, countdown: at }));
    this.trace = trace;
    this.skews = { ...history.skews };
    this.parked = new MemoryDynamoDb(history.pageBytes, () => this.now);
    this.scheduler = new Scheduler(START, history.choices);
    this.deadLetters = new DeadLetters(this);
  }

  /** Says that an actor is about to ask for something. */
  announce(actor: Actor, request: string): void {
    this.traps = this.isCalm ? [] : this.traps.filter((trap) => !trap(actor, request));
  }

  /** What happens to the next request to the parked-events table. */
  nextTableFault(command: string): TableFault | undefined {
    const counts = this.tableFaults.map(({ fault }) => FAULT_COUNTS[fault.type].test(command));
    return this.tableFaults.find((fault, index) => counts[index] && fault.countdown-- === 0)?.fault;
  }

  /** Whether a person has decided that a change is not to be published: the table keeps a trace of it. */
  isSkipped({ record: { item, sequence } }: Change): boolean {
    const trace = `${item} skipped#${sequence}#`;
    return this.parked.rows.keys().some((key) => key.startsWith(trace));
  }

  get now(): number {
    return this.scheduler.now;
  }

  note(what: () => string): void {
    if (this.trace !== undefined) {
      const seconds = ((this.now - START) / 1000).toFixed(3).padStart(10);
      this.trace.push(`${String(this.scheduler.count).padStart(5)} ${seconds}s  ${what()}`);
    }
  }
}
