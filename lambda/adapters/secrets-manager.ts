import { GetSecretValueCommand, SecretsManagerClient, type SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager';
import type { SecretReader } from './access-token.ts';

/** Secrets of Secrets Manager. */
export function secretsManager(config: SecretsManagerClientConfig): SecretReader {
  const client = new SecretsManagerClient(config);
  return async (secretArn) => (await client.send(new GetSecretValueCommand({ SecretId: secretArn }))).SecretString;
}
