import { Token, type Stack } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { NakadiCredentials } from '../nakadi-credentials';
import { aliasFaults } from './encryption';
import { areDifferent, isUnknown } from './unknown-value';
import { shown } from './validate-choice';
import { urlFault } from './validate-url';

/** What a scope is made of. @see https://www.rfc-editor.org/rfc/rfc6749#section-3.3 */
const SCOPE = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

/**
 * All that is wrong with credentials, in the user's words. Values that are not known before deployment (tokens) pass, but not a list of them.
 *
 * @param stack the stack of the outbox
 */
export function credentialsFaults(credentials: NakadiCredentials | undefined, stack: Stack): (string | undefined)[] {
  const config = credentials?._config;
  if (credentials !== undefined && credentials !== null && config === undefined) {
    // Never the value: it may be a token.
    return [`destination.credentials must be made by NakadiCredentials, got another ${typeof credentials}: give NakadiCredentials.bearerToken(secret), or another of its methods`];
  }
  return [
    config?.type === 'bearer-token' && config.field !== undefined && (typeof config.field !== 'string' || config.field === '')
      ? `credentials.field must be the name of a field of the secret, got ${shown(config.field)}: leave it out where the whole secret is the token`
      : undefined,
    ...(config?.type === 'oauth2-client-credentials' ? [urlFault('credentials.tokenEndpoint', config.tokenEndpoint, 'the token endpoint'), ...scopeFaults(config.scopes)] : []),
    secretOfOtherRegion(credentials, stack),
    ...aliasFaults("the encryptionKey of the credentials' secret", credentials?._secret?.encryptionKey),
  ];
}

function scopeFaults(scopes: readonly string[]): string[] {
  if (Token.isUnresolved(scopes)) {
    return ['credentials.scopes must be a list whose length is known when the app is synthesized, got one that is known at deployment only: list each scope, which may be a parameter of its own'];
  }
  if (!Array.isArray(scopes)) {
    return [`credentials.scopes must be a list of scopes, got ${shown(scopes)}: give a list`];
  }
  return scopes.flatMap((scope: unknown, index) =>
    isUnknown(scope) || (typeof scope === 'string' && SCOPE.test(scope))
      ? []
      : [`credentials.scopes[${index}] must be one scope of visible ASCII characters without spaces, " and \\, got ${shown(scope)}: list each scope by itself`],
  );
}

/** A secret is read in the functions' region. */
function secretOfOtherRegion(credentials: NakadiCredentials | undefined, { region }: Stack): string | undefined {
  if ((credentials?._config.type ?? 'none') === 'none') {
    return undefined;
  }
  const secret = credentials?._secret as Partial<ISecret> | null | undefined;
  if (secret?.env === undefined) {
    // Never the value: it may be the secret's own.
    const given = secret === undefined || secret === null ? String(secret) : `another ${typeof secret}`;
    return `the credentials' secret must be a Secret, got ${given}: define it, or import it by Secret.fromSecretCompleteArn`;
  }
  return areDifferent(secret.env.region, region)
    ? `the credentials' secret must be in the region of the outbox, got ${secret.env.region} and ${region}: replicate the secret, and import the replica of ${region}`
    : undefined;
}
