import { EventLog } from './event-log.ts';
import { compileEventSchema, type EventValidator } from './event-schema.ts';
import { assertChangeAllowed, completeEventType, type CompleteEventType } from './event-type.ts';
import { Problem } from './problem.ts';

/** An event type as the server holds it. */
export interface StoredEventType {
  readonly definition: CompleteEventType;
  readonly validate: EventValidator;
  /** Counts from 1, one more with every change of the schema. */
  readonly schemaVersion: number;
  readonly partitions: readonly string[];
  readonly log: EventLog;
  /** While true, publishing is answered with 403. */
  blocked: boolean;
}

/** The event types of the server; a definition is compiled once, when it is created or changed. */
export class EventTypes {
  readonly #types = new Map<string, StoredEventType>();
  readonly #defaultPartitions: number;

  /** @param defaultPartitions - of an event type without a `default_statistic` */
  constructor(defaultPartitions: number) {
    this.#defaultPartitions = defaultPartitions;
  }

  /** Throws a problem: 409 where the name is taken, 422 where the definition is faulty. */
  create(json: unknown): CompleteEventType {
    const definition = completeEventType(json);
    if (this.#types.has(definition.name)) throw new Problem(409, `event type ${definition.name} exists already`);
    const partitions = partitionNames(definition, this.#defaultPartitions);
    this.#types.set(definition.name, {
      definition, partitions, validate: compileEventSchema(definition), schemaVersion: 1, log: new EventLog(partitions), blocked: false,
    });
    return definition;
  }

  /** Replaces the definition, keeps what is stored. Throws a problem: 404, or 422 for a change that Nakadi refuses. */
  update(name: string, json: unknown): CompleteEventType {
    const current = this.get(name);
    const definition = completeEventType(json);
    assertChangeAllowed(current.definition, definition);
    this.#types.set(name, {
      ...current,
      definition,
      validate: compileEventSchema(definition),
      schemaVersion: current.schemaVersion + (definition.schema.schema === current.definition.schema.schema ? 0 : 1),
    });
    return definition;
  }

  /** Forgets the event type and what is stored under it. Throws a 404 problem. */
  delete(name: string): void {
    this.get(name);
    this.#types.delete(name);
  }

  /** Throws a 404 problem. */
  get(name: string): StoredEventType {
    const stored = this.#types.get(name);
    if (stored === undefined) throw new Problem(404, `event type ${name} does not exist`);
    return stored;
  }

  has(name: string): boolean {
    return this.#types.has(name);
  }

  list(): CompleteEventType[] {
    return [...this.#types.values()].map((stored) => stored.definition);
  }
}

function partitionNames({ default_statistic: statistic }: CompleteEventType, byDefault: number): string[] {
  const count = Math.max(statistic?.read_parallelism ?? 0, statistic?.write_parallelism ?? 0) || byDefault;
  return Array.from({ length: count }, (_, index) => String(index));
}
