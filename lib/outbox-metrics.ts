import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { METRICS, PARKED_EVENTS } from './private/handler-contract';

/**
 * Properties of OutboxMetrics: the parts of an outbox that are measured. An OutboxRelay has all of them.
 */
export interface OutboxMetricsProps {
  /**
   * The table whose changes are published.
   */
  readonly table: dynamodb.ITable;

  /**
   * The function that publishes stream records.
   */
  readonly relayFunction: lambda.IFunction;

  /**
   * The function that publishes dead letters and parked events.
   */
  readonly requeueFunction: lambda.IFunction;

  /**
   * The queue that learns of the batches which the event source mapping gave up on.
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
}

/**
 * The metrics of an outbox, for alarms and dashboards.
 *
 * Those of the namespace `OutboxTable` are written by the outbox's functions; the others by AWS. Statistic and period (five minutes) of each
 * can be changed by its options.
 *
 * @example
 * declare const relay: OutboxRelay;
 *
 * const slow = relay.metrics.metricPublicationAge({ statistic: 'p99' });
 */
export class OutboxMetrics {
  private readonly table: dynamodb.ITable;
  private readonly relay: lambda.IFunction;
  private readonly requeue: lambda.IFunction;
  private readonly deadLetterQueue: sqs.IQueue;
  private readonly parkedEventsTable: dynamodb.ITableV2;
  private readonly mapping: lambda.IEventSourceMapping;

  constructor(props: OutboxMetricsProps) {
    this.table = props.table;
    this.relay = props.relayFunction;
    this.requeue = props.requeueFunction;
    this.deadLetterQueue = props.deadLetterQueue;
    this.parkedEventsTable = props.parkedEventsTable;
    this.mapping = props.eventSourceMapping;
  }

  /**
   * Any metric that the relay function writes.
   *
   * @param metricName its name in the namespace `OutboxTable`
   * @param options what differs from the average of five minutes
   */
  public metricOfRelay(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return outboxMetric(this.relay, metricName, cloudwatch.Stats.AVERAGE, options);
  }

  /**
   * Any metric that the requeue function writes.
   *
   * @param metricName its name in the namespace `OutboxTable`
   * @param options what differs from the average of five minutes
   */
  public metricOfRequeue(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return outboxMetric(this.requeue, metricName, cloudwatch.Stats.AVERAGE, options);
  }

  /**
   * Events of the relay that Nakadi accepted; sum over five minutes.
   */
  public metricEventsAccepted(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return outboxMetric(this.relay, METRICS.both.accepted, cloudwatch.Stats.SUM, options);
  }

  /**
   * Events of the relay that Nakadi refused, and records of which no event could be made; sum over five minutes.
   */
  public metricEventsRejected(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return outboxMetric(this.relay, METRICS.both.rejected, cloudwatch.Stats.SUM, options);
  }

  /**
   * Events that the relay sent without their patch, because they would have been too large with it; sum over five minutes.
   */
  public metricPatchesLeftOut(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return outboxMetric(this.relay, METRICS.both.patchesLeftOut, cloudwatch.Stats.SUM, options);
  }

  /**
   * Milliseconds that a request of the relay to Nakadi took; average over five minutes.
   */
  public metricRequestLatency(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return outboxMetric(this.relay, METRICS.both.requestLatency, cloudwatch.Stats.AVERAGE, options);
  }

  /**
   * Records that the relay parked; sum over five minutes.
   */
  public metricRecordsParked(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return outboxMetric(this.relay, METRICS.relay.parked, cloudwatch.Stats.SUM, options);
  }

  /**
   * Records that the relay left in the stream because Nakadi is away; sum over five minutes. A record counts each time that it is delivered.
   */
  public metricRecordsHeld(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return outboxMetric(this.relay, METRICS.relay.held, cloudwatch.Stats.SUM, options);
  }

  /**
   * Milliseconds from the change of a batch's oldest event to its acceptance; maximum over five minutes.
   */
  public metricPublicationAge(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return outboxMetric(this.relay, METRICS.relay.publicationAge, cloudwatch.Stats.MAXIMUM, options);
  }

  /**
   * Events of the requeue that Nakadi accepted; sum over five minutes.
   */
  public metricRequeueEventsAccepted(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return outboxMetric(this.requeue, METRICS.both.accepted, cloudwatch.Stats.SUM, options);
  }

