import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { FunctionConfiguration } from './function-configuration.ts';
import type { FunctionMessage, InvokeMessage } from './function-message.ts';
import type { Guardian } from './guardian.ts';
import { failedInvocation, runtimeExited, timedOut, type InvocationResult } from './invocation-result.ts';
import { LineBuffer } from './line-buffer.ts';

/** Milliseconds that a function may take to load before its time-out counts. */
const INIT_LIMIT = 10_000;

/** Milliseconds to wait for the last messages of a process that has ended. */
const LAST_MESSAGES = 1000;

/** What a process needs beside the function's configuration. */
export interface ExecutionEnvironmentOptions {
  readonly taskRoot: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Stops the process between invocations, as Lambda does: timers stand still, sockets go stale. */
  readonly freeze: boolean;
  readonly onLine: (stream: 'stdout' | 'stderr', line: string, requestId: string | undefined) => void;
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One process of a function. It handles one invocation at a time. */
export class ExecutionEnvironment {
  readonly #configuration: FunctionConfiguration;
  readonly #options: ExecutionEnvironmentOptions;
  readonly #process: ChildProcess;
  readonly #ended: Promise<Ended>;
  #hasEnded = false;
  #endedWith: Ended | undefined;
  #endListener: ((ended: Ended) => void) | undefined;
  #listener: ((message: FunctionMessage) => void) | undefined;
  #firstMessage: FunctionMessage | undefined;
  #initialized = false;
  #requestId: string | undefined;

  constructor(configuration: FunctionConfiguration, options: ExecutionEnvironmentOptions, guardian: Guardian) {
    this.#configuration = configuration;
    this.#options = options;
    this.#process = spawn(process.execPath, [
      // Lambda leaves the rest of the memory to what is not JavaScript's heap.
      `--max-old-space-size=${String(Math.floor(configuration.memorySize * 0.9))}`,
      join(import.meta.dirname, 'function-process.ts'),
    ], { env: options.variables, cwd: options.taskRoot, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true });
    guardian.watch(this.#process);
    for (const stream of ['stdout', 'stderr'] as const) {
      new LineBuffer(0).follow(this.#process[stream], (line) => { options.onLine(stream, line, this.#requestId); });
    }
    this.#ended = this.#waitForEnd();
    this.#process.on('message', (message: FunctionMessage) => {
      if (this.#listener) this.#listener(message);
      else this.#firstMessage ??= message;
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Whether the process is gone and cannot be invoked again. */
  get ended(): boolean {
    return this.#hasEnded;
  }

  /**
   * Calls the handler.
   * @param payload - the event as JSON text.
   */
  async invoke(requestId: string, payload: string): Promise<InvocationResult> {
    this.#requestId = requestId;
    this.#process.kill('SIGCONT');
    const started = Date.now();
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<InvocationResult>((resolve) => {
        const duration = (): number => Date.now() - started;
        const { timeout } = this.#configuration;
        const limit = (milliseconds: number): void => {
          clearTimeout(timer);
          timer = setTimeout(() => {
            this.kill();
            resolve(failedInvocation(requestId, timedOut(requestId, timeout), duration()));
          }, milliseconds);
        };
        const call = (): void => {
          this.#initialized = true;
          limit(timeout * 1000);
          const message: InvokeMessage = { requestId, payload, deadline: Date.now() + timeout * 1000, functionArn: this.#configuration.functionArn };
          this.#process.send(message, () => undefined);
        };
        const listener = (message: FunctionMessage): void => {
          if (message.type === 'ready') call();
          else if (message.type === 'initError') resolve(failedInvocation(requestId, message.error, duration()));
          else if (message.requestId !== requestId) return;
          else if (message.type === 'error') resolve(failedInvocation(requestId, message.error, duration()));
          else resolve({ requestId, payload: message.payload, durationMs: duration() });
        };
        this.#listener = listener;
        this.#endListener = ({ code, signal }) => { resolve(failedInvocation(requestId, runtimeExited(requestId, code, signal), duration())); };
        if (this.#endedWith) this.#endListener(this.#endedWith);
        if (this.#initialized) call();
        else {
          limit(INIT_LIMIT + timeout * 1000);
          if (this.#firstMessage) listener(this.#firstMessage);
        }
      });
    } finally {
      clearTimeout(timer);
      this.#listener = undefined;
      this.#endListener = undefined;
      this.#requestId = undefined;
      if (this.#options.freeze && !this.#hasEnded) this.#process.kill('SIGSTOP');
    }
  }

  /** Ends the process at once (SIGKILL); an invocation under way fails. */
  kill(): void {
    this.#hasEnded = true;
    this.#process.kill('SIGKILL');
  }

  /** Ends the process; resolves when it is gone. */
  async stop(): Promise<void> {
    this.kill();
    await this.#ended;
  }

  #waitForEnd(): Promise<Ended> {
    return new Promise((resolve) => {
      const finish = (ended: Ended): void => {
        this.#endedWith = ended;
        this.#endListener?.(ended);
        resolve(ended);
      };
      this.#process.once('error', () => {
        this.#hasEnded = true;
        finish({ code: 1, signal: null });
      });
      this.#process.once('exit', (code, signal) => {
        this.#hasEnded = true;
        const end = (): void => { finish({ code, signal }); };
        // `close` comes after the last message; a process that the handler left behind can hold it up.
        const limit = setTimeout(end, LAST_MESSAGES);
        this.#process.once('close', () => {
          clearTimeout(limit);
          end();
        });
      });
    });
  }
}
