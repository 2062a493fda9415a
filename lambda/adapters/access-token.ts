import { OAUTH2_SECRET_FIELDS, type CredentialsConfig } from '../../lib/private/handler-contract.ts';
import { AWS_CLIENT } from './aws-client.ts';
import { keptConnection, type HttpPost } from './http-post.ts';
import { secretsManager } from './secrets-manager.ts';
import { AccessTokenError, errorName, type TokenSource } from './token-source.ts';

/** Credentials that are a secret. */
export type SecretCredentials = Exclude<CredentialsConfig, { readonly type: 'none' }>;

/** Reads the text of a secret; undefined where it holds none. */
export type SecretReader = (secretArn: string) => Promise<string | undefined>;

/** How long a token from a secret is used before it is read again, in milliseconds. */
const SECRET_KEPT_MS = 300_000;
/** The longest that a token is kept, whatever it says of itself: what it allows may have changed. */
const LONGEST_KEPT_MS = 3_600_000;
/** An access token is used until this long before it ends, in milliseconds. */
const EXPIRY_MARGIN_MS = 30_000;
const TOKEN_REQUEST_TIMEOUT_MS = 10_000;

/** The source of tokens for credentials that are a secret. */
export function accessTokens(credentials: SecretCredentials, now: () => number, readSecret: SecretReader = secretsManager(AWS_CLIENT)): TokenSource {
  const readText = async (): Promise<string> => {
    const text = await readSecret(credentials.secretArn);
    if (text === undefined) {
      throw new AccessTokenError('the credentials secret holds no text');
    }
    return text;
  };
  switch (credentials.type) {
    case 'bearer-token':
      return cached(now, async () => {
        const secret = await readText();
        const value = credentials.field === undefined ? secret : secretField(secret, credentials.field);
        return { value, goodForMs: SECRET_KEPT_MS };
      });
    case 'oauth2-client-credentials': {
      const post = keptConnection();
      return cached(now, async () => {
        const secret = await readText();
        const clientId = secretField(secret, OAUTH2_SECRET_FIELDS.clientId);
        const clientSecret = secretField(secret, OAUTH2_SECRET_FIELDS.clientSecret);
        return requestToken(post, endpointUrl(credentials.tokenEndpoint), credentials.scopes, clientId, clientSecret);
      });
    }
  }
}

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
        token = { value: headerValue(value), goodUntil: now() + Math.min(goodForMs, LONGEST_KEPT_MS) };
      }
      return token.value;
    },
    forget() {
      token = undefined;
    },
  };
}

/** A token without the blanks around it. @throws AccessTokenError where no header can hold it: then it is not kept, so that a mended one is taken at once */
function headerValue(token: string): string {
  const value = token.trim();
  if (!/^[\x20-\x7e]+$/.test(value)) {
    throw new AccessTokenError('the token must be a text of printable ASCII characters, got an empty one or others');
  }
  return value;
}

function secretField(secret: string, field: string): string {
  const value = (readJson(secret) as Record<string, unknown> | null)?.[field];
  if (typeof value !== 'string' || value === '') {
    throw new AccessTokenError(`the credentials secret must be a JSON object with a text in its field ${JSON.stringify(field)}`);
  }
  return value;
}

/** What is no URL is found when a token is needed: a function that does not start could not even park. */
function endpointUrl(tokenEndpoint: string): URL {
  const url = URL.parse(tokenEndpoint);
  if (url === null) {
    throw new AccessTokenError('the token endpoint is no URL');
  }
  return url;
}

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4.2 */
async function requestToken(post: HttpPost, endpoint: URL, scopes: readonly string[], clientId: string, clientSecret: string): Promise<Token> {
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (scopes.length > 0) {
    form.set('scope', scopes.join(' '));
  }
  const headers = {
    authorization: `Basic ${Buffer.from(`${formEncode(clientId)}:${formEncode(clientSecret)}`).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
    accept: 'application/json',
  };
  const { status, body } = await post(endpoint, headers, Buffer.from(form.toString()), Date.now() + TOKEN_REQUEST_TIMEOUT_MS).catch((error: unknown) => {
    throw new AccessTokenError(`the token endpoint did not answer: ${errorName(error)}`);
  });
  const answer = readJson(body) as { access_token?: unknown; expires_in?: unknown } | null;
  if (status !== 200 || typeof answer?.access_token !== 'string' || answer.access_token === '') {
    throw new AccessTokenError(`the token endpoint answered ${status} without a usable access_token`);
  }
  const seconds = typeof answer.expires_in === 'number' ? answer.expires_in : 300;
  return { value: answer.access_token, goodForMs: Math.max(0, seconds * 1000 - EXPIRY_MARGIN_MS) };
}

/** What a JSON text holds; null where it is none. The parser's own error would quote the text, and with it the secret. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Client id and secret are form-encoded before they are joined. @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 */
function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
