import { Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType } from 'aws-cdk-lib/aws-dynamodb';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { CleanupPolicy, NakadiCredentials, OutboxTable } from 'cdk-outbox-table';
import type { Construct } from 'constructs';

/** Stock per article and warehouse. The event type keeps the last event of each, and forgets what is deleted here. */
export class CompactedEventType extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    new OutboxTable(this, 'Stock', {
      partitionKey: { name: 'articleId', type: AttributeType.STRING },
      sortKey: { name: 'warehouse', type: AttributeType.STRING },
      destination: {
        endpoint: 'https://nakadi.example.org',
        eventType: 'stock.stock-changed',
        cleanupPolicy: CleanupPolicy.COMPACT,
        tombstones: true,
        sequenceAttribute: 'sequence',
        credentials: NakadiCredentials.oauth2ClientCredentials({
          secret: Secret.fromSecretNameV2(this, 'NakadiClient', 'stock/nakadi-client'),
          tokenEndpoint: 'https://identity.example.org/oauth2/access_token',
          scopes: ['nakadi.event_stream.write', 'nakadi.event_type.write'], // the second one is for tombstones
        }),
      },
    });
  }
}
