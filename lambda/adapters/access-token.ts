import type { GetSecretValueCommandOutput } from '@aws-sdk/client-secrets-manager';
import { OAUTH2_SECRET_FIELDS, type CredentialsConfig } from '../../lib/private/handler-contract.ts';
import { AWS_CLIENT } from './aws-client.ts';

/** Where requests to Nakadi get their token. */
export interface TokenSource {
  /** The token to send, undefined where none is needed; cached while it is good. Throws where none can be had. */
  get(): Promise<string | undefined>;
  /** Forgets the cached token, because Nakadi refused it. */
  forget(): void;
}

/** Reads the value of a secret. */
export type SecretReader = (secretArn: string) => Promise<string>;

/** How long a token from a secret is used before it is read again, in milliseconds. */
const SECRET_KEPT_MS = 300_000;
/** An access token is used until this long before it ends, in milliseconds. */
const EXPIRY_MARGIN_MS = 30_000;
const TOKEN_REQUEST_TIMEOUT_MS = 10_000;

/** A token cannot be had. The text names the place, never the secret. */
export class AccessTokenError extends Error {
  override readonly name = 'AccessTokenError';
}

/** The source of tokens for these credentials. */
export function tokenSource(credentials: CredentialsConfig, readSecret: SecretReader, now: () => number): TokenSource {
  switch (credentials.type) {
    case 'none':
      return { get: () => Promise.resolve(undefined), forget: () => undefined };
    case 'bearer-token':
      return cached(now, async () => {
        const secret = await readSecret(credentials.secretArn);
        const value = credentials.field === undefined ? secret.trim() : secretField(secret, credentials.field);
        return { value, goodForMs: SECRET_KEPT_MS };
      });
    case 'oauth2-client-credentials':
      return cached(now, async () => {
        const secret = await readSecret(credentials.secretArn);
        const clientId = secretField(secret, OAUTH2_SECRET_FIELDS.clientId);
        const clientSecret = secretField(secret, OAUTH2_SECRET_FIELDS.clientSecret);
        return requestToken(credentials.tokenEndpoint, credentials.scopes, clientId, clientSecret);
      });
  }
}

/** Reads secrets from Secrets Manager; the client is loaded when it is first needed. */
export const readFromSecretsManager: SecretReader = async (secretArn) => {
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const answer: GetSecretValueCommandOutput = await new SecretsManagerClient(AWS_CLIENT).send(new GetSecretValueCommand({ SecretId: secretArn }));
  if (answer.SecretString === undefined) {
    throw new AccessTokenError('the credentials secret holds no text');
  }
  return answer.SecretString;
};

interface Token {
  readonly value: string;
  readonly goodForMs: number;
}

function cached(now: () => number, fetchToken: () => Promise<Token>): TokenSource {
  let token: { readonly value: string; readonly goodUntil: number } | undefined;
  return {
    async get() {
      if (token === undefined || token.goodUntil <= now()) {
        const { value, goodForMs } = await fetchToken();
        token = { value, goodUntil: now() + goodForMs };
      }
      return token.value;
    },
    forget() {
      token = undefined;
    },
  };
}

function secretField(secret: string, field: string): string {
  let value: unknown;
  try {
    value = (JSON.parse(secret) as Record<string, unknown> | null)?.[field];
  } catch {
    // Not JSON: the error below says what is expected. The parser's own text would quote the secret.
  }
  if (typeof value !== 'string' || value === '') {
    throw new AccessTokenError(`the credentials secret must be a JSON object with a text in its field ${JSON.stringify(field)}`);
  }
  return value;
}

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4.2 */
async function requestToken(endpoint: string, scopes: readonly string[], clientId: string, clientSecret: string): Promise<Token> {
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (scopes.length > 0) {
    form.set('scope', scopes.join(' '));
  }
  const basic = Buffer.from(`${formEncode(clientId)}:${formEncode(clientSecret)}`).toString('base64');
  let status: number;
  let answer: { access_token?: unknown; expires_in?: unknown } | null;
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: form,
      redirect: 'manual',
      signal: AbortSignal.timeout(TOKEN_REQUEST_TIMEOUT_MS),
    });
    status = response.status;
    answer = (await response.json().catch(() => null)) as typeof answer;
  } catch (error) {
    throw new AccessTokenError(`the token endpoint did not answer: ${errorName(error)}`);
  }
  if (status !== 200 || typeof answer?.access_token !== 'string' || answer.access_token === '') {
    throw new AccessTokenError(`the token endpoint answered ${status} without a usable access_token`);
  }
  const seconds = typeof answer.expires_in === 'number' ? answer.expires_in : 300;
  return { value: answer.access_token, goodForMs: Math.max(0, seconds * 1000 - EXPIRY_MARGIN_MS) };
}

/** Client id and secret are form-encoded before they are joined. @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 */
function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}

/** The name of what was thrown: the text beside it may hold what nobody may see. */
export function errorName(error: unknown): string {
  const name = (error as { name?: unknown } | undefined)?.name;
  return typeof name === 'string' ? name : 'unknown error';
}
