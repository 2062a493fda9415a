/** From the runtime to a function's process: one invocation. */
export interface InvokeMessage {
  readonly requestId: string;
  /** The event as JSON text. */
  readonly payload: string;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly functionArn: string;
}

/** From a function's process to the runtime. */
export type FunctionMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'initError'; readonly error: FunctionErrorPayload }
  /** `payload` is JSON text. */
  | { readonly type: 'response'; readonly requestId: string; readonly payload: string }
  | { readonly type: 'error'; readonly requestId: string; readonly error: FunctionErrorPayload };

/** What Lambda gives as the payload of a failed invocation. */
export interface FunctionErrorPayload {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: string[];
}
