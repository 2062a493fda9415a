import { Problem } from './problem.ts';

/** `undefined` has no envelope at all; `data` wraps the payload as a data change; `business` adds metadata to it. */
export const EVENT_CATEGORIES = ['undefined', 'data', 'business'] as const;
/** How the schema may evolve; `compatible` also closes every object of it. */
export const COMPATIBILITY_MODES = ['compatible', 'forward', 'none'] as const;
/** What becomes of old events; the last two keep the newest event per compaction key. */
export const CLEANUP_POLICIES = ['delete', 'compact', 'compact_and_delete'] as const;
/** How an event finds its partition. */
export const PARTITION_STRATEGIES = ['random', 'hash', 'user_defined'] as const;

export type EventCategory = (typeof EVENT_CATEGORIES)[number];
export type CompatibilityMode = (typeof COMPATIBILITY_MODES)[number];
export type CleanupPolicy = (typeof CLEANUP_POLICIES)[number];
export type PartitionStrategy = (typeof PARTITION_STRATEGIES)[number];

/** An event type as its owner writes it, in Nakadi's own JSON form. What is left out has Nakadi's default. */
export interface EventTypeDefinition {
  readonly name: string;
  readonly category: EventCategory;
  /** The schema of the payload, as a JSON text. Default: `{}`, which takes anything. */
  readonly schema?: { readonly type: 'json_schema'; readonly schema: string };
  /** Default: `forward`. */
  readonly compatibility_mode?: CompatibilityMode;
  /** Default: `delete`. */
  readonly cleanup_policy?: CleanupPolicy;
  /** Default: `random`. */
  readonly partition_strategy?: PartitionStrategy;
  /** Paths within the payload whose values decide the partition; needed for `hash`. */
  readonly partition_key_fields?: readonly string[];
  /** The larger of the two is the number of partitions. Default: that of the server. */
  readonly default_statistic?: { readonly read_parallelism?: number; readonly write_parallelism?: number };
  readonly owning_application?: string;
}

/** A definition with the defaults filled in. */
export type CompleteEventType = Required<Omit<EventTypeDefinition, 'owning_application' | 'default_statistic'>> &
  Pick<EventTypeDefinition, 'owning_application' | 'default_statistic'>;

const NAME = /^[a-zA-Z][-\w]*(\.[0-9a-zA-Z][-\w]*)*$/;

/** True where the newest event per `metadata.partition_compaction_key` is kept. */
export function isCompacted(eventType: { readonly cleanup_policy: CleanupPolicy }): boolean {
  return eventType.cleanup_policy !== 'delete';
}

/** Checks a definition that came as JSON and fills in the defaults. Throws a 422 problem that lists every fault. */
export function completeEventType(definition: unknown): CompleteEventType {
  if (typeof definition !== 'object' || definition === null || Array.isArray(definition)) {
    throw new Problem(422, 'an event type is a JSON object');
  }
  const complete = {
    schema: { type: 'json_schema', schema: '{}' },
    compatibility_mode: 'forward',
    cleanup_policy: 'delete',
    partition_strategy: 'random',
    partition_key_fields: [],
    ...definition,
  } as unknown as CompleteEventType;
  const faults = RULES.filter((rule) => !rule.holds(complete)).map((rule) => rule.text(complete));
  if (faults.length > 0) throw new Problem(422, faults.join('; '));
  return complete;
}

/** Checks a change of an event type. Throws a 422 problem for what Nakadi does not let anyone change. */
export function assertChangeAllowed(from: CompleteEventType, to: CompleteEventType): void {
  for (const field of ['name', 'category'] as const) {
    if (from[field] !== to[field]) throw new Problem(422, `${field} cannot be changed from ${from[field]} to ${to[field]}`);
  }
  const policies = `${from.cleanup_policy} to ${to.cleanup_policy}`;
  if (from.cleanup_policy !== to.cleanup_policy && policies !== 'delete to compact_and_delete') {
    throw new Problem(422, `cleanup_policy cannot be changed from ${policies}, only from delete to compact_and_delete`);
  }
}

interface Rule {
  holds(eventType: CompleteEventType): boolean;
  text(eventType: CompleteEventType): string;
}

const RULES: readonly Rule[] = [
  {
    holds: ({ name }) => typeof name === 'string' && NAME.test(name),
    text: ({ name }) => `name must be words of letters, digits, - and _, joined by dots, not ${JSON.stringify(name)}`,
  },
  oneOf('category', EVENT_CATEGORIES),
  oneOf('compatibility_mode', COMPATIBILITY_MODES),
  oneOf('cleanup_policy', CLEANUP_POLICIES),
  oneOf('partition_strategy', PARTITION_STRATEGIES),
  {
    holds: ({ schema }) => schema?.type === 'json_schema' && typeof schema.schema === 'string',
    text: () => 'schema must be {"type": "json_schema", "schema": "<JSON text>"}',
  },
  {
    holds: ({ partition_key_fields: fields }) => Array.isArray(fields) && fields.every((field) => typeof field === 'string'),
    text: () => 'partition_key_fields must be an array of paths',
  },
  {
    holds: (type) => type.partition_strategy !== 'hash' || type.partition_key_fields.length > 0,
    text: () => 'partition_key_fields must not be empty where partition_strategy is hash',
  },
  {
    holds: (type) => type.category !== 'undefined' || !isCompacted(type),
    text: (type) => `cleanup_policy ${type.cleanup_policy} needs metadata, which category undefined does not have`,
  },
];

function oneOf(field: 'category' | 'compatibility_mode' | 'cleanup_policy' | 'partition_strategy', allowed: readonly string[]): Rule {
  return {
    holds: (type) => allowed.includes(type[field]),
    text: (type) => `${field} must be one of ${allowed.join(', ')}, not ${JSON.stringify(type[field])}`,
  };
}
