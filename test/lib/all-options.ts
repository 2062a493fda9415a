import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { AttributeType } from 'aws-cdk-lib/aws-dynamodb';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ApplicationLogLevel, Architecture, Tracing } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { AttributePath, CleanupPolicy, NakadiCredentials, RouteCondition, UnroutedItems, type OutboxTableProps } from '../../lib';
import { KEY } from './stacks';

/** All that a team may say at once without a warning, each other than its default. */
export const ALL_OPTIONS = (stack: Stack): OutboxTableProps => ({
  partitionKey: KEY,
  sortKey: { name: 'line', type: AttributeType.NUMBER },
  timeToLiveAttribute: 'deleteAfter',
  destination: {
    endpoint: 'https://nakadi.example.org/api',
    credentials: NakadiCredentials.oauth2ClientCredentials({
      secret: new Secret(stack, 'Client', { encryptionKey: new Key(stack, 'ClientKey') }),
      tokenEndpoint: 'https://id.example.org/token',
      scopes: ['nakadi.event_stream.write'],
    }),
    cleanupPolicy: CleanupPolicy.COMPACT,
    tombstones: true,
    excludeAttributes: [AttributePath.prefix('internal')],
    routes: [
      { eventType: 'orders', condition: RouteCondition.keyStartsWith('orderId', 'ORDER#') },
      { eventType: 'invoices', condition: RouteCondition.keyStartsWith('orderId', 'INVOICE#') },
    ],
    unroutedItems: UnroutedItems.DROP,
  },
  batchSize: 1000,
  batchingWindow: Duration.seconds(2),
  parallelizationFactor: 2,
  retryBudget: Duration.minutes(10),
  holdFor: Duration.hours(1),
  requestTimeout: Duration.minutes(3),
  maxEventBytes: 2_000_000,
  maxBatchEvents: 500,
  maxBatchBytes: 50_000_000,
  requeueEvery: Duration.minutes(5),
  memorySize: 1769,
  requeueMemorySize: 1024,
  architecture: Architecture.X86_64,
  tracing: Tracing.ACTIVE,
  logLevel: ApplicationLogLevel.DEBUG,
  logRetention: RetentionDays.ONE_WEEK,
  logRemovalPolicy: RemovalPolicy.RETAIN,
  parkedEventsRemovalPolicy: RemovalPolicy.DESTROY,
  relayEncryptionKey: new Key(stack, 'Key'),
  vpc: new Vpc(stack, 'Vpc'),
});
