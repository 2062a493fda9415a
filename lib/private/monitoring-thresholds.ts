import { Duration } from 'aws-cdk-lib';
import type { OutboxMonitoringProps } from '../outbox-monitoring';
import { shown } from './validate-choice';
import { inUnits, isDuration } from './validate-durations';

/** What the alarms compare with. */
export interface Thresholds {
  readonly iteratorAge: Duration;
  readonly parkedEventAge: Duration;
  /** Period of the alarm "not delivering": an invocation reports at its end, so each period must hold the end of one. */
  readonly notDeliveringPeriod: Duration;
  /** Whole periods that the others last. */
  readonly deadLetterPeriods: number;
  readonly notDeliveringPeriods: number;
  readonly relayNotInvokedPeriods: number;
  readonly requeueStoppedPeriods: number;
}

/** Period of all alarms whose period does not depend on the outbox. */
export const ALARM_PERIOD = Duration.minutes(5);

/** What an invocation takes at most beyond its retry budget, and the pause before the next one: the longest request to Nakadi, and parking. */
const BEYOND_BUDGET = Duration.minutes(4);

/** Time from the end of the hold until the shard should have drained. */
const DRAIN_TIME = Duration.minutes(45);

/** A threshold that a user may give. */
type ThresholdName = Extract<keyof OutboxMonitoringProps, `${string}Threshold`>;

/** From and to, in minutes, and why. */
const LIMITS: Record<ThresholdName, readonly [min: number, max: number, why: string]> = {
  iteratorAgeThreshold: [1, 24 * 60, 'the stream keeps records for 24 hours'],
  parkedEventAgeThreshold: [1, 365 * 24 * 60, 'an event that waits for a year will wait for ever'],
  deadLetterThreshold: [5, 12 * 60, 'the stream may drop the records of a dead letter after 12 hours'],
  notDeliveringThreshold: [5, 24 * 60, 'an alarm looks back 24 hours at most'],
  relayNotInvokedThreshold: [120, 24 * 60, 'what is written in one hour may be read in the next, and the stream keeps records for 24'],
  requeueStoppedThreshold: [5, 24 * 60, 'an alarm looks back 24 hours at most'],
};

/** Units of the metrics that thresholds are compared with. All others become a number of periods, and so must be known at synthesis. */
const COMPARED_IN: Partial<Record<ThresholdName, string>> = { iteratorAgeThreshold: 'millis', parkedEventAgeThreshold: 'seconds' };

/** All that is wrong with the thresholds, in the user's words; empty where nothing is. */
export function findThresholdFaults(props: OutboxMonitoringProps): string[] {
  const outOfRange = (Object.keys(LIMITS) as ThresholdName[]).flatMap((name) => {
    const value = props[name];
    if (value === undefined) {
      return [];
    }
    if (!isDuration(value)) {
      return [`${name} must be a Duration, got ${shown(value)}: make it by Duration.minutes, or another of its methods`];
    }
    if (value.isUnresolved()) {
      const unit = COMPARED_IN[name];
      return unit === undefined ? [`${name} must be known when the app is synthesized, because it becomes a number of periods: give it as a number`] : (inUnits(name, value, [unit]) ?? []);
    }
    const [min, max, why] = LIMITS[name];
    const given = minutesOf(value);
    return given >= min && given <= max ? [] : [`${name} must be from ${min} to ${max} minutes, got ${rounded(given)}: ${why}`];
  });
  return [...outOfRange, ...shortForTheSchedule(props)];
}

/** What happens once within the threshold, a little late, would raise the alarm each time. */
function shortForTheSchedule(props: OutboxMonitoringProps): string[] {
  const { requeueEvery } = props.relay;
  return (['deadLetterThreshold', 'requeueStoppedThreshold'] as const).flatMap((name) => {
    const given = props[name];
    if (!isDuration(given) || given.isUnresolved() || requeueEvery.isUnresolved() || minutesOf(given) >= 2 * minutesOf(requeueEvery)) {
      return [];
    }
    return [
      `${name} must be twice requeueEvery of ${minutesOf(requeueEvery)} minutes at least, got ${rounded(minutesOf(given))} minutes: ` +
        'the alarm would go off between two runs; raise it, or leave it out',
    ];
  });
}

/** The thresholds: what is given, else what the outbox's own times ask for. */
export function thresholdsOf(props: OutboxMonitoringProps): Thresholds {
  const { holdFor, retryBudget, requeueEvery } = props.relay;
  // Unknown, it may be an hour.
  const threeRuns = requeueEvery.isUnresolved() ? Duration.hours(3) : times(3, requeueEvery);
  const notDeliveringPeriod = Duration.minutes(ALARM_PERIOD.toMinutes() * periodsIn(retryBudget.plus(BEYOND_BUDGET), ALARM_PERIOD));
  return {
    iteratorAge: props.iteratorAgeThreshold ?? longer(Duration.hours(1), holdFor.plus(DRAIN_TIME)),
    parkedEventAge: props.parkedEventAgeThreshold ?? Duration.hours(4),
    notDeliveringPeriod,
    deadLetterPeriods: periodsIn(props.deadLetterThreshold ?? longer(Duration.hours(1), threeRuns), ALARM_PERIOD),
    notDeliveringPeriods: periodsIn(props.notDeliveringThreshold ?? longer(Duration.minutes(15), times(2, notDeliveringPeriod)), notDeliveringPeriod),
    relayNotInvokedPeriods: periodsIn(props.relayNotInvokedThreshold ?? Duration.hours(2), Duration.hours(1)),
    requeueStoppedPeriods: periodsIn(props.requeueStoppedThreshold ?? longer(Duration.minutes(15), threeRuns), ALARM_PERIOD),
  };
}

function minutesOf(duration: Duration): number {
  return duration.toMinutes({ integral: false });
}

/** A number as people read it. */
function rounded(minutes: number): number {
  return Number(minutes.toFixed(3));
}

function longer(one: Duration, other: Duration): Duration {
  return one.toMilliseconds() >= other.toMilliseconds() ? one : other;
}

function times(factor: number, duration: Duration): Duration {
  return Duration.millis(factor * duration.toMilliseconds());
}

/** Periods that cover a duration. */
function periodsIn(duration: Duration, period: Duration): number {
  return Math.ceil(duration.toMilliseconds() / period.toMilliseconds());
}
