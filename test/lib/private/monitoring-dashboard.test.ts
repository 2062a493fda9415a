import { Template } from 'aws-cdk-lib/assertions';
import { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { OutboxMonitoring, OutboxTable } from '../../../lib';
import { METRICS } from '../../../lib/private/handler-contract';
import { ALARMS, monitored, widgetsOf } from '../monitored';
import { DESTINATION, KEY, outboxStack } from '../stacks';

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
      'Why runs of the requeue end early',
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
    expect(queries[2]).toContain(`SOURCE '\${${requeueLogs}}' | filter message.event = 'requeue.run' and ispresent(message.parked.away)`);
    expect(queries).toHaveLength(3);
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
