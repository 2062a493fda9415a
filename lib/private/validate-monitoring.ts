import { Stack } from 'aws-cdk-lib';
import type { Dashboard, IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct, IConstruct } from 'constructs';
import { OutboxAlarm } from '../outbox-alarm';
import type { OutboxMonitoringProps } from '../outbox-monitoring';
import { findThresholdFaults } from './monitoring-thresholds';
import { areDifferent } from './unknown-value';
import { choiceFault, shown } from './validate-choice';

/** All that is wrong with the monitoring of an outbox, in the user's words. What is not known before deployment (tokens) passes. */
export function monitoringFaults(scope: Construct, props: OutboxMonitoringProps): string[] {
  const { relay, dashboard, alarmActions, excludeAlarms = [] } = props;
  if (relay?.relayFunction === undefined) {
    return [`relay must be an OutboxRelay, got ${shown(relay)}: give one, or the relay of an OutboxTable`];
  }
  const faults = [
    ...elsewhere(`OutboxMonitoring ${scope.node.path}`, scope, relay, 'define it in a stack there'),
    ...(dashboard === undefined || !isDashboard(dashboard) ? [] : elsewhere(`dashboard ${dashboard.node.path}`, dashboard, relay, 'give one that is there, or leave it out')),
    dashboard === undefined || isDashboard(dashboard) ? undefined : `dashboard must be a Dashboard, got ${shown(dashboard)}: give one of this app, or leave it out, and one is made`,
    ...(Array.isArray(excludeAlarms)
      ? excludeAlarms.map((alarm, index) => choiceFault(`excludeAlarms[${index}]`, alarm, 'OutboxAlarm', OutboxAlarm))
      : [`excludeAlarms must be a list of OutboxAlarm, got ${shown(excludeAlarms)}: give a list`]),
    ...actionFaults(alarmActions),
    ...findThresholdFaults(props),
  ];
  return faults.filter((fault) => fault !== undefined);
}

function isDashboard(dashboard: unknown): boolean {
  return typeof (dashboard as Dashboard | null)?.addWidgets === 'function';
}

function actionFaults(alarmActions: unknown = []): string[] {
  if (!Array.isArray(alarmActions)) {
    return [`alarmActions must be a list of alarm actions, got ${shown(alarmActions)}: give a list`];
  }
  return (alarmActions as (IAlarmAction | null)[]).flatMap((action, index) =>
    typeof action?.bind === 'function' ? [] : [`alarmActions[${index}] must be an alarm action, got ${shown(action)}: give one of aws-cdk-lib/aws-cloudwatch-actions, such as SnsAction`],
  );
}

/** Alarms look at metrics, and widgets at logs, of their own account and region. */
function elsewhere(name: string, one: IConstruct, relay: IConstruct, remedy: string): string[] {
  return (['region', 'account'] as const).flatMap((place) => {
    const [here, there] = [Stack.of(one)[place], Stack.of(relay)[place]];
    return areDifferent(here, there)
      ? [`${name} must be in the ${place} of the outbox ${relay.node.path}, got ${here} and ${there}: ${remedy}`]
      : [];
  });
}
