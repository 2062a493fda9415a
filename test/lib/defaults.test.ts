import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import { SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ApplicationLogLevel, Architecture, Tracing } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  CleanupPolicy,
  NakadiCredentials,
  NumberEncoding,
  OutboxTable,
  PatchFormat,
  RouteCondition,
  UnroutedItems,
  type NakadiDestination,
  type OutboxRelayOptions,
  type OutboxTableProps,
} from '../../lib';
import { DESTINATION, KEY, newStack } from './stacks';

const LIB = path.join(__dirname, '..', '..', 'lib');

type Props = (stack: Stack) => Partial<OutboxTableProps>;

function templateOf(props: Props): unknown {
  const stack = newStack();
  new OutboxTable(stack, 'Orders', { partitionKey: KEY, destination: DESTINATION, ...props(stack) });
  return Template.fromStack(stack).toJSON();
}

/** The optional properties of an interface, as its source has them. */
function optionalProps(file: string, name: string): string[] {
  const source = readFileSync(path.join(LIB, file), 'utf8');
  const [, body = ''] = new RegExp(`export interface ${name}[^{]*\\{(.*?)\\n\\}`, 's').exec(source) ?? [];
  return [...body.matchAll(/readonly (\w+)\?:/g)].map(([, prop]) => prop);
}

/** What stands behind `@default` of each optional property; undefined where there is none. */
function documentedDefaults(file: string): [string, string | undefined][] {
  const source = readFileSync(path.join(LIB, file), 'utf8');
  return [...source.matchAll(/\/\*\*((?:(?!\*\/).)*)\*\/\s+readonly (\w+)\?:/gs)].map(([, doc, prop]) => [prop, /@default +(\S.*)/.exec(doc)?.[1]]);
}

const vpcOf = (stack: Stack): Vpc => new Vpc(stack, 'Vpc');
const MINIMAL: Props = () => ({});

describe('options of the relay', () => {
  const DEFAULTS: Partial<Record<keyof OutboxRelayOptions, Props>> = {
    enabled: () => ({ enabled: true }),
    batchSize: () => ({ batchSize: 100 }),
    batchingWindow: () => ({ batchingWindow: Duration.seconds(0) }),
    parallelizationFactor: () => ({ parallelizationFactor: 1 }),
    retryBudget: () => ({ retryBudget: Duration.seconds(60) }),
    holdFor: () => ({ holdFor: Duration.minutes(15) }),
    requestTimeout: () => ({ requestTimeout: Duration.seconds(80) }),
    maxEventBytes: () => ({ maxEventBytes: 999_000 }),
    maxBatchEvents: () => ({ maxBatchEvents: 1000 }),
    maxBatchBytes: () => ({ maxBatchBytes: 10_000_000 }),
    requeueEvery: () => ({ requeueEvery: Duration.minutes(1) }),
    memorySize: () => ({ memorySize: 512 }),
    requeueMemorySize: () => ({ requeueMemorySize: 512 }),
    architecture: () => ({ architecture: Architecture.ARM_64 }),
    tracing: () => ({ tracing: Tracing.DISABLED }),
    logLevel: () => ({ logLevel: ApplicationLogLevel.INFO }),
    logRetention: () => ({ logRetention: RetentionDays.ONE_MONTH }),
    logRemovalPolicy: () => ({ logRemovalPolicy: RemovalPolicy.DESTROY }),
    parkedEventsRemovalPolicy: () => ({ parkedEventsRemovalPolicy: RemovalPolicy.RETAIN }),
  };
  // Without these there is nothing in the template that they could say.
  const CHANGES: Partial<Record<keyof OutboxRelayOptions, Props>> = {
    relayEncryptionKey: (stack) => ({ relayEncryptionKey: new Key(stack, 'Key') }),
    vpc: (stack) => ({ vpc: vpcOf(stack) }),
    vpcSubnets: (stack) => ({ vpc: vpcOf(stack), vpcSubnets: { subnets: [vpcOf(new Stack(stack, 'Other')).privateSubnets[0]] } }),
    securityGroups: (stack) => {
      const vpc = vpcOf(stack);
      return { vpc, securityGroups: [new SecurityGroup(stack, 'Group', { vpc })] };
    },
  };

  test.each(Object.entries(DEFAULTS))('%s: the documented default is what happens without it', (_, given) => {
    expect(templateOf(given)).toEqual(templateOf(MINIMAL));
  });

  test('vpcSubnets: the documented default is what happens without it', () => {
    const withSubnets: Props = (stack) => ({ vpc: vpcOf(stack), vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS } });

    expect(templateOf(withSubnets)).toEqual(templateOf((stack) => ({ vpc: vpcOf(stack) })));
  });

  test('maxBatchBytes: the documented default is what happens without it, for events that are larger, too', () => {
    const largeEvents = { maxEventBytes: 20_000_000 };

    expect(templateOf(() => ({ ...largeEvents, maxBatchBytes: 20_000_000 }))).toEqual(templateOf(() => largeEvents));
  });

  test.each(Object.entries(CHANGES))('%s: without it, the template has nothing of it', (_, given) => {
    expect(templateOf(given)).not.toEqual(templateOf(MINIMAL));
  });

  test('each optional one is tested here', () => {
    expect([...Object.keys(DEFAULTS), ...Object.keys(CHANGES)].sort()).toEqual(optionalProps('outbox-relay-options.ts', 'OutboxRelayOptions').sort());
  });
});

