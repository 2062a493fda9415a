import { Duration, Lazy, RemovalPolicy, Token } from 'aws-cdk-lib';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RouteCondition, type OutboxRelayOptions } from '../../../lib';
import { failOnFaults, findFaults } from '../../../lib/private/validate-props';
import { DESTINATION, newStack } from '../stacks';

const faultsOf = (options: Partial<OutboxRelayOptions>): string[] => findFaults({ destination: DESTINATION, ...options }, newStack());

test('options that say nothing but the destination have no faults', () => {
  expect(faultsOf({})).toEqual([]);
});

test.each<[string, Partial<OutboxRelayOptions>]>([
  ['the smallest values', { batchSize: 1, parallelizationFactor: 1, memorySize: 128, maxEventBytes: 1024, retryBudget: Duration.seconds(1) }],
  ['logs that are kept for ever', { logRetention: RetentionDays.INFINITE }],
  ['the largest values', { batchSize: 10_000, parallelizationFactor: 10, memorySize: 10_240, maxEventBytes: 50_000_000, maxBatchEvents: 10_000 }],
  ['a request that takes one event', { maxBatchEvents: 1, maxBatchBytes: 1024, maxEventBytes: 1024, requeueMemorySize: 128 }],
  ['a size of requests that is known at deployment only', { maxBatchBytes: Token.asNumber({ Ref: 'Bytes' }) }],
  ['a window that is known at deployment only', { batchingWindow: Duration.seconds(Token.asNumber({ Ref: 'Window' })) }],
  ['no window and no hold', { batchingWindow: Duration.seconds(0), holdFor: Duration.seconds(0) }],
  ['the longest window and hold', { batchingWindow: Duration.minutes(5), holdFor: Duration.hours(11) }],
  ['a hold and a budget that are no whole seconds', { holdFor: Duration.millis(1500), retryBudget: Duration.millis(1500), requestTimeout: Duration.millis(1500) }],
  ['times between runs that are known at deployment only', { requeueEvery: Duration.minutes(Token.asNumber({ Ref: 'Every' })) }],
  ['hours between runs that are known at deployment only', { requeueEvery: Duration.hours(Token.asNumber({ Ref: 'Every' })) }],
  ['a whole number of minutes in seconds', { requeueEvery: Duration.seconds(120) }],
  ['a level and tracing that are known at deployment only', { logLevel: Token.asString({ Ref: 'Level' }) as never, tracing: Token.asString({ Ref: 'Tracing' }) as never }],
  ['an architecture of its own name', { architecture: Architecture.custom('arm64') }],
  ['numbers that are known at deployment only', { batchSize: Token.asNumber({ Ref: 'Size' }), memorySize: Lazy.number({ produce: () => 0 }) }],
])('%s pass', (_, options) => {
  expect(faultsOf(options)).toEqual([]);
});

