import type { Stack } from 'aws-cdk-lib';
import type { NakadiDestination } from '../nakadi-destination';
import { routesOf } from './handler-settings';
import type { TableKeys } from './table-keys';
import { attributeFaults } from './validate-attributes';
import { credentialsFaults } from './validate-credentials';
import { eventFaults } from './validate-event';
import { eventTypeFaults } from './validate-event-type';
import { required } from './validate-required';
import { routeFaults } from './validate-routes';
import { choiceFaults, shapeFaults } from './validate-shape';
import { endpointFault } from './validate-url';

/**
 * All that is wrong with a destination, in the user's words. Values that are not known before deployment (tokens) pass.
 *
 * @param stack the stack of the outbox
 * @param keys the table's keys, where they are known
 */
export function findDestinationFaults(destination: NakadiDestination, stack: Stack, keys?: TableKeys): string[] {
  if (destination === undefined || destination === null) {
    return required('destination', destination, 'say where the events go, for instance { endpoint, eventType }');
  }
  const shape = shapeFaults(destination);
  const faults = [
    endpointFault('destination.endpoint', destination.endpoint),
    ...credentialsFaults(destination.credentials, stack),
    eventTypeOrRoutes(destination),
    unroutedWithoutRoutes(destination),
    ...eventTypeFaults(destination),
    ...choiceFaults(destination),
    ...(shape.length > 0 ? shape : eventsFaults(destination, keys)),
  ];
  return faults.filter((fault) => fault !== undefined);
}

function eventsFaults(destination: NakadiDestination, keys?: TableKeys): (string | undefined)[] {
  return [
    ...routesOf(destination).flatMap((route, index) =>
      eventFaults(destination.routes === undefined ? 'destination' : `destination.routes[${index}]`, route, keys),
    ),
    ...attributeFaults(destination),
    ...routeFaults(destination, keys),
  ];
}

function eventTypeOrRoutes({ eventType, routes }: NakadiDestination): string | undefined {
  if (eventType === undefined && routes === undefined) {
    return 'destination must have an eventType, or routes, got neither: name the event type that the events are for';
  }
  if (eventType !== undefined && Array.isArray(routes)) {
    return 'destination must have an eventType or routes, got both: make the event type a route, or leave it out';
  }
  return routes?.length === 0 ? 'destination.routes must have at least one route, got none: give one, or destination.eventType in its place' : undefined;
}

function unroutedWithoutRoutes({ routes, unroutedItems }: NakadiDestination): string | undefined {
  return routes === undefined && unroutedItems !== undefined
    ? `destination.unroutedItems need routes, got ${unroutedItems} without any: every item goes to the event type; give routes, or leave it out`
    : undefined;
}
