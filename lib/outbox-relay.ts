import { Duration, Stack } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { IOutboxRelay } from './i-outbox-relay';
import { OutboxMetrics } from './outbox-metrics';
import type { OutboxRelayOptions } from './outbox-relay-options';
import { compactDestination } from './private/compact-destination';
import { newDeadLetterQueue } from './private/dead-letter-queue';
import { allowLogs, grantStoreKeys, keyBehind } from './private/encryption';
import { ENV } from './private/handler-contract';
import { HandlerFunction } from './private/handler-function';
import { credentialsConfig, destinationSettings, publishingConfig } from './private/handler-settings';
import { networkOf } from './private/network';
import { Parking } from './private/parking';
import { scheduleRequeue } from './private/requeue-schedule';
import { allowSecretValue } from './private/secret-value';
import { streamFilters } from './private/stream-filters';
import { keysOfTable } from './private/table-keys';
import { relayTimes, REQUEUE_TIMEOUT } from './private/times';
import { failOnFaults, findFaults } from './private/validate-props';
import { tableFaults } from './private/validate-table';
import { warn, warnOfDottedAttributes, warnOfMappings, warnOfReaders } from './private/warnings';

/**
 * Properties of an OutboxRelay.
 */
export interface OutboxRelayProps extends OutboxRelayOptions {
  /**
   * The table whose changes are published, of the same account and region. It must have a stream of view type NEW_AND_OLD_IMAGES; an imported
   * table must name its stream (`tableStreamArn`), and its key where it has one of its own (`encryptionKey`). Import a replica of a global table, too:
   * `TableV2.replica` does not name its stream.
   *
   * Of a global table one region has the outbox: the stream of another region holds the same changes, and an outbox there publishes them a second time,
   * with other `eid`s. For a failover, keep one there that is not `enabled`.
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
 * @stateful
 * @example
 * declare const table: dynamodb.TableV2;
 *
 * new OutboxRelay(this, 'OrdersRelay', {
 *   table,
 *   destination: { endpoint: 'https://nakadi.example.org', eventType: 'order-store.order-changed' },
 * });
 */
export class OutboxRelay extends Construct implements IOutboxRelay, ec2.IConnectable {
  public readonly table: dynamodb.ITable;

  public readonly relayFunction: lambda.IFunction;

  public readonly requeueFunction: lambda.IFunction;

  public readonly deadLetterQueue: sqs.IQueue;

  public readonly parkedEventsTable: dynamodb.ITableV2;

  public readonly eventSourceMapping: lambda.IEventSourceMapping;

  public readonly logGroups: logs.ILogGroup[];

  public readonly holdFor: Duration;

  public readonly retryBudget: Duration;

  public readonly requeueEvery: Duration;

  public readonly metrics: OutboxMetrics;
  private readonly parking: Parking;
  private readonly network?: ec2.Connections;

