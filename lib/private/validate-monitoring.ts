import { Stack } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { OutboxAlarm } from '../outbox-alarm';
import type { OutboxMonitoringProps } from '../outbox-monitoring';
import { findThresholdFaults } from './monitoring-thresholds';
import { areDifferent } from './unknown-value';
import { choiceFault, shown } from './validate-choice';

/** All that is wrong with the monitoring of an outbox, in the user's words. What is not known before deployment (tokens) passes. */
export function monitoringFaults(scope: Construct, props: OutboxMonitoringProps): string[] {
  const { relay, dashboard, excludeAlarms = [] } = props;
  if (relay?.relayFunction === undefined) {
    return [`relay must be an OutboxRelay, got ${shown(relay)}: give one, or the relay of an OutboxTable`];
  }
  const faults = [
    ...elsewhere(`OutboxMonitoring ${scope.node.path}`, scope, relay, 'define it in a stack there'),
    ...(dashboard === undefined ? [] : elsewhere(`dashboard ${dashboard.node.path}`, dashboard, relay, 'give one that is there, or leave it out')),
    ...excludeAlarms.map((alarm, index) => choiceFault(`excludeAlarms[${index}]`, alarm, 'OutboxAlarm', OutboxAlarm)),
    ...findThresholdFaults(props),
  ];
  return faults.filter((fault) => fault !== undefined);
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
