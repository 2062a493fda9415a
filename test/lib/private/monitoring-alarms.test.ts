import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { OutboxMonitoring, OutboxTable } from '../../../lib';
import { METRICS } from '../../../lib/private/handler-contract';
import manifest from '../../../package.json';
import { alarmOf, ALARMS, monitored, SECTIONS, type AlarmName } from '../monitored';
import { DESTINATION, KEY } from '../stacks';

const SIMPLE: [AlarmName, Record<string, unknown>, 'relayFunction' | 'requeueFunction', string][] = [
  [
    'iteratorAgeAlarm',
    {
      Namespace: 'AWS/Lambda',
      MetricName: 'IteratorAge',
      Statistic: 'Maximum',
      Period: 300,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 3_600_000,
      EvaluationPeriods: 3,
      TreatMissingData: 'notBreaching',
    },
    'relayFunction',
    'FunctionName',
  ],
  [
    'relayErrorsAlarm',
    {
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Statistic: 'Sum',
      Period: 300,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      TreatMissingData: 'notBreaching',
    },
    'relayFunction',
    'FunctionName',
  ],
  [
    'parkedEventAgeAlarm',
    {
      Namespace: METRICS.namespace,
      MetricName: METRICS.requeue.oldestWaiting,
      Statistic: 'Maximum',
      Period: 300,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 14_400,
      EvaluationPeriods: 1,
      TreatMissingData: 'ignore',
    },
    'requeueFunction',
    METRICS.dimension,
  ],
  [
    'deadLettersStuckAlarm',
    {
      Namespace: METRICS.namespace,
      MetricName: METRICS.requeue.deadLettersStuck,
      Statistic: 'Maximum',
      Period: 900,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0,
      EvaluationPeriods: 1,
      TreatMissingData: 'ignore',
    },
    'requeueFunction',
    METRICS.dimension,
  ],
  [
    'deadLettersLostAlarm',
    {
      Namespace: 'AWS/Lambda',
      MetricName: 'DestinationDeliveryFailures',
      Statistic: 'Sum',
      Period: 300,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0,
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    },
    'relayFunction',
    'FunctionName',
  ],
  [
    'requeueStoppedAlarm',
    {
      Namespace: METRICS.namespace,
      MetricName: METRICS.requeue.runs,
      Statistic: 'Sum',
      Period: 300,
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      EvaluationPeriods: 3,
      TreatMissingData: 'breaching',
    },
    'requeueFunction',
    METRICS.dimension,
  ],
];

