import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { OutboxAlarm } from '../outbox-alarm';
import type { OutboxMetrics } from '../outbox-metrics';
import { ALARM_PERIOD, type Thresholds } from './monitoring-thresholds';

/** An alarm: what it is for, in words, what it looks at, what it makes of silence, and in what it differs from `MORE_THAN_NONE`. */
export type Watch = { readonly says: string } & Required<Pick<cloudwatch.AlarmProps, 'metric' | 'treatMissingData'>> & Partial<cloudwatch.AlarmProps>;

/** One period with more than none of something raises the alarm. */
export const MORE_THAN_NONE = { comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD, threshold: 0, evaluationPeriods: 1 };

const { BREACHING, NOT_BREACHING, IGNORE } = cloudwatch.TreatMissingData;

/** All alarms of an outbox. */
export function watches(metrics: OutboxMetrics, thresholds: Thresholds): Record<OutboxAlarm, Watch> {
  return {
    [OutboxAlarm.ITERATOR_AGE]: {
      says: 'the relay does not keep up with the stream',
      metric: metrics.metricIteratorAge({ period: ALARM_PERIOD }),
      threshold: thresholds.iteratorAge.toMilliseconds(),
      // A first deployment reads a day of records; it gets time to catch up.
      evaluationPeriods: 3,
      // Nothing was changed.
      treatMissingData: NOT_BREACHING,
    },
    [OutboxAlarm.NOT_DELIVERING]: {
      says: 'the relay gets changes and publishes none of them',
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
    },
    [OutboxAlarm.RELAY_NOT_INVOKED]: {
      says: 'the table is written, and nothing reaches the relay',
      metric: new cloudwatch.MathExpression({
        // Where a filter drops all records they are polled; where records are held they are invoked again and again, and no more are polled.
        expression: 'IF(FILL(written, 0) > 0 AND FILL(polled, 0) == 0 AND FILL(invocations, 0) == 0, 1, 0)',
        usingMetrics: { written: metrics.metricTableWrites(), polled: metrics.metricRecordsPolled(), invocations: metrics.metricRelayInvocations() },
        label: 'written, but not relayed',
        period: Duration.hours(1),
      }),
      // A write at the end of one hour is polled in the next. In two such hours in a row, the first one's writes were never polled.
      evaluationPeriods: thresholds.relayNotInvokedPeriods,
      // Nothing was written.
      treatMissingData: NOT_BREACHING,
    },
    [OutboxAlarm.RELAY_ERRORS]: {
      says: 'the relay fails again and again',
      metric: metrics.metricRelayErrors({ period: ALARM_PERIOD }),
      // One failure is delivered again and costs nothing.
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      treatMissingData: NOT_BREACHING,
    },
    [OutboxAlarm.PARKED_EVENT_AGE]: {
      says: 'parked events wait for too long',
      metric: metrics.metricOldestWaitingAge({ period: ALARM_PERIOD }),
      threshold: thresholds.parkedEventAge.toSeconds(),
      // What waited still waits until a run of the requeue says otherwise.
      treatMissingData: IGNORE,
    },
    [OutboxAlarm.DEAD_LETTERS]: {
      says: 'the requeue does not empty the dead-letter queue',
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
    },
    [OutboxAlarm.DEAD_LETTERS_STUCK]: {
      says: 'dead letters need a person, their changes are not published',
      // A run hides them for six minutes, so that not every run meets them.
      metric: metrics.metricDeadLettersStuck({ period: Duration.minutes(15) }),
      // What was stuck stays so until a run of the requeue says otherwise.
      treatMissingData: IGNORE,
    },
    [OutboxAlarm.DEAD_LETTERS_LOST]: {
      says: 'changes are not published, and no dead letter names them',
      metric: metrics.metricDeadLettersLost({ period: ALARM_PERIOD }),
      // Lambda reports failures only.
      treatMissingData: NOT_BREACHING,
    },
    [OutboxAlarm.REQUEUE_STOPPED]: {
      says: 'no run of the requeue comes to its end',
      metric: metrics.metricRequeueRuns({ period: ALARM_PERIOD }),
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: 1,
      evaluationPeriods: thresholds.requeueStoppedPeriods,
      // A requeue that does not run reports nothing.
      treatMissingData: BREACHING,
    },
  };
}
