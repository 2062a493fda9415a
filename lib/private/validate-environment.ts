import type { NakadiDestination } from '../nakadi-destination';
import type { OutboxRelayOptions } from '../outbox-relay-options';
import { compactDestination } from './compact-destination';
import { ENV } from './handler-contract';
import { credentialsConfig, destinationSettings, publishingConfig } from './handler-settings';
import { relayTimes } from './times';
import { isPendingLookup } from './unknown-value';

/**
 * Bytes that all environment variables of a function may take together: Lambda measures them as one JSON object, in which each quote of a
 * value takes two bytes.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MAX_ENVIRONMENT_BYTES = 4096;

/**
 * Bytes that are kept for what is known at deployment only: the names of two tables (255 each), the queue's URL (140) and the names of their
 * variables (91); and 255 for what the values that are measured have of it, of which the ARN of a secret is the longest.
 */
const KEPT_BYTES = 996;

/** What is wrong with how much there is to tell the functions. The times of the options must be without faults. */
export function environmentFault(options: OutboxRelayOptions): string | undefined {
  const { destination } = options;
  const bytes = bytesOf(options, destination);
  // What stands for a value that is still to be looked up may be longer than the value.
  return bytes > FREE_BYTES && !isPendingLookup(textOf(options, destination))
    ? `destination, with its credentials, takes ${bytes} bytes of the functions' environment, and ${FREE_BYTES} are free${howManyFit(options, destination)}: ` +
        'use fewer routes or scopes, name fewer attributes, or say once in the destination what all routes say'
    : undefined;
}

const FREE_BYTES = MAX_ENVIRONMENT_BYTES - KEPT_BYTES;

function bytesOf(options: OutboxRelayOptions, destination: NakadiDestination): number {
  return Buffer.byteLength(textOf(options, destination));
}

function textOf(options: OutboxRelayOptions, destination: NakadiDestination): string {
  const variables = {
    [ENV.destination]: JSON.stringify(compactDestination(destinationSettings(destination).config)),
    [ENV.credentials]: JSON.stringify(credentialsConfig(destination)),
    [ENV.publishing]: JSON.stringify(publishingConfig(options, relayTimes(options))),
  };
  return JSON.stringify(variables);
}

function howManyFit(options: OutboxRelayOptions, { routes = [], ...destination }: NakadiDestination): string {
  const fitting = routes.filter((_, index) => bytesOf(options, { ...destination, routes: routes.slice(0, index + 1) }) <= FREE_BYTES);
  return routes.length > 1 ? `; ${fitting.length} of the ${routes.length} routes fit` : '';
}
