/**
 * What the construct tells the handlers, and nothing else: the one file that `lib` and `lambda` share. It imports nothing,
 * so that neither side drags the other in.
 */

/** Names of the environment variables that the construct sets and the handlers read. */
export const ENV = {
  /** A `DestinationConfig` as JSON. */
  destination: 'OUTBOX_DESTINATION',
  /** A `CredentialsConfig` as JSON. It names a secret, it never holds one. */
  credentials: 'OUTBOX_CREDENTIALS',
  /** A `PublishingConfig` as JSON. */
  publishing: 'OUTBOX_PUBLISHING',
  /** Name of the parked-events table. */
  parkedEventsTable: 'OUTBOX_PARKED_EVENTS_TABLE',
  /** Name of the table whose changes are published (requeue only). */
  sourceTable: 'OUTBOX_SOURCE_TABLE',
  /** URL of the dead-letter queue (requeue only). */
  deadLetterQueueUrl: 'OUTBOX_DEAD_LETTER_QUEUE_URL',
} as const;

/** How the RFC 6902 patch is written into an event's data. */
export type PatchFormatName = 'array' | 'json-string' | 'none';

/** Cleanup policy of the Nakadi event type. */
export type CleanupPolicyName = 'delete' | 'compact' | 'compact_and_delete';

/** How numbers are written. */
export type NumberEncodingName = 'exact' | 'string';

/** Attributes of an item. */
export interface AttributePathConfig {
  /** Names from the outermost to the innermost. */
  readonly path: readonly string[];
  /** Whether the only name is the beginning of many. */
  readonly prefix?: boolean;
}

/** Which items a route is for. */
export interface RouteConditionConfig {
  readonly type: 'key-starts-with' | 'attribute-equals';
  readonly attribute: string;
  readonly value: string;
}

/** Where the events of some items go, and in which form. What is absent has the default that the field names. */
export interface RouteConfig {
  readonly eventType: string;
  /** Absent: all items. */
  readonly condition?: RouteConditionConfig;
  readonly dataType: string;
  readonly cleanupPolicy: CleanupPolicyName;
  /** Whether a tombstone follows a `D` event. Absent: no. */
  readonly tombstones?: boolean;
  readonly patchFormat: PatchFormatName;
  /** Attribute of `data` that holds the patch. */
  readonly patchAttribute: string;
  /** Absent: exact. */
  readonly numberEncoding?: NumberEncodingName;
  /** Absent: all attributes. */
  readonly include?: readonly AttributePathConfig[];
  /** Absent: none. */
  readonly exclude?: readonly AttributePathConfig[];
  readonly occurredAtAttribute?: string;
  readonly flowIdAttribute?: string;
  readonly sequenceAttribute?: string;
  /** Whether deletions by time to live are published. Absent: yes. */
  readonly timeToLiveDeletions?: boolean;
  /** File of the mapping's module, beside the handler's. */
  readonly mapping?: string;
}

/** Where events go. */
export interface DestinationConfig {
  /** Base URL of Nakadi, without a trailing slash where it is known at synth. */
  readonly endpoint: string;
  /** The first whose condition holds is taken. */
  readonly routes: readonly RouteConfig[];
  /** What happens to items that no route is for. */
  readonly unrouted: 'drop' | 'refuse';
}

/** A route without what it shares with all others, and without its `dataType` where that is the event type. */
export interface CompactRoute extends Partial<Omit<RouteConfig, 'condition'>> {
  readonly condition?: Partial<RouteConditionConfig>;
}

/** A destination as it stands in the environment, which is small: what all routes say alike is said once. */
export interface CompactDestination extends Omit<DestinationConfig, 'routes'> {
  /** What each route says unless it says otherwise. Absent: nothing. */
  readonly shared?: CompactRoute;
  readonly routes: readonly CompactRoute[];
}

/** The routes of a destination in the environment, each with all that it says. */
export function wholeRoutes({ shared, routes }: CompactDestination): RouteConfig[] {
  return routes.map((own): RouteConfig => {
    const { condition, ...route } = { ...shared, ...own } as RouteConfig;
    const whole = { ...route, dataType: route.dataType ?? route.eventType };
    return condition === undefined ? whole : { ...whole, condition: { ...shared?.condition, ...condition } };
  });
}

