import { Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType } from 'aws-cdk-lib/aws-dynamodb';
import { OutboxTable } from 'cdk-outbox-table';
import type { Construct } from 'constructs';

/** Wish lists, and all that must be said to publish them. */
export class Minimal extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    new OutboxTable(this, 'WishLists', {
      partitionKey: { name: 'wishListId', type: AttributeType.STRING },
      destination: { endpoint: 'https://nakadi.example.org', eventType: 'wish-lists.wish-list-changed' },
    });
  }
}
