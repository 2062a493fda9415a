import type { FunctionErrorPayload } from './function-message.ts';

/** What Lambda's `Invoke` answers. */
export interface InvocationResult {
  readonly requestId: string;
  /** The handler's result as JSON text; with a function error, a {@link FunctionErrorPayload}. */
  readonly payload: string;
  /** Set when the handler threw, timed out or its process ended. */
  readonly functionError?: 'Unhandled';
  readonly durationMs: number;
}

/** A failed invocation. */
export function failedInvocation(requestId: string, error: FunctionErrorPayload, durationMs: number): InvocationResult {
  return { requestId, payload: JSON.stringify(error), functionError: 'Unhandled', durationMs };
}

/** The payload for a handler that ran longer than the function's time-out. */
export function timedOut(requestId: string, timeout: number): FunctionErrorPayload {
  return { errorType: 'Sandbox.Timedout', errorMessage: `RequestId: ${requestId} Error: Task timed out after ${timeout.toFixed(2)} seconds` };
}

/** The payload for a process that ended before it answered. */
export function runtimeExited(requestId: string, code: number | null, signal: NodeJS.Signals | null): FunctionErrorPayload {
  const how = signal === null ? `exit status ${String(code)}` : `signal: ${signal === 'SIGKILL' ? 'killed' : signal === 'SIGABRT' ? 'aborted' : signal}`;
  return { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: ${how}` };
}
