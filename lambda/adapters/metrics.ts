import { MetricUnit, Metrics } from '@aws-lambda-powertools/metrics';
import { METRICS } from '../../lib/private/handler-contract.ts';
import type { Nakadi } from '../core/ports.ts';
import type { RelayReport } from '../core/relay-batch.ts';
import type { RunReport } from '../core/requeue-run.ts';

const { Count, Milliseconds, Seconds } = MetricUnit;

/** Name, unit and value. */
export type Measurement = readonly [name: string, unit: Parameters<Metrics['addMetric']>[1], value: number];

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

  /** Writes what an invocation did. */
  write(measurements: readonly Measurement[]): void {
    for (const measurement of measurements) {
      this.#metrics.addMetric(...measurement);
    }
    this.#metrics.publishStoredMetrics();
  }
}

/** What an invocation of the relay did; zeros too, because alarms compare with them. */
export function relayMetrics({ accepted, rejected, patchesLeftOut, parked, held, publicationAgeMs }: Omit<RelayReport, 'response'>): Measurement[] {
  return [
    [METRICS.both.accepted, Count, accepted],
    [METRICS.both.rejected, Count, rejected],
    [METRICS.both.patchesLeftOut, Count, patchesLeftOut],
    [METRICS.relay.parked, Count, parked],
    [METRICS.relay.held, Count, held],
    ...(publicationAgeMs === undefined ? [] : [[METRICS.relay.publicationAge, Milliseconds, publicationAgeMs] satisfies Measurement]),
  ];
}

/** What a run of the requeue did. */
export function requeueMetrics({ deadLetters, parked, backlog }: RunReport, now: number): Measurement[] {
  const waits = backlog.openSince === undefined ? 0 : now - Date.parse(backlog.openSince);
  return [
    [METRICS.both.accepted, Count, parked.published],
    [METRICS.both.rejected, Count, parked.refused],
    [METRICS.both.patchesLeftOut, Count, parked.patchesLeftOut],
    [METRICS.requeue.itemsWaiting, Count, backlog.items],
    [METRICS.requeue.deadLetterRecords, Count, deadLetters.records],
    [METRICS.requeue.deadLettersStuck, Count, deadLetters.trimmed + deadLetters.malformed],
    [METRICS.requeue.runs, Count, 1],
    [METRICS.requeue.oldestWaiting, Seconds, Math.max(0, Math.round(waits / 1000))],
  ];
}
