import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { IOutboxRelay } from './i-outbox-relay';
import { dashboardRows, RUNBOOK_URL } from './private/monitoring-dashboard';
import { saveQueries } from './private/monitoring-queries';
import { ALARM_PERIOD, findThresholdFaults, thresholdsOf } from './private/monitoring-thresholds';
import { failOnFaults } from './private/validate-props';

/**
 * Properties of an OutboxMonitoring.
 */
export interface OutboxMonitoringProps {
  /**
   * The outbox that is watched: an OutboxRelay, or the `relay` of an OutboxTable.
   */
  readonly relay: IOutboxRelay;

  /**
   * What happens when one of the alarms goes off, for instance a message to an SNS topic.
   *
   * @default - nothing: the alarms are seen on the dashboard and in the console only
   */
  readonly alarmActions?: cloudwatch.IAlarmAction[];

  /**
   * The dashboard that the outbox's widgets are added to. A dashboard for many outboxes costs less than one for each.
   *
   * @default - a new dashboard
   */
  readonly dashboard?: cloudwatch.Dashboard;

  /**
   * Age of changes in the stream from which the relay counts as behind, up to 24 hours, which is how long the stream keeps them.
   *
   * In an outage of Nakadi records wait in the stream for `holdFor` and no longer: keep this well above it.
   *
   * @default - one hour, or `holdFor` and 45 minutes where that is longer
   */
  readonly iteratorAgeThreshold?: Duration;

  /**
   * How long an item's changes may wait in the parked-events table before somebody should look.
   *
   * @default Duration.hours(4)
   */
  readonly parkedEventAgeThreshold?: Duration;

  /**
   * How long the dead-letter queue may be without a moment in which it is empty, up to 12 hours. It is rounded up to five minutes.
   *
   * The event source mapping gives up on records after 12 hours at the latest, and the stream keeps them for 24: this must leave time to mend
   * what keeps the requeue from reading them.
   *
   * @default Duration.hours(1)
   */
  readonly deadLetterThreshold?: Duration;

  /**
   * How long the relay may get changes and publish none of them.
   *
   * It is rounded up to the alarm's period: five minutes, or the next multiple that covers `retryBudget` and four minutes, because an
   * invocation reports at its end.
   *
   * @default - 15 minutes, or two of these periods where that is longer
   */
  readonly notDeliveringThreshold?: Duration;

  /**
   * How long the requeue may be without a run that comes to its end. It is rounded up to five minutes.
   *
   * It must be twice `requeueEvery` at least. The alarm goes off while the outbox is not `enabled`, too.
   *
   * @default - 15 minutes, or three times `requeueEvery` where that is longer; three hours where `requeueEvery` is known at deployment only
   */
  readonly requeueStoppedThreshold?: Duration;
}

/**
 * Alarms, a dashboard and saved log queries for an outbox.
 *
 * Every alarm stands for something that a person should look at before the stream drops records, which it does after 24 hours. What the outbox
 * mends by itself, a short outage of Nakadi for instance, raises none. Each alarm's description leads to its section of the operations guide.
 *
 * It defines nine alarms, five saved queries of CloudWatch Logs Insights and, unless one is given, a dashboard. AWS bills alarms by the metrics
 * that they look at, 14 in all, and each dashboard.
 *
 * @example
 * declare const orders: OutboxTable;
 * declare const onCall: sns.Topic;
 *
 * new OutboxMonitoring(this, 'OrdersMonitoring', {
 *   relay: orders.relay,
 *   alarmActions: [new cloudwatch_actions.SnsAction(onCall)],
 * });
 */
export class OutboxMonitoring extends Construct {
  /**
   * The relay does not keep up with the stream.
   */
  public readonly iteratorAgeAlarm: cloudwatch.Alarm;

  /**
   * The relay gets changes and publishes none of them.
   */
  public readonly notDeliveringAlarm: cloudwatch.Alarm;

