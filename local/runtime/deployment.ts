import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { AsyncInvocations, DEFAULT_ASYNC_SETTINGS, type AsyncInvocationSettings } from './async-invocations.ts';
import type { BatchResult } from './batch-decision.ts';
import { errorMessage, TemplateError } from './errors.ts';
import { EventSourceMapping } from './event-source-mapping.ts';
import { readEventSourceMapping } from './event-source-mapping-configuration.ts';
import { readFunctionConfiguration } from './function-configuration.ts';
import { functionEnvironmentVariables, replaceAddresses } from './function-environment-variables.ts';
import type { Guardian } from './guardian.ts';
import { LambdaFunction } from './lambda-function.ts';
import type { LocalRuntimeOptions } from './local-runtime-options.ts';
import { createQueue, deleteQueue } from './queue.ts';
import { seededRandom } from '../random.ts';
import { describe, type Resource, type Resources } from './resources.ts';
import { readScheduleConfiguration, Schedule } from './schedule.ts';
import { initialSecretString } from './secret-string.ts';
import { nameInSecretArn } from './secrets.ts';
import type { Services } from './services.ts';
import { DynamoDbStream } from './stream-source.ts';
import { createTable, deleteTable } from './table.ts';

/** What a deployment is made of. */
export interface DeploymentContext {
  readonly options: LocalRuntimeOptions;
  readonly region: string;
  readonly resources: Resources;
  readonly services: Services;
  readonly guardian: Guardian;
  readonly onError: (text: string) => void;
}

/** The resources of an assembly while they exist: tables and queues in their services, functions, mappings and schedules in this process. */
export class Deployment {
  /** By construct path, as are the others. */
  readonly functions = new Map<string, LambdaFunction>();
  readonly asyncInvocations = new Map<string, AsyncInvocations>();
  readonly eventSourceMappings = new Map<string, EventSourceMapping>();
  readonly schedules = new Map<string, Schedule>();
  readonly #context: DeploymentContext;
  readonly #created: { readonly resource: Resource; readonly remove: () => Promise<void> }[] = [];
  readonly #streams: DynamoDbStream[] = [];

  constructor(context: DeploymentContext) {
    this.#context = context;
  }

  /**
   * Creates everything, in the order of dependence.
   * @throws TemplateError for what the local runtime does not support.
   */
  async create(): Promise<void> {
    const { resources } = this.#context;
    await this.#createTablesAndQueues();
    this.#createSecrets();
    this.#createFunctions();
    for (const resource of resources.ofKind('schedule')) this.#createSchedule(resource);
    const mappings = resources.ofKind('eventSourceMapping').map((resource) => ({ resource, mapping: this.#createEventSourceMapping(resource) }));
    for (const { resource, mapping } of mappings) {
      await mapping.start().catch((cause: unknown) => {
        throw new TemplateError(`${describe(resource)} cannot read ${mapping.configuration.streamArn}: ${errorMessage(cause)}`, { cause });
      });
    }
  }

  /** Ends the functions, mappings and schedules; deletes tables and queues from services that stay. */
  async remove(): Promise<void> {
    for (const schedule of this.schedules.values()) schedule.disable();
    const ending = [...this.eventSourceMappings.values(), ...this.asyncInvocations.values()].map((one) => one.stop());
    // Invocations under way end with their processes; the mappings take no notice any more.
    await Promise.all([...this.functions.values()].map((one) => one.stop()));
    await Promise.all(ending);
    for (const stream of this.#streams) stream.close();
    await Promise.all(this.#created.map(({ resource, remove }) => remove().catch((error: unknown) => {
      this.#context.onError(`${describe(resource)} cannot be deleted: ${errorMessage(error)}`);
    })));
  }

  async #createTablesAndQueues(): Promise<void> {
    const { resources, services: { dynamodb, sqs, shared } } = this.#context;
    for (const table of resources.ofKind('table')) {
      await createTable(dynamodb, table, resources.properties(table));
      if (shared.dynamodb) this.#created.push({ resource: table, remove: () => deleteTable(dynamodb, table) });
    }
    for (const queue of resources.ofKind('queue')) {
      await createQueue(sqs, queue, resources.properties(queue));
      if (shared.sqs) this.#created.push({ resource: queue, remove: () => deleteQueue(sqs, queue) });
    }
  }

