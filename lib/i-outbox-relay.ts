import type { Duration } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';
import type { OutboxMetrics } from './outbox-metrics';

/**
 * What publishes a table's changes, to those who watch or operate it.
 */
export interface IOutboxRelay extends IConstruct {
  /**
   * The table whose changes are published.
   */
  readonly table: dynamodb.ITable;

  /**
   * The function that turns stream records into events and publishes them.
   */
  readonly relayFunction: lambda.IFunction;

  /**
   * The function that publishes dead letters and parked events.
   */
  readonly requeueFunction: lambda.IFunction;

  /**
   * The queue that learns of the batches which the event source mapping gave up on. Its messages name ranges of the stream; they hold no data.
   */
  readonly deadLetterQueue: sqs.IQueue;

  /**
   * The table of the changes that wait to be published.
   */
  readonly parkedEventsTable: dynamodb.ITableV2;

  /**
   * The mapping from the table's stream to the relay function.
   */
  readonly eventSourceMapping: lambda.IEventSourceMapping;

  /**
   * The log groups of the relay and of the requeue, in this order.
   */
  readonly logGroups: logs.ILogGroup[];

  /**
   * How long the stream holds records back while Nakadi is away, counted from the oldest record's change: the given time, or its default.
   */
  readonly holdFor: Duration;

  /**
   * How long one invocation of the relay goes on trying while Nakadi is away: the given time, or its default.
   */
  readonly retryBudget: Duration;

  /**
   * How often the requeue runs: the given time, or its default.
   */
  readonly requeueEvery: Duration;

  /**
   * The outbox's metrics.
   */
  readonly metrics: OutboxMetrics;

  /**
   * Lets somebody start the requeue, beside its schedule: `lambda:InvokeFunction` on the requeue function.
   *
   * @param grantee who may start it
   */
  grantRequeue(grantee: iam.IGrantable): iam.Grant;

  /**
   * Lets somebody use `npx cdk-outbox-table parked`: list, show, retry and skip what waits.
   *
   * On the table of parked events it allows `dynamodb:GetItem`, `dynamodb:Query` (on its index too), `dynamodb:PutItem`, `dynamodb:UpdateItem`
   * and `dynamodb:DeleteItem`; on `relayEncryptionKey`, where there is one, `kms:Decrypt`, `kms:DescribeKey`, `kms:Encrypt`,
   * `kms:GenerateDataKey`, `kms:ReEncryptFrom` and `kms:ReEncryptTo`. Whoever has it can read the data of the items that wait.
   *
   * @param grantee a role, a user or a group; a service is refused
   */
  grantOperateParkedEvents(grantee: iam.IGrantable): iam.Grant;
}
