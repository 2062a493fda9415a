import path from 'node:path';
import { Aws, Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { bundle } from '../contenders/bundle.ts';

const STRING = dynamodb.AttributeType.STRING;

/** The resources of an outbox as a team writes them that has no construct for it: L2 constructs, one by one. */
export function outboxByHand(stack: Stack): void {
  const table = new dynamodb.TableV2(stack, 'Orders', {
    partitionKey: { name: 'orderId', type: STRING },
    dynamoStream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
  });
  const parked = new dynamodb.TableV2(stack, 'ParkedEvents', {
    partitionKey: { name: 'item', type: STRING },
    sortKey: { name: 'entry', type: STRING },
    timeToLiveAttribute: 'expiresAt',
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    globalSecondaryIndexes: [
      {
        indexName: 'open-items',
        partitionKey: { name: 'open', type: STRING },
        sortKey: { name: 'dueAt', type: STRING },
        projectionType: dynamodb.ProjectionType.INCLUDE,
        nonKeyAttributes: ['openSince'],
      },
    ],
  });
  const deadLetters = new sqs.Queue(stack, 'DeadLetters', { retentionPeriod: Duration.days(14), visibilityTimeout: Duration.minutes(6), enforceSSL: true, removalPolicy: RemovalPolicy.RETAIN });
  const environment = {
    OUTBOX_DESTINATION: stack.toJsonString({ endpoint: 'https://nakadi.example.org', routes: [{ eventType: 'order-store.order-changed' }] }),
    OUTBOX_CREDENTIALS: stack.toJsonString({ type: 'none' }),
    OUTBOX_PUBLISHING: stack.toJsonString({ maxBatchEvents: 1_000 }),
    OUTBOX_PARKED_EVENTS_TABLE: parked.tableName,
  };
  const relay = newFunction(stack, 'relay', environment);
  const requeue = newFunction(stack, 'requeue', { ...environment, OUTBOX_SOURCE_TABLE: table.tableName, OUTBOX_DEAD_LETTER_QUEUE_URL: deadLetters.queueUrl });
  const streamArn = table.tableStreamArn as string;
  allow(relay, ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'], streamArn);
  allow(relay, ['sqs:SendMessage'], deadLetters.queueArn);
  allow(relay, ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], parked.tableArn);
  allow(requeue, ['dynamodb:GetRecords', 'dynamodb:GetShardIterator'], streamArn);
  allow(requeue, ['sqs:ReceiveMessage', 'sqs:DeleteMessage'], deadLetters.queueArn);
  allow(requeue, ['dynamodb:GetItem'], table.tableArn);
  allow(requeue, ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:BatchWriteItem'], parked.tableArn);
  allow(requeue, ['dynamodb:Query'], parked.tableArn, `${parked.tableArn}/index/open-items`);

  const mapping = new lambda.EventSourceMapping(stack, 'Mapping', {
    target: relay,
    eventSourceArn: streamArn,
    startingPosition: lambda.StartingPosition.TRIM_HORIZON,
    batchSize: 100,
    bisectBatchOnError: true,
    reportBatchItemFailures: true,
    retryAttempts: 18,
    maxRecordAge: Duration.hours(12),
    onFailure: { bind: () => ({ destination: deadLetters.queueArn }) },
  });
  mapping.node.addDependency(relay.role as iam.IRole);
  const scheduleRole = new iam.Role(stack, 'ScheduleRole', {
    assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } } }),
  });
  scheduleRole.addToPolicy(new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [requeue.functionArn] }));
  new scheduler.Schedule(stack, 'Schedule', {
    schedule: scheduler.ScheduleExpression.rate(Duration.minutes(1)),
    target: { bind: () => ({ arn: requeue.functionArn, role: scheduleRole, retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 } }) },
  });
  requeue.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.seconds(60) });
}

function newFunction(stack: Stack, name: 'relay' | 'requeue', environment: Record<string, string>): lambda.Function {
  const logGroup = new logs.LogGroup(stack, `${name}-logs`, { retention: logs.RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY });
  const role = new iam.Role(stack, `${name}-role`, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] }));
  return new lambda.Function(stack, name, {
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    handler: 'index.handler',
    code: lambda.Code.fromAsset(path.dirname(bundle(name))),
    memorySize: 512,
    timeout: Duration.minutes(5),
    environment,
    role,
    logGroup,
    loggingFormat: lambda.LoggingFormat.JSON,
    applicationLogLevelV2: lambda.ApplicationLogLevel.INFO,
  });
}

function allow(handler: lambda.Function, actions: string[], ...resources: string[]): void {
  handler.addToRolePolicy(new iam.PolicyStatement({ actions, resources }));
}
