import type { Duration } from 'aws-cdk-lib';
import type { OutboxRelayOptions } from '../outbox-relay-options';

/** An hour less than the age at which the event source mapping gives up on a record: holding must never end there. */
const MAX_HOLD_HOURS = 11;

/** Units that a service or a handler counts in, and what each has of milliseconds. */
const UNITS = { minutes: 60_000, seconds: 1000, milliseconds: 1 };

/** What is wrong with the durations of an outbox. Those that are not known before deployment (tokens) pass where nothing depends on them. */
export function durationFaults(options: OutboxRelayOptions): (string | undefined)[] {
  return [
    duration('batchingWindow', options.batchingWindow, 0, 300, 'seconds'),
    ...timeFaults(options),
    duration('requeueEvery', options.requeueEvery, 60, 3600, 'minutes'),
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
  return value?.isUnresolved() ? `${name} must be known when the app is synthesized, got a value that is known at deployment only: give a number` : undefined;
}

function duration(name: string, value: Duration | undefined, min: number, max: number, unit: keyof typeof UNITS = 'milliseconds'): string | undefined {
  if (value === undefined || value.isUnresolved()) {
    return undefined;
  }
  const seconds = value.toSeconds({ integral: false });
  if (!(seconds >= min && seconds <= max)) {
    return `${name} must be from ${min} to ${max} seconds, got ${seconds}`;
  }
  return Number.isInteger(value.toMilliseconds({ integral: false }) / UNITS[unit]) ? undefined : `${name} must be whole ${unit}, got ${seconds} seconds: round it`;
}
