import { type Duration, Token } from 'aws-cdk-lib';
import type { OutboxRelayOptions } from '../outbox-relay-options';
import { DEFAULT_MAX_EVENT_BYTES } from './handler-settings';
import { networkFaults } from './network';
import type { TableKeys } from './table-keys';
import { EXTRA_ATTEMPTS, relayTimes } from './times';
import { findDestinationFaults } from './validate-destination';

/**
 * All that is wrong with the options of an outbox, in the user's words; empty where nothing is.
 *
 * Values that are not known before deployment (tokens) pass.
 *
 * @param keys the table's keys, where they are known
 */
/** An hour less than the age at which the event source mapping gives up on a record: holding must never end there. */
const MAX_HOLD_HOURS = 11;

export function findFaults(options: OutboxRelayOptions, keys?: TableKeys): string[] {
  const faults: (string | undefined)[] = [
    ...findDestinationFaults(options.destination, keys),
    integer('batchSize', options.batchSize, 1, 10_000, 'records'),
    duration('batchingWindow', options.batchingWindow, 0, 300),
    integer('parallelizationFactor', options.parallelizationFactor, 1, 10, 'batches per shard'),
    integer('memorySize', options.memorySize, 128, 10_240, 'MB'),
    integer('requeueMemorySize', options.requeueMemorySize, 128, 10_240, 'MB'),
    known('retryBudget', options.retryBudget) ?? duration('retryBudget', options.retryBudget, 1, 600),
    known('holdFor', options.holdFor) ?? duration('holdFor', options.holdFor, 0, MAX_HOLD_HOURS * 3600),
    known('requestTimeout', options.requestTimeout) ?? duration('requestTimeout', options.requestTimeout, 1, 180),
    duration('requeueEvery', options.requeueEvery, 60, 3600),
    integer('maxEventBytes', options.maxEventBytes, 1024, 50_000_000, 'bytes'),
    integer('maxBatchEvents', options.maxBatchEvents, 1, 10_000, 'events'),
    integer('maxBatchBytes', options.maxBatchBytes, 1024, 50_000_000, 'bytes'),
    eventBeyondBatch(options),
    attempts(options),
    ...networkFaults(options),
  ];
  return faults.filter((fault) => fault !== undefined);
}

/**
 * Throws one error that names every fault.
 *
 * @param owner path of the construct that the options are for
 */
export function failOnFaults(owner: string, faults: string[]): void {
  if (faults.length > 0) {
    throw new Error(`${owner} cannot be defined:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}

/** Most retry attempts that an event source mapping takes. */
const MAX_RETRY_ATTEMPTS = 10_000;

function attempts(options: OutboxRelayOptions): string | undefined {
  const durations = [options.retryBudget, options.holdFor, options.requestTimeout];
  if (durations.some((given) => given?.isUnresolved()) || options.retryBudget?.toMilliseconds() === 0) {
    return undefined; // a fault of its own
  }
  const { retryAttempts, holdFor, retryBudget } = relayTimes(options);
  if (retryAttempts <= MAX_RETRY_ATTEMPTS || holdFor.toMilliseconds() > MAX_HOLD_HOURS * 3_600_000) {
    return undefined;
  }
  const needed = Math.ceil(holdFor.toSeconds() / (MAX_RETRY_ATTEMPTS - EXTRA_ATTEMPTS));
  return (
    `holdFor of ${holdFor.toSeconds()} seconds with a retryBudget of ${retryBudget.toSeconds()} seconds needs ${retryAttempts} retry attempts, ` +
    `and an event source mapping takes at most ${MAX_RETRY_ATTEMPTS}: raise retryBudget to ${needed} seconds or more`
  );
}

/** Each event must fit into a request. */
function eventBeyondBatch({ maxBatchBytes, maxEventBytes = DEFAULT_MAX_EVENT_BYTES }: OutboxRelayOptions): string | undefined {
  if (maxBatchBytes === undefined || Token.isUnresolved(maxBatchBytes) || Token.isUnresolved(maxEventBytes) || maxBatchBytes >= maxEventBytes) {
    return undefined;
  }
  return `maxBatchBytes must be maxEventBytes at least, got ${maxBatchBytes} and ${maxEventBytes} bytes: raise maxBatchBytes, or lower maxEventBytes`;
}

/** The relay's times depend on one another, so they are worked out at synth. */
function known(name: string, value: Duration | undefined): string | undefined {
  return value?.isUnresolved() ? `${name} must be known when the app is synthesized, got a value that is known at deployment only: give a number` : undefined;
}

function integer(name: string, value: number | undefined, min: number, max: number, unit: string): string | undefined {
  if (value === undefined || Token.isUnresolved(value) || (Number.isInteger(value) && value >= min && value <= max)) {
    return undefined;
  }
  return `${name} must be a whole number from ${min} to ${max} ${unit}, got ${value}`;
}

function duration(name: string, value: Duration | undefined, min: number, max: number): string | undefined {
  if (value === undefined || value.isUnresolved()) {
    return undefined;
  }
  const seconds = value.toSeconds({ integral: false });
  if (seconds >= min && seconds <= max) {
    return undefined;
  }
  return `${name} must be from ${min} to ${max} seconds, got ${seconds}`;
}
