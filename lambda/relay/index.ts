import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { LOG_EVENTS, RESERVE_MS } from '../../lib/private/handler-contract.ts';
import { readFromSecretsManager, tokenSource } from '../adapters/access-token.ts';
import { AWS_CLIENT } from '../adapters/aws-client.ts';
import { readEnvironment, requireEnv } from '../adapters/environment.ts';
import { loadMapping } from '../adapters/mapping-module.ts';
import { FunctionMetrics } from '../adapters/metrics.ts';
import { nakadiHttp } from '../adapters/nakadi-http.ts';
import { parkingLot } from '../adapters/parking-lot.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { logEvent } from '../adapters/telemetry.ts';
import { relayBatch, type RelayMemory, type RelayPorts } from '../core/relay-batch.ts';
import type { BatchResponse } from '../core/stream-checkpoint.ts';
import type { RawStreamRecord } from '../core/stream-record.ts';

const { endpoint, credentials, settings, parkedEventsTable } = readEnvironment((file) => loadMapping(import.meta.dirname, file));
const { requestTimeoutMs } = settings.publishing;

const metrics = new FunctionMetrics(requireEnv('AWS_LAMBDA_FUNCTION_NAME'));
const ports: RelayPorts = {
  clock: systemClock,
  nakadi: metrics.timed(
    nakadiHttp({
      endpoint,
      requestTimeoutMs,
      tokens: tokenSource(credentials, readFromSecretsManager, systemClock.now),
    }),
    systemClock.now,
  ),
  parkingLot: parkingLot(DynamoDBDocumentClient.from(new DynamoDBClient(AWS_CLIENT)), parkedEventsTable, systemClock.now),
};
const memory: RelayMemory = {};

/** Relays one batch of stream records. */
export async function handler(
  event: { readonly Records: readonly RawStreamRecord[] },
  context: { getRemainingTimeInMillis(): number },
): Promise<BatchResponse> {
  const deadline = systemClock.now() + context.getRemainingTimeInMillis() - RESERVE_MS - requestTimeoutMs;
  const { response, ...report } = await relayBatch(event.Records, ports, settings, memory, deadline);
  logEvent(report.parked > 0 || report.held > 0 ? 'warn' : 'info', LOG_EVENTS.relayBatch, report);
  metrics.relayed(report);
  return response;
}
