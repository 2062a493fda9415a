import { Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType } from 'aws-cdk-lib/aws-dynamodb';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { AttributePath, NakadiCredentials, OutboxTable, PatchFormat, RouteCondition } from 'cdk-outbox-table';
import type { Construct } from 'constructs';

/** Customers and their orders in one table, each with an event type of its own. Other kinds of items stay inside. */
export class SingleTableRoutes extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    new OutboxTable(this, 'Shop', {
      partitionKey: { name: 'PK', type: AttributeType.STRING },
      sortKey: { name: 'SK', type: AttributeType.STRING },
      globalSecondaryIndexes: [{ indexName: 'GSI1', partitionKey: { name: 'GSI1PK', type: AttributeType.STRING } }],
      destination: {
        endpoint: 'https://nakadi.example.org',
        credentials: NakadiCredentials.bearerToken(Secret.fromSecretNameV2(this, 'NakadiToken', 'shop/nakadi-token')),
        // What only this app needs is in no event.
        excludeAttributes: [AttributePath.exact('PK'), AttributePath.exact('SK'), AttributePath.prefix('GSI')],
        routes: [
          { eventType: 'shop.order-changed', condition: RouteCondition.keyStartsWith('SK', 'ORDER#') },
          {
            eventType: 'shop.customer-changed',
            condition: RouteCondition.keyStartsWith('SK', 'CUSTOMER#'),
            patchFormat: PatchFormat.NONE,
            excludeAttributes: [AttributePath.nested('address', 'street')],
          },
        ],
      },
    });
  }
}
