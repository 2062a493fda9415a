import { tmpdir } from 'node:os';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ENV, LOG_EVENTS, RESERVE_MS } from '../../lib/private/handler-contract.ts';
import { AWS_CLIENT } from '../adapters/aws-client.ts';
import { deadLetterQueue } from '../adapters/dead-letter-queue.ts';
import { readEnvironment, requireEnv } from '../adapters/environment.ts';
import { FunctionMetrics, requeueMetrics } from '../adapters/metrics.ts';
import { nakadiHttp } from '../adapters/nakadi-http.ts';
import { parkedEventsTable } from '../adapters/parked-events-table.ts';
import { leaseHolder, requeueLease } from '../adapters/requeue-lease.ts';
import { sourceTable } from '../adapters/source-table.ts';
import { streamReader } from '../adapters/stream-reader.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { logEvent } from '../adapters/telemetry.ts';
import { tokenSource } from '../adapters/token-source.ts';
import { RequestSize } from '../core/request-size.ts';
import { requeueRun, type RunPorts } from '../core/requeue-run.ts';

// What each invocation needs, and what the configuration asks for, is loaded before the first one: then a function has a whole processor.
const environment = await readEnvironment(async (file) => {
  const { loadMapping } = await import('../adapters/mapping-module.ts');
  return loadMapping(import.meta.dirname, file, tmpdir());
});
const { endpoint, credentials, settings } = environment;
const { requestTimeoutMs } = settings.publishing;

const metrics = new FunctionMetrics(requireEnv('AWS_LAMBDA_FUNCTION_NAME'));
const dynamodb = new DynamoDBClient(AWS_CLIENT);
const documents = DynamoDBDocumentClient.from(dynamodb);
const ports: Omit<RunPorts, 'lease'> = {
  clock: systemClock,
  nakadi: metrics.timed(
    nakadiHttp({
      endpoint,
      requestTimeoutMs,
      tokens: await tokenSource(credentials, systemClock.now),
    }),
    systemClock.now,
  ),
  parkedEvents: parkedEventsTable(documents, environment.parkedEventsTable, systemClock.now),
  sourceTable: sourceTable(dynamodb, requireEnv(ENV.sourceTable)),
  deadLetters: deadLetterQueue(new SQSClient(AWS_CLIENT), requireEnv(ENV.deadLetterQueueUrl)),
  stream: streamReader(new DynamoDBStreamsClient(AWS_CLIENT)),
};

const requestSize = new RequestSize();

/** Runs the requeue once. */
export async function handler(_event: unknown, context: { readonly awsRequestId: string; getRemainingTimeInMillis(): number }): Promise<void> {
  const killedAt = systemClock.now() + context.getRemainingTimeInMillis();
  const lease = requeueLease(documents, environment.parkedEventsTable, leaseHolder(context.awsRequestId), systemClock.now);
  const report = await requeueRun({ ...ports, lease }, settings, { stopAt: killedAt - RESERVE_MS - requestTimeoutMs, killedAt }, requestSize);
  if (report === undefined) {
    logEvent('info', 'requeue.skipped', { why: 'another run holds the lease' });
    return;
  }
  const { deadLetters, parked, backlog } = report;
  metrics.write(requeueMetrics(report, systemClock.now()));
  const troubled = deadLetters.trimmed + deadLetters.malformed + deadLetters.failed > 0;
  logEvent(troubled ? 'error' : 'info', LOG_EVENTS.requeueRun, { deadLetters, parked: { ...parked, reasons: [...parked.reasons].slice(0, 5) }, backlog });
}
