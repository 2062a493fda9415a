import { Annotations, ArnFormat, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { areDifferent } from './unknown-value';
import { shown } from './validate-choice';

/**
 * What DynamoDB and SQS do with a table's or a queue's key, in the name of who reads and writes there.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
const STORE_KEY_ACTIONS = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'];

/** What is wrong with a key for an outbox in this stack. What is not known before deployment (tokens) passes. */
export function keyFaults(key: kms.IKey | undefined, { region }: Stack): string[] {
  if (key !== undefined && typeof key?.keyArn !== 'string') {
    return [`relayEncryptionKey must be a key, got ${shown(key)}: define a Key, or import one by Key.fromKeyArn or Key.fromLookup`];
  }
  const faults = aliasFaults('relayEncryptionKey', key);
  if (key === undefined || faults.length > 0) {
    return faults;
  }
  const keyRegion = keyBehind(key).env.region;
  return areDifferent(keyRegion, region)
    ? [`relayEncryptionKey must be in the region of the outbox, got ${keyRegion} and ${region}: no service uses a key of another region; give one of ${region}`]
    : [];
}

/**
 * What is wrong with a key that is named by an alias: grants to it are dropped without a word, and no policy may name it.
 *
 * @param name what the key is, in the user's words
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/cmks-in-iam-policies.html
 */
export function aliasFaults(name: string, key: kms.IKey | undefined): string[] {
  const alias = key === undefined ? undefined : nameAlone(key);
  if (alias === undefined) {
    return [];
  }
  const given = Token.isUnresolved(alias) ? 'an alias whose name is known at deployment only' : alias;
  return [`${name} must be a key, got ${given}, which permissions cannot name: import the key by Key.fromKeyArn or Key.fromLookup`];
}

/** The name of an alias whose key is not known; undefined where the key is none, or where that is known at deployment only. */
function nameAlone(key: kms.IKey): string | undefined {
  if (!isAlias(key)) {
    return /:(alias\/.+)$/.exec(key.keyArn)?.[1];
  }
  try {
    return nameAlone(key.aliasTargetKey);
  } catch {
    return key.aliasName; // imported by its name
  }
}

function isAlias(key: kms.IKey): key is kms.IAlias {
  return 'aliasName' in key;
}

/** The key that an alias is for, as policies and log groups must name it; any other key as it is. It must be without faults. */
export function keyBehind(key: kms.IKey): kms.IKey {
  return isAlias(key) ? key.aliasTargetKey : key;
}

/** Lets somebody read and write what the keys encrypt, each of which may be named several times, or be none. */
export function grantStoreKeys(keys: readonly (kms.IKey | undefined)[], grantee: iam.IGrantable): iam.Grant[] {
  return [...new Set(keys)].filter((key) => key !== undefined).map((key) => key.grant(grantee, ...STORE_KEY_ACTIONS));
}

/**
 * Lets CloudWatch Logs use a key, for the log groups of the stack's account and region. Warns where the key's policy is not of this app.
 *
 * The log groups' own names cannot stand there: they are made up at deployment, after the key.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
export function allowLogs(scope: Construct, key: kms.IKey): void {
  const stack = Stack.of(scope);
  const logGroups = stack.formatArn({ service: 'logs', resource: '*', arnFormat: ArnFormat.NO_RESOURCE_NAME });
  const { statementAdded } = key.addToResourcePolicy(
    new iam.PolicyStatement({
      actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
      resources: ['*'],
      principals: [new iam.ServicePrincipal(`logs.${stack.region}.amazonaws.com`)],
      conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroups } },
    }),
  );
  if (!statementAdded) {
    Annotations.of(scope).addWarningV2(
      'cdk-outbox-table:keyPolicy',
      `relayEncryptionKey ${key.node.path} is imported, so its policy is not changed: it must let the service logs.<region>.amazonaws.com use ` +
        'kms:Decrypt, kms:DescribeKey, kms:Encrypt, kms:GenerateDataKey* and kms:ReEncrypt*, or the log groups cannot be made',
    );
  }
}