  /**
   * Parked events that Nakadi refused again, and parked records of which no event could be made; sum over five minutes.
   */
  public metricRequeueEventsRejected(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return outboxMetric(this.requeue, METRICS.both.rejected, cloudwatch.Stats.SUM, options);
  }

  /**
   * Events that the requeue sent without their patch, because they would have been too large with it; sum over five minutes.
   */
  public metricRequeuePatchesLeftOut(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return outboxMetric(this.requeue, METRICS.both.patchesLeftOut, cloudwatch.Stats.SUM, options);
  }

  /**
   * Milliseconds that a request of the requeue to Nakadi took; average over five minutes.
   */
  public metricRequeueRequestLatency(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return outboxMetric(this.requeue, METRICS.both.requestLatency, cloudwatch.Stats.AVERAGE, options);
  }

  /**
   * Items of which changes wait in the parked-events table, as each run of the requeue finds them at its end; maximum over five minutes.
   *
   * A run counts five pages of the table's index, of some thousands of items each, and no further: where the metric stays at such a number, more
   * items wait.
   */
  public metricItemsWaiting(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return outboxMetric(this.requeue, METRICS.requeue.itemsWaiting, cloudwatch.Stats.MAXIMUM, options);
  }

  /**
   * Seconds that the first of the items in the parked-events table waits, as each run of the requeue finds it at its end; maximum over five
   * minutes.
   *
   * Where so many items wait that a run does not count all (see `metricItemsWaiting`), it is the age of the oldest among those that are tried next.
   */
  public metricOldestWaitingAge(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return outboxMetric(this.requeue, METRICS.requeue.oldestWaiting, cloudwatch.Stats.MAXIMUM, options);
  }

  /**
   * Records that the requeue read from the stream again, because the event source mapping gave up on them; sum over five minutes.
   */
  public metricDeadLetterRecords(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return outboxMetric(this.requeue, METRICS.requeue.deadLetterRecords, cloudwatch.Stats.SUM, options);
  }

  /**
   * Dead letters that a run of the requeue met and can do nothing about, because the stream does not hold their records any more or
   * because they are no message of the event source mapping; maximum over five minutes.
   */
  public metricDeadLettersStuck(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return outboxMetric(this.requeue, METRICS.requeue.deadLettersStuck, cloudwatch.Stats.MAXIMUM, options);
  }

  /**
   * Runs of the requeue that came to their end; sum over five minutes.
   */
  public metricRequeueRuns(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return outboxMetric(this.requeue, METRICS.requeue.runs, cloudwatch.Stats.SUM, options);
  }

  /**
   * Milliseconds from a change to the end of the relay's invocation that got it last; maximum over five minutes.
   *
   * It grows while records are held in the stream, which keeps them for 24 hours.
   */
  public metricIteratorAge(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.relay.metric('IteratorAge', { statistic: cloudwatch.Stats.MAXIMUM, ...options });
  }

  /**
   * Batches that the event source mapping gave up on and could not report to the dead-letter queue; sum over five minutes. Nobody publishes
   * their changes any more.
   */
  public metricDeadLettersLost(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.relay.metric('DestinationDeliveryFailures', { statistic: cloudwatch.Stats.SUM, ...options });
  }

  /**
   * Write capacity units that the table's writes took; sum over five minutes.
   *
   * It is the sign that somebody writes, not the number of changes: refused conditional writes and writes that change nothing count too, what
   * time to live deletes does not.
   */
  public metricTableWrites(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.table.metricConsumedWriteCapacityUnits({ statistic: cloudwatch.Stats.SUM, ...options });
  }

  /**
   * Records that the event source mapping read from the stream; sum over five minutes.
   */
  public metricRecordsPolled(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.mappingMetric('PolledEventCount', options);
  }

  /**
   * Records that the event source mapping dropped because of its filter, which keeps away what no route is for; sum over five
   * minutes.
   */
  public metricRecordsFilteredOut(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.mappingMetric('FilteredOutEventCount', options);
  }

  /**
   * Records that the relay was invoked with; sum over five minutes. A record counts each time that it is delivered.
   */
  public metricRecordsInvoked(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.mappingMetric('InvokedEventCount', options);
  }

