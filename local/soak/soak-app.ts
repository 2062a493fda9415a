import { App, Duration, Stack } from 'aws-cdk-lib';
import { AttributeType } from 'aws-cdk-lib/aws-dynamodb';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { NakadiCredentials, OutboxTable } from '../../lib/index.js';
import { ORDER_EVENT_TYPE } from '../scenario/order-event-type.ts';
import { CLIENT_SECRET, IDENTITY, NAKADI, SOAK_KEYS } from './soak-names.ts';

/** Synthesizes an order store in which everything happens within seconds that takes minutes elsewhere. */
export function synthesizeSoak(outdir: string): void {
  process.env.JSII_DEPRECATED ??= 'quiet';
  process.env.CDK_VALIDATION ??= 'false';
  const app = new App({ outdir });
  const stack = new Stack(app, 'Soak');
  const { relay } = new OutboxTable(stack, 'Orders', {
    partitionKey: { name: SOAK_KEYS[0], type: AttributeType.STRING },
    sortKey: { name: SOAK_KEYS[1], type: AttributeType.STRING },
    destination: {
      endpoint: NAKADI,
      eventType: ORDER_EVENT_TYPE,
      credentials: NakadiCredentials.oauth2ClientCredentials({
        secret: Secret.fromSecretNameV2(stack, 'Client', CLIENT_SECRET),
        tokenEndpoint: `${IDENTITY}/oauth2/access_token`,
      }),
    },
    batchSize: 20,
    parallelizationFactor: 2,
    retryBudget: Duration.seconds(1),
    holdFor: Duration.seconds(3),
    // No fault of Nakadi's holds a request for longer and stores its events then.
    requestTimeout: Duration.seconds(4),
  });
  // A letter that a run had in its hands when it was killed is back within seconds, not after the longest run.
  (relay.deadLetterQueue.node.defaultChild as CfnQueue).visibilityTimeout = 5;
  app.synth();
}