  /**
   * The table is written, and for hours nothing reaches the relay.
   */
  public readonly relayNotInvokedAlarm: cloudwatch.Alarm;

  /**
   * The relay fails again and again: it crashes or runs out of time.
   */
  public readonly relayErrorsAlarm: cloudwatch.Alarm;

  /**
   * An item's changes wait in the parked-events table for too long.
   */
  public readonly parkedEventAgeAlarm: cloudwatch.Alarm;

  /**
   * Dead letters stay in their queue: the requeue cannot read their records.
   */
  public readonly deadLettersAlarm: cloudwatch.Alarm;

  /**
   * The requeue met a dead letter that it can do nothing about.
   */
  public readonly deadLettersStuckAlarm: cloudwatch.Alarm;

  /**
   * A batch that the event source mapping gave up on could not be reported to the dead-letter queue.
   */
  public readonly deadLettersLostAlarm: cloudwatch.Alarm;

  /**
   * The requeue does not come to its end, or does not run at all.
   */
  public readonly requeueStoppedAlarm: cloudwatch.Alarm;

  /**
   * All alarms, for instance to add actions to them.
   */
  public readonly alarms: cloudwatch.Alarm[] = [];

  /**
   * The dashboard with the outbox's widgets: the given one, or a new one.
   */
  public readonly dashboard: cloudwatch.Dashboard;

