import { ENV, type CompactDestination, type PublishingConfig } from '../../lib/private/handler-contract.ts';
import type { Targets } from './contender.ts';

/** The environment of both functions as the construct sets it where a team names a destination and nothing else, and what Lambda adds. */
export function relayEnvironment({ nakadi, aws }: Targets): Record<string, string> {
  const destination: CompactDestination = {
    endpoint: nakadi,
    routes: [{ eventType: 'order-store.order-changed', dataType: 'order', cleanupPolicy: 'delete', patchFormat: 'array', patchAttribute: 'patch' }],
    unrouted: 'drop',
  };
  const publishing: PublishingConfig = {
    maxEventBytes: 999_000,
    maxBatchEvents: 1_000,
    maxBatchBytes: 10_000_000,
    requestTimeoutMs: 90_000,
    retryBudgetMs: 60_000,
    holdForMs: 900_000,
  };
  return {
    [ENV.destination]: JSON.stringify(destination),
    [ENV.credentials]: JSON.stringify({ type: 'none' }),
    [ENV.publishing]: JSON.stringify(publishing),
    [ENV.parkedEventsTable]: 'parked-events',
    [ENV.sourceTable]: 'orders',
    [ENV.deadLetterQueueUrl]: `${aws}/111122223333/dead-letters`,
    AWS_ENDPOINT_URL_DYNAMODB: aws,
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: aws,
    AWS_ENDPOINT_URL_SQS: aws,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_LAMBDA_FUNCTION_NAME: 'bench',
    AWS_LAMBDA_LOG_FORMAT: 'JSON',
  };
}
