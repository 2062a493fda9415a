import { randomBytes } from 'node:crypto';
import { json, type Answer } from './answer.ts';
import { Problem } from './problem.ts';

/** A client that may ask for tokens (OAuth 2.0, client credentials). */
export interface Client {
  readonly id: string;
  readonly secret: string;
}

/** The bearer tokens that the server accepts: fixed ones, and those that it issues to its clients. */
export class AccessTokens {
  /** By token, when it expires, in milliseconds since 1970. */
  readonly #expiry = new Map<string, number>();
  readonly #clients: readonly Client[];
  readonly #lifetimeSeconds: number;
  readonly #required: boolean;

  constructor(options: { readonly tokens: readonly string[]; readonly clients: readonly Client[]; readonly lifetimeSeconds: number }) {
    this.#clients = options.clients;
    this.#lifetimeSeconds = options.lifetimeSeconds;
    this.#required = options.tokens.length + options.clients.length > 0;
    for (const token of options.tokens) this.#expiry.set(token, Infinity);
  }

  /** Throws a 401 problem, unless the header has a token that is valid now or no token is needed at all. */
  check(authorization: string | undefined): void {
    if (!this.#required) return;
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw unauthorized('a bearer token is needed');
    const expiry = this.#expiry.get(token);
    if (expiry === undefined) throw unauthorized('the token is not known');
    if (expiry <= Date.now()) throw unauthorized('the token has expired');
  }

  /** Makes one token, or all of them, expire now. */
  expire(token?: string): void {
    for (const each of this.#chosen(token)) this.#expiry.set(each, 0);
  }

  /** Forgets one token, or all of them. */
  revoke(token?: string): void {
    for (const each of this.#chosen(token)) this.#expiry.delete(each);
  }

  /**
   * Answers a request for a token, refusals included (RFC 6749, sections 4.4 and 5).
   *
   * @param body - the form: `grant_type=client_credentials`, and a `scope` that comes back as it is
   */
  issue(authorization: string | undefined, body: string): Answer {
    if (!this.#isClient(authorization)) {
      return withoutCaching(json(401, { error: 'invalid_client' }), { 'www-authenticate': 'Basic realm="token"' });
    }
    const form = new URLSearchParams(body);
    const grant = form.get('grant_type');
    if (grant === null) return withoutCaching(json(400, { error: 'invalid_request' }));
    if (grant !== 'client_credentials') return withoutCaching(json(400, { error: 'unsupported_grant_type' }));
    const token = randomBytes(24).toString('base64url');
    this.#expiry.set(token, Date.now() + this.#lifetimeSeconds * 1000);
    const scope = form.get('scope');
    return withoutCaching(json(200, {
      access_token: token, token_type: 'Bearer', expires_in: this.#lifetimeSeconds, ...(scope === null ? {} : { scope }),
    }));
  }

  #chosen(token: string | undefined): string[] {
    return token === undefined ? [...this.#expiry.keys()] : [token].filter((each) => this.#expiry.has(each));
  }

  #isClient(authorization: string | undefined): boolean {
    const encoded = /^Basic +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (encoded === undefined) return false;
    const given = Buffer.from(encoded, 'base64').toString();
    // The standard wants both parts form-encoded before they are joined; many clients join them as they are.
    return this.#clients.some(({ id, secret }) => [`${id}:${secret}`, `${formEncode(id)}:${formEncode(secret)}`].includes(given));
  }
}

function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}

function withoutCaching(answer: Answer, headers: Readonly<Record<string, string>> = {}): Answer {
  return { ...answer, headers: { ...answer.headers, ...headers, 'cache-control': 'no-store' } };
}

function unauthorized(detail: string): Problem {
  return new Problem(401, detail, { 'www-authenticate': 'Bearer' });
}
