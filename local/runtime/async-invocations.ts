import { randomUUID } from 'node:crypto';
import { TooManyRequestsException } from './errors.ts';
import type { InvocationResult } from './invocation-result.ts';

/** What asynchronous invocation needs of a function. */
export interface Invokable {
  invoke(payload: string, requestId?: string): Promise<InvocationResult>;
}

/** An `AWS::Lambda::EventInvokeConfig`. */
export interface AsyncInvocationSettings {
  /** After a function error; 0 to 2. */
  readonly maximumRetryAttempts: number;
  /** How long an event waits for a free process, in seconds. */
  readonly maximumEventAgeInSeconds: number;
}

/** Lambda's defaults. @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html */
export const DEFAULT_ASYNC_SETTINGS: AsyncInvocationSettings = { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 21_600 };

/** The queue in front of a function that is invoked asynchronously (`InvocationType: Event`). */
export class AsyncInvocations {
  readonly #target: Invokable;
  readonly #settings: AsyncInvocationSettings;
  readonly #retrySpacing: number;
  readonly #abort = new AbortController();
  readonly #pending = new Set<Promise<void>>();
  #dropped = 0;

  /** @param retrySpacing - milliseconds between attempts (on AWS a minute, then two). */
  constructor(target: Invokable, settings: AsyncInvocationSettings, retrySpacing: number) {
    this.#target = target;
    this.#settings = settings;
    this.#retrySpacing = retrySpacing;
  }

  /** Events that wait or run. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Events that were given up after the last attempt, or waited too long. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes an event; returns at once. */
  send(payload: string): void {
    const delivery = this.#deliver(payload).catch(() => { this.#dropped += 1; }).finally(() => { this.#pending.delete(delivery); });
    this.#pending.add(delivery);
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await Promise.all(this.#pending);
  }

  async #deliver(payload: string): Promise<void> {
    const requestId = randomUUID();
    const tooOld = Date.now() + this.#settings.maximumEventAgeInSeconds * 1000;
    for (let attempt = 1; !this.#abort.signal.aborted;) {
      try {
        const { functionError } = await this.#target.invoke(payload, requestId);
        if (functionError === undefined) return;
        if (attempt > this.#settings.maximumRetryAttempts) break;
        attempt += 1;
      } catch (error) {
        // Throttled: waits in the queue, which costs no attempt.
        if (!(error instanceof TooManyRequestsException)) throw error;
      }
      if (Date.now() > tooOld) break;
      await pause(this.#retrySpacing, this.#abort.signal);
    }
    this.#dropped += 1;
  }
}

/** Resolves after the time, or when the signal aborts. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
}
