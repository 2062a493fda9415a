import { Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType } from 'aws-cdk-lib/aws-dynamodb';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { NakadiCredentials, OutboxTable } from 'cdk-outbox-table';
import type { Construct } from 'constructs';

/** The orders of a shop. Whoever needs to know of them listens to the event type. */
export class OrderStore extends Stack {
  readonly orders: OutboxTable;

  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    const client = Secret.fromSecretNameV2(this, 'NakadiClient', 'order-store/nakadi-client');
    this.orders = new OutboxTable(this, 'Orders', {
      partitionKey: { name: 'customerId', type: AttributeType.STRING },
      sortKey: { name: 'orderId', type: AttributeType.STRING },
      timeToLiveAttribute: 'deleteAfter',
      destination: {
        endpoint: 'https://nakadi.example.org',
        eventType: 'order-store.order-changed',
        dataType: 'order',
        credentials: NakadiCredentials.oauth2ClientCredentials({
          secret: client,
          tokenEndpoint: 'https://identity.example.org/oauth2/access_token',
          scopes: ['nakadi.event_stream.write'],
        }),
      },
    });
  }
}
