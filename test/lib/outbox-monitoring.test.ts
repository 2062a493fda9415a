import { NestedStack, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { OutboxAlarm, OutboxMonitoring, OutboxTable } from '../../lib';
import { ALARMS, monitored, widgetsOf } from './monitored';
import { DESTINATION, errorOf, KEY, outboxStack } from './stacks';

describe('alarms that are left out', () => {
  const { RELAY_NOT_INVOKED, DEAD_LETTERS_LOST } = OutboxAlarm;

  test('are not defined, not in the list and not on the dashboard; the others are', () => {
    const { stack, monitoring } = monitored({ excludeAlarms: [RELAY_NOT_INVOKED, DEAD_LETTERS_LOST] });
    const left = ALARMS.filter((alarm) => alarm !== 'relayNotInvokedAlarm' && alarm !== 'deadLettersLostAlarm');

    expect(monitoring.alarms).toEqual(left.map((alarm) => monitoring[alarm]));
    Template.fromStack(stack).resourceCountIs('AWS::CloudWatch::Alarm', left.length);
    expect(JSON.stringify(Template.fromStack(stack).toJSON())).not.toMatch(/RelayNotInvoked|DeadLettersLost/);
    expect(widgetsOf(stack)[1].properties.alarms).toHaveLength(left.length);
  });

  test('fail when they are asked for', () => {
    const { monitoring } = monitored({ excludeAlarms: [RELAY_NOT_INVOKED] });

    expect(errorOf(() => monitoring.relayNotInvokedAlarm)).toBe(
      'Stack/Monitoring has no alarm relay-not-invoked, because excludeAlarms names it: take it out of there, or do not ask for the alarm',
    );
  });

  test('may be all: the dashboard shows no widget for them', () => {
    const { stack, monitoring } = monitored({ excludeAlarms: Object.values(OutboxAlarm) });

    expect(monitoring.alarms).toEqual([]);
    expect(widgetsOf(stack).map(({ type }) => type)).not.toContain('alarm');
  });

  test('are none unless said', () => {
    expect(Template.fromStack(monitored({ excludeAlarms: [] }).stack).toJSON()).toEqual(Template.fromStack(monitored().stack).toJSON());
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
