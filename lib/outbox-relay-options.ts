import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { NakadiDestination } from './nakadi-destination';

/**
 * What a team may say about an outbox, whichever table it is for.
 */
export interface OutboxRelayOptions {
  /**
   * Where the events go, and as what.
   */
  readonly destination: NakadiDestination;

  /**
   * Whether changes are published.
   *
   * Where not, neither the relay nor the requeue runs. The event source mapping keeps its position, and what waits is published, in order, as
   * soon as this is true again. The stream holds changes for 24 hours: those that are older when publishing goes on are lost.
   *
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * Largest number of stream records in one invocation of the relay, from 1 to 10,000.
   *
   * @default 100
   */
  readonly batchSize?: number;

  /**
   * How long the event source mapping gathers records before it invokes the relay, up to 300 seconds.
   *
   * Longer windows make fewer, larger requests and later events. A window that is known at deployment only must be in seconds.
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
   * How long one invocation goes on trying while Nakadi is away, from 1 to 600 seconds. It must be known when the app is synthesized.
   *
   * The relay function's time-out is this, plus `requestTimeout`, plus 40 seconds to park what was not accepted.
   *
   * @default Duration.seconds(60)
   */
  readonly retryBudget?: Duration;

  /**
   * How long the stream holds records back while Nakadi is away, up to 11 hours, counted from the oldest record's change.
   *
   * Most outages end within this time and cost nothing but the wait. Records that are older are parked, so that the shard is empty
   * long before the stream's 24 hours end. Zero parks at once. It must be known when the app is synthesized.
   *
   * @default Duration.minutes(15)
   */
  readonly holdFor?: Duration;

  /**
   * How long one request to Nakadi may take, from 1 to 180 seconds. It must be known when the app is synthesized.
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
   * Largest number of events in one request to Nakadi, from 1 to 10,000.
   *
   * @default 1000
   */
  readonly maxBatchEvents?: number;

  /**
   * Largest request to Nakadi, in bytes of JSON before compression, from 1,024 to 50,000,000. It must be `maxEventBytes` at least.
   *
   * @default - 10,000,000, or `maxEventBytes` where that is known at synth and more
   */
  readonly maxBatchBytes?: number;

  /**
   * How often the requeue looks after dead letters and parked events, from 1 to 60 minutes.
   *
   * Where it is known at deployment only, it must be in minutes or hours.
   *
   * @default Duration.minutes(1)
   */
  readonly requeueEvery?: Duration;

  /**
   * Memory of the relay function in MB, from 128 to 10,240. Processor time grows with it.
   *
   * @default 512
   */
  readonly memorySize?: number;

  /**
   * Memory of the requeue function in MB, from 128 to 10,240. Processor time grows with it.
   *
   * @default 512
   */
  readonly requeueMemorySize?: number;

  /**
   * Processor architecture of both functions.
   *
   * @default lambda.Architecture.ARM_64
   */
  readonly architecture?: lambda.Architecture;

  /**
   * Whether X-Ray traces both functions. It lets them write traces, which IAM cannot limit to a resource.
   *
   * @default lambda.Tracing.DISABLED
   */
  readonly tracing?: lambda.Tracing;

  /**
   * From which level on the functions' log lines are kept.
   *
   * Metrics are lines of the log too, without a level, which Lambda may take for INFO: a level above that warns, because alarms may see none. So may the
   * saved queries, which read lines of level INFO.
   *
   * @default lambda.ApplicationLogLevel.INFO
   */
  readonly logLevel?: lambda.ApplicationLogLevel;

  /**
   * How long the logs of the relay and of the requeue are kept.
   *
   * @default logs.RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What happens to the logs of both functions when the outbox goes. They hold no data of the table, unless a mapping
   * writes it to the console.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly logRemovalPolicy?: RemovalPolicy;

  /**
   * What happens to parked events and to dead letters when the outbox goes.
   *
   * Both stand for changes that Nakadi does not have yet: data, not a cache. Destroy them only where nobody misses events.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly parkedEventsRemovalPolicy?: RemovalPolicy;

  /**
   * Key of your own for what the relay stores: parked events, dead letters, logs and the functions' environment. The table has its own
   * `encryption`.
   *
   * The key must be in the region of the outbox. Its policy must let CloudWatch Logs use it; that of a key which is defined in this app is
   * extended, for one that is imported see the warning. Before it is changed or taken away, the dead-letter queue must be empty: the functions may not
   * use the old key any more, under which the messages in the queue stay encrypted.
   *
   * @default - keys that AWS owns
   */
  readonly relayEncryptionKey?: kms.IKey;

  /**
   * VPC in which both functions run, of the region of the outbox.
   *
   * From there they must reach Nakadi, DynamoDB, SQS and what `credentials` need: Secrets Manager and the token endpoint. VPC endpoints do for
   * these, but not for DynamoDB Streams, whose endpoints take no private names and which the requeue reads dead letters from: it needs a NAT
   * gateway. Their roles may then make network interfaces, which IAM cannot limit to a resource.
   *
   * @default - the functions run in no VPC
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Subnets of `vpc` in which the functions run. Public ones are refused, because functions get no public address; isolated ones warn.
   *
   * @default - the private subnets
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * Security groups that both functions are in. Needs `vpc`.
   *
   * @default - one is made, which allows all outbound traffic
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
}