  /**
   * Records whose invocation failed or was throttled, and those that the relay handed back; sum over five minutes. Held records count, too.
   */
  public metricRecordsFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.mappingMetric('FailedInvokeEventCount', options);
  }

  /**
   * Records that the event source mapping gave up on without a dead letter; sum over five minutes. Records that the stream dropped are not
   * among them.
   */
  public metricRecordsDropped(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.mappingMetric('DroppedEventCount', options);
  }

  /**
   * Records that the event source mapping gave up on and reported to the dead-letter queue; sum over five minutes.
   */
  public metricRecordsDeadLettered(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.mappingMetric('OnFailureDestinationDeliveredEventCount', options);
  }

  /**
   * Invocations of the relay, those that failed too; sum over five minutes. Throttled ones are none.
   */
  public metricRelayInvocations(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.relay.metricInvocations(options);
  }

  /**
   * Invocations of the relay that failed: it crashed or ran out of time. Held records are no failure. Sum over five minutes.
   */
  public metricRelayErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.relay.metricErrors(options);
  }

  /**
   * Invocations of the relay that Lambda refused for want of concurrency; sum over five minutes.
   */
  public metricRelayThrottles(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.relay.metricThrottles(options);
  }

  /**
   * Milliseconds that an invocation of the relay took; average over five minutes.
   */
  public metricRelayDuration(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.relay.metricDuration(options);
  }

  /**
   * Runs of the requeue that failed: it crashed or ran out of time. Sum over five minutes.
   */
  public metricRequeueErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.requeue.metricErrors(options);
  }

  /**
   * Runs of the requeue that Lambda refused for want of concurrency; sum over five minutes.
   */
  public metricRequeueThrottles(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.requeue.metricThrottles(options);
  }

  /**
   * Milliseconds that a run of the requeue took; average over five minutes.
   */
  public metricRequeueDuration(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.requeue.metricDuration(options);
  }

  /**
   * Dead letters that nobody has received at the moment; maximum over five minutes.
   */
  public metricDeadLettersVisible(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.deadLetterQueue.metricApproximateNumberOfMessagesVisible({ statistic: cloudwatch.Stats.MAXIMUM, ...options });
  }

  /**
   * Dead letters that a run of the requeue has received: it reads them now, or could not and will see them again; maximum over five minutes.
   */
  public metricDeadLettersNotVisible(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.deadLetterQueue.metricApproximateNumberOfMessagesNotVisible({ statistic: cloudwatch.Stats.MAXIMUM, ...options });
  }

  /**
   * Seconds that the oldest dead letter is in the queue; maximum over five minutes.
   *
   * SQS leaves messages out that were received three times or more. To see whether dead letters stay, look at their number.
   */
  public metricDeadLetterAge(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.deadLetterQueue.metricApproximateAgeOfOldestMessage({ statistic: cloudwatch.Stats.MAXIMUM, ...options });
  }

  /**
   * Writes to the parked-events table that DynamoDB refused because there were too many; sum over five minutes.
   */
  public metricParkedEventsTableThrottles(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.throttledWrites({}, options);
  }

  /**
   * Writes to the parked-events table's index of the items that wait which DynamoDB refused because there were too many; sum over five
   * minutes.
   */
  public metricOpenItemsIndexThrottles(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.throttledWrites({ GlobalSecondaryIndexName: PARKED_EVENTS.openIndex }, options);
  }

  /** @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#event-source-mapping-metrics */
  private mappingMetric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/Lambda',
      metricName,
      dimensionsMap: { EventSourceMappingUUID: this.mapping.eventSourceMappingId },
      statistic: cloudwatch.Stats.SUM,
      ...options,
    }).attachTo(this.mapping);
  }

  private throttledWrites(index: Record<string, string>, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/DynamoDB',
      metricName: 'WriteThrottleEvents',
      dimensionsMap: { TableName: this.parkedEventsTable.tableName, ...index },
      statistic: cloudwatch.Stats.SUM,
      ...options,
    }).attachTo(this.parkedEventsTable);
  }
}

function outboxMetric(writer: lambda.IFunction, metricName: string, statistic: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: METRICS.namespace,
    metricName,
    dimensionsMap: { [METRICS.dimension]: writer.functionName },
    statistic,
    ...options,
  }).attachTo(writer);
}