describe('the alarms', () => {
  test.each(SIMPLE)('%s has its metric, threshold, periods and word on missing data', (alarm, properties, writer, dimension) => {
    const app = monitored();

    expect(alarmOf(app, alarm)).toMatchObject({
      ...properties,
      Dimensions: [{ Name: dimension, Value: app.stack.resolve(app.outbox.relay[writer].functionName) as unknown }],
    });
  });

  test('notDeliveringAlarm goes off where batches are held or parked and nothing is accepted for 15 minutes', () => {
    const app = monitored();

    const { Metrics, ...properties } = alarmOf(app, 'notDeliveringAlarm');
    expect(properties).toMatchObject({ ComparisonOperator: 'GreaterThanThreshold', Threshold: 0, EvaluationPeriods: 3, TreatMissingData: 'notBreaching' });
    const [expression, ...metrics] = Metrics as Record<string, unknown>[];
    expect(expression).toMatchObject({ Expression: 'IF(held + parked > 0 AND accepted == 0, 1, 0)' });
    expect(metrics).toEqual(
      [
        ['accepted', METRICS.both.accepted],
        ['held', METRICS.relay.held],
        ['parked', METRICS.relay.parked],
      ].map(([Id, MetricName]) => ({
        Id,
        ReturnData: false,
        MetricStat: {
          Metric: {
            Namespace: METRICS.namespace,
            MetricName,
            Dimensions: [{ Name: METRICS.dimension, Value: app.stack.resolve(app.outbox.relay.relayFunction.functionName) as unknown }],
          },
          Period: 300,
          Stat: 'Sum',
        },
      })),
    );
  });

  test('relayNotInvokedAlarm goes off where the table is written in two hours on end, and nothing is polled and nothing invoked', () => {
    const app = monitored();

    const { Metrics, ...properties } = alarmOf(app, 'relayNotInvokedAlarm');
    expect(properties).toMatchObject({ ComparisonOperator: 'GreaterThanThreshold', Threshold: 0, EvaluationPeriods: 2, TreatMissingData: 'notBreaching' });
    expect(properties.DatapointsToAlarm).toBeUndefined();
    const [expression, ...metrics] = Metrics as Record<string, unknown>[];
    expect(expression).toMatchObject({ Expression: 'IF(FILL(written, 0) > 0 AND FILL(polled, 0) == 0 AND FILL(invocations, 0) == 0, 1, 0)' });
    const { table, relay } = app.outbox;
    expect(metrics).toMatchObject(
      [
        ['written', 'AWS/DynamoDB', 'ConsumedWriteCapacityUnits', 'TableName', table.tableName],
        ['polled', 'AWS/Lambda', 'PolledEventCount', 'EventSourceMappingUUID', relay.eventSourceMapping.eventSourceMappingId],
        ['invocations', 'AWS/Lambda', 'Invocations', 'FunctionName', relay.relayFunction.functionName],
      ].map(([Id, Namespace, MetricName, Name, value]) => ({
        Id,
        ReturnData: false,
        MetricStat: { Metric: { Namespace, MetricName, Dimensions: [{ Name, Value: app.stack.resolve(value) as unknown }] }, Period: 3600, Stat: 'Sum' },
      })),
    );
  });

  test('deadLettersAlarm counts letters that a run hides, too, and goes off after an hour', () => {
    const app = monitored();

    const { Metrics, ...properties } = alarmOf(app, 'deadLettersAlarm');
    expect(properties).toMatchObject({ ComparisonOperator: 'GreaterThanThreshold', Threshold: 0, EvaluationPeriods: 12, TreatMissingData: 'notBreaching' });
    const [expression, ...metrics] = Metrics as Record<string, unknown>[];
    expect(expression).toMatchObject({ Expression: 'visible + received' });
    expect(metrics).toMatchObject(
      [
        ['visible', 'ApproximateNumberOfMessagesVisible'],
        ['received', 'ApproximateNumberOfMessagesNotVisible'],
      ].map(([Id, MetricName]) => ({
        Id,
        MetricStat: {
          Metric: {
            Namespace: 'AWS/SQS',
            MetricName,
            Dimensions: [{ Name: 'QueueName', Value: app.stack.resolve(app.outbox.relay.deadLetterQueue.queueName) as unknown }],
          },
          Period: 300,
          Stat: 'Maximum',
        },
      })),
    );
  });

  test('are all there, in a list too', () => {
    const { stack, monitoring } = monitored();

    expect(new Set(monitoring.alarms)).toEqual(new Set(ALARMS.map((alarm) => monitoring[alarm])));
    expect(monitoring.alarms).toHaveLength(ALARMS.length);
    Template.fromStack(stack).resourceCountIs('AWS::CloudWatch::Alarm', ALARMS.length);
  });

  test.each(ALARMS)('%s names the outbox and its section of the operations guide, in one line', (alarm) => {
    const guide = `${manifest.repository.url.replace(/\.git$/, '')}/blob/main/docs/operations.md`;
    const description = alarmOf(monitored(), alarm).AlarmDescription as string;

    expect(description.startsWith('Stack/Orders/Relay: ')).toBe(true);
    expect(description.endsWith(`. ${guide}#${SECTIONS[alarm]}`)).toBe(true);
    expect(description).not.toContain('\n');
  });

  test.each(ALARMS)('%s has a description that CloudWatch takes where ids are long, with the end of the path and its section', (alarm) => {
    const stack = new Stack(new App(), 'Stack');
    const scope = ['a', 'b', 'c', 'd'].reduce<Construct>((parent, letter) => new Construct(parent, letter.repeat(240)), stack);
    const outbox = new OutboxTable(scope, 'o'.repeat(240), { partitionKey: KEY, destination: DESTINATION });
    const description = alarmOf({ stack, monitoring: new OutboxMonitoring(stack, 'Monitoring', { relay: outbox.relay }) }, alarm).AlarmDescription as string;

    expect(description.length).toBeLessThanOrEqual(1024);
    expect(description).toMatch(new RegExp(`^Stack/a+\\.\\.\\.d+/o{240}/Relay: .*#${SECTIONS[alarm]}$`));
  });

  test.each(ALARMS)('%s starts the actions', (alarm) => {
    const actions: IAlarmAction[] = ['arn:aws:sns:eu-central-1:123456789012:one', 'arn:aws:sns:eu-central-1:123456789012:two'].map((alarmActionArn) => ({
      bind: () => ({ alarmActionArn }),
    }));

    expect(alarmOf(monitored({ alarmActions: actions }), alarm).AlarmActions).toEqual(actions.map(({ bind }) => bind(undefined as never, undefined as never).alarmActionArn));
    expect(alarmOf(monitored(), alarm).AlarmActions).toBeUndefined();
  });
});