describe('options of the destination', () => {
  const plain = (more: Partial<NakadiDestination>): Props => () => ({ destination: { ...DESTINATION, ...more } });
  const compacted = { cleanupPolicy: CleanupPolicy.COMPACT };
  const routed = { eventType: undefined, routes: [{ eventType: 'orders', condition: RouteCondition.attributeEquals('type', 'order') }] };

  test.each<[keyof NakadiDestination, Partial<NakadiDestination>, Partial<NakadiDestination>]>([
    ['credentials', { credentials: NakadiCredentials.none() }, {}],
    ['dataType', { dataType: DESTINATION.eventType }, {}],
    ['cleanupPolicy', { cleanupPolicy: CleanupPolicy.DELETE }, {}],
    ['tombstones', { ...compacted, tombstones: false }, compacted],
    ['patchFormat', { patchFormat: PatchFormat.ARRAY }, {}],
    ['patchAttribute', { patchAttribute: 'patch' }, {}],
    ['numberEncoding', { numberEncoding: NumberEncoding.EXACT }, {}],
    ['timeToLiveDeletions', { timeToLiveDeletions: true }, {}],
    ['unroutedItems', { ...routed, unroutedItems: UnroutedItems.DROP }, routed],
  ])('%s: the documented default is what happens without it', (_, given, without) => {
    expect(templateOf(plain(given))).toEqual(templateOf(plain(without)));
  });

  test('scopes: the documented default is what happens without it', () => {
    const credentials = (scopes?: string[]): Props => (stack) => ({
      destination: {
        ...DESTINATION,
        credentials: NakadiCredentials.oauth2ClientCredentials({ secret: new Secret(stack, 'Client'), tokenEndpoint: 'https://id.example.org/token', scopes }),
      },
    });

    expect(templateOf(credentials([]))).toEqual(templateOf(credentials()));
  });
});

test('dynamoStream: both images are what happens without it', () => {
  expect(templateOf(() => ({ dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES }))).toEqual(templateOf(MINIMAL));
});

test.each(['outbox-relay-options.ts', 'event-options.ts', 'nakadi-destination.ts', 'nakadi-credentials.ts'])('each optional property in %s says its default', (file) => {
  const documented = documentedDefaults(file);

  expect(documented.length).toBeGreaterThan(0);
  expect(documented.filter(([, value]) => value === undefined)).toEqual([]);
});

test('each default of what events look like says what it is of a route', () => {
  const documented = documentedDefaults('event-options.ts');

  expect(documented.map(([name]) => name)).toContain('cleanupPolicy');
  expect(documented.filter(([, value]) => !/^- .*; of a route: /.test(value ?? ''))).toEqual([]);
});