test.each<[string, Partial<OutboxRelayOptions>, string]>([
  ['batchSize is 0', { batchSize: 0 }, 'batchSize must be a whole number from 1 to 10000 records, got 0'],
  ['batchSize is 10,001', { batchSize: 10_001 }, 'batchSize must be a whole number from 1 to 10000 records, got 10001'],
  ['batchSize is no whole number', { batchSize: 1.5 }, 'batchSize must be a whole number from 1 to 10000 records, got 1.5'],
  ['parallelizationFactor is 11', { parallelizationFactor: 11 }, 'parallelizationFactor must be a whole number from 1 to 10 batches per shard, got 11'],
  ['memorySize is a text', { memorySize: '512' as never }, 'memorySize must be a whole number from 128 to 10240 MB, got "512"'],
  [
    'logRetention is a number of days that CloudWatch Logs does not know',
    { logRetention: 17 as never },
    'logRetention must be one of RetentionDays, got 17: CloudWatch Logs keeps logs for certain numbers of days only, such as RetentionDays.ONE_MONTH',
  ],
  ['memorySize is 64', { memorySize: 64 }, 'memorySize must be a whole number from 128 to 10240 MB, got 64'],
  ['batchingWindow is 301 seconds', { batchingWindow: Duration.seconds(301) }, 'batchingWindow must be from 0 seconds to 5 minutes, got Duration.seconds(301)'],
  ['retryBudget is nothing', { retryBudget: Duration.seconds(0) }, 'retryBudget must be from 1 second to 10 minutes, got Duration.seconds(0)'],
  ['holdFor is 12 hours', { holdFor: Duration.hours(12) }, 'holdFor must be from 0 seconds to 11 hours, got Duration.hours(12)'],
  ['requestTimeout is 200 seconds', { requestTimeout: Duration.seconds(200) }, 'requestTimeout must be from 1 second to 3 minutes, got Duration.seconds(200)'],
  ['requeueEvery is 30 seconds', { requeueEvery: Duration.seconds(30) }, 'requeueEvery must be from 1 minute to 1 hour, got Duration.seconds(30)'],
  ['requeueEvery is 90 seconds', { requeueEvery: Duration.seconds(90) }, 'requeueEvery must be whole minutes, got Duration.seconds(90): make it by Duration.minutes of a whole number'],
  ['batchingWindow is half a second', { batchingWindow: Duration.millis(500) }, 'batchingWindow must be whole seconds, got Duration.millis(500): make it by Duration.seconds of a whole number'],
  ['retryBudget is no whole number of milliseconds', { retryBudget: Duration.seconds(1.0005) }, 'retryBudget must be whole milliseconds, got Duration.seconds(1.0005): make it by Duration.millis of a whole number'],
  ['holdFor is a number', { holdFor: 15 as never }, 'holdFor must be a Duration, got 15: make it by Duration.seconds, or another of its methods'],
  ['requeueEvery is nothing', { requeueEvery: null as never }, 'requeueEvery must be a Duration, got null: make it by Duration.seconds, or another of its methods'],
  [
    'requeueEvery is known at deployment only, in seconds',
    { requeueEvery: Duration.seconds(Token.asNumber({ Ref: 'Every' })) },
    'requeueEvery must be in minutes or hours where its value is known at deployment only, got seconds: make it by Duration.minutes',
  ],
  [
    'batchingWindow is known at deployment only, in minutes',
    { batchingWindow: Duration.minutes(Token.asNumber({ Ref: 'Window' })) },
    'batchingWindow must be in seconds where its value is known at deployment only, got minutes: make it by Duration.seconds',
  ],
  ['tracing is none', { tracing: 'active' as never }, 'tracing must be Tracing.ACTIVE, Tracing.PASS_THROUGH or Tracing.DISABLED, got "active"'],
  [
    'the level of the log is none',
    { logLevel: 'warning' as never },
    'logLevel must be ApplicationLogLevel.INFO, ApplicationLogLevel.DEBUG, ApplicationLogLevel.WARN, ApplicationLogLevel.TRACE, ApplicationLogLevel.ERROR or ApplicationLogLevel.FATAL, got "warning"',
  ],
  ['the architecture is its name', { architecture: 'arm64' as never }, 'architecture must be an Architecture, got "arm64": give Architecture.ARM_64 or Architecture.X86_64'],
  ['enabled is a text', { enabled: 'false' as never }, 'enabled must be true or false, got "false"'],
  [
    'logs are to be kept as a snapshot',
    { logRemovalPolicy: RemovalPolicy.SNAPSHOT },
    'logRemovalPolicy must be RemovalPolicy.DESTROY, RemovalPolicy.RETAIN or RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, got "snapshot"',
  ],
  [
    'parked events are to be kept as a snapshot',
    { parkedEventsRemovalPolicy: RemovalPolicy.SNAPSHOT },
    'parkedEventsRemovalPolicy must be RemovalPolicy.DESTROY, RemovalPolicy.RETAIN or RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, got "snapshot"',
  ],
  ['requeueMemorySize is 64', { requeueMemorySize: 64 }, 'requeueMemorySize must be a whole number from 128 to 10240 MB, got 64'],
  ['maxBatchEvents is 0', { maxBatchEvents: 0 }, 'maxBatchEvents must be a whole number from 1 to 10000 events, got 0'],
  ['maxBatchEvents is 10,001', { maxBatchEvents: 10_001 }, 'maxBatchEvents must be a whole number from 1 to 10000 events, got 10001'],
  [
    'maxBatchBytes is 50,000,001',
    { maxBatchBytes: 50_000_001 },
    'maxBatchBytes must be a whole number from 1024 to 50000000 bytes, got 50000001',
  ],
  [
    'an event may be larger than a request',
    { maxBatchBytes: 500_000 },
    'maxBatchBytes must be maxEventBytes at least, got 500000 and 999000 bytes: raise maxBatchBytes, or lower maxEventBytes',
  ],
  [
    'retryBudget is known at deployment only',
    { retryBudget: Duration.seconds(Token.asNumber({ Ref: 'Budget' })) },
    'retryBudget must be known when the app is synthesized, got a value that is known at deployment only: give a number',
  ],
  [
    'holdFor is known at deployment only',
    { holdFor: Duration.minutes(Token.asNumber({ Ref: 'Hold' })) },
    'holdFor must be known when the app is synthesized, got a value that is known at deployment only: give a number',
  ],
  [
    'requestTimeout is known at deployment only',
    { requestTimeout: Duration.seconds(Token.asNumber({ Ref: 'Timeout' })) },
    'requestTimeout must be known when the app is synthesized, got a value that is known at deployment only: give a number',
  ],
  ['maxEventBytes is 100', { maxEventBytes: 100 }, 'maxEventBytes must be a whole number from 1024 to 50000000 bytes, got 100'],
])('fails when %s', (_, options, fault) => {
  expect(faultsOf(options)).toEqual([fault]);
});