  #createSecrets(): void {
    const { options, resources, services } = this.#context;
    for (const secret of resources.ofKind('secret')) services.secrets.put(secret.ref, secret.name, initialSecretString(resources.properties(secret)));
    for (const [id, value] of Object.entries(options.secrets ?? {})) this.putSecret(id, value);
  }

  /** Sets the value of a secret of the template, or of one that is imported. */
  putSecret(id: string, value: string): void {
    const { region, resources, services: { secrets } } = this.#context;
    const own = resources.ofKind('secret').find(({ logicalId, path, name, ref }) => [logicalId, path, name, ref, path.replace(/\/Resource$/, '')].includes(id));
    const name = own?.name ?? nameInSecretArn(id) ?? id;
    const arn = own?.ref ?? secrets.find(id)?.arn ?? (nameInSecretArn(id) === undefined ? `arn:aws:secretsmanager:${region}:000000000000:secret:${id}-local0` : id);
    secrets.put(arn, name, value);
  }

  #createFunctions(): void {
    const { options, region, resources, services, guardian } = this.#context;
    const kill = options.faults?.killBeforeReturn;
    const directory = mkdtempSync(join(tmpdir(), 'local-runtime-'));
    guardian.removeAtEnd(directory);
    const settings = new Map(resources.ofKind('asyncConfiguration').map((resource) => this.#asyncSettings(resource)));
    for (const resource of resources.ofKind('function')) {
      const template = readFunctionConfiguration(resource, resources.properties(resource));
      const configuration = { ...template, environment: replaceAddresses(template.environment, options.addresses ?? {}) };
      const killed = kill !== undefined && (kill.function === undefined || resources.find(kill.function) === resource);
      const created = new LambdaFunction(configuration, {
        logicalId: resource.logicalId,
        directory: join(directory, resource.name),
        variables: (taskRoot) => functionEnvironmentVariables(configuration, taskRoot, region, services.endpoints),
        freeze: options.freeze ?? true,
        guardian,
        ...(options.onLog ? { onLog: options.onLog } : {}),
        ...(killed ? { killBeforeReturn: { random: seededRandom(kill.seed), probability: kill.probability } } : {}),
      });
      this.functions.set(resource.path, created);
      const asyncSettings = settings.get(resource) ?? DEFAULT_ASYNC_SETTINGS;
      this.asyncInvocations.set(resource.path, new AsyncInvocations(created, asyncSettings, options.asyncRetrySpacing ?? 1000));
    }
  }

  #asyncSettings(resource: Resource): [Resource, AsyncInvocationSettings] {
    const { resources } = this.#context;
    const { FunctionName, MaximumRetryAttempts, MaximumEventAgeInSeconds } = resources.properties(resource);
    return [this.#functionResource(resource, String(FunctionName)), {
      maximumRetryAttempts: Number(MaximumRetryAttempts ?? DEFAULT_ASYNC_SETTINGS.maximumRetryAttempts),
      maximumEventAgeInSeconds: Number(MaximumEventAgeInSeconds ?? DEFAULT_ASYNC_SETTINGS.maximumEventAgeInSeconds),
    }];
  }

  #createSchedule(resource: Resource): void {
    const { options, region, resources } = this.#context;
    const configuration = readScheduleConfiguration(resource, resources.properties(resource), region, options.scheduleEvery);
    const targets = new Map(configuration.targets.map(({ functionReference }): [string, AsyncInvocations | undefined] => {
      const { path } = this.#functionResource(resource, functionReference);
      return [functionReference, this.asyncInvocations.get(path)];
    }));
    const invoke = (reference: string, payload: string): void => targets.get(reference)?.send(payload);
    const mayRun = (): boolean => options.scheduleOverlap !== false || [...targets.values()].every((target) => target?.pending === 0);
    this.schedules.set(resource.path, new Schedule(configuration, invoke, mayRun));
  }

  #createEventSourceMapping(resource: Resource): EventSourceMapping {
    const { options, region, resources, services, onError } = this.#context;
    const configuration = readEventSourceMapping(resource, resources.properties(resource));
    const functionResource = this.#functionResource(resource, configuration.functionReference);
    const target = this.functions.get(functionResource.path);
    const source = new DynamoDbStream(services.endpoints.dynamodb, configuration.streamArn);
    this.#streams.push(source);
    const { retrySpacing = 200, pollInterval = 100 } = options;
    const redelivery = options.faults?.redelivery;
    const mapping = new EventSourceMapping(configuration, {
      pollInterval,
      shardInterval: 1000,
      retrySpacing: typeof retrySpacing === 'function' ? retrySpacing : () => retrySpacing,
      ...(redelivery ? { redelivery: { random: seededRandom(redelivery.seed), probability: redelivery.probability, depth: redelivery.depth ?? 1 } } : {}),
    }, {
      source,
      region,
      functionArn: functionResource.attributes.Arn,
      invoke: async (payload, requestId): Promise<BatchResult> => {
        if (!target) throw new TemplateError(`${describe(functionResource)} does not run`);
        const result = await target.invoke(payload, requestId);
        return result.functionError === undefined ? { kind: 'response', payload: JSON.parse(result.payload) as unknown } : { kind: 'functionError' };
      },
      ...(configuration.onFailure === undefined ? {} : { sendToDestination: this.#queueSender(resource, configuration.onFailure) }),
      onError: (text) => { onError(`${describe(resource)}: ${text}`); },
    });
    this.eventSourceMappings.set(resource.path, mapping);
    return mapping;
  }

  #queueSender(mapping: Resource, arn: string): (message: string) => Promise<void> {
    const { resources, services } = this.#context;
    const queue = resources.byReference('queue', arn);
    if (!queue) throw new TemplateError(`${describe(mapping)} has the on-failure destination ${arn}, which is no queue of the assembly`);
    return async (message) => {
      await services.sqs.send(new SendMessageCommand({ QueueUrl: queue.ref, MessageBody: message }));
    };
  }

  #functionResource(from: Resource, reference: string): Resource {
    const found = this.#context.resources.byReference('function', reference);
    if (!found) throw new TemplateError(`${describe(from)} invokes ${reference}, which is no function of the assembly`);
    return found;
  }
}
