import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { readCloudAssembly, type Stack } from './cloud-assembly.ts';
import { Deployment } from './deployment.ts';
import { LocalRuntimeError, TemplateError } from './errors.ts';
import type { EventSourceMapping } from './event-source-mapping.ts';
import type { Endpoints } from './function-environment-variables.ts';
import { Guardian } from './guardian.ts';
import type { LambdaFunction } from './lambda-function.ts';
import type { LocalRuntimeOptions } from './local-runtime-options.ts';
import { Resources, type Resource } from './resources.ts';
import type { Schedule } from './schedule.ts';
import { Services } from './services.ts';

/** The result of {@link LocalRuntime.invoke}. */
export interface InvokeResult {
  readonly requestId: string;
  /** The handler's result; with a function error, `{ errorType, errorMessage, trace }`. */
  readonly payload: unknown;
  readonly functionError?: 'Unhandled';
  readonly durationMs: number;
}

/** Runs the stacks of a cloud assembly on this machine. */
export class LocalRuntime {
  readonly #resources: Resources;
  readonly #services: Services;
  readonly #deployment: Deployment;
  readonly #guardian: Guardian;
  #stopping: Promise<void> | undefined;

  private constructor(resources: Resources, services: Services, deployment: Deployment, guardian: Guardian) {
    this.#resources = resources;
    this.#services = services;
    this.#deployment = deployment;
    this.#guardian = guardian;
  }

  /**
   * Starts the services, and creates the resources of the assembly in them.
   * When this process ends, in whatever way, its services and functions end too.
   * @throws TemplateError for what the assembly has and the runtime does not support.
   * @throws ServiceError where a service cannot be started.
   */
  static async start(options: LocalRuntimeOptions): Promise<LocalRuntime> {
    const stacks = chooseStacks(readCloudAssembly(options.assembly), options);
    const region = options.region ?? stacks.find((stack) => stack.region !== undefined)?.region ?? 'eu-central-1';
    const suffix = randomUUID().slice(0, 8).toUpperCase();
    const { parameters, ignore } = options;
    // What is not supported is told before anything is started; the queues' address is not known yet.
    new Resources(stacks, { region, suffix, sqsEndpoint: '', parameters, ignore });
    const guardian = new Guardian();
    let services: Services | undefined;
    let deployment: Deployment | undefined;
    try {
      services = await Services.start(options, region, guardian);
      const resources = new Resources(stacks, { region, suffix, sqsEndpoint: services.endpoints.sqs, parameters, ignore });
      const onError = options.onError ?? ((text: string) => { console.error(text); });
      deployment = new Deployment({ options, region, resources, services, guardian, onError });
      await deployment.create();
      return new LocalRuntime(resources, services, deployment, guardian);
    } catch (error) {
      await deployment?.remove();
      await services?.stop();
      await guardian.stop();
      throw error;
    }
  }

  /** Addresses of DynamoDB (with its streams), SQS and Secrets Manager. */
  get endpoints(): Endpoints {
    return this.#services.endpoints;
  }

  /** Resources of the templates that change nothing on one machine, and were left out. */
  get ignoredResources(): readonly Resource[] {
    return this.#resources.ofKind('ignored');
  }

  /** The functions by construct path. */
  get functions(): ReadonlyMap<string, LambdaFunction> {
    return this.#deployment.functions;
  }

  /** The event source mappings by construct path. */
  get eventSourceMappings(): ReadonlyMap<string, EventSourceMapping> {
    return this.#deployment.eventSourceMappings;
  }

  /** The schedules by construct path. */
  get schedules(): ReadonlyMap<string, Schedule> {
    return this.#deployment.schedules;
  }

