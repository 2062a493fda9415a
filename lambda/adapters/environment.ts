import { ENV, wholeRoutes, type CompactDestination, type CredentialsConfig, type PublishingConfig } from '../../lib/private/handler-contract.ts';
import type { Mapping, Route } from '../core/event-route.ts';
import type { RelaySettings } from '../core/relay-batch.ts';

/**
 * The value of an environment variable.
 *
 * @throws Error that names the variable where it is not set
 */
export function requireEnv(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new Error(`environment variable ${name} is not set: the construct sets it, so the function was changed after deployment`);
  }
  return value;
}

/** What the construct set for both handlers. */
export interface HandlerEnvironment {
  /** Base URL of Nakadi, without a trailing slash. */
  readonly endpoint: string;
  readonly credentials: CredentialsConfig;
  readonly settings: RelaySettings;
  readonly parkedEventsTable: string;
}

/**
 * Reads what the construct set.
 *
 * @param loadMapping gives the team's mapping from a file beside the handler
 */
export async function readEnvironment(loadMapping: (file: string) => Promise<Mapping>): Promise<HandlerEnvironment> {
  const destination = JSON.parse(requireEnv(ENV.destination)) as CompactDestination;
  const publishing = JSON.parse(requireEnv(ENV.publishing)) as PublishingConfig;
  const routes = wholeRoutes(destination);
  // Each has a thread of its own, whatever number of routes share it.
  const files = [...new Set(routes.map(({ mapping }) => mapping))].filter((file) => file !== undefined);
  const mappings = new Map(await Promise.all(files.map(async (file) => [file, await loadMapping(file)] as const)));
  return {
    // At synth it may have been unknown.
    endpoint: destination.endpoint.replace(/\/+$/, ''),
    credentials: JSON.parse(requireEnv(ENV.credentials)) as CredentialsConfig,
    settings: { shape: { routes: routes.map((route): Route => (route.mapping === undefined ? route : { ...route, map: mappings.get(route.mapping) })), unrouted: destination.unrouted, maxEventBytes: publishing.maxEventBytes }, publishing },
    parkedEventsTable: requireEnv(ENV.parkedEventsTable),
  };
}