  constructor(scope: Construct, id: string, props: OutboxRelayProps) {
    super(scope, id);
    const { table, destination } = props;
    const stack = Stack.of(this);
    const keys = keysOfTable(table);
    failOnFaults(this.node.path, [...findFaults(props, stack, keys), ...tableFaults(table, stack)]);

    const streamArn = table.tableStreamArn as string;
    const key = props.relayEncryptionKey && keyBehind(props.relayEncryptionKey);
    const options: OutboxRelayOptions = { ...props, relayEncryptionKey: key };
    const { enabled = true, requeueEvery = Duration.minutes(1) } = props;
    const times = relayTimes(props);
    const network = networkOf(this, props);
    const parking = new Parking(this, 'ParkedEvents', options);
    const deadLetterQueue = newDeadLetterQueue(this, options);

    const settings = destinationSettings(destination);
    const shared = {
      [ENV.destination]: stack.toJsonString(compactDestination(settings.config)),
      [ENV.credentials]: stack.toJsonString(credentialsConfig(destination)),
      [ENV.publishing]: stack.toJsonString(publishingConfig(props, times)),
      [ENV.parkedEventsTable]: parking.table.tableName,
    };
    const relay = new HandlerFunction(this, 'Relay', {
      bundle: 'relay',
      mappings: settings.mappings,
      description: 'Publishes the changes of a DynamoDB table to Nakadi.',
      environment: shared,
      memorySize: props.memorySize ?? 512,
      timeout: times.timeout,
      options,
      network,
    });
    const requeue = new HandlerFunction(this, 'Requeue', {
      bundle: 'requeue',
      mappings: settings.mappings,
      description: 'Publishes the parked events and the dead letters of an outbox to Nakadi.',
      environment: {
        ...shared,
        [ENV.sourceTable]: table.tableName,
        [ENV.deadLetterQueueUrl]: deadLetterQueue.queueUrl,
      },
      memorySize: props.requeueMemorySize ?? 512,
      timeout: REQUEUE_TIMEOUT,
      options,
      network,
    });

    if (key !== undefined) {
      allowLogs(this, key);
    }
    for (const { function: handler } of [relay, requeue]) {
      table.encryptionKey?.grantDecrypt(handler);
      if (destination.credentials?._secret !== undefined) {
        allowSecretValue(handler.grantPrincipal, destination.credentials._secret);
      }
      grantStoreKeys([...parking.keys, deadLetterQueue.encryptionMasterKey], handler);
    }
    allow(relay.function, STREAM_SOURCE_ACTIONS, streamArn);
    allow(relay.function, ['sqs:SendMessage'], deadLetterQueue.queueArn);
    parking.allowPark(relay.function);
    allow(requeue.function, ['dynamodb:GetRecords', 'dynamodb:GetShardIterator'], streamArn);
    allow(requeue.function, ['sqs:ReceiveMessage', 'sqs:DeleteMessage'], deadLetterQueue.queueArn);
    allow(requeue.function, ['dynamodb:GetItem'], table.tableArn);
    parking.allowDrain(requeue.function);

    const mapping = new lambda.EventSourceMapping(this, 'EventSourceMapping', {
      target: relay.function,
      eventSourceArn: streamArn,
      startingPosition: lambda.StartingPosition.TRIM_HORIZON,
      enabled,
      batchSize: props.batchSize ?? 100,
      maxBatchingWindow: props.batchingWindow ?? Duration.seconds(0),
      parallelizationFactor: props.parallelizationFactor ?? 1,
      filters: streamFilters(destination),
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: times.retryAttempts,
      // Half of the stream's 24 hours: the requeue has the other half to read the records again.
      maxRecordAge: Duration.hours(12),
      onFailure: { bind: () => ({ destination: deadLetterQueue.queueArn }) },
      metricsConfig: { metrics: [lambda.MetricType.EVENT_COUNT] },
    });
    // The mapping is checked when it is made: the role's policy must be there first.
    mapping.node.addDependency(relay.function.role as iam.IRole);

    scheduleRequeue(this, requeue.function, { requeueEvery, enabled });
    warn(this, props, times);
    warnOfDottedAttributes(this, destination, keys);
    warnOfMappings(this, destination);
    warnOfReaders(this, table);

    this.table = table;
    this.relayFunction = relay.function;
    this.requeueFunction = requeue.function;
    this.deadLetterQueue = deadLetterQueue;
    this.parkedEventsTable = parking.table;
    this.eventSourceMapping = mapping;
    this.logGroups = [relay.logGroup, requeue.logGroup];
    this.holdFor = times.holdFor;
    this.retryBudget = times.retryBudget;
    this.requeueEvery = requeueEvery;
    this.metrics = new OutboxMetrics(this);
    this.parking = parking;
    // One for all callers: the CDK keeps state in it.
    this.network = network && new ec2.Connections({ securityGroups: network.securityGroups });
  }

  /**
   * What both functions may connect to, where they run in a VPC.
   */
  public get connections(): ec2.Connections {
    if (this.network === undefined) {
      throw new Error(`${this.node.path} has no connections, because its functions run in no VPC: give it a vpc`);
    }
    return this.network;
  }

  public grantRequeue(grantee: iam.IGrantable): iam.Grant {
    return this.requeueFunction.grantInvokeLatestVersion(grantee);
  }

  public grantOperateParkedEvents(grantee: iam.IGrantable): iam.Grant {
    if ('Service' in grantee.grantPrincipal.policyFragment.principalJson) {
      throw new Error(`${this.node.path} cannot be operated by a service, got ${grantee.grantPrincipal.toString()}: grant it to a role, a user or a group`);
    }
    return this.parking.grantOperate(grantee);
  }
}

/** What an event source mapping does to a stream, in the name of its function. */
const STREAM_SOURCE_ACTIONS = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'];

function allow(handler: lambda.Function, actions: string[], ...resources: string[]): void {
  handler.addToRolePolicy(new iam.PolicyStatement({ actions, resources }));
}
