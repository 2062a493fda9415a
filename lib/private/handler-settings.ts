import type { AttributePath } from '../attribute-path';
import type { EventMapping } from '../event-mapping';
import { CleanupPolicy, NumberEncoding, PatchFormat, type EventOptions } from '../event-options';
import { UnroutedItems, type EventRoute } from '../event-route';
import type { NakadiDestination } from '../nakadi-destination';
import type { OutboxRelayOptions } from '../outbox-relay-options';
import type { AttributePathConfig, CredentialsConfig, DestinationConfig, PublishingConfig, RouteConfig } from './handler-contract';
import type { RelayTimes } from './times';

/** A destination as the handlers read it, and the modules that go with it. */
export interface DestinationSettings {
  readonly config: DestinationConfig;
  /** The mappings, and the name that each has beside the handler. */
  readonly mappings: ReadonlyMap<EventMapping, string>;
}

/** The destination as the handlers read it, with defaults filled in where they are not the absence of something. */
export function destinationSettings(destination: NakadiDestination): DestinationSettings {
  const mappings = new Map<EventMapping, string>();
  const routes = routesOf(destination).map((route) => routeConfig(route, mappings));
  return {
    config: {
      endpoint: destination.endpoint.replace(/\/+$/, ''),
      routes,
      unrouted: destination.unroutedItems ?? UnroutedItems.DROP,
    },
    mappings,
  };
}

/** A route with what the destination says for all; the only route of a destination without routes has no condition. */
export type WholeRoute = EventOptions & { readonly eventType: string; readonly condition?: EventRoute['condition'] };

/** The routes of a destination: its own, or the one that its event type is. */
export function routesOf(destination: NakadiDestination): WholeRoute[] {
  const { endpoint, credentials, unroutedItems, routes, eventType, ...shared } = destination;
  if (routes !== undefined) {
    return routes.map((route) => ({ ...shared, ...defined(route), excludeAttributes: together(shared.excludeAttributes, route.excludeAttributes) }));
  }
  return eventType === undefined ? [] : [{ ...shared, eventType }];
}

/** What no event may show, no route's event may show. */
function together(destination?: AttributePath[], route?: AttributePath[]): AttributePath[] | undefined {
  return destination === undefined && route === undefined ? undefined : [...(destination ?? []), ...(route ?? [])];
}

/** What other languages leave out of a struct may be there as undefined: it must not hide what the destination says. */
function defined(route: EventRoute): EventRoute {
  return Object.fromEntries(Object.entries(route).filter(([, value]) => value !== undefined)) as unknown as EventRoute;
}

function routeConfig(route: WholeRoute, mappings: Map<EventMapping, string>): RouteConfig {
  return {
    eventType: route.eventType,
    condition: route.condition?._config,
    dataType: route.dataType ?? route.eventType,
    cleanupPolicy: route.cleanupPolicy ?? CleanupPolicy.DELETE,
    tombstones: route.tombstones === true ? true : undefined,
    patchFormat: route.patchFormat ?? PatchFormat.ARRAY,
    patchAttribute: route.patchAttribute ?? 'patch',
    numberEncoding: route.numberEncoding === NumberEncoding.STRING ? NumberEncoding.STRING : undefined,
    include: paths(route.includeAttributes),
    exclude: paths(route.excludeAttributes),
    occurredAtAttribute: route.occurredAtAttribute,
    flowIdAttribute: route.flowIdAttribute,
    sequenceAttribute: route.sequenceAttribute,
    timeToLiveDeletions: route.timeToLiveDeletions === false ? false : undefined,
    mapping: route.mapping && mappingFile(route.mapping, mappings),
  };
}

function paths(given: AttributePath[] | undefined): AttributePathConfig[] | undefined {
  return given?.map((attribute) => attribute._config);
}

function mappingFile(mapping: EventMapping, mappings: Map<EventMapping, string>): string {
  const name = mappings.get(mapping) ?? `mapping-${mappings.size + 1}`;
  mappings.set(mapping, name);
  return name + mapping._suffix;
}

/** The credentials as the handlers read them. */
export function credentialsConfig(destination: NakadiDestination): CredentialsConfig {
  return destination.credentials?._config ?? { type: 'none' };
}

/** Largest event that a Nakadi takes which is configured as it comes. */
export const DEFAULT_MAX_EVENT_BYTES = 999_000;

/** Limits and times as the handlers read them. */
export function publishingConfig(options: OutboxRelayOptions, times: RelayTimes): PublishingConfig {
  const maxEventBytes = options.maxEventBytes ?? DEFAULT_MAX_EVENT_BYTES;
  return {
    maxEventBytes,
    maxBatchEvents: options.maxBatchEvents ?? 1_000,
    maxBatchBytes: options.maxBatchBytes ?? Math.max(10_000_000, maxEventBytes),
    requestTimeoutMs: times.requestTimeout.toMilliseconds(),
    retryBudgetMs: times.retryBudget.toMilliseconds(),
    holdForMs: times.holdFor.toMilliseconds(),
  };
}