test('fails when holding would need more attempts than an event source mapping has', () => {
  expect(faultsOf({ holdFor: Duration.hours(11), retryBudget: Duration.seconds(2) })).toEqual([
    'holdFor of 39600 seconds with a retryBudget of 2 seconds needs 19803 retry attempts, and an event source mapping takes at most 10000: raise retryBudget to 4 seconds or more',
  ]);
});

test('fails when holding would need more attempts, with times that are no whole seconds', () => {
  expect(faultsOf({ holdFor: Duration.millis(39_599_500), retryBudget: Duration.millis(1500) })).toEqual([
    'holdFor of 39599.5 seconds with a retryBudget of 1.5 seconds needs 26403 retry attempts, and an event source mapping takes at most 10000: raise retryBudget to 4 seconds or more',
  ]);
});

test('fails with all that is wrong at once, beside what depends on it', () => {
  expect(faultsOf({ batchSize: 0, batchingWindow: Duration.millis(500), holdFor: Duration.hours(12), requeueEvery: Duration.seconds(90) })).toEqual([
    expect.stringContaining('batchSize'),
    expect.stringContaining('batchingWindow'),
    expect.stringContaining('holdFor'),
    expect.stringContaining('requeueEvery'),
  ]);
});

test('fails with what the destination is too large for, beside what else is wrong with it', () => {
  const routes = Array.from({ length: 200 }, (_, index) => ({ eventType: `order ${index}`, condition: RouteCondition.attributeEquals('type', `order-${index}`) }));

  expect(faultsOf({ destination: { endpoint: 'nakadi', routes } }).at(-1)).toContain("bytes of the functions' environment");
  expect(faultsOf({ holdFor: Duration.hours(12), destination: { endpoint: 'https://nakadi.example.org', routes } }).at(-1)).toContain("bytes of the functions' environment");
  expect(faultsOf({ destination: { routes } as never }).at(-1)).toContain('destination.routes[199].eventType');
});

test('all faults come in one error that names the construct', () => {
  expect(() => failOnFaults('Stack/Orders', ['a is wrong', 'b is wrong'])).toThrow('Stack/Orders cannot be defined:\n  - a is wrong\n  - b is wrong');
  expect(() => failOnFaults('Stack/Orders', [])).not.toThrow();
});
