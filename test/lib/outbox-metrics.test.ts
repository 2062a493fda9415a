import { Duration } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { OutboxTable } from '../../lib';
import { OutboxMetrics } from '../../lib/outbox-metrics';
import { METRICS } from '../../lib/private/handler-contract';
import { DESTINATION, KEY, newStack, outboxStack } from './stacks';

const { both, relay, requeue } = METRICS;

type MetricName = Extract<keyof OutboxMetrics, `metric${string}`>;
type MetricMethod = Exclude<MetricName, 'metricOfRelay' | 'metricOfRequeue'>;

const { stack, outbox } = outboxStack();
const metrics = new OutboxMetrics(outbox.relay);

const NAMES = {
  relay: stack.resolve(outbox.relay.relayFunction.functionName) as unknown,
  requeue: stack.resolve(outbox.relay.requeueFunction.functionName) as unknown,
  queue: stack.resolve(outbox.relay.deadLetterQueue.queueName) as unknown,
  table: stack.resolve(outbox.relay.parkedEventsTable.tableName) as unknown,
  source: stack.resolve(outbox.table.tableName) as unknown,
  mapping: stack.resolve(outbox.relay.eventSourceMapping.eventSourceMappingId) as unknown,
};

function describeMetric(metric: Metric): unknown {
  const { namespace, metricName, dimensions, statistic, period } = metric;
  return { namespace, metricName, dimensions: stack.resolve(dimensions), statistic, minutes: period.toMinutes() };
}

const WRITTEN: [MetricMethod, 'relay' | 'requeue', string, string][] = [
  ['metricEventsAccepted', 'relay', both.accepted, 'Sum'],
  ['metricEventsRejected', 'relay', both.rejected, 'Sum'],
  ['metricPatchesLeftOut', 'relay', both.patchesLeftOut, 'Sum'],
  ['metricRequestLatency', 'relay', both.requestLatency, 'Average'],
  ['metricRecordsParked', 'relay', relay.parked, 'Sum'],
  ['metricRecordsHeld', 'relay', relay.held, 'Sum'],
  ['metricPublicationAge', 'relay', relay.publicationAge, 'Maximum'],
  ['metricRequeueEventsAccepted', 'requeue', both.accepted, 'Sum'],
  ['metricRequeueEventsRejected', 'requeue', both.rejected, 'Sum'],
  ['metricRequeuePatchesLeftOut', 'requeue', both.patchesLeftOut, 'Sum'],
  ['metricRequeueRequestLatency', 'requeue', both.requestLatency, 'Average'],
  ['metricItemsWaiting', 'requeue', requeue.itemsWaiting, 'Maximum'],
  ['metricOldestWaitingAge', 'requeue', requeue.oldestWaiting, 'Maximum'],
  ['metricDeadLetterRecords', 'requeue', requeue.deadLetterRecords, 'Sum'],
  ['metricDeadLettersStuck', 'requeue', requeue.deadLettersStuck, 'Maximum'],
  ['metricRequeueRuns', 'requeue', requeue.runs, 'Sum'],
];

