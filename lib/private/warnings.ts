import { Annotations, Stack, type Duration } from 'aws-cdk-lib';
import { CfnGlobalTable, type ITable } from 'aws-cdk-lib/aws-dynamodb';
import { ApplicationLogLevel } from 'aws-cdk-lib/aws-lambda';
import type { Construct, IConstruct } from 'constructs';
import { CleanupPolicy, type EventOptions } from '../event-options';
import type { IOutboxRelay } from '../i-outbox-relay';
import type { NakadiDestination } from '../nakadi-destination';
import type { OutboxRelayOptions } from '../outbox-relay-options';
import { routesOf } from './handler-settings';
import { isolatedSubnets } from './network';
import type { TableKeys } from './table-keys';
import type { RelayTimes } from './times';
import { areDifferent, isUnknown } from './unknown-value';

/** How long Nakadi waits for its storage before it answers, in milliseconds. */
const NAKADI_TIMEOUT_MS = 35_000;

/** Levels at which Lambda may take the lines that are metrics for less than what is kept. */
const ABOVE_INFO = [ApplicationLogLevel.WARN, ApplicationLogLevel.ERROR, ApplicationLogLevel.FATAL];

/** Warns of what is legal and risky. The ids are part of the library's contract: teams acknowledge warnings by them. */
export function warn(scope: Construct, options: OutboxRelayOptions, { requestTimeout }: RelayTimes): void {
  const { enabled, destination, logLevel } = options;
  routesOf(destination).forEach(({ condition, cleanupPolicy = CleanupPolicy.DELETE }, index) => {
    if (condition?._config.type === 'attribute-equals' && cleanupPolicy !== CleanupPolicy.DELETE) {
      Annotations.of(scope).addWarningV2(
        'cdk-outbox-table:compactedRouteByAttribute',
        // Without the names: what is known at deployment only would make the text unreadable.
        `destination.routes[${index}] is to a compacted event type and chosen by an attribute: where that changes, the item stays in the event ` +
          'type as it was; route by the key, or acknowledge this where the attribute never changes',
      );
    }
  });
  const secret = destination.credentials?._secret;
  if (secret !== undefined && secret.encryptionKey === undefined && areDifferent(secret.env.account, Stack.of(scope).account)) {
    Annotations.of(scope).addWarningV2(
      'cdk-outbox-table:secretOfOtherAccount',
      `the credentials' secret is of the account ${secret.env.account} and has no encryptionKey: another account reads only what a key of your own encrypts, and nothing lets the ` +
        'functions use it; give the secret such a key, import it with its encryptionKey, or acknowledge this where you grant it yourself',
    );
  }
  const isolated = isolatedSubnets(options);
  if (isolated.length > 0) {
    Annotations.of(scope).addWarningV2(
      'cdk-outbox-table:isolatedSubnets',
      `the functions run in ${isolated.join(', ')}, from where no NAT gateway is reached: they reach Nakadi by a way of your own only, DynamoDB, SQS and Secrets Manager ` +
        'by VPC endpoints only, and the requeue reads no dead letters from DynamoDB Streams; choose subnets of type PRIVATE_WITH_EGRESS, or acknowledge this where these ways are there',
    );
  }
  if (enabled === false) {
    Annotations.of(scope).addWarningV2(
      'cdk-outbox-table:paused',
      'enabled is false, so nothing is published: changes that are older than 24 hours when it is true again are lost',
    );
  }
  if (logLevel !== undefined && ABOVE_INFO.includes(logLevel)) {
    Annotations.of(scope).addWarningV2(
      'cdk-outbox-table:logLevel',
      `logLevel is ${logLevel}, and metrics are lines of the log that Lambda may take for INFO: alarms and the dashboard may see none, the saved queries ` +
        'read lines of level INFO; use INFO, or acknowledge this where the outbox is watched by other means',
    );
  }
  if (requestTimeout.toMilliseconds() < NAKADI_TIMEOUT_MS) {
    Annotations.of(scope).addWarningV2(
      'cdk-outbox-table:shortRequestTimeout',
      `requestTimeout of ${requestTimeout.toSeconds({ integral: false })} seconds is shorter than the ${NAKADI_TIMEOUT_MS / 1000} seconds that Nakadi itself waits ` +
        'for its storage: events that it accepts late are sent again, as duplicates; raise it, 80 seconds cover a move of the event type too',
    );
  }
}

/** What says what events look like, and what the user calls it. */
function ownersOf(destination: NakadiDestination): [string, EventOptions][] {
  return [['destination', destination], ...(destination.routes ?? []).map((route, index): [string, EventOptions] => [`destination.routes[${index}]`, route])];
}

