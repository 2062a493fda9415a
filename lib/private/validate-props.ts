import { Token, type Stack } from 'aws-cdk-lib';
import { ApplicationLogLevel, Tracing } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { OutboxRelayOptions } from '../outbox-relay-options';
import { keyFaults } from './encryption';
import { DEFAULT_MAX_EVENT_BYTES } from './handler-settings';
import { networkFaults } from './network';
import type { TableKeys } from './table-keys';
import { EXTRA_ATTEMPTS, relayTimes } from './times';
import { choiceFault, flagFault, removalPolicyFault, shown } from './validate-choice';
import { findDestinationFaults } from './validate-destination';
import { durationFaults, timeFaults } from './validate-durations';
import { environmentFault } from './validate-environment';
import { isWritable } from './validate-shape';

/**
 * All that is wrong with the options of an outbox, in the user's words; empty where nothing is.
 *
 * Values that are not known before deployment (tokens) pass.
 *
 * @param stack the stack of the outbox
 * @param keys the table's keys, where they are known
 */
export function findFaults(options: OutboxRelayOptions, stack: Stack, keys?: TableKeys): string[] {
  const faults: (string | undefined)[] = [
    ...findDestinationFaults(options.destination, stack, keys),
    integer('batchSize', options.batchSize, 1, 10_000, 'records'),
    integer('parallelizationFactor', options.parallelizationFactor, 1, 10, 'batches per shard'),
    integer('memorySize', options.memorySize, 128, 10_240, 'MB'),
    integer('requeueMemorySize', options.requeueMemorySize, 128, 10_240, 'MB'),
    ...durationFaults(options),
    integer('maxEventBytes', options.maxEventBytes, 1024, 50_000_000, 'bytes'),
    integer('maxBatchEvents', options.maxBatchEvents, 1, 10_000, 'events'),
    integer('maxBatchBytes', options.maxBatchBytes, 1024, 50_000_000, 'bytes'),
    eventBeyondBatch(options),
    ...(hasGoodTimes(options) ? [attempts(options)] : []),
    isWritable(options.destination) ? environmentFault(hasGoodTimes(options) ? options : { ...options, ...DEFAULT_TIMES }) : undefined,
    flagFault('enabled', options.enabled),
    Token.isUnresolved(options.tracing) ? undefined : choiceFault('tracing', options.tracing, 'Tracing', Tracing),
    Token.isUnresolved(options.logLevel) ? undefined : choiceFault('logLevel', options.logLevel, 'ApplicationLogLevel', ApplicationLogLevel),
    architectureFault(options.architecture),
    retentionFault(options.logRetention),
    removalPolicyFault('logRemovalPolicy', options.logRemovalPolicy),
    removalPolicyFault('parkedEventsRemovalPolicy', options.parkedEventsRemovalPolicy),
    ...networkFaults(options, stack),
    ...keyFaults(options.relayEncryptionKey, stack),
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

/** Times that are as they are left out: wrong ones are told by themselves, and change little of what else is worked out. */
const DEFAULT_TIMES = { retryBudget: undefined, holdFor: undefined, requestTimeout: undefined };

function hasGoodTimes(options: OutboxRelayOptions): boolean {
  return timeFaults(options).every((fault) => fault === undefined);
}

function architectureFault(value: OutboxRelayOptions['architecture']): string | undefined {
  return value === undefined || typeof value?.name === 'string' ? undefined : `architecture must be an Architecture, got ${shown(value)}: give Architecture.ARM_64 or Architecture.X86_64`;
}

function retentionFault(value: unknown): string | undefined {
  return value === undefined || Token.isUnresolved(value) || (typeof value === 'number' && value in RetentionDays)
    ? undefined
    : `logRetention must be one of RetentionDays, got ${shown(value)}: CloudWatch Logs keeps logs for certain numbers of days only, such as RetentionDays.ONE_MONTH`;
}

/** Most retry attempts that an event source mapping takes. */
const MAX_RETRY_ATTEMPTS = 10_000;

/** Holding must not need more attempts than there are. The times of the options must be without faults. */
function attempts(options: OutboxRelayOptions): string | undefined {
  const { retryAttempts, holdFor, retryBudget } = relayTimes(options);
  if (retryAttempts <= MAX_RETRY_ATTEMPTS) {
    return undefined;
  }
  const held = holdFor.toSeconds({ integral: false });
  const needed = Math.ceil(held / (MAX_RETRY_ATTEMPTS - EXTRA_ATTEMPTS));
  return (
    `holdFor of ${held} seconds with a retryBudget of ${retryBudget.toSeconds({ integral: false })} seconds needs ${retryAttempts} retry attempts, ` +
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

function integer(name: string, value: unknown, min: number, max: number, unit: string): string | undefined {
  if (value === undefined || Token.isUnresolved(value) || (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max)) {
    return undefined;
  }
  return `${name} must be a whole number from ${min} to ${max} ${unit}, got ${shown(value)}`;
}