const OF_AWS: [MetricMethod, string, string, Record<string, unknown>, string][] = [
  ['metricTableWrites', 'AWS/DynamoDB', 'ConsumedWriteCapacityUnits', { TableName: NAMES.source }, 'Sum'],
  ['metricRecordsPolled', 'AWS/Lambda', 'PolledEventCount', { EventSourceMappingUUID: NAMES.mapping }, 'Sum'],
  ['metricRecordsFilteredOut', 'AWS/Lambda', 'FilteredOutEventCount', { EventSourceMappingUUID: NAMES.mapping }, 'Sum'],
  ['metricRecordsInvoked', 'AWS/Lambda', 'InvokedEventCount', { EventSourceMappingUUID: NAMES.mapping }, 'Sum'],
  ['metricRecordsFailed', 'AWS/Lambda', 'FailedInvokeEventCount', { EventSourceMappingUUID: NAMES.mapping }, 'Sum'],
  ['metricRecordsDropped', 'AWS/Lambda', 'DroppedEventCount', { EventSourceMappingUUID: NAMES.mapping }, 'Sum'],
  ['metricRecordsDeadLettered', 'AWS/Lambda', 'OnFailureDestinationDeliveredEventCount', { EventSourceMappingUUID: NAMES.mapping }, 'Sum'],
  ['metricRelayInvocations', 'AWS/Lambda', 'Invocations', { FunctionName: NAMES.relay }, 'Sum'],
  ['metricIteratorAge', 'AWS/Lambda', 'IteratorAge', { FunctionName: NAMES.relay }, 'Maximum'],
  ['metricDeadLettersLost', 'AWS/Lambda', 'DestinationDeliveryFailures', { FunctionName: NAMES.relay }, 'Sum'],
  ['metricRelayErrors', 'AWS/Lambda', 'Errors', { FunctionName: NAMES.relay }, 'Sum'],
  ['metricRelayThrottles', 'AWS/Lambda', 'Throttles', { FunctionName: NAMES.relay }, 'Sum'],
  ['metricRelayDuration', 'AWS/Lambda', 'Duration', { FunctionName: NAMES.relay }, 'Average'],
  ['metricRequeueErrors', 'AWS/Lambda', 'Errors', { FunctionName: NAMES.requeue }, 'Sum'],
  ['metricRequeueThrottles', 'AWS/Lambda', 'Throttles', { FunctionName: NAMES.requeue }, 'Sum'],
  ['metricRequeueDuration', 'AWS/Lambda', 'Duration', { FunctionName: NAMES.requeue }, 'Average'],
  ['metricDeadLettersVisible', 'AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName: NAMES.queue }, 'Maximum'],
  ['metricDeadLettersNotVisible', 'AWS/SQS', 'ApproximateNumberOfMessagesNotVisible', { QueueName: NAMES.queue }, 'Maximum'],
  ['metricDeadLetterAge', 'AWS/SQS', 'ApproximateAgeOfOldestMessage', { QueueName: NAMES.queue }, 'Maximum'],
  ['metricParkedEventsTableThrottles', 'AWS/DynamoDB', 'WriteThrottleEvents', { TableName: NAMES.table }, 'Sum'],
  [
    'metricOpenItemsIndexThrottles',
    'AWS/DynamoDB',
    'WriteThrottleEvents',
    { TableName: NAMES.table, GlobalSecondaryIndexName: 'open-items' },
    'Sum',
  ],
];

const ALL: MetricMethod[] = [...WRITTEN, ...OF_AWS].map(([method]) => method);

test.each(WRITTEN)('%s is what the %s writes as %s, by %s', (method, writer, metricName, statistic) => {
  expect(describeMetric(metrics[method]())).toEqual({
    namespace: METRICS.namespace,
    metricName,
    dimensions: { [METRICS.dimension]: NAMES[writer] },
    statistic,
    minutes: 5,
  });
});

test.each(OF_AWS)('%s is %s %s', (method, namespace, metricName, dimensions, statistic) => {
  expect(describeMetric(metrics[method]())).toEqual({ namespace, metricName, dimensions, statistic, minutes: 5 });
});

test('every metric that a function writes has its method', () => {
  const written = (writer: string): string[] => WRITTEN.filter(([, by]) => by === writer).map(([, , metricName]) => metricName);

  expect(written('relay').sort()).toEqual([...Object.values(both), ...Object.values(relay)].sort());
  expect(written('requeue').sort()).toEqual([...Object.values(both), ...Object.values(requeue)].sort());
});

test('the tables above name every method', () => {
  const methods = Object.getOwnPropertyNames(OutboxMetrics.prototype).filter((name) => /^metric(?!Of)/.test(name));

  expect([...ALL].sort()).toEqual(methods.sort());
});

test.each(ALL)('the options of %s go first', (method) => {
  const options: MetricOptions = { statistic: 'p90', period: Duration.minutes(1), label: 'mine' };

  expect(metrics[method](options)).toMatchObject({ statistic: 'p90', period: Duration.minutes(1), label: 'mine' });
});

test.each([
  ['metricOfRelay', 'relay'],
  ['metricOfRequeue', 'requeue'],
] as const)('%s takes any metric of the %s', (method, writer) => {
  expect(describeMetric(metrics[method]('Custom', { statistic: 'Minimum' }))).toEqual({
    namespace: METRICS.namespace,
    metricName: 'Custom',
    dimensions: { [METRICS.dimension]: NAMES[writer] },
    statistic: 'Minimum',
    minutes: 5,
  });
  expect(metrics[method]('Custom').statistic).toBe('Average');
});

test.each(ALL)('%s is of the account and region of the outbox', (method) => {
  const elsewhere = newStack({ account: '123456789012', region: 'eu-central-1' });
  const { relay: there } = new OutboxTable(elsewhere, 'Orders', { partitionKey: KEY, destination: DESTINATION });
  const metric = new OutboxMetrics(there)[method]();

  expect(metric.toMetricConfig().metricStat).toMatchObject({ account: '123456789012', region: 'eu-central-1' });
});
