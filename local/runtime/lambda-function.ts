import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalRuntimeError, TooManyRequestsException } from './errors.ts';
import { ExecutionEnvironment } from './execution-environment.ts';
import type { FunctionConfiguration } from './function-configuration.ts';
import type { Guardian } from './guardian.ts';
import { failedInvocation, runtimeExited, type InvocationResult } from './invocation-result.ts';
import { LineBuffer } from './line-buffer.ts';
import type { Random } from '../random.ts';

/** Largest payload of a synchronous invocation and of its answer, in bytes. */
const LARGEST_PAYLOAD = 6 * 1024 * 1024;

/** A line that a function wrote. */
export interface LogLine {
  /** Logical id of the function. */
  readonly function: string;
  readonly stream: 'stdout' | 'stderr';
  /** The invocation under way; absent for lines from before the first one or between two. */
  readonly requestId?: string;
  readonly line: string;
}

/** How a function is run. */
export interface LambdaFunctionOptions {
  readonly logicalId: string;
  readonly variables: (taskRoot: string) => Readonly<Record<string, string>>;
  /** Folder for the function's own copy of its code. */
  readonly directory: string;
  readonly freeze: boolean;
  readonly guardian: Guardian;
  readonly onLog?: (line: LogLine) => void;
  /** Tells, after each invocation that succeeded, whether its process is killed before the answer goes out. */
  readonly killBeforeReturn?: { readonly random: Random; readonly probability: number };
}

/** A function with its processes: started when needed, used again while they live. */
export class LambdaFunction {
  readonly configuration: FunctionConfiguration;
  readonly #options: LambdaFunctionOptions;
  readonly #taskRoot: string;
  /** Each with its folder for temporary files. */
  readonly #environments = new Map<ExecutionEnvironment, string>();
  readonly #idle: ExecutionEnvironment[] = [];
  /** Folders for temporary files of environments that are gone: one that takes their place finds them as they were, as Lambda does it. */
  readonly #temporary: string[] = [];
  #folders = 0;
  readonly #logs = new LineBuffer(2000);
  #invocations = 0;
  #errors = 0;
  #stopped = false;

  constructor(configuration: FunctionConfiguration, options: LambdaFunctionOptions) {
    this.configuration = configuration;
    this.#options = options;
    this.#taskRoot = options.directory;
    mkdirSync(this.#taskRoot, { recursive: true });
    // A copy elsewhere: from the project's folder, a bundle would find the project's node_modules.
    if ('folder' in configuration.code) cpSync(configuration.code.folder, this.#taskRoot, { recursive: true, dereference: true });
    else writeFileSync(join(this.#taskRoot, 'index.js'), configuration.code.zipFile);
  }

  /** The newest lines that the function wrote to its standard output and error. */
  get logs(): readonly string[] {
    return this.#logs.lines;
  }

  /** Invocations that were started, and how many of them failed, so far. */
  get counters(): { readonly invocations: number; readonly errors: number } {
    return { invocations: this.#invocations, errors: this.#errors };
  }

  /** Process ids of the live processes. */
  get pids(): number[] {
    return [...this.#environments.keys()].flatMap(({ pid }) => pid ?? []);
  }

  /**
   * Invokes the function synchronously.
   * @param payload - the event as JSON text.
   * @throws TooManyRequestsException where the reserved concurrency is used up.
   */
  async invoke(payload: string, requestId: string = randomUUID()): Promise<InvocationResult> {
    if (this.#stopped) throw new LocalRuntimeError(`${this.configuration.functionName} is stopped`);
    if (Buffer.byteLength(payload) > LARGEST_PAYLOAD) {
      throw new LocalRuntimeError(`RequestTooLargeException: the payload for ${this.configuration.functionName} is larger than ${String(LARGEST_PAYLOAD)} bytes`);
    }
    const environment = this.#environment();
    this.#invocations += 1;
    const result = this.#withFaults(environment, await environment.invoke(requestId, payload));
    // A process that ended after its answer is not used again either.
    if (environment.ended || result.functionError !== undefined && isFatal(result)) this.#forget(environment);
    else this.#idle.push(environment);
    if (result.functionError !== undefined) this.#errors += 1;
    return result;
  }

  /**
   * Ends the function's processes with SIGKILL, at whatever line they are; invocations under way fail.
   * @returns how many there were.
   */
  kill(): number {
    const count = this.#environments.size;
    for (const environment of this.#environments.keys()) this.#forget(environment);
    return count;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#environments.keys()].map((environment) => environment.stop()));
  }

  #environment(): ExecutionEnvironment {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      if (!idle.ended) return idle;
      this.#forget(idle);
    }
    const { reservedConcurrentExecutions = Infinity, functionName } = this.configuration;
    if (this.#environments.size >= reservedConcurrentExecutions) {
      throw new TooManyRequestsException(`${functionName} has used up its reserved concurrency of ${String(reservedConcurrentExecutions)}`);
    }
    const temporary = this.#temporary.pop() ?? `${this.#taskRoot}.tmp-${String(++this.#folders)}`;
    mkdirSync(temporary, { recursive: true });
    const environment = new ExecutionEnvironment(this.configuration, {
      taskRoot: this.#taskRoot,
      variables: { ...this.#options.variables(this.#taskRoot), TMPDIR: temporary },
      freeze: this.#options.freeze,
      onLine: (stream, line, requestId) => {
        this.#logs.push(line);
        this.#options.onLog?.({ function: this.#options.logicalId, stream, line, ...(requestId === undefined ? {} : { requestId }) });
      },
    }, this.#options.guardian);
    this.#environments.set(environment, temporary);
    return environment;
  }

  #forget(environment: ExecutionEnvironment): void {
    environment.kill();
    const temporary = this.#environments.get(environment);
    if (temporary !== undefined) this.#temporary.push(temporary);
    this.#environments.delete(environment);
    const index = this.#idle.indexOf(environment);
    if (index >= 0) this.#idle.splice(index, 1);
  }

  #withFaults(environment: ExecutionEnvironment, result: InvocationResult): InvocationResult {
    const { requestId, durationMs } = result;
    if (result.functionError === undefined && Buffer.byteLength(result.payload) > LARGEST_PAYLOAD) {
      const errorMessage = `Response payload size exceeded maximum allowed payload size (${String(LARGEST_PAYLOAD)} bytes).`;
      return failedInvocation(requestId, { errorType: 'Function.ResponseSizeTooLarge', errorMessage }, durationMs);
    }
    const fault = this.#options.killBeforeReturn;
    if (result.functionError !== undefined || !fault || fault.random() >= fault.probability) return result;
    environment.kill();
    return failedInvocation(requestId, runtimeExited(requestId, null, 'SIGKILL'), durationMs);
  }
}

/** Whether Lambda starts a new process after such an error: not after one that the handler threw. */
function isFatal({ payload }: InvocationResult): boolean {
  const { errorType } = JSON.parse(payload) as { errorType?: string };
  return errorType?.startsWith('Runtime.') === true;
}
