import { ENV, type CredentialsConfig, type DestinationConfig, type PublishingConfig } from '../../lib/private/handler-contract.ts';
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
  readonly destination: DestinationConfig;
  readonly credentials: CredentialsConfig;
  readonly settings: RelaySettings;
  readonly parkedEventsTable: string;
}

/** Reads what the construct set. */
export function readEnvironment(): HandlerEnvironment {
  const destination = JSON.parse(requireEnv(ENV.destination)) as DestinationConfig;
  const publishing = JSON.parse(requireEnv(ENV.publishing)) as PublishingConfig;
  return {
    destination,
    credentials: JSON.parse(requireEnv(ENV.credentials)) as CredentialsConfig,
    settings: { shape: { ...destination, maxEventBytes: publishing.maxEventBytes }, publishing },
    parkedEventsTable: requireEnv(ENV.parkedEventsTable),
  };
}
