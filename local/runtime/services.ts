import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDbLocal, localClient } from './dynamodb-local.ts';
import { Fauxqs } from './fauxqs.ts';
import type { Endpoints } from './function-environment-variables.ts';
import type { Guardian } from './guardian.ts';
import type { LocalRuntimeOptions } from './local-runtime-options.ts';
import { Secrets } from './secrets.ts';
import { SecretsManager } from './secrets-manager.ts';

interface StartedService {
  /** Absent for a service inside this process. */
  readonly pid?: number | undefined;
  stop(): Promise<void>;
}

/** The services of one runtime, and clients of them. */
export class Services {
  readonly endpoints: Endpoints;
  readonly secrets: Secrets;
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  /** Whether tables and queues outlive the runtime unless it deletes them. */
  readonly shared: { readonly dynamodb: boolean; readonly sqs: boolean };
  readonly #started: readonly StartedService[];

  private constructor(endpoints: Endpoints, secrets: Secrets, region: string, shared: Services['shared'], started: readonly StartedService[]) {
    this.endpoints = endpoints;
    this.secrets = secrets;
    this.shared = shared;
    this.#started = started;
    this.dynamodb = new DynamoDBClient(localClient(endpoints.dynamodb, region));
    this.sqs = new SQSClient(localClient(endpoints.sqs, region));
  }

  /** Starts what the options do not give. @throws ServiceError */
  static async start(options: LocalRuntimeOptions, region: string, guardian: Guardian): Promise<Services> {
    const secrets = new Secrets();
    const { endpoints = {}, ports = {}, java, heapSize } = options;
    const starting = await Promise.allSettled([
      endpoints.dynamodb ?? DynamoDbLocal.start({ port: ports.dynamodb, java, heapSize }, guardian),
      endpoints.sqs ?? Fauxqs.start(ports.sqs, region, guardian),
      SecretsManager.start(secrets, ports.secretsManager),
    ]);
    const started = starting.flatMap((service) => (service.status === 'fulfilled' && typeof service.value !== 'string' ? [service.value] : []));
    const failure = starting.find((service) => service.status === 'rejected');
    if (failure) {
      await Promise.all(started.map((service) => service.stop()));
      throw failure.reason;
    }
    const [dynamodb, sqs, secretsManager] = starting.map((service) => {
      if (service.status === 'rejected') throw service.reason;
      return typeof service.value === 'string' ? service.value : service.value.endpoint;
    });
    const shared = { dynamodb: endpoints.dynamodb !== undefined, sqs: endpoints.sqs !== undefined };
    return new Services({ dynamodb, sqs, secretsManager }, secrets, region, shared, started);
  }

  /** Process ids of the services that were started. */
  get pids(): number[] {
    return this.#started.flatMap(({ pid }) => pid ?? []);
  }

  async stop(): Promise<void> {
    this.dynamodb.destroy();
    this.sqs.destroy();
    await Promise.all(this.#started.map((service) => service.stop()));
  }
}
