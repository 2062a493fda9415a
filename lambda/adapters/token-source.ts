import type { CredentialsConfig } from '../../lib/private/handler-contract.ts';

/** Where requests to Nakadi get their token. */
export interface TokenSource {
  /** The token to send, undefined where none is needed; cached while it is good. Throws where none can be had. */
  get(): Promise<string | undefined>;
  /** Forgets the cached token, because Nakadi refused it. */
  forget(): void;
}

/** A token cannot be had. The text names the place, never the secret. */
export class AccessTokenError extends Error {
  override readonly name = 'AccessTokenError';
}

/** The source of tokens for these credentials. What gets tokens is loaded where one is needed. */
export async function tokenSource(credentials: CredentialsConfig, now: () => number): Promise<TokenSource> {
  if (credentials.type === 'none') {
    return { get: () => Promise.resolve(undefined), forget: () => undefined };
  }
  const { accessTokens } = await import('./access-token.ts');
  return accessTokens(credentials, now);
}

/** Name and code of what was thrown: the text beside them may hold what nobody may see. */
export function errorName(error: unknown): string {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  return [typeof name === 'string' ? name : 'unknown error', ...(typeof code === 'string' ? [code] : [])].join(': ');
}
