import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { OutboxRelayOptions } from '../outbox-relay-options';
import { acknowledgeNag } from './nag-acknowledgements';
import { REQUEUE_TIMEOUT } from './times';

/** The queue that learns of the batches which the event source mapping gave up on. */
export function newDeadLetterQueue(scope: Construct, { parkedEventsRemovalPolicy, relayEncryptionKey }: OutboxRelayOptions): sqs.Queue {
  const queue = new sqs.Queue(scope, 'DeadLetterQueue', {
    retentionPeriod: Duration.days(14),
    visibilityTimeout: Duration.seconds(REQUEUE_TIMEOUT.toSeconds() + 60),
    enforceSSL: true,
    encryptionMasterKey: relayEncryptionKey,
    // A dead letter is the only trace of changes that Nakadi does not have: data, not a cache.
    removalPolicy: parkedEventsRemovalPolicy ?? RemovalPolicy.RETAIN,
  });
  acknowledgeNag(queue, 'deadLetterQueue');
  return queue;
}
