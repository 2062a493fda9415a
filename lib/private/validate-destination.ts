import type { Stack } from 'aws-cdk-lib';
import type { NakadiDestination } from '../nakadi-destination';
import { routesOf } from './handler-settings';
import type { TableKeys } from './table-keys';
import { attributeFaults } from './validate-attributes';
import { credentialsFaults } from './validate-credentials';
import { eventFaults } from './validate-event';
import { missingIn } from './validate-required';
import { routeFaults } from './validate-routes';
import { urlFault } from './validate-url';

/**
 * All that is wrong with a destination, in the user's words. Values that are not known before deployment (tokens) pass.
 *
 * @param stack the stack of the outbox
 * @param keys the table's keys, where they are known
 */
export function findDestinationFaults(destination: NakadiDestination, stack: Stack, keys?: TableKeys): string[] {
  const missing = missingIn(destination);
  if (destination === undefined || destination === null) {
    return missing;
  }
  const faults = missing.length > 0 ? [...missing, eventTypeOrRoutes(destination)] : faultsOf(destination, stack, keys);
  return faults.filter((fault) => fault !== undefined);
}

function faultsOf(destination: NakadiDestination, stack: Stack, keys?: TableKeys): (string | undefined)[] {
  return [
    urlFault('destination.endpoint', destination.endpoint),
    ...credentialsFaults(destination.credentials, stack),
    eventTypeOrRoutes(destination),
    unroutedWithoutRoutes(destination),
    ...routesOf(destination).flatMap((route, index) =>
      eventFaults(destination.routes === undefined ? 'destination' : `destination.routes[${index}]`, route, keys),
    ),
    ...attributeFaults(destination),
    ...routeFaults(destination, keys),
  ];
}

function eventTypeOrRoutes({ eventType, routes }: NakadiDestination): string | undefined {
  if (eventType === undefined && routes === undefined) {
    return 'destination must have an eventType, or routes, got neither';
  }
  if (eventType !== undefined && routes !== undefined) {
    return 'destination must have an eventType or routes, got both: make the event type a route, or leave it out';
  }
  return routes?.length === 0 ? 'destination.routes must have at least one route, got none' : undefined;
}

function unroutedWithoutRoutes({ routes, unroutedItems }: NakadiDestination): string | undefined {
  return routes === undefined && unroutedItems !== undefined
    ? `destination.unroutedItems need routes, got ${unroutedItems} without any: every item goes to the event type; give routes, or leave it out`
    : undefined;
}
