/** Something that the local runtime cannot do; its text names what is wrong and what to change. */
export class LocalRuntimeError extends Error {
  override readonly name: string = 'LocalRuntimeError';
}

/** The cloud assembly asks for something that this machine cannot run, or is not a cloud assembly. */
export class TemplateError extends LocalRuntimeError {
  override readonly name = 'TemplateError';
}

/** A service that the runtime needs (DynamoDB Local, SQS) did not start or does not answer. */
export class ServiceError extends LocalRuntimeError {
  override readonly name = 'ServiceError';
}

/**
 * Lambda refused an invocation because every allowed process of the function is busy
 * (HTTP 429 `TooManyRequestsException`, `ReservedFunctionConcurrentInvocationLimitExceeded`).
 */
export class TooManyRequestsException extends LocalRuntimeError {
  override readonly name = 'TooManyRequestsException';
}

/** The text of anything that was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
