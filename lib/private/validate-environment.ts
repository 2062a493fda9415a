import type { OutboxRelayOptions } from '../outbox-relay-options';
import { ENV } from './handler-contract';
import { compactDestination, credentialsConfig, destinationSettings, publishingConfig } from './handler-settings';
import { relayTimes } from './times';

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
  const variables = {
    [ENV.destination]: JSON.stringify(compactDestination(destinationSettings(options.destination).config)),
    [ENV.credentials]: JSON.stringify(credentialsConfig(options.destination)),
    [ENV.publishing]: JSON.stringify(publishingConfig(options, relayTimes(options))),
  };
  const bytes = Buffer.byteLength(JSON.stringify(variables));
  const free = MAX_ENVIRONMENT_BYTES - KEPT_BYTES;
  return bytes > free
    ? `destination, with its credentials, takes ${bytes} bytes of the functions' environment, and ${free} are free: use fewer routes or scopes, or name fewer attributes`
    : undefined;
}
