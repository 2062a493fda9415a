import { Duration } from 'aws-cdk-lib';
import type { OutboxRelayOptions } from '../outbox-relay-options';
import { shown } from './validate-choice';

/** An hour less than the age at which the event source mapping gives up on a record: holding must never end there. */
const MAX_HOLD_HOURS = 11;

/** Units that a service or a handler counts in, and what each has of milliseconds. */
const UNITS = { minutes: 60_000, seconds: 1000, milliseconds: 1 };

/** What makes a duration of these units. */
const CONSTRUCTORS = { minutes: 'minutes', seconds: 'seconds', milliseconds: 'millis' };

/** What is wrong with the durations of an outbox. Those that are not known before deployment (tokens) pass where nothing depends on them. */
export function durationFaults(options: OutboxRelayOptions): (string | undefined)[] {
  return [
    inUnits('batchingWindow', options.batchingWindow, ['seconds']) ?? duration('batchingWindow', options.batchingWindow, 0, 300, 'seconds'),
    ...timeFaults(options),
    inUnits('requeueEvery', options.requeueEvery, ['minutes', 'hours']) ?? duration('requeueEvery', options.requeueEvery, 60, 3600, 'minutes'),
  ];
}

/** What is wrong with the durations from which the relay's times are worked out. */
export function timeFaults({ retryBudget, holdFor, requestTimeout }: OutboxRelayOptions): (string | undefined)[] {
  return [
    known('retryBudget', retryBudget) ?? duration('retryBudget', retryBudget, 1, 600),
    known('holdFor', holdFor) ?? duration('holdFor', holdFor, 0, MAX_HOLD_HOURS * 3600),
    known('requestTimeout', requestTimeout) ?? duration('requestTimeout', requestTimeout, 1, 180),
  ];
}

/** The relay's times depend on one another, so they are worked out at synth. */
function known(name: string, value: Duration | undefined): string | undefined {
  return isUnresolved(value) ? `${name} must be known when the app is synthesized, got a value that is known at deployment only: give a number` : undefined;
}

/** What is known at deployment only cannot be turned into another unit. */
export function inUnits(name: string, value: Duration | undefined, units: string[]): string | undefined {
  return value !== undefined && isUnresolved(value) && !units.includes(value.unitLabel())
    ? `${name} must be in ${units.join(' or ')} where its value is known at deployment only, got ${value.unitLabel()}: make it by Duration.${units[0]}`
    : undefined;
}

function isUnresolved(value: unknown): boolean {
  return isDuration(value) && value.isUnresolved();
}

/** JavaScript, and what is of any type, may give a number. */
export function isDuration(value: unknown): value is Duration {
  return typeof value === 'object' && value !== null && 'toMilliseconds' in value;
}

function duration(name: string, value: Duration | undefined, min: number, max: number, unit: keyof typeof UNITS = 'milliseconds'): string | undefined {
  if (value === undefined || isUnresolved(value)) {
    return undefined;
  }
  if (!isDuration(value)) {
    return `${name} must be a Duration, got ${shown(value)}: make it by Duration.seconds, or another of its methods`;
  }
  const seconds = value.toSeconds({ integral: false });
  if (!(seconds >= min && seconds <= max)) {
    return `${name} must be from ${inWords(min)} to ${inWords(max)}, got ${value.toString()}`;
  }
  return Number.isInteger(value.toMilliseconds({ integral: false }) / UNITS[unit]) ? undefined : `${name} must be whole ${unit}, got ${value.toString()}: make it by Duration.${CONSTRUCTORS[unit]} of a whole number`;
}

function inWords(seconds: number): string {
  return Duration.seconds(seconds).toHumanString();
}
