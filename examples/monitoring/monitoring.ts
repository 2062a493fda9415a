import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { AttributeType } from 'aws-cdk-lib/aws-dynamodb';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { NakadiCredentials, OutboxMonitoring, OutboxTable } from 'cdk-outbox-table';
import type { Construct } from 'constructs';

/** Two outboxes that one team watches: with one dashboard, and with alarms that reach whoever is on call. */
export class Monitoring extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    const endpoint = 'https://nakadi.example.org';
    const credentials = NakadiCredentials.bearerToken(Secret.fromSecretNameV2(this, 'NakadiToken', 'parcels/nakadi-token'));
    const parcels = new OutboxTable(this, 'Parcels', {
      partitionKey: { name: 'parcelId', type: AttributeType.STRING },
      destination: { endpoint, credentials, eventType: 'parcels.parcel-changed' },
    });
    const returns = new OutboxTable(this, 'Returns', {
      partitionKey: { name: 'returnId', type: AttributeType.STRING },
      destination: { endpoint, credentials, eventType: 'parcels.return-changed' },
    });

    const alarmActions = [new SnsAction(new Topic(this, 'OnCall', { enforceSSL: true }))];
    const dashboard = new Dashboard(this, 'Dashboard');
    new OutboxMonitoring(this, 'ParcelsMonitoring', { relay: parcels.relay, alarmActions, dashboard });
    new OutboxMonitoring(this, 'ReturnsMonitoring', {
      relay: returns.relay,
      alarmActions,
      dashboard,
      parkedEventAgeThreshold: Duration.hours(12), // nobody waits for these
    });
  }
}
