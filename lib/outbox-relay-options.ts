import type { Duration } from 'aws-cdk-lib';
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
