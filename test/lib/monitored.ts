import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { OutboxMonitoring, type OutboxMonitoringProps, type OutboxTable, type OutboxTableProps } from '../../lib';
import { outboxStack } from './stacks';

export type Thresholds = Omit<Partial<OutboxMonitoringProps>, 'relay'>;

/** A stack with an outbox table and its monitoring. */
export function monitored(
  props: Thresholds = {},
  outboxProps: Partial<OutboxTableProps> = {},
): { stack: Stack; outbox: OutboxTable; monitoring: OutboxMonitoring } {
  const { stack, outbox } = outboxStack(outboxProps);
  return { stack, outbox, monitoring: new OutboxMonitoring(stack, 'Monitoring', { relay: outbox.relay, ...props }) };
}

export type AlarmName = Extract<keyof OutboxMonitoring, `${string}Alarm`>;

/** Properties of an alarm as the template has them. */
export function alarmOf({ stack, monitoring }: { stack: Stack; monitoring: OutboxMonitoring }, alarm: AlarmName): Record<string, unknown> {
  const id = stack.getLogicalId(monitoring[alarm].node.defaultChild as never);
  return Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')[id].Properties as Record<string, unknown>;
}

/** The alarms, and the section of the operations guide that each leads to. */
export const SECTIONS: Record<AlarmName, string> = {
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

export const ALARMS = Object.keys(SECTIONS) as AlarmName[];

export interface Widget {
  readonly type: string;
  readonly properties: { readonly title?: string; readonly markdown?: string; readonly alarms?: string[]; readonly query?: string; readonly metrics?: unknown[][] };
}

/** The widgets of the only dashboard of a stack; what deployment fills in stands as `${…}`. */
export function widgetsOf(stack: Stack): Widget[] {
  const [dashboard] = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard'));
  const body = (dashboard.Properties as { DashboardBody: { 'Fn::Join': [string, unknown[]] } }).DashboardBody['Fn::Join'][1];
  const text = body.map((part) => (typeof part === 'string' ? part : `\${${Object.values(part as object).flat().join('.')}}`)).join('');
  return (JSON.parse(text) as { widgets: Widget[] }).widgets;
}
