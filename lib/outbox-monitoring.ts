import type { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { IOutboxRelay } from './i-outbox-relay';
import { OutboxAlarm } from './outbox-alarm';
import { MORE_THAN_NONE, watches } from './private/monitoring-alarms';
import { dashboardRows, RUNBOOK_URL } from './private/monitoring-dashboard';
import { saveQueries } from './private/monitoring-queries';
import { thresholdsOf } from './private/monitoring-thresholds';
import { monitoringFaults } from './private/validate-monitoring';
import { failOnFaults } from './private/validate-props';
import { warnOfIteratorAge } from './private/warnings';

/**
 * Properties of an OutboxMonitoring.
 */
export interface OutboxMonitoringProps {
  /**
   * The outbox that is watched: an OutboxRelay, or the `relay` of an OutboxTable, of the same account and region.
   */
  readonly relay: IOutboxRelay;

  /**
   * What happens when one of the alarms goes off, for instance a message to an SNS topic.
   *
   * @default - nothing: the alarms are seen on the dashboard and in the console only
   */
  readonly alarmActions?: cloudwatch.IAlarmAction[];

  /**
   * Alarms that are not defined, and that the dashboard does not show.
   *
   * What an alarm stands for is told by no other: leave one out only where something else watches it, or where it can mean nothing.
   *
   * @default - none: all alarms are defined
   */
  readonly excludeAlarms?: OutboxAlarm[];

  /**
   * The dashboard that the outbox's widgets are added to, of the outbox's account and region. A dashboard for many outboxes costs less than one
   * for each.
   *
   * @default - a new dashboard
   */
  readonly dashboard?: cloudwatch.Dashboard;

  /**
   * Age of changes in the stream from which the relay counts as behind, up to 24 hours, which is how long the stream keeps them.
   *
   * In an outage of Nakadi records wait in the stream for `holdFor` and no longer: keep this well above it. A threshold that is not above it warns.
   * One that is known at deployment only must be in milliseconds.
   *
   * @default - one hour, or `holdFor` and 45 minutes where that is longer
   */
  readonly iteratorAgeThreshold?: Duration;

  /**
   * How long an item's changes may wait in the parked-events table before somebody should look.
   *
   * A threshold that is known at deployment only must be in seconds.
   *
   * @default Duration.hours(4)
   */
  readonly parkedEventAgeThreshold?: Duration;

  /**
   * How long the dead-letter queue may be without a moment in which it is empty, up to 12 hours. It is rounded up to five minutes.
   *
   * The event source mapping gives up on records after 12 hours at the latest, and the stream keeps them for 24: this must leave time to mend
   * what keeps the requeue from reading them. Letters wait for the next run of the requeue: it must be twice `requeueEvery` at least.
   *
   * @default - one hour, or three times `requeueEvery` where that is longer; three hours where `requeueEvery` is known at deployment only
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
   * How long the table may be written, in each hour, and nothing reach the relay: from 2 to 24 hours. It is rounded up to whole hours.
   *
   * Writes that change nothing and conditional writes that are refused make no record of the stream: where hours may pass with nothing else, raise
   * this, or leave the alarm out (`excludeAlarms`). The stream keeps changes for 24 hours: this must leave time to mend what keeps them from the relay.
   *
   * @default Duration.hours(2)
   */
  readonly relayNotInvokedThreshold?: Duration;

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
 * It defines nine alarms, six saved queries of CloudWatch Logs Insights and, unless one is given, a dashboard. AWS bills alarms by the metrics
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
   * All alarms that are defined, for instance to add actions to them.
   */
  public readonly alarms: cloudwatch.Alarm[];

  /**
   * The dashboard with the outbox's widgets: the given one, or a new one.
   */
  public readonly dashboard: cloudwatch.Dashboard;

  private readonly defined: ReadonlyMap<OutboxAlarm, cloudwatch.Alarm>;

  constructor(scope: Construct, id: string, props: OutboxMonitoringProps) {
    super(scope, id);
    failOnFaults(this.node.path, monitoringFaults(this, props));
    const { relay, alarmActions = [], excludeAlarms = [] } = props;
    const { metrics } = relay;
    const name = shortened(relay.node.path);
    const all = watches(metrics, thresholdsOf(props));
    const defined = new Map<OutboxAlarm, cloudwatch.Alarm>();
    for (const alarm of Object.values(OutboxAlarm).filter((each) => !excludeAlarms.includes(each))) {
      const { says, ...watch } = all[alarm];
      const alarmDescription = `${name}: ${says}. ${RUNBOOK_URL}#alarm-${alarm}`;
      defined.set(alarm, new cloudwatch.Alarm(this, idOf(alarm), { alarmDescription, ...MORE_THAN_NONE, ...watch }));
    }
    this.defined = defined;
    this.alarms = [...defined.values()];
    this.alarms.forEach((alarm) => {
      alarm.addAlarmAction(...alarmActions);
    });
    if (defined.has(OutboxAlarm.ITERATOR_AGE)) {
      warnOfIteratorAge(this, relay, props.iteratorAgeThreshold);
    }

    saveQueries(this, relay.logGroups);
    this.dashboard = props.dashboard ?? new cloudwatch.Dashboard(this, 'Dashboard');
    dashboardRows({ relay, metrics, alarms: this.alarms }).forEach((row) => {
      this.dashboard.addWidgets(...row);
    });
  }

  /**
   * The relay does not keep up with the stream.
   */
  public get iteratorAgeAlarm(): cloudwatch.Alarm {
    return this.alarm(OutboxAlarm.ITERATOR_AGE);
  }

  /**
   * The relay gets changes and publishes none of them.
   */
  public get notDeliveringAlarm(): cloudwatch.Alarm {
    return this.alarm(OutboxAlarm.NOT_DELIVERING);
  }

  /**
   * The table is written, and for hours nothing reaches the relay.
   */
  public get relayNotInvokedAlarm(): cloudwatch.Alarm {
    return this.alarm(OutboxAlarm.RELAY_NOT_INVOKED);
  }

  /**
   * The relay fails again and again: it crashes or runs out of time.
   */
  public get relayErrorsAlarm(): cloudwatch.Alarm {
    return this.alarm(OutboxAlarm.RELAY_ERRORS);
  }

  /**
   * An item's changes wait in the parked-events table for too long.
   */
  public get parkedEventAgeAlarm(): cloudwatch.Alarm {
    return this.alarm(OutboxAlarm.PARKED_EVENT_AGE);
  }

  /**
   * Dead letters stay in their queue: the requeue cannot read their records.
   */
  public get deadLettersAlarm(): cloudwatch.Alarm {
    return this.alarm(OutboxAlarm.DEAD_LETTERS);
  }

  /**
   * The requeue met a dead letter that it can do nothing about.
   */
  public get deadLettersStuckAlarm(): cloudwatch.Alarm {
    return this.alarm(OutboxAlarm.DEAD_LETTERS_STUCK);
  }

  /**
   * A batch that the event source mapping gave up on could not be reported to the dead-letter queue.
   */
  public get deadLettersLostAlarm(): cloudwatch.Alarm {
    return this.alarm(OutboxAlarm.DEAD_LETTERS_LOST);
  }

  /**
   * The requeue does not come to its end, or does not run at all.
   */
  public get requeueStoppedAlarm(): cloudwatch.Alarm {
    return this.alarm(OutboxAlarm.REQUEUE_STOPPED);
  }

  private alarm(alarm: OutboxAlarm): cloudwatch.Alarm {
    const defined = this.defined.get(alarm);
    if (defined === undefined) {
      throw new Error(`${this.node.path} has no alarm ${alarm}, because excludeAlarms names it: take it out of there, or do not ask for the alarm`);
    }
    return defined;
  }
}

/** The construct id of an alarm: `iterator-age` has the id `IteratorAgeAlarm`. */
function idOf(alarm: OutboxAlarm): string {
  const words = alarm.split('-').map((word) => word[0].toUpperCase() + word.slice(1));
  return `${words.join('')}Alarm`;
}

/** A path that leaves room in an alarm's description, which holds 1,024 characters: its start and its end. */
function shortened(path: string): string {
  return path.length <= 500 ? path : `${path.slice(0, 100)}...${path.slice(-397)}`;
}
