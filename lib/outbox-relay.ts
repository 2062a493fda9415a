import { Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { OutboxRelayOptions } from './outbox-relay-options';
import { ENV } from './private/handler-contract';
import { HandlerFunction } from './private/handler-function';
import { compactDestination, credentialsConfig, destinationSettings, publishingConfig } from './private/handler-settings';
import { Parking } from './private/parking';
import { streamFilters } from './private/stream-filters';
import { keysOfTable } from './private/table-keys';
import { relayTimes, REQUEUE_TIMEOUT } from './private/times';
import { failOnFaults, findFaults } from './private/validate-props';

/**
 * Properties of an OutboxRelay.
 */
export interface OutboxRelayProps extends OutboxRelayOptions {
  /**
   * The table whose changes are published. It must have a stream of view type NEW_AND_OLD_IMAGES; an imported table must name its stream
   * (`tableStreamArn`).
   */
  readonly table: dynamodb.ITable;
}

/**
 * Publishes every change of a DynamoDB table to Nakadi, in the order of each item's changes, and loses none.
 *
 * It attaches to any table that has a stream: an event source mapping feeds the relay function, which publishes. What Nakadi refuses waits
 * in a table of parked events; what the platform gives up on arrives in a dead-letter queue; a requeue function, started by a schedule,
 * publishes both later, in order.
 *
 * @example
 * declare const table: dynamodb.TableV2;
 *
 * new OutboxRelay(this, 'OrdersRelay', {
 *   table,
 *   destination: { endpoint: 'https://nakadi.example.org', eventType: 'order-store.order-changed' },
 * });
 */
export class OutboxRelay extends Construct {
  /**
   * The function that turns stream records into events and publishes them.
   */
  public readonly relayFunction: lambda.IFunction;

  /**
   * The function that publishes dead letters and parked events.
   */
  public readonly requeueFunction: lambda.IFunction;

  /**
   * The queue that learns of the batches which the event source mapping gave up on. Its messages name ranges of the stream; they hold no data.
   */
  public readonly deadLetterQueue: sqs.IQueue;

  /**
   * The table of the changes that wait to be published.
   */
  public readonly parkedEventsTable: dynamodb.ITableV2;

  /**
   * The mapping from the table's stream to the relay function.
   */
  public readonly eventSourceMapping: lambda.IEventSourceMapping;

  /**
   * The log groups of the relay and of the requeue, in this order.
   */
  public readonly logGroups: logs.ILogGroup[];

  constructor(scope: Construct, id: string, props: OutboxRelayProps) {
    super(scope, id);
    const streamArn = props.table.tableStreamArn;
    const faults = findFaults(props, keysOfTable(props.table));
    if (streamArn === undefined) {
      faults.push(
        `table ${props.table.node.path} has no stream: define it with dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES, or import it with its tableStreamArn`,
      );
    }
    failOnFaults(this.node.path, faults);

    const times = relayTimes(props);
    const parking = new Parking(this, 'ParkedEvents');
    const deadLetterQueue = new sqs.Queue(this, 'DeadLetterQueue', {
      retentionPeriod: Duration.days(14),
      visibilityTimeout: Duration.seconds(REQUEUE_TIMEOUT.toSeconds() + 60),
      enforceSSL: true,
      // A dead letter is the only trace of changes that Nakadi does not have: data, not a cache.
      removalPolicy: RemovalPolicy.RETAIN,
    });

    const destination = destinationSettings(props.destination);
    const shared = {
      [ENV.destination]: Stack.of(this).toJsonString(compactDestination(destination.config)),
      [ENV.credentials]: Stack.of(this).toJsonString(credentialsConfig(props.destination)),
      [ENV.publishing]: Stack.of(this).toJsonString(publishingConfig(props, times)),
      [ENV.parkedEventsTable]: parking.table.tableName,
    };
    const logRetention = props.logRetention ?? logs.RetentionDays.ONE_MONTH;
    const relay = new HandlerFunction(this, 'Relay', {
      bundle: 'relay',
      mappings: destination.mappings,
      description: 'Publishes the changes of a DynamoDB table to Nakadi.',
      environment: shared,
      memorySize: props.memorySize ?? 512,
      timeout: times.timeout,
      logRetention,
    });
    const requeue = new HandlerFunction(this, 'Requeue', {
      bundle: 'requeue',
      mappings: destination.mappings,
      description: 'Publishes the parked events and the dead letters of an outbox to Nakadi.',
      environment: {
        ...shared,
        [ENV.sourceTable]: props.table.tableName,
        [ENV.deadLetterQueueUrl]: deadLetterQueue.queueUrl,
      },
      memorySize: 512,
      timeout: REQUEUE_TIMEOUT,
      logRetention,
    });

    for (const { function: handler } of [relay, requeue]) {
      props.table.encryptionKey?.grantDecrypt(handler);
      props.destination.credentials?._secret?.grantRead(handler);
    }
    allow(relay.function, STREAM_SOURCE_ACTIONS, streamArn as string);
    allow(relay.function, ['sqs:SendMessage'], deadLetterQueue.queueArn);
    parking.allowPark(relay.function);
    allow(requeue.function, ['dynamodb:GetRecords', 'dynamodb:GetShardIterator'], streamArn as string);
    allow(requeue.function, ['sqs:ReceiveMessage', 'sqs:DeleteMessage'], deadLetterQueue.queueArn);
    allow(requeue.function, ['dynamodb:GetItem'], props.table.tableArn);
    parking.allowDrain(requeue.function);

    const mapping = new lambda.EventSourceMapping(this, 'EventSourceMapping', {
      target: relay.function,
      eventSourceArn: streamArn,
      startingPosition: lambda.StartingPosition.TRIM_HORIZON,
      batchSize: props.batchSize ?? 100,
      maxBatchingWindow: props.batchingWindow,
      parallelizationFactor: props.parallelizationFactor,
      filters: streamFilters(props.destination),
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: times.retryAttempts,
      // Half of the stream's 24 hours: the requeue has the other half to read the records again.
      maxRecordAge: Duration.hours(12),
      onFailure: { bind: () => ({ destination: deadLetterQueue.queueArn }) },
    });
    // The mapping is checked when it is made: the role's policy must be there first.
    mapping.node.addDependency(relay.function.role as iam.IRole);

    scheduleRequeue(this, requeue.function, props.requeueEvery ?? Duration.minutes(1));

    this.relayFunction = relay.function;
    this.requeueFunction = requeue.function;
    this.deadLetterQueue = deadLetterQueue;
    this.parkedEventsTable = parking.table;
    this.eventSourceMapping = mapping;
    this.logGroups = [relay.logGroup, requeue.logGroup];
  }
}

/** What an event source mapping does to a stream, in the name of its function. */
const STREAM_SOURCE_ACTIONS = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'];

function allow(handler: lambda.Function, actions: string[], ...resources: string[]): void {
  handler.addToRolePolicy(new iam.PolicyStatement({ actions, resources }));
}

/** A schedule with a role that may start this function and nothing else: the one that CDK would make may start its versions too. */
function scheduleRequeue(scope: Construct, requeue: lambda.Function, every: Duration): void {
  const role = new iam.Role(scope, 'RequeueScheduleRole', {
    assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  });
  role.addToPolicy(new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [requeue.functionArn] }));
  new scheduler.Schedule(scope, 'RequeueSchedule', {
    description: 'Starts the requeue of an outbox.',
    schedule: scheduler.ScheduleExpression.rate(every),
    target: {
      bind: () => ({
        arn: requeue.functionArn,
        role,
        // The next run comes soon anyway: a late one is worth nothing.
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
      }),
    },
  });
  requeue.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.seconds(60) });
}
