import { Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { NakadiDestination } from './nakadi-destination';
import { ENV } from './private/handler-contract';
import { HandlerFunction } from './private/handler-function';
import { credentialsConfig, destinationConfig, publishingConfig } from './private/handler-settings';
import { Parking } from './private/parking';
import { relayTimes, REQUEUE_TIMEOUT } from './private/times';
import { failOnFaults, findFaults } from './private/validate-props';

/**
 * What a team may say about an outbox, whichever table it is for.
 */
export interface OutboxRelayOptions {
  /**
   * Where the events go, and as what.
   */
  readonly destination: NakadiDestination;

  /**
   * Largest number of stream records in one invocation of the relay, from 1 to 10,000.
   *
   * @default 100
   */
  readonly batchSize?: number;

  /**
   * How long the event source mapping gathers records before it invokes the relay, up to 300 seconds.
   *
   * Longer windows make fewer, larger requests and later events.
   *
   * @default Duration.seconds(0)
   */
  readonly batchingWindow?: Duration;

  /**
   * How many batches of one shard are relayed at the same time, from 1 to 10. The order of each item's changes holds with every value.
   *
   * @default 1
   */
  readonly parallelizationFactor?: number;

  /**
   * Memory of the relay function in MB, from 128 to 10,240. Processor time grows with it.
   *
   * @default 512
   */
  readonly memorySize?: number;

  /**
   * How long one invocation goes on trying while Nakadi is away, from 1 to 600 seconds.
   *
   * The function's time-out is this, plus `requestTimeout`, plus 40 seconds to park what was not accepted.
   *
   * @default Duration.seconds(60)
   */
  readonly retryBudget?: Duration;

  /**
   * How long the stream holds records back while Nakadi is away, up to 12 hours, counted from the oldest record's change.
   *
   * Most outages end within this time and cost nothing but the wait. Records that are older are parked, so that the shard is empty
   * long before the stream's 24 hours end. Zero parks at once.
   *
   * @default Duration.minutes(15)
   */
  readonly holdFor?: Duration;

  /**
   * How long one request to Nakadi may take, from 1 to 180 seconds.
   *
   * Nakadi itself waits up to 35 seconds for its storage and 40 more while it moves an event type; a shorter time makes duplicates.
   *
   * @default Duration.seconds(80)
   */
  readonly requestTimeout?: Duration;

  /**
   * Largest event that this Nakadi takes, in bytes of JSON, from 1,024 to 50,000,000.
   *
   * An event that passes it is sent without its patch; if it still does, it is parked.
   *
   * @default 999000
   */
  readonly maxEventBytes?: number;

  /**
   * How often the requeue looks after dead letters and parked events, from 1 to 60 minutes.
   *
   * @default Duration.minutes(1)
   */
  readonly requeueEvery?: Duration;

  /**
   * How long the logs of the relay and of the requeue are kept.
   *
   * @default logs.RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;
}

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
    const faults = findFaults(props);
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

    const shared = {
      [ENV.destination]: Stack.of(this).toJsonString(destinationConfig(props.destination)),
      [ENV.credentials]: Stack.of(this).toJsonString(credentialsConfig(props.destination)),
      [ENV.publishing]: Stack.of(this).toJsonString(publishingConfig(props, times)),
      [ENV.parkedEventsTable]: parking.table.tableName,
    };
    const logRetention = props.logRetention ?? logs.RetentionDays.ONE_MONTH;
    const relay = new HandlerFunction(this, 'Relay', {
      bundle: 'relay',
      description: 'Publishes the changes of a DynamoDB table to Nakadi.',
      environment: shared,
      memorySize: props.memorySize ?? 512,
      timeout: times.timeout,
      logRetention,
    });
    const requeue = new HandlerFunction(this, 'Requeue', {
      bundle: 'requeue',
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
