import { Duration } from 'aws-cdk-lib';
import type { OutboxMonitoringProps } from '../outbox-monitoring';

/** What the alarms compare with. */
export interface Thresholds {
  readonly iteratorAge: Duration;
  readonly parkedEventAge: Duration;
  /** Whole periods that the others last. */
  readonly deadLetterPeriods: number;
  readonly notDeliveringPeriods: number;
  readonly requeueStoppedPeriods: number;
}

/** Period of all alarms. */
export const ALARM_PERIOD = Duration.minutes(5);

const DEFAULTS = {
  iteratorAgeThreshold: Duration.hours(1),
  parkedEventAgeThreshold: Duration.hours(4),
  deadLetterThreshold: Duration.hours(1),
  notDeliveringThreshold: Duration.minutes(15),
  requeueStoppedThreshold: Duration.minutes(15),
};

/** A threshold that a user may give. */
type ThresholdName = keyof typeof DEFAULTS;

/** From and to, in minutes, and why. */
const LIMITS: Record<ThresholdName, readonly [min: number, max: number, why: string]> = {
  iteratorAgeThreshold: [1, 24 * 60, 'the stream keeps records for 24 hours'],
  parkedEventAgeThreshold: [1, 365 * 24 * 60, 'an event that waits for a year will wait for ever'],
  deadLetterThreshold: [5, 12 * 60, 'the stream may drop the records of a dead letter after 12 hours'],
  notDeliveringThreshold: [5, 24 * 60, 'an alarm looks back 24 hours at most'],
  requeueStoppedThreshold: [5, 24 * 60, 'an alarm looks back 24 hours at most'],
};

/** Thresholds that become a number of periods, and so must be known at synthesis. */
const COUNTED: readonly ThresholdName[] = ['deadLetterThreshold', 'notDeliveringThreshold', 'requeueStoppedThreshold'];

/** All that is wrong with the thresholds, in the user's words; empty where nothing is. */
export function findThresholdFaults(props: OutboxMonitoringProps): string[] {
  return (Object.keys(LIMITS) as ThresholdName[]).flatMap((name) => {
    const value = props[name];
    if (value === undefined) {
      return [];
    }
    if (value.isUnresolved()) {
      return COUNTED.includes(name) ? [`${name} must be known when the app is synthesized, because it becomes a number of periods: give it as a number`] : [];
    }
    const [min, max, why] = LIMITS[name];
    const minutes = value.toMinutes({ integral: false });
    return minutes >= min && minutes <= max ? [] : [`${name} must be from ${min} to ${max} minutes, got ${minutes}: ${why}`];
  });
}

/** The thresholds with all defaults filled in. */
export function thresholdsOf(props: OutboxMonitoringProps): Thresholds {
  const given = (name: ThresholdName): Duration => props[name] ?? DEFAULTS[name];
  const periods = (name: ThresholdName): number => Math.ceil(given(name).toSeconds({ integral: false }) / ALARM_PERIOD.toSeconds());
  return {
    iteratorAge: given('iteratorAgeThreshold'),
    parkedEventAge: given('parkedEventAgeThreshold'),
    deadLetterPeriods: periods('deadLetterThreshold'),
    notDeliveringPeriods: periods('notDeliveringThreshold'),
    requeueStoppedPeriods: periods('requeueStoppedThreshold'),
  };
}
