import { Token } from 'aws-cdk-lib';
import { CleanupPolicy, PatchFormat } from '../event-options';
import type { NakadiDestination } from '../nakadi-destination';
import { destinationSettings, routesOf, type WholeRoute } from './handler-settings';

/** All that is wrong with a destination, in the user's words. Values that are not known before deployment (tokens) pass. */
export function findDestinationFaults(destination: NakadiDestination): string[] {
  const faults: (string | undefined)[] = [
    url('destination.endpoint', destination.endpoint),
    tokenEndpoint(destination),
    eventTypeOrRoutes(destination),
    ...routesOf(destination).flatMap((route, index) =>
      routeFaults(destination.routes === undefined ? 'destination' : `destination.routes[${index}]`, route),
    ),
    ...overlaps(destination),
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

function routeFaults(name: string, route: WholeRoute): (string | undefined)[] {
  const compacted = route.cleanupPolicy !== undefined && route.cleanupPolicy !== CleanupPolicy.DELETE;
  return [
    text(`${name}.eventType`, route.eventType),
    text(`${name}.dataType`, route.dataType),
    text(`${name}.patchAttribute`, route.patchAttribute),
    text(`${name}.sequenceAttribute`, route.sequenceAttribute),
    text(`${name}.occurredAtAttribute`, route.occurredAtAttribute),
    text(`${name}.flowIdAttribute`, route.flowIdAttribute),
    route.tombstones === true && !compacted
      ? `${name}.tombstones need a compacted event type, got cleanupPolicy ${route.cleanupPolicy ?? CleanupPolicy.DELETE}: Nakadi deletes from no other`
      : undefined,
    route.patchFormat !== PatchFormat.NONE && route.sequenceAttribute !== undefined && route.sequenceAttribute === (route.patchAttribute ?? 'patch')
      ? `${name}.sequenceAttribute and patchAttribute must differ, got ${JSON.stringify(route.sequenceAttribute)} for both`
      : undefined,
    ...[...(route.includeAttributes ?? []), ...(route.excludeAttributes ?? [])].map(({ _config }) =>
      _config.path.length === 0 || (_config.prefix === true && _config.path[0] === '')
        ? `${name} includes or excludes an attribute path without a name: name at least one attribute`
        : undefined,
    ),
    route.includeAttributes?.length === 0 ? `${name}.includeAttributes must name at least one attribute, got none: leave it out to include all` : undefined,
  ];
}

/** Bytes that the destination may take of the 4 KB that a function's environment has; the rest is for the other variables. */
const MAX_CONFIG_BYTES = 3000;

function tooLarge(destination: NakadiDestination): string | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(destinationSettings(destination).config));
  return bytes > MAX_CONFIG_BYTES
    ? `destination takes ${bytes} bytes of the functions' environment, and ${MAX_CONFIG_BYTES} are free: use fewer routes, or name fewer attributes`
    : undefined;
}

/** Conditions that can be seen to meet the same items. */
function overlaps({ routes = [] }: NakadiDestination): string[] {
  const conditions = routes.map(({ condition }) => condition._config);
  return conditions.flatMap((later, index) =>
    conditions.slice(0, index).flatMap((earlier, first) => {
      const known = ![earlier, later].some(({ attribute, value }) => Token.isUnresolved(attribute) || Token.isUnresolved(value));
      const alike = known && earlier.type === later.type && earlier.attribute === later.attribute;
      const meet =
        alike && (later.type === 'attribute-equals' ? earlier.value === later.value : earlier.value.startsWith(later.value) || later.value.startsWith(earlier.value));
      return meet
        ? [
            `destination.routes[${first}] and destination.routes[${index}] meet the same items: their conditions on ${JSON.stringify(later.attribute)} are ` +
              `${JSON.stringify(earlier.value)} and ${JSON.stringify(later.value)}; make them exclude each other`,
          ]
        : [];
    }),
  );
}

function tokenEndpoint({ credentials }: NakadiDestination): string | undefined {
  const config = credentials?._config;
  return config?.type === 'oauth2-client-credentials' ? url('credentials.tokenEndpoint', config.tokenEndpoint) : undefined;
}

function url(name: string, value: string): string | undefined {
  if (Token.isUnresolved(value) || /^https:\/\/[^\s/?#]+(\/[^\s?#]*)?$/.test(value)) {
    return undefined;
  }
  return `${name} must be a URL that starts with https:// and has no query, got ${JSON.stringify(value)}`;
}

function text(name: string, value?: string): string | undefined {
  if (value === undefined || Token.isUnresolved(value) || (value.trim() === value && value !== '')) {
    return undefined;
  }
  return `${name} must be a name without spaces around it, got ${JSON.stringify(value)}`;
}