/** How the handlers authenticate. */
export type CredentialsConfig =
  | { readonly type: 'none' }
  | {
      readonly type: 'bearer-token';
      readonly secretArn: string;
      /** Field of the secret's JSON that holds the token; absent: the whole secret is the token. */
      readonly field?: string;
    }
  | {
      readonly type: 'oauth2-client-credentials';
      readonly secretArn: string;
      readonly tokenEndpoint: string;
      readonly scopes: readonly string[];
    };

/** Fields of the JSON secret of OAuth 2.0 client credentials. */
export const OAUTH2_SECRET_FIELDS = { clientId: 'client_id', clientSecret: 'client_secret' } as const;

/** Limits and times of publishing. */
export interface PublishingConfig {
  /** Largest event that Nakadi takes, in bytes of UTF-8 JSON. */
  readonly maxEventBytes: number;
  /** Largest number of events in one request. */
  readonly maxBatchEvents: number;
  /** Largest request body, in bytes before compression. */
  readonly maxBatchBytes: number;
  /** How long one request may take, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** How long one invocation goes on trying while Nakadi is away, in milliseconds. */
  readonly retryBudgetMs: number;
  /** How long the stream holds records back while Nakadi is away, in milliseconds of the oldest record's age. */
  readonly holdForMs: number;
}

/** Names of the keys and indexes of the parked-events table. */
export const PARKED_EVENTS = {
  /** Partition key: a digest of stream and item. */
  partitionKey: 'item',
  /** Sort key: `head`, or the padded sequence number and the part of a parked record. */
  sortKey: 'entry',
  /** Epoch seconds after which a closed head may go. */
  timeToLive: 'expiresAt',
  /** Sparse index of the heads that are open. */
  openIndex: 'open-items',
  /** Partition key of the index; present while the head is open. */
  openKey: 'open',
  /** Sort key of the index: ISO 8601 time from which the item is due. */
  dueKey: 'dueAt',
  /** ISO 8601 time since which the head is open; the index holds it too. */
  openSince: 'openSince',
} as const;

/** Milliseconds that an invocation keeps back for parking and for its answer. */
export const RESERVE_MS = 40_000;

/** First field of the log lines that tell of a whole invocation. */
export const LOG_EVENTS = { relayBatch: 'relay.batch', requeueRun: 'requeue.run' } as const;

/**
 * The metrics that the functions write. Their only dimension is the function's name: it is known in the function and in the construct, and no two
 * outboxes share it.
 */
export const METRICS = {
  namespace: 'OutboxTable',
  /** Named as Powertools names it. */
  dimension: 'service',
  /** Written by the relay and by the requeue. */
  both: {
    /** Events that Nakadi accepted. Count. */
    accepted: 'EventsAccepted',
    /** Events that Nakadi refused, or records of which none could be made. Count. */
    rejected: 'EventsRejected',
    /** Events that were sent without their patch, because they would have been too large with it. Count. */
    patchesLeftOut: 'PatchesLeftOut',
    /** How long a request to Nakadi took. Milliseconds. */
    requestLatency: 'RequestLatency',
  },
  relay: {
    /** Records that were parked. Count. */
    parked: 'RecordsParked',
    /** Records that are held back in the stream because Nakadi is away. Count. */
    held: 'RecordsHeld',
    /** Age of a batch's oldest event when it was accepted. Milliseconds. */
    publicationAge: 'PublicationAge',
  },
  requeue: {
    /** Items of which changes wait in the parked-events table, at the end of a run. Count. */
    itemsWaiting: 'ItemsWaiting',
    /** How long the first of them waits. Seconds. */
    oldestWaiting: 'OldestWaitingAge',
    /** Records that came back from the dead-letter queue. Count. */
    deadLetterRecords: 'DeadLetterRecords',
    /** Dead letters whose records the stream does not hold any more, or that are no message of the event source mapping. Count. */
    deadLettersStuck: 'DeadLettersStuck',
    /** Runs that came to their end. Count. */
    runs: 'RequeueRuns',
  },
} as const;
