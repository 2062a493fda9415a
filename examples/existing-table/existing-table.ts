import { Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { NakadiCredentials, OutboxRelay } from 'cdk-outbox-table';
import type { Construct } from 'constructs';

/** Two tables that were there before their outboxes: one of this app, and one that another app defines. */
export class ExistingTable extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    const endpoint = 'https://nakadi.example.org';
    const credentials = NakadiCredentials.bearerToken(Secret.fromSecretNameV2(this, 'NakadiToken', 'billing/nakadi-token'));

    const customers = new TableV2(this, 'Customers', {
      partitionKey: { name: 'customerId', type: AttributeType.STRING },
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
    });
    new OutboxRelay(this, 'CustomersRelay', {
      table: customers,
      destination: { endpoint, credentials, eventType: 'billing.customer-changed' },
    });

    const invoices = TableV2.fromTableAttributes(this, 'Invoices', {
      tableName: 'invoices',
      tableStreamArn: 'arn:aws:dynamodb:eu-central-1:123456789012:table/invoices/stream/2026-01-15T09:30:00.000',
    });
    new OutboxRelay(this, 'InvoicesRelay', {
      table: invoices,
      destination: { endpoint, credentials, eventType: 'billing.invoice-changed' },
    });
  }
}