/** Warns of attributes whose names look like paths into maps: items seldom have them, so nothing would be left out, or taken in. */
export function warnOfDottedAttributes(scope: Construct, destination: NakadiDestination, keys?: TableKeys): void {
  for (const [owner, options] of ownersOf(destination)) {
    for (const list of ['includeAttributes', 'excludeAttributes'] as const) {
      for (const { _config: { path: [name, ...inner], prefix } } of options[list] ?? []) {
        if (inner.length > 0 || !/[./]/.test(name) || isUnknown(name) || keys?.typed.has(name)) {
          continue;
        }
        const names = name.split(/[./]/).filter((part) => part !== '').map((part) => JSON.stringify(part));
        Annotations.of(scope).addWarningV2(
          'cdk-outbox-table:dottedAttribute',
          `${owner}.${list} name ${JSON.stringify(name + (prefix === true ? '*' : ''))}, where a dot or a slash is part of an attribute's name and leads into no map: ` +
            `name what is inside of maps by AttributePath.nested(${names.length > 1 ? names.join(', ') : '…'}), or acknowledge this where items have attributes of such names`,
        );
      }
    }
  }
}

/** Warns of mappings that the Node.js which synthesizes cannot parse. */
export function warnOfMappings(scope: Construct, destination: NakadiDestination): void {
  for (const [owner, { mapping }] of ownersOf(destination)) {
    if (mapping?._fault !== undefined) {
      Annotations.of(scope).addWarningV2(
        'cdk-outbox-table:mappingModule',
        `${owner}.mapping cannot be parsed by Node.js ${process.versions.node}, ${mapping._fault}: the functions park each record where their Node.js cannot either; ` +
          'correct it, or acknowledge this where it needs a newer Node.js that the functions have',
      );
    }
  }
}

/** Warns where the alarm on the iterator age goes off while the stream holds records as it should. */
export function warnOfIteratorAge(scope: Construct, { holdFor }: IOutboxRelay, threshold: Duration | undefined): void {
  if (threshold === undefined || threshold.isUnresolved() || threshold.toMilliseconds() > holdFor.toMilliseconds()) {
    return;
  }
  const [given, held] = [threshold, holdFor].map((duration) => duration.toSeconds({ integral: false }));
  Annotations.of(scope).addWarningV2(
    'cdk-outbox-table:iteratorAgeThreshold',
    `iteratorAgeThreshold of ${given} seconds is not above holdFor of ${held} seconds, for which the stream holds records while Nakadi is away: the alarm goes off in ` +
      'outages that the outbox mends by itself; raise it well above holdFor, or leave it out',
  );
}

/** The relays of each app by the stream that they read. */
const RELAYS = new WeakMap<IConstruct, Map<string, Construct[]>>();

/**
 * Warns where more readers than DynamoDB allows may read the table's stream.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
 */
export function warnOfReaders(relay: Construct, table: ITable): void {
  const { root } = relay.node;
  const relays = RELAYS.get(root) ?? new Map<string, Construct[]>();
  RELAYS.set(root, relays);
  const stream = table.tableStreamArn as string;
  const others = relays.get(stream) ?? [];
  relays.set(stream, [...others, relay]);
  if (others.length > 0) {
    Annotations.of(relay).addWarningV2(
      'cdk-outbox-table:streamReaders',
      `the stream of ${table.node.path} is read by ${others.map(({ node }) => node.path).join(', ')} too: it takes two readers a shard, and each outbox is up to ` +
        'two, its relay and its requeue; publish to several event types with routes, or acknowledge this where late events do',
    );
  }
  const replicas = replicasOf(table);
  if (replicas > 0) {
    Annotations.of(relay).addWarningV2(
      'cdk-outbox-table:replicaStreamReaders',
      `${table.node.path} has ${replicas === 1 ? 'a replica' : `${replicas} replicas`}, and DynamoDB recommends one reader a shard for the stream of such a table: while the ` +
        'requeue reads dead letters the outbox has two, and DynamoDB may throttle both; acknowledge this where nobody else reads the stream and no other ' +
        'region has an outbox, which would publish each change a second time, with another eid',
    );
  }
}

/** Copies of a table in other regions, as far as they are known when its relay is defined; none where the table is not of this app. */
function replicasOf(table: ITable): number {
  const resource = table.node.defaultChild;
  if (!CfnGlobalTable.isCfnGlobalTable(resource)) {
    return 0;
  }
  const replicas: unknown = Stack.of(resource).resolve(resource.replicas);
  // The table itself is one of them.
  return Array.isArray(replicas) ? replicas.length - 1 : 0;
}
