import { Duration, Stack } from 'aws-cdk-lib';
import { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { OutboxAlarm, OutboxMonitoring, type OutboxMonitoringProps } from '../../../lib';
import { errorOf, outboxStack } from '../stacks';

const ENV = { account: '123456789012', region: 'eu-central-1' };

test.each<[string, typeof ENV, string]>([
  ['region', { ...ENV, region: 'us-east-1' }, 'got us-east-1 and eu-central-1'],
  ['account', { ...ENV, account: '210987654321' }, 'got 210987654321 and 123456789012'],
])('fails when the outbox is in another %s, with all else that is wrong', (place, env, given) => {
  const { stack, outbox } = outboxStack({}, ENV);
  const watching = new Stack(stack.node.root as never, 'Watching', { env });

  expect(errorOf(() => new OutboxMonitoring(watching, 'Monitoring', { relay: outbox.relay, deadLetterThreshold: Duration.days(1) })).split('\n')).toEqual([
    'Watching/Monitoring cannot be defined:',
    `  - OutboxMonitoring Watching/Monitoring must be in the ${place} of the outbox Stack/Orders/Relay, ${given}: define it in a stack there`,
    expect.stringContaining('deadLetterThreshold'),
  ]);
});

test('fails when the dashboard is in another region and account', () => {
  const { stack, outbox } = outboxStack({}, ENV);
  const dashboard = new Dashboard(new Stack(stack.node.root as never, 'Watching', { env: { account: '210987654321', region: 'us-east-1' } }), 'All');

  expect(errorOf(() => new OutboxMonitoring(stack, 'Monitoring', { relay: outbox.relay, dashboard })).split('\n')).toEqual([
    'Stack/Monitoring cannot be defined:',
    '  - dashboard Watching/All must be in the region of the outbox Stack/Orders/Relay, got us-east-1 and eu-central-1: give one that is there, or leave it out',
    '  - dashboard Watching/All must be in the account of the outbox Stack/Orders/Relay, got 210987654321 and 123456789012: give one that is there, or leave it out',
  ]);
});

test('passes where only one of the stacks is for one account and region', () => {
  const { stack, outbox } = outboxStack();
  const watching = new Stack(stack.node.root as never, 'Watching', { env: ENV });

  expect(() => new OutboxMonitoring(stack, 'Monitoring', { relay: outbox.relay, dashboard: new Dashboard(watching, 'All') })).not.toThrow();
});

test('fails when an alarm that is left out is none, which compilers refuse', () => {
  const { stack, outbox } = outboxStack();

  expect(errorOf(() => new OutboxMonitoring(stack, 'Monitoring', { relay: outbox.relay, excludeAlarms: [OutboxAlarm.DEAD_LETTERS, 'deadletters' as OutboxAlarm] }))).toMatch(
    /excludeAlarms\[1\] must be OutboxAlarm\.\w+, .* or OutboxAlarm\.\w+, got "deadletters"$/,
  );
});

test('fails when the outbox is a table with its outbox, which compilers refuse', () => {
  const { stack, outbox } = outboxStack();

  expect(errorOf(() => new OutboxMonitoring(stack, 'Monitoring', { relay: outbox as never }))).toContain(
    'relay must be an OutboxRelay, got an object: give one, or the relay of an OutboxTable',
  );
});

test('fails when there is no outbox, which compilers refuse', () => {
  expect(errorOf(() => new OutboxMonitoring(new Stack(), 'Monitoring', {} as OutboxMonitoringProps))).toContain(
    'relay must be an OutboxRelay, got undefined: give one, or the relay of an OutboxTable',
  );
});

test('fails when dashboard, actions and alarms are of another kind, which compilers refuse', () => {
  const { stack, outbox } = outboxStack();
  const monitored = (props: object): string[] => errorOf(() => new OutboxMonitoring(stack, 'Monitoring', { relay: outbox.relay, ...props })).split('\n').slice(1);

  expect(monitored({ dashboard: 'Orders', alarmActions: { bind: true }, excludeAlarms: 'iterator-age' })).toEqual([
    '  - dashboard must be a Dashboard, got "Orders": give one of this app, or leave it out, and one is made',
    '  - excludeAlarms must be a list of OutboxAlarm, got "iterator-age": give a list',
    '  - alarmActions must be a list of alarm actions, got an object: give a list',
  ]);
  stack.node.tryRemoveChild('Monitoring');
  expect(monitored({ alarmActions: ['arn:aws:sns:eu-central-1:123456789012:alarms'] })).toEqual([
    '  - alarmActions[0] must be an alarm action, got "arn:aws:sns:eu-central-1:123456789012:alarms": give one of aws-cdk-lib/aws-cloudwatch-actions, such as SnsAction',
  ]);
});
