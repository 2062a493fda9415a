// Runs as a process of its own, see execution-environment.ts: loads a function's handler, and calls it for each message.
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';
import type { FunctionErrorPayload, FunctionMessage, InvokeMessage } from './function-message.ts';

type Handler = (event: unknown, context: object) => unknown;

const send = process.send?.bind(process);
// The handler must see the process of a Lambda function, not one with a channel to a parent.
delete process.send;
process.on('disconnect', () => { process.exit(1); });

let requestId: string | undefined;

function report(message: FunctionMessage, then?: () => void): void {
  send?.(message, undefined, undefined, then);
}

function errorPayload(error: unknown): FunctionErrorPayload {
  if (error instanceof Error) {
    return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
  }
  return { errorType: typeof error, errorMessage: typeof error === 'string' ? error : JSON.stringify(error) ?? String(error), trace: [] };
}

/** As Lambda's own runtime does it: the invocation fails, and the process ends. */
function fail(error: FunctionErrorPayload, exitCode: number): void {
  report(requestId === undefined ? { type: 'initError', error } : { type: 'error', requestId, error }, () => { process.exit(exitCode); });
}

process.on('uncaughtException', (error) => { fail(errorPayload(error), 129); });
process.on('unhandledRejection', (reason) => {
  const { errorMessage, trace } = errorPayload(reason);
  const name = reason instanceof Error ? `${reason.name}: ` : '';
  fail({ errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: `${name}${errorMessage}`, trace }, 128);
});

function runtimeError(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html */
async function loadHandler(taskRoot: string, handler: string): Promise<Handler> {
  const [moduleName, ...exportPath] = basename(handler).split('.');
  const base = join(taskRoot, dirname(handler), moduleName);
  const file = [base, `${base}.js`, `${base}.mjs`, `${base}.cjs`].find((candidate) => existsSync(candidate));
  if (file === undefined) throw runtimeError('Runtime.ImportModuleError', `Cannot find module '${moduleName}'`);
  const exported = await import(pathToFileURL(file).href) as Record<string, unknown>;
  const pick = (from: unknown): unknown => exportPath.reduce((value, key) => (value as Record<string, unknown> | undefined)?.[key], from);
  const found = pick(exported) ?? pick(exported.default);
  if (typeof found !== 'function') throw runtimeError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  return found as Handler;
}

function context({ requestId: awsRequestId, deadline, functionArn }: InvokeMessage): object {
  return {
    awsRequestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: functionArn,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

async function invoke(handler: Handler, message: InvokeMessage): Promise<void> {
  requestId = message.requestId;
  try {
    const result: unknown = await handler(JSON.parse(message.payload), context(message));
    report({ type: 'response', requestId: message.requestId, payload: JSON.stringify(result) ?? 'null' });
  } catch (error) {
    report({ type: 'error', requestId: message.requestId, error: errorPayload(error) });
  } finally {
    requestId = undefined;
  }
}

/** In JSON format, each call of `console` is one line; an object as its only argument stays an object. */
function logJson(): void {
  for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'log'] as const) {
    console[level] = (...values: unknown[]) => {
      const [first] = values;
      const message = values.length === 1 && typeof first === 'object' && first !== null && !(first instanceof Error) ? first : format(...values);
      process.stdout.write(`${JSON.stringify({ timestamp: new Date().toISOString(), level: level === 'log' ? 'INFO' : level.toUpperCase(), requestId, message })}\n`);
    };
  }
}

if (process.env.AWS_LAMBDA_LOG_FORMAT === 'JSON') logJson();

try {
  const handler = await loadHandler(process.env.LAMBDA_TASK_ROOT ?? '', process.env._HANDLER ?? '');
  process.on('message', (message: InvokeMessage) => { void invoke(handler, message); });
  report({ type: 'ready' });
} catch (error) {
  fail(errorPayload(error), 1);
}
