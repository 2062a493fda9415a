import { MetricUnit, Metrics } from '@aws-lambda-powertools/metrics';
import { METRICS } from '../../lib/private/handler-contract.ts';
import type { Nakadi } from '../core/ports.ts';
import type { RelayReport } from '../core/relay-batch.ts';
import type { RunReport } from '../core/requeue-run.ts';

const { Count, Milliseconds, Seconds } = MetricUnit;

/**
 * The metrics of a function: a line of the log for each invocation, in the embedded metric format.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export class FunctionMetrics {
  readonly #metrics: Metrics;

  constructor(functionName: string) {
    this.#metrics = new Metrics({ namespace: METRICS.namespace, serviceName: functionName });
  }

  /** The same Nakadi, of which each request is timed. */
  timed(nakadi: Nakadi, now: () => number): Nakadi {
    return {
      publish: async (events) => {
        const start = now();
        const answer = await nakadi.publish(events);
        this.#metrics.addMetric(METRICS.both.requestLatency, Milliseconds, now() - start);
        return answer;
      },
    };
  }

  /** Writes what an invocation of the relay did; zeros too, because alarms compare with them. */
  relayed({ accepted, rejected, patchesLeftOut, parked, held, publicationAgeMs }: Omit<RelayReport, 'response'>): void {
    this.#count({
      [METRICS.both.accepted]: accepted,
      [METRICS.both.rejected]: rejected,
      [METRICS.both.patchesLeftOut]: patchesLeftOut,
      [METRICS.relay.parked]: parked,
      [METRICS.relay.held]: held,
    });
    if (publicationAgeMs !== undefined) {
      this.#metrics.addMetric(METRICS.relay.publicationAge, Milliseconds, publicationAgeMs);
    }
    this.#metrics.publishStoredMetrics();
  }

  /** Writes what a run of the requeue did. One that did nothing, because another one is at work, writes nothing. */
  requeued({ deadLetters, parked, backlog }: RunReport, now: number): void {
    if (deadLetters === undefined || parked === undefined || backlog === undefined) {
      return;
    }
    this.#count({
      [METRICS.both.accepted]: parked.published,
      [METRICS.both.rejected]: parked.refused,
      [METRICS.both.patchesLeftOut]: parked.patchesLeftOut,
      [METRICS.requeue.itemsWaiting]: backlog.items,
      [METRICS.requeue.deadLetterRecords]: deadLetters.records,
      [METRICS.requeue.deadLettersStuck]: deadLetters.trimmed + deadLetters.malformed,
      [METRICS.requeue.runs]: 1,
    });
    const waits = backlog.openSince === undefined ? 0 : now - Date.parse(backlog.openSince);
    this.#metrics.addMetric(METRICS.requeue.oldestWaiting, Seconds, Math.max(0, Math.round(waits / 1000)));
    this.#metrics.publishStoredMetrics();
  }

  #count(counts: Readonly<Record<string, number>>): void {
    for (const [name, count] of Object.entries(counts)) {
      this.#metrics.addMetric(name, Count, count);
    }
  }
}
