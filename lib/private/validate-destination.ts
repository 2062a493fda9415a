import { Token } from 'aws-cdk-lib';
import type { NakadiDestination } from '../nakadi-destination';
import { compactDestination, destinationSettings, routesOf } from './handler-settings';
import type { TableKeys } from './table-keys';
import { eventFaults } from './validate-event';
import { routeFaults } from './validate-routes';

/**
 * All that is wrong with a destination, in the user's words. Values that are not known before deployment (tokens) pass.
 *
 * @param keys the table's keys, where they are known
 */
export function findDestinationFaults(destination: NakadiDestination, keys?: TableKeys): string[] {
  const faults: (string | undefined)[] = [
    url('destination.endpoint', destination.endpoint),
    tokenEndpoint(destination),
    eventTypeOrRoutes(destination),
    unroutedWithoutRoutes(destination),
    ...routesOf(destination).flatMap((route, index) =>
      eventFaults(destination.routes === undefined ? 'destination' : `destination.routes[${index}]`, route, keys),
    ),
    ...routeFaults(destination, keys),
    tooLarge(destination),
  ];
  return faults.filter((fault) => fault !== undefined);
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

/** Bytes that the destination may take of the 4 KB that a function's environment has; the rest is for the other variables. */
const MAX_CONFIG_BYTES = 3000;

function tooLarge(destination: NakadiDestination): string | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(compactDestination(destinationSettings(destination).config)));
  return bytes > MAX_CONFIG_BYTES
    ? `destination takes ${bytes} bytes of the functions' environment, and ${MAX_CONFIG_BYTES} are free: use fewer routes, or name fewer attributes`
    : undefined;
}

function tokenEndpoint({ credentials }: NakadiDestination): string | undefined {
  const config = credentials?._config;
  return config?.type === 'oauth2-client-credentials' ? url('credentials.tokenEndpoint', config.tokenEndpoint) : undefined;
}

function url(name: string, value: string): string | undefined {
  if (/^[a-z]+:\/\/[^/?#]*@/i.test(value)) {
    // The value is not quoted: it holds what nobody may see.
    return `${name} must hold no user and no password, which would stand in the template: leave them out, and use destination.credentials`;
  }
  if (Token.isUnresolved(value) || /^https:\/\/[^\s/?#]+(\/[^\s?#]*)?$/.test(value)) {
    return undefined;
  }
  return `${name} must be a URL that starts with https:// and has no query, got ${JSON.stringify(value)}`;
}