  /** Process ids of everything that the runtime has started and that lives. */
  get processIds(): number[] {
    return [this.#guardian.pid ?? [], this.#services.pids, [...this.functions.values()].map(({ pids }) => pids)].flat(2);
  }

  /**
   * A resource with its physical name, `Ref` and attributes.
   * @param id - logical id, `stackName.logicalId`, or construct path (with or without its last `/Resource`).
   * @throws TemplateError where none, or more than one, has the id.
   */
  resource(id: string): Resource {
    return this.#resources.find(id);
  }

  /** A function by logical id or construct path. */
  function(id: string): LambdaFunction {
    return this.#member(this.functions, id, 'function');
  }

  /** An event source mapping by logical id or construct path. */
  eventSourceMapping(id: string): EventSourceMapping {
    return this.#member(this.eventSourceMappings, id, 'event source mapping');
  }

  /** A schedule by logical id or construct path. */
  schedule(id: string): Schedule {
    return this.#member(this.schedules, id, 'schedule');
  }

  /**
   * Invokes a function, and waits for its result.
   * @throws TooManyRequestsException where its reserved concurrency is used up.
   */
  async invoke(id: string, payload: unknown = {}): Promise<InvokeResult> {
    const result = await this.function(id).invoke(JSON.stringify(payload) ?? 'null');
    return { ...result, payload: JSON.parse(result.payload) as unknown };
  }

  /** Invokes a function asynchronously, with Lambda's retries after a function error. */
  invokeAsync(id: string, payload: unknown = {}): void {
    const { path } = this.#resources.find(id);
    const target = this.#deployment.asyncInvocations.get(path);
    if (!target) throw new TemplateError(`${id} is no function`);
    target.send(JSON.stringify(payload) ?? 'null');
  }

  /**
   * Kills the processes of a function with SIGKILL, at whatever line they are.
   * @returns how many there were.
   */
  killFunction(id: string): number {
    return this.function(id).kill();
  }

  /** Sets the value of a secret: one of the templates by logical id or construct path, any by name or ARN. */
  putSecret(id: string, value: string): void {
    this.#deployment.putSecret(id, value);
  }

  /**
   * Resolves when every enabled event source mapping has settled what is in its stream, and no asynchronous invocation is under way.
   * @param timeout - milliseconds to wait at most.
   * @throws LocalRuntimeError when that takes longer; the text tells what is still to do.
   */
  async idle(timeout = 60_000): Promise<void> {
    const deadline = Date.now() + timeout;
    // Twice: what is settled first may have written to what is settled later.
    for (let round = 0; round < 2; round += 1) {
      const since = Date.now();
      while (!this.#settled(since)) {
        if (Date.now() > deadline) throw new LocalRuntimeError(`not idle after ${String(timeout)} ms: ${this.#unsettled()}`);
        await sleep(20);
      }
    }
  }

  /** Ends everything that was started; resolves when no process of it is left. */
  stop(): Promise<void> {
    this.#stopping ??= (async () => {
      await this.#deployment.remove();
      await this.#services.stop();
      await this.#guardian.stop();
    })();
    return this.#stopping;
  }

  #settled(since: number): boolean {
    const mappings = [...this.eventSourceMappings.values()].filter(({ enabled }) => enabled).map((mapping) => mapping.drained(since));
    return mappings.every(Boolean) && [...this.#deployment.asyncInvocations.values()].every(({ pending }) => pending === 0);
  }

  #unsettled(): string {
    const mappings = [...this.eventSourceMappings].map(([path, { pending, iteratorAge }]) => `${path} has ${String(pending)} records to settle, the oldest ${String(iteratorAge)} ms old`);
    const invocations = [...this.#deployment.asyncInvocations].map(([path, { pending }]) => `${path} has ${String(pending)} asynchronous invocations under way`);
    return [...mappings, ...invocations].join('; ');
  }

  #member<T>(members: ReadonlyMap<string, T>, id: string, what: string): T {
    const member = members.get(this.#resources.find(id).path);
    if (member === undefined) throw new TemplateError(`${id} is no ${what}`);
    return member;
  }
}

function chooseStacks(stacks: Stack[], options: LocalRuntimeOptions): Stack[] {
  if (!options.stacks) return stacks;
  return options.stacks.map((name) => {
    const stack = stacks.find(({ id, stackName }) => id === name || stackName === name);
    if (!stack) throw new TemplateError(`the cloud assembly has no stack ${name}; it has ${stacks.map(({ stackName }) => stackName).join(', ')}`);
    return stack;
  });
}
