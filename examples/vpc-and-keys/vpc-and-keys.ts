import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, TableEncryptionV2 } from 'aws-cdk-lib/aws-dynamodb';
import { GatewayVpcEndpointAwsService, InterfaceVpcEndpointAwsService, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { NakadiCredentials, OutboxTable } from 'cdk-outbox-table';
import type { Construct } from 'constructs';

/** Payments, encrypted with a key of the team's own, published from inside of a VPC. */
export class VpcAndKeys extends Stack {
  /** Written down, so that no synth looks them up in the account. */
  override get availabilityZones(): string[] {
    return ['eu-central-1a', 'eu-central-1b'];
  }

  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);

    const key = new Key(this, 'Key', { enableKeyRotation: true });
    const vpc = new Vpc(this, 'Vpc', {
      natGateways: 1, // the way to Nakadi
      gatewayEndpoints: { DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB } },
    });

    const payments = new OutboxTable(this, 'Payments', {
      partitionKey: { name: 'paymentId', type: AttributeType.STRING },
      encryption: TableEncryptionV2.customerManagedKey(key),
      relayEncryptionKey: key,
      vpc,
      holdFor: Duration.hours(1),
      destination: {
        endpoint: 'https://nakadi.example.org',
        eventType: 'payments.payment-changed',
        credentials: NakadiCredentials.bearerToken(
          Secret.fromSecretAttributes(this, 'NakadiToken', {
            secretCompleteArn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:payments/nakadi-token-AbCdEf',
            encryptionKey: Key.fromKeyArn(this, 'SecretKey', 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555'),
          }),
        ),
      },
    });

    for (const [name, service] of Object.entries({ Queue: InterfaceVpcEndpointAwsService.SQS, Secrets: InterfaceVpcEndpointAwsService.SECRETS_MANAGER })) {
      const endpoint = vpc.addInterfaceEndpoint(name, { service, open: false });
      endpoint.connections.allowDefaultPortFrom(payments.relay);
    }
  }
}
