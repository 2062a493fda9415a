import { tmpdir } from 'node:os';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LOG_EVENTS, RESERVE_MS } from '../../lib/private/handler-contract.ts';
import { AWS_CLIENT } from '../adapters/aws-client.ts';
import { readEnvironment, requireEnv } from '../adapters/environment.ts';
import { FunctionMetrics, relayMetrics } from '../adapters/metrics.ts';
import { nakadiHttp } from '../adapters/nakadi-http.ts';
import { relayParkingLot } from '../adapters/relay-parking-lot.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { logEvent } from '../adapters/telemetry.ts';
import { tokenSource } from '../adapters/token-source.ts';
import { relayBatch, type RelayMemory, type RelayPorts } from '../core/relay-batch.ts';
import type { BatchResponse } from '../core/stream-checkpoint.ts';
import type { RawStreamRecord } from '../core/stream-record.ts';

// What each invocation needs, and what the configuration asks for, is loaded before the first one: then a function has a whole processor.
// What only trouble needs waits for it.
const { endpoint, credentials, settings, parkedEventsTable } = await readEnvironment(async (file) => {
  const { loadMapping } = await import('../adapters/mapping-module.ts');
  return loadMapping(import.meta.dirname, file, tmpdir());
});
const { requestTimeoutMs } = settings.publishing;

const metrics = new FunctionMetrics(requireEnv('AWS_LAMBDA_FUNCTION_NAME'));
const ports: RelayPorts = {
  clock: systemClock,
  nakadi: metrics.timed(
    nakadiHttp({
      endpoint,
      requestTimeoutMs,
      tokens: await tokenSource(credentials, systemClock.now),
    }),
    systemClock.now,
  ),
  parkingLot: relayParkingLot(new DynamoDBClient(AWS_CLIENT), parkedEventsTable, systemClock.now),
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
  metrics.write(relayMetrics(report));
  return response;
}
