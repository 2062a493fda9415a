import { App, Duration, NestedStack, Stack, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Dashboard, type IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { OutboxTable, type OutboxTableProps } from '../../lib';
import { OutboxMonitoring, type OutboxMonitoringProps } from '../../lib/outbox-monitoring';
import { METRICS } from '../../lib/private/handler-contract';
import manifest from '../../package.json';
import { DESTINATION, errorOf, KEY, outboxStack } from './stacks';

type Thresholds = Omit<Partial<OutboxMonitoringProps>, 'relay'>;

function monitored(
  props: Thresholds = {},
  outboxProps: Partial<OutboxTableProps> = {},
): { stack: Stack; outbox: OutboxTable; monitoring: OutboxMonitoring } {
  const { stack, outbox } = outboxStack(outboxProps);
  return { stack, outbox, monitoring: new OutboxMonitoring(stack, 'Monitoring', { relay: outbox.relay, ...props }) };
}

type AlarmName = Extract<keyof OutboxMonitoring, `${string}Alarm`>;

/** Properties of an alarm as the template has them. */
function alarmOf({ stack, monitoring }: { stack: Stack; monitoring: OutboxMonitoring }, alarm: AlarmName): Record<string, unknown> {
  const id = stack.getLogicalId(monitoring[alarm].node.defaultChild as never);
  return Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')[id].Properties as Record<string, unknown>;
}

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

const SECTIONS: Record<AlarmName, string> = {
  iteratorAgeAlarm: 'alarm-iterator-age',
  notDeliveringAlarm: 'alarm-not-delivering',
  relayNotInvokedAlarm: 'alarm-relay-not-invoked',
  relayErrorsAlarm: 'alarm-relay-errors',
  parkedEventAgeAlarm: 'alarm-parked-event-age',
  deadLettersAlarm: 'alarm-dead-letters',
  deadLettersStuckAlarm: 'alarm-dead-letters-stuck',
  deadLettersLostAlarm: 'alarm-dead-letters-lost',
  requeueStoppedAlarm: 'alarm-requeue-stopped',
};

const ALARMS = Object.keys(SECTIONS) as AlarmName[];

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

describe('the thresholds', () => {
  test.each<[keyof Thresholds, AlarmName, Duration, Record<string, unknown>]>([
    ['iteratorAgeThreshold', 'iteratorAgeAlarm', Duration.hours(6), { Threshold: 21_600_000 }],
    ['parkedEventAgeThreshold', 'parkedEventAgeAlarm', Duration.minutes(30), { Threshold: 1_800 }],
    ['deadLetterThreshold', 'deadLettersAlarm', Duration.hours(2), { EvaluationPeriods: 24 }],
    ['notDeliveringThreshold', 'notDeliveringAlarm', Duration.minutes(5), { EvaluationPeriods: 1 }],
    ['requeueStoppedThreshold', 'requeueStoppedAlarm', Duration.minutes(31), { EvaluationPeriods: 7 }],
  ])('%s changes %s', (threshold, alarm, value, properties) => {
    expect(alarmOf(monitored({ [threshold]: value }), alarm)).toMatchObject(properties);
  });

  test.each<[AlarmName, string, Partial<OutboxTableProps>, Record<string, unknown>]>([
    ['iteratorAgeAlarm', 'a hold that ends well before an hour', { holdFor: Duration.minutes(15) }, { Threshold: 3_600_000 }],
    ['iteratorAgeAlarm', 'a hold of half an hour', { holdFor: Duration.minutes(30) }, { Threshold: 4_500_000 }],
    ['iteratorAgeAlarm', 'the longest hold', { holdFor: Duration.hours(11) }, { Threshold: 42_300_000 }],
    ['requeueStoppedAlarm', 'a run every five minutes', { requeueEvery: Duration.minutes(5) }, { EvaluationPeriods: 3 }],
    ['requeueStoppedAlarm', 'a run every six minutes', { requeueEvery: Duration.minutes(6) }, { EvaluationPeriods: 4 }],
    ['requeueStoppedAlarm', 'a run an hour', { requeueEvery: Duration.hours(1) }, { EvaluationPeriods: 36 }],
    ['requeueStoppedAlarm', 'runs of which deployment says how often', { requeueEvery: Duration.minutes(Token.asNumber({ Ref: 'Every' })) }, { EvaluationPeriods: 36 }],
  ])('of %s follow %s', (alarm, _, outbox, properties) => {
    expect(alarmOf(monitored({}, outbox), alarm)).toMatchObject(properties);
  });

  test.each([
    [60, undefined, 300, 3],
    [61, undefined, 600, 2],
    [360, undefined, 600, 2],
    [600, undefined, 900, 2],
    [600, 15, 900, 1],
    [600, 16, 900, 2],
    [61, 60, 600, 6],
  ])('of notDeliveringAlarm follow a retry budget of %d seconds: given %p minutes, its period is %d seconds, %d times', (budget, given, period, times) => {
    const threshold = given === undefined ? {} : { notDeliveringThreshold: Duration.minutes(given) };
    const { EvaluationPeriods, Metrics } = alarmOf(monitored(threshold, { retryBudget: Duration.seconds(budget) }), 'notDeliveringAlarm');

    expect(EvaluationPeriods).toBe(times);
    const [, ...metrics] = Metrics as { readonly MetricStat: { readonly Period: number } }[];
    expect(metrics.map(({ MetricStat }) => MetricStat.Period)).toEqual([period, period, period]);
  });

  test('that are given go before those that follow the outbox', () => {
    const app = monitored(
      { iteratorAgeThreshold: Duration.hours(2), requeueStoppedThreshold: Duration.minutes(60) },
      { holdFor: Duration.hours(5), requeueEvery: Duration.minutes(30) },
    );

    expect(alarmOf(app, 'iteratorAgeAlarm').Threshold).toBe(7_200_000);
    expect(alarmOf(app, 'requeueStoppedAlarm').EvaluationPeriods).toBe(12);
  });

  test('fails when requeueStoppedThreshold is shorter than two rounds of the requeue', () => {
    const text = errorOf(() => monitored({ requeueStoppedThreshold: Duration.minutes(59) }, { requeueEvery: Duration.minutes(30) }));

    expect(text).toContain('requeueStoppedThreshold must be twice requeueEvery of 30 minutes at least, got 59 minutes: the alarm would go off between two runs');
  });

  test.each<[keyof Thresholds, Duration, string]>([
    ['iteratorAgeThreshold', Duration.hours(25), 'iteratorAgeThreshold must be from 1 to 1440 minutes, got 1500: the stream keeps records for 24 hours'],
    ['iteratorAgeThreshold', Duration.seconds(30), 'iteratorAgeThreshold must be from 1 to 1440 minutes, got 0.5: the stream keeps records for 24 hours'],
    ['parkedEventAgeThreshold', Duration.seconds(0), 'parkedEventAgeThreshold must be from 1 to 525600 minutes, got 0'],
    ['deadLetterThreshold', Duration.hours(13), 'deadLetterThreshold must be from 5 to 720 minutes, got 780: the stream may drop the records of a dead letter after 12 hours'],
    ['notDeliveringThreshold', Duration.minutes(4), 'notDeliveringThreshold must be from 5 to 1440 minutes, got 4'],
    ['requeueStoppedThreshold', Duration.days(2), 'requeueStoppedThreshold must be from 5 to 1440 minutes, got 2880: an alarm looks back 24 hours at most'],
  ])('fails when %s is %s', (threshold, value, message) => {
    const text = errorOf(() => monitored({ [threshold]: value }));

    expect(text).toContain('Stack/Monitoring cannot be defined');
    expect(text).toContain(message);
  });

  test.each<[keyof Thresholds, Duration]>([
    ['iteratorAgeThreshold', Duration.hours(24)],
    ['deadLetterThreshold', Duration.hours(12)],
    ['notDeliveringThreshold', Duration.hours(24)],
    ['requeueStoppedThreshold', Duration.minutes(5)],
  ])('take the ends of their range: %s of %s', (threshold, value) => {
    expect(() => monitored({ [threshold]: value })).not.toThrow();
  });

  test('may be known at deployment only, where they stay as they are', () => {
    const app = monitored({
      iteratorAgeThreshold: Duration.millis(Token.asNumber({ Ref: 'Age' })),
      parkedEventAgeThreshold: Duration.seconds(Token.asNumber({ Ref: 'Wait' })),
    });

    expect(alarmOf(app, 'iteratorAgeAlarm').Threshold).toEqual({ Ref: 'Age' });
    expect(alarmOf(app, 'parkedEventAgeAlarm').Threshold).toEqual({ Ref: 'Wait' });
  });

  test.each<keyof Thresholds>(['deadLetterThreshold', 'notDeliveringThreshold', 'requeueStoppedThreshold'])(
    'fails when %s is known at deployment only, because it becomes a number of periods',
    (threshold) => {
      const text = errorOf(() => monitored({ [threshold]: Duration.seconds(Token.asNumber({ Ref: 'Time' })) }));

      expect(text).toContain(`${threshold} must be known when the app is synthesized`);
    },
  );
});

interface Widget {
  readonly type: string;
  readonly properties: { readonly title?: string; readonly markdown?: string; readonly alarms?: string[]; readonly query?: string; readonly metrics?: unknown[][] };
}

/** The widgets of the only dashboard of a stack; what deployment fills in stands as `${…}`. */
function widgetsOf(stack: Stack): Widget[] {
  const [dashboard] = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard'));
  const body = (dashboard.Properties as { DashboardBody: { 'Fn::Join': [string, unknown[]] } }).DashboardBody['Fn::Join'][1];
  const text = body.map((part) => (typeof part === 'string' ? part : `\${${Object.values(part as object).flat().join('.')}}`)).join('');
  return (JSON.parse(text) as { widgets: Widget[] }).widgets;
}

describe('the dashboard', () => {
  test('shows the alarms first, and the outbox that they are of', () => {
    const { stack } = monitored();

    const [title, status] = widgetsOf(stack);
    expect(title.properties.markdown).toContain('Stack/Orders/Relay');
    expect(status).toMatchObject({ type: 'alarm', properties: { title: 'Alarms' } });
    expect(status.properties.alarms).toHaveLength(ALARMS.length);
  });

  test('answers how far behind the outbox is, what goes through, what waits and why', () => {
    const { stack } = monitored();

    expect(widgetsOf(stack).map(({ properties }) => properties.title)).toEqual([
      undefined,
      'Alarms',
      'Now',
      'How far behind',
      'Published',
      'Requests to Nakadi',
      'Held and parked',
      'Dead letters',
      'Functions',
      'Event source mapping',
      'Given up by the mapping',
      'Written and invoked',
      'Why changes are held or parked',
      'Why parked events still wait',
    ]);
  });

  test('shows every metric that the functions write', () => {
    const { stack } = monitored();

    const shown = new Set(widgetsOf(stack).flatMap(({ properties }) => (properties.metrics ?? []).map(([, metricName]) => metricName)));
    const written = [METRICS.both, METRICS.relay, METRICS.requeue].flatMap((group) => Object.values<string>(group));
    // Runs have their alarm.
    expect(written.filter((metricName) => !shown.has(metricName))).toEqual([METRICS.requeue.runs]);
  });

  test('reads the reasons from the log of the function that writes them', () => {
    const { stack, outbox } = monitored();

    const queries = widgetsOf(stack).flatMap(({ properties: { query } }) => (query === undefined ? [] : [query]));
    const [relayLogs, requeueLogs] = outbox.relay.logGroups.map(({ logGroupName }) => (stack.resolve(logGroupName) as { Ref: string }).Ref);
    expect(queries[0]).toContain(`SOURCE '\${${relayLogs}}' | filter message.event = 'relay.batch'`);
    expect(queries[1]).toContain(`SOURCE '\${${requeueLogs}}' | filter message.event = 'requeue.run'`);
    expect(queries).toHaveLength(2);
  });

  test('may be one that is there already, for many outboxes', () => {
    const { stack, outbox } = outboxStack();
    const dashboard = new Dashboard(stack, 'All');
    const other = new OutboxTable(stack, 'Parcels', { partitionKey: KEY, destination: DESTINATION });

    const first = new OutboxMonitoring(stack, 'First', { relay: outbox.relay, dashboard });
    new OutboxMonitoring(stack, 'Second', { relay: other.relay, dashboard });

    expect(first.dashboard).toBe(dashboard);
    Template.fromStack(stack).resourceCountIs('AWS::CloudWatch::Dashboard', 1);
    const titles = widgetsOf(stack).map(({ properties }) => properties.markdown);
    expect(titles.filter((markdown) => markdown !== undefined)).toEqual([
      expect.stringContaining('Stack/Orders/Relay'),
      expect.stringContaining('Stack/Parcels/Relay'),
    ]);
  });
});

describe('an OutboxMonitoring', () => {
  test('stands beside another one in the same stack', () => {
    const { stack, outbox } = monitored();
    const other = new OutboxTable(stack, 'Parcels', { partitionKey: KEY, destination: DESTINATION });
    new OutboxMonitoring(stack, 'Other', { relay: other.relay });
    new OutboxMonitoring(stack, 'Again', { relay: outbox.relay });

    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::CloudWatch::Alarm', 3 * ALARMS.length);
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 3);
    const names = Object.values(template.findResources('AWS::Logs::QueryDefinition')).map(({ Properties }) => (Properties as { Name: string }).Name);
    expect(new Set(names).size).toBe(names.length);
  });

  test('gives no physical name', () => {
    const template = Template.fromStack(monitored().stack);

    template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmName: Match.absent() });
    template.allResourcesProperties('AWS::CloudWatch::Dashboard', { DashboardName: Match.absent() });
  });

  test('may watch an outbox of another stack', () => {
    const { stack, outbox } = outboxStack();
    const watching = new Stack(stack.node.root as never, 'Watching');
    const { iteratorAgeAlarm } = new OutboxMonitoring(watching, 'Monitoring', { relay: outbox.relay });

    Template.fromStack(watching).resourceCountIs('AWS::CloudWatch::Alarm', ALARMS.length);
    expect(Stack.of(iteratorAgeAlarm)).toBe(watching);
  });

  test('may stand in a nested stack', () => {
    const { stack, outbox } = outboxStack();
    const nested = new NestedStack(stack, 'Nested');
    new OutboxMonitoring(nested, 'Monitoring', { relay: outbox.relay });

    const names = Object.values(Template.fromStack(nested).findResources('AWS::Logs::QueryDefinition')).map(({ Properties }) => (Properties as { Name: string }).Name);
    expect(names).toContainEqual(expect.stringMatching(/^Stack-Nested-Monitoring-[0-9A-F]{8}\/runs of the requeue$/));
  });
});