  constructor(scope: Construct, id: string, props: OutboxMonitoringProps) {
    super(scope, id);
    failOnFaults(this.node.path, findThresholdFaults(props));
    const thresholds = thresholdsOf(props);
    const { metrics } = props.relay;
    const { BREACHING, NOT_BREACHING, IGNORE } = cloudwatch.TreatMissingData;
    const name = shortened(props.relay.node.path);
    const define = (alarmId: string, says: string, section: string, watch: Watch): cloudwatch.Alarm => {
      const alarmDescription = `${name}: ${says}. ${RUNBOOK_URL}#${section}`;
      const defined = new cloudwatch.Alarm(this, alarmId, { alarmDescription, ...MORE_THAN_NONE, ...watch });
      defined.addAlarmAction(...(props.alarmActions ?? []));
      this.alarms.push(defined);
      return defined;
    };

    this.iteratorAgeAlarm = define('IteratorAgeAlarm', 'the relay does not keep up with the stream', 'alarm-iterator-age', {
      metric: metrics.metricIteratorAge({ period: ALARM_PERIOD }),
      threshold: thresholds.iteratorAge.toMilliseconds(),
      // A first deployment reads a day of records; it gets time to catch up.
      evaluationPeriods: 3,
      // Nothing was changed.
      treatMissingData: NOT_BREACHING,
    });
    this.notDeliveringAlarm = define('NotDeliveringAlarm', 'the relay gets changes and publishes none of them', 'alarm-not-delivering', {
      metric: new cloudwatch.MathExpression({
        // The relay writes all three for each batch, zeros too.
        expression: 'IF(held + parked > 0 AND accepted == 0, 1, 0)',
        usingMetrics: { accepted: metrics.metricEventsAccepted(), held: metrics.metricRecordsHeld(), parked: metrics.metricRecordsParked() },
        label: 'batches, but no event',
        period: thresholds.notDeliveringPeriod,
      }),
      evaluationPeriods: thresholds.notDeliveringPeriods,
      // Nothing was changed, and nothing is held: what is held comes again.
      treatMissingData: NOT_BREACHING,
    });
    this.relayNotInvokedAlarm = define('RelayNotInvokedAlarm', 'the table is written, and nothing reaches the relay', 'alarm-relay-not-invoked', {
      metric: new cloudwatch.MathExpression({
        // Where a filter drops all records they are polled; where records are held they are invoked again and again, and no more are polled.
        expression: 'IF(FILL(written, 0) > 0 AND FILL(polled, 0) == 0 AND FILL(invocations, 0) == 0, 1, 0)',
        usingMetrics: { written: metrics.metricTableWrites(), polled: metrics.metricRecordsPolled(), invocations: metrics.metricRelayInvocations() },
        label: 'written, but not relayed',
        period: Duration.hours(1),
      }),
      // A write at the end of one hour is polled in the next. In two such hours in a row, the first one's writes were never polled.
      evaluationPeriods: 2,
      // Nothing was written.
      treatMissingData: NOT_BREACHING,
    });
    this.relayErrorsAlarm = define('RelayErrorsAlarm', 'the relay fails again and again', 'alarm-relay-errors', {
      metric: metrics.metricRelayErrors({ period: ALARM_PERIOD }),
      // One failure is delivered again and costs nothing.
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      treatMissingData: NOT_BREACHING,
    });
    this.parkedEventAgeAlarm = define('ParkedEventAgeAlarm', 'parked events wait for too long', 'alarm-parked-event-age', {
      metric: metrics.metricOldestWaitingAge({ period: ALARM_PERIOD }),
      threshold: thresholds.parkedEventAge.toSeconds(),
      // What waited still waits until a run of the requeue says otherwise.
      treatMissingData: IGNORE,
    });
    this.deadLettersAlarm = define('DeadLettersAlarm', 'the requeue does not empty the dead-letter queue', 'alarm-dead-letters', {
      // Their number, not their age: SQS leaves messages out of the age that were received three times.
      metric: new cloudwatch.MathExpression({
        expression: 'visible + received',
        usingMetrics: { visible: metrics.metricDeadLettersVisible(), received: metrics.metricDeadLettersNotVisible() },
        label: 'dead letters',
        period: ALARM_PERIOD,
      }),
      evaluationPeriods: thresholds.deadLetterPeriods,
      // SQS stops to report on a queue that was empty and untouched for hours.
      treatMissingData: NOT_BREACHING,
    });
    this.deadLettersStuckAlarm = define('DeadLettersStuckAlarm', 'dead letters need a person, their changes are not published', 'alarm-dead-letters-stuck', {
      // A run hides them for six minutes, so that not every run meets them.
      metric: metrics.metricDeadLettersStuck({ period: Duration.minutes(15) }),
      // What was stuck stays so until a run of the requeue says otherwise.
      treatMissingData: IGNORE,
    });
    this.deadLettersLostAlarm = define('DeadLettersLostAlarm', 'changes are not published, and no dead letter names them', 'alarm-dead-letters-lost', {
      metric: metrics.metricDeadLettersLost({ period: ALARM_PERIOD }),
      // Lambda reports failures only.
      treatMissingData: NOT_BREACHING,
    });
    this.requeueStoppedAlarm = define('RequeueStoppedAlarm', 'no run of the requeue comes to its end', 'alarm-requeue-stopped', {
      metric: metrics.metricRequeueRuns({ period: ALARM_PERIOD }),
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: 1,
      evaluationPeriods: thresholds.requeueStoppedPeriods,
      // A requeue that does not run reports nothing.
      treatMissingData: BREACHING,
    });

    saveQueries(this, props.relay.logGroups);
    this.dashboard = props.dashboard ?? new cloudwatch.Dashboard(this, 'Dashboard');
    dashboardRows({ relay: props.relay, metrics, alarms: this.alarms }).forEach((row) => {
      this.dashboard.addWidgets(...row);
    });
  }
}

/** What an alarm looks at, what it makes of silence, and in what it differs from `MORE_THAN_NONE`. */
type Watch = Required<Pick<cloudwatch.AlarmProps, 'metric' | 'treatMissingData'>> & Partial<cloudwatch.AlarmProps>;

/** One period with more than none of something raises the alarm. */
const MORE_THAN_NONE = { comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD, threshold: 0, evaluationPeriods: 1 };

/** A path that leaves room in an alarm's description, which holds 1,024 characters: its start and its end. */
function shortened(path: string): string {
  return path.length <= 500 ? path : `${path.slice(0, 100)}...${path.slice(-397)}`;
}
