import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { IOutboxRelay } from '../i-outbox-relay';
import type { OutboxMetrics } from '../outbox-metrics';
import { LOG_QUERIES, queryText, type LogQuery } from './monitoring-queries';

/** The page that tells what the alarms mean and what to do. */
export const RUNBOOK_URL = 'https://github.com/cdk-outbox-table/cdk-outbox-table/blob/main/docs/operations.md';

export interface DashboardSubject {
  readonly relay: IOutboxRelay;
  readonly metrics: OutboxMetrics;
  readonly alarms: cloudwatch.Alarm[];
}

/**
 * The rows of the dashboard, from top to bottom: is it healthy, how far behind is it, what goes through, what waits, why.
 */
export function dashboardRows({ relay, metrics, alarms }: DashboardSubject): cloudwatch.IWidget[][] {
  const [relayLogs, requeueLogs] = relay.logGroups.map((logGroup) => logGroup.logGroupName);
  return [
    [new cloudwatch.TextWidget({ markdown: `# ${relay.node.path}\n[What the alarms mean, and what to do](${RUNBOOK_URL})`, width: 24, height: 2 })],
    [
      ...(alarms.length > 0 ? [new cloudwatch.AlarmStatusWidget({ title: 'Alarms', alarms, width: 16, height: 4 })] : []),
      new cloudwatch.SingleValueWidget({
        title: 'Now',
        metrics: [
          metrics.metricItemsWaiting({ label: 'items waiting' }),
          minutes(metrics.metricOldestWaitingAge(), 60, 'oldest waits (minutes)'),
          metrics.metricDeadLettersStuck({ label: 'dead letters stuck' }),
        ],
        width: 8,
        height: 4,
      }),
    ],
    [
      graph('How far behind', {
        left: [
          minutes(metrics.metricPublicationAge(), 60_000, 'oldest change at its publication'),
          minutes(metrics.metricIteratorAge(), 60_000, 'iterator age of the stream'),
          minutes(metrics.metricOldestWaitingAge(), 60, 'oldest parked event'),
        ],
        leftYAxis: { label: 'minutes', showUnits: false, min: 0 },
      }),
      graph('Published', {
        left: [
          metrics.metricEventsAccepted({ label: 'accepted from the relay' }),
          metrics.metricRequeueEventsAccepted({ label: 'accepted from the requeue' }),
          metrics.metricEventsRejected({ label: 'rejected from the relay' }),
          metrics.metricRequeueEventsRejected({ label: 'rejected from the requeue' }),
          metrics.metricPatchesLeftOut({ label: 'without their patch' }),
        ],
        leftYAxis: { label: 'events in 5 minutes', showUnits: false, min: 0 },
      }),
      graph('Requests to Nakadi', {
        left: [
          metrics.metricRequestLatency({ statistic: 'p50', label: 'relay, median' }),
          metrics.metricRequestLatency({ statistic: 'p99', label: 'relay, p99' }),
          metrics.metricRequeueRequestLatency({ statistic: 'p99', label: 'requeue, p99' }),
        ],
        leftYAxis: { label: 'milliseconds', showUnits: false, min: 0 },
      }),
    ],
    [
      graph('Held and parked', {
        left: [metrics.metricRecordsHeld({ label: 'held in the stream' }), metrics.metricRecordsParked({ label: 'parked' })],
        right: [metrics.metricItemsWaiting({ label: 'items waiting' })],
        leftYAxis: { label: 'records in 5 minutes', showUnits: false, min: 0 },
        rightYAxis: { label: 'items', showUnits: false, min: 0 },
      }),
      graph('Dead letters', {
        left: [
          metrics.metricDeadLettersVisible({ label: 'in the queue' }),
          metrics.metricDeadLettersNotVisible({ label: 'being read' }),
          metrics.metricDeadLettersStuck({ label: 'stuck' }),
          metrics.metricDeadLettersLost({ label: 'lost' }),
          metrics.metricDeadLetterRecords({ label: 'records brought back' }),
        ],
        leftYAxis: { showUnits: false, min: 0 },
      }),
      graph('Functions', {
        left: [
          metrics.metricRelayErrors({ label: 'relay errors' }),
          metrics.metricRelayThrottles({ label: 'relay throttles' }),
          metrics.metricRequeueErrors({ label: 'requeue errors' }),
          metrics.metricParkedEventsTableThrottles({ label: 'parking throttles' }),
          metrics.metricOpenItemsIndexThrottles({ label: 'parking throttles, index' }),
        ],
        right: [
          metrics.metricRelayDuration({ statistic: cloudwatch.Stats.MAXIMUM, label: 'relay duration' }),
          metrics.metricRequeueDuration({ statistic: cloudwatch.Stats.MAXIMUM, label: 'requeue duration' }),
        ],
        leftYAxis: { showUnits: false, min: 0 },
        rightYAxis: { label: 'milliseconds', showUnits: false, min: 0 },
      }),
    ],
    [
      graph('Event source mapping', {
        left: [
          metrics.metricRecordsPolled({ label: 'polled' }),
          metrics.metricRecordsFilteredOut({ label: 'filtered out' }),
          metrics.metricRecordsInvoked({ label: 'invoked, each time' }),
          metrics.metricRecordsFailed({ label: 'failed or handed back, each time' }),
        ],
        leftYAxis: { label: 'records in 5 minutes', showUnits: false, min: 0 },
      }),
      graph('Given up by the mapping', {
        left: [metrics.metricRecordsDeadLettered({ label: 'to the dead letters' }), metrics.metricRecordsDropped({ label: 'dropped' })],
        leftYAxis: { label: 'records in 5 minutes', showUnits: false, min: 0 },
      }),
      graph('Written and invoked', {
        left: [metrics.metricTableWrites({ label: 'write capacity of the table' })],
        right: [metrics.metricRelayInvocations({ label: 'invocations of the relay' })],
        leftYAxis: { label: 'units in 5 minutes', showUnits: false, min: 0 },
        rightYAxis: { label: 'invocations', showUnits: false, min: 0 },
      }),
    ],
    [table(LOG_QUERIES.relayReasons, relayLogs), table(LOG_QUERIES.requeueReasons, requeueLogs), table(LOG_QUERIES.awayRuns, requeueLogs)],
  ];
}

function graph(title: string, props: cloudwatch.GraphWidgetProps): cloudwatch.GraphWidget {
  return new cloudwatch.GraphWidget({ title, width: 8, height: 6, ...props });
}

function table(query: LogQuery, logGroupName: string): cloudwatch.LogQueryWidget {
  const title = query.title[0].toUpperCase() + query.title.slice(1);
  return new cloudwatch.LogQueryWidget({ title, logGroupNames: [logGroupName], queryString: queryText(query), width: 8, height: 6 });
}

/** The metric in minutes. */
function minutes(metric: cloudwatch.Metric, perMinute: number, label: string): cloudwatch.MathExpression {
  const id = `m${metric.metricName.toLowerCase()}`;
  return new cloudwatch.MathExpression({ expression: `${id} / ${perMinute}`, usingMetrics: { [id]: metric }, label });
}
