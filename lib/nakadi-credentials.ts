import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { CredentialsConfig } from './private/handler-contract';

/**
 * Options of a bearer token that is kept in a secret.
 */
export interface BearerTokenOptions {
  /**
   * Name of the field that holds the token, where the secret is a JSON object.
   *
   * @default - the whole secret value is the token
   */
  readonly field?: string;
}

/**
 * Options of OAuth 2.0 client credentials.
 */
export interface OAuth2ClientCredentialsOptions {
  /**
   * Secret that holds the client's identity: a JSON object with the fields `client_id` and `client_secret`.
   *
   * Only its ARN enters the template; the handlers read the value when they run and again after Nakadi refuses it. Where it is imported and has
   * a key of your own, import it with its `encryptionKey`.
   */
  readonly secret: secretsmanager.ISecret;

  /**
   * URL of the token endpoint, starting with `https://`.
   *
   * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.2
   */
  readonly tokenEndpoint: string;

  /**
   * Scopes to ask for, for instance `nakadi.event_stream.write`.
   *
   * A scope may be known at deployment only; how many there are may not, so a parameter that is a list is refused.
   *
   * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.3
   * @default - no scope is asked for; the token endpoint decides
   */
  readonly scopes?: string[];
}

/**
 * How the outbox proves to Nakadi who it is.
 *
 * A secret's value never enters a template, an environment variable, a log line or an error text.
 */
export class NakadiCredentials {
  /**
   * No credentials: requests carry no `Authorization` header.
   *
   * For a Nakadi that is reached through a network which authenticates by itself.
   */
  public static none(): NakadiCredentials {
    return new NakadiCredentials({ type: 'none' });
  }

  /**
   * A bearer token that somebody else keeps fresh in a secret.
   *
   * The handlers cache it for five minutes, and read it again at once when Nakadi answers 401.
   *
   * @param secret secret with the token; where it is imported and has a key of your own, import it with its `encryptionKey`
   * @param options where in the secret the token is
   */
  public static bearerToken(secret: secretsmanager.ISecret, options: BearerTokenOptions = {}): NakadiCredentials {
    // A secret that is missing is a fault at synth, as others are.
    return new NakadiCredentials({ type: 'bearer-token', secretArn: secret?.secretArn, field: options.field }, secret);
  }

  /**
   * OAuth 2.0 client credentials in a secret; the handlers fetch access tokens with them and cache each until shortly before it ends.
   *
   * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4
   * @param options the secret, the token endpoint and the scopes
   */
  public static oauth2ClientCredentials(options: OAuth2ClientCredentialsOptions): NakadiCredentials {
    return new NakadiCredentials(
      {
        type: 'oauth2-client-credentials',
        secretArn: options?.secret?.secretArn,
        tokenEndpoint: options?.tokenEndpoint,
        scopes: options?.scopes ?? [],
      },
      options?.secret,
    );
  }

  // Private fields keep the compiler from taking anything else for one of these.
  private readonly config: CredentialsConfig;
  private readonly secret?: secretsmanager.ISecret;

  private constructor(config: CredentialsConfig, secret?: secretsmanager.ISecret) {
    this.config = config;
    this.secret = secret;
  }

  /** @internal */
  public get _config(): CredentialsConfig {
    return this.config;
  }

  /** @internal */
  public get _secret(): secretsmanager.ISecret | undefined {
    return this.secret;
  }
}
