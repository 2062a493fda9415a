import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { keyBehind } from './encryption';

/**
 * Lets a role read the value of a secret, and decrypt it where the secret has a key of its own.
 *
 * It does less than the secret's `grantRead`, which allows to describe the secret too, and which adds the role to the policy of a key of this
 * app: where secret and key are in another stack, the two stacks would need one another.
 */
export function allowSecretValue(role: iam.IPrincipal, secret: secretsmanager.ISecret): void {
  role.addToPrincipalPolicy(
    new iam.PolicyStatement({
      actions: ['secretsmanager:GetSecretValue'],
      // Secrets Manager ends each ARN with six characters of its own, which an imported secret may not say.
      resources: [secret.secretFullArn ?? `${secret.secretArn}-??????`],
    }),
  );
  if (secret.encryptionKey !== undefined) {
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: ['kms:Decrypt'],
        resources: [keyBehind(secret.encryptionKey).keyArn],
        conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${Stack.of(secret).region}.amazonaws.com` } },
      }),
    );
  }
}
