import { type Duration, Token } from 'aws-cdk-lib';
import type { OutboxRelayOptions } from '../outbox-relay-options';
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
export function findFaults(options: OutboxRelayOptions, keys?: TableKeys): string[] {
  const faults: (string | undefined)[] = [
    ...findDestinationFaults(options.destination, keys),
    integer('batchSize', options.batchSize, 1, 10_000, 'records'),
    duration('batchingWindow', options.batchingWindow, 0, 300),
    integer('parallelizationFactor', options.parallelizationFactor, 1, 10, 'batches per shard'),
    integer('memorySize', options.memorySize, 128, 10_240, 'MB'),
    duration('retryBudget', options.retryBudget, 1, 600),
    duration('holdFor', options.holdFor, 0, 12 * 3600),
    duration('requestTimeout', options.requestTimeout, 1, 180),
    duration('requeueEvery', options.requeueEvery, 60, 3600),
    integer('maxEventBytes', options.maxEventBytes, 1024, 50_000_000, 'bytes'),
    attempts(options),
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
  if (options.retryBudget?.isUnresolved() || options.holdFor?.isUnresolved() || options.retryBudget?.toMilliseconds() === 0) {
    return undefined;
  }
  const { retryAttempts, holdFor, retryBudget } = relayTimes(options);
  if (retryAttempts <= MAX_RETRY_ATTEMPTS || holdFor.toMilliseconds() > 12 * 3_600_000) {
    return undefined;
  }
  const needed = Math.ceil(holdFor.toSeconds() / (MAX_RETRY_ATTEMPTS - EXTRA_ATTEMPTS));
  return (
    `holdFor of ${holdFor.toSeconds()} seconds with a retryBudget of ${retryBudget.toSeconds()} seconds needs ${retryAttempts} retry attempts, ` +
    `and an event source mapping takes at most ${MAX_RETRY_ATTEMPTS}: raise retryBudget to ${needed} seconds or more`
  );
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
