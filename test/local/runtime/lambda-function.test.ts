import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TooManyRequestsException } from '../../../local/runtime/errors.ts';
import type { FunctionConfiguration } from '../../../local/runtime/function-configuration.ts';
import { functionEnvironmentVariables, replaceAddresses } from '../../../local/runtime/function-environment-variables.ts';
import { Guardian } from '../../../local/runtime/guardian.ts';
import { LambdaFunction, type LambdaFunctionOptions, type LogLine } from '../../../local/runtime/lambda-function.ts';
import { removeFolders, temporaryFolder } from './synth';

const guardian = new Guardian();
const functions: LambdaFunction[] = [];
afterEach(() => Promise.all(functions.splice(0).map((one) => one.stop())));
afterAll(async () => {
  await guardian.stop();
  removeFolders();
});

const ENDPOINTS = { dynamodb: 'http://127.0.0.1:1', sqs: 'http://127.0.0.1:2', secretsManager: 'http://127.0.0.1:3' };

function define(source: string, overrides: Partial<FunctionConfiguration> = {}, options: Partial<LambdaFunctionOptions> = {}, file = 'index.mjs'): LambdaFunction {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'code'));
  writeFileSync(join(folder, 'code', file), source);
  const configuration: FunctionConfiguration = {
    functionName: 'orders-relay', functionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:orders-relay', handler: 'index.handler', runtime: 'nodejs24.x',
    timeout: 3, memorySize: 128, environment: { TABLE: 'orders' }, logFormat: 'Text', code: { folder: join(folder, 'code') }, ...overrides,
  };
  const created = new LambdaFunction(configuration, {
    logicalId: 'Relay', directory: join(folder, 'task'), freeze: true, guardian,
    variables: (taskRoot) => functionEnvironmentVariables(configuration, taskRoot, 'eu-central-1', ENDPOINTS), ...options,
  });
  functions.push(created);
  return created;
}

const parse = ({ payload }: { payload: string }): unknown => JSON.parse(payload);

test('the process has the template\'s environment and Lambda\'s, and nothing of ours', async () => {
  process.env.LEAK = 'leak';
  const environment = parse(await define('export const handler = async () => process.env;').invoke('{}')) as Record<string, string>;
  delete process.env.LEAK;
  expect(environment).toEqual({
    TABLE: 'orders', AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1', AWS_ENDPOINT_URL_DYNAMODB_STREAMS: 'http://127.0.0.1:1', AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:2',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:3', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', AWS_SESSION_TOKEN: 'local', AWS_REGION: 'eu-central-1',
    AWS_DEFAULT_REGION: 'eu-central-1', AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x', AWS_LAMBDA_FUNCTION_NAME: 'orders-relay', AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128', AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand', AWS_LAMBDA_LOG_FORMAT: 'Text', AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/orders-relay', AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    LAMBDA_TASK_ROOT: expect.any(String) as string, _HANDLER: 'index.handler', LANG: 'en_US.UTF-8', TZ: ':UTC', PATH: '/usr/local/bin:/usr/bin:/bin',
    TMPDIR: expect.any(String) as string,
  });
});

test('temporary files outlive a process that crashes, and two processes at the same time have none in common', async () => {
  const files = define(`
    import { readdirSync, writeFileSync } from 'node:fs';
    export const handler = async (name) => {
      const found = readdirSync(process.env.TMPDIR);
      writeFileSync(process.env.TMPDIR + '/' + name, '');
      if (name === 'crash') process.kill(process.pid, 'SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, 300));
      return found;
    };`);
  await files.invoke('"crash"');
  expect((await Promise.all([files.invoke('"b"'), files.invoke('"c"')])).map(parse)).toEqual([['crash'], []]);
});

test('addresses are replaced wherever they occur, the longest first', () => {
  const variables = { A: 'https://nakadi.example.org/events', B: '["https://nakadi.example.org:8443/x","https://nakadi.example.org"]', C: 'plain' };
  expect(replaceAddresses(variables, { 'https://nakadi.example.org': 'http://127.0.0.1:1', 'https://nakadi.example.org:8443': 'http://127.0.0.1:$&' }))
    .toEqual({ A: 'http://127.0.0.1:1/events', B: '["http://127.0.0.1:$&/x","http://127.0.0.1:1"]', C: 'plain' });
});

test('the handler gets the event and the context of Lambda', async () => {
  const result = await define('export const handler = async (event, context) => ({ event, context, left: context.getRemainingTimeInMillis() });', { memorySize: 256 }).invoke('{"a":[1.0]}', 'request-1');
  expect(parse(result)).toEqual({
    event: { a: [1] }, left: expect.any(Number) as number,
    context: expect.objectContaining({ awsRequestId: 'request-1', functionName: 'orders-relay', memoryLimitInMB: '256', invokedFunctionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:orders-relay' }) as object,
  });
  expect((parse(result) as { left: number }).left).toBeGreaterThan(2000);
});

test.each([
  ['a CommonJS module', 'index.js', 'index.handler', 'exports.handler = async () => 1;'],
  ['a nested export', 'index.mjs', 'index.api.handler', 'export const api = { handler: async () => 1 };'],
  ['a handler that is not asynchronous', 'index.cjs', 'index.handler', 'exports.handler = () => 1;'],
])('runs %s', async (_, file, handler, source) => {
  expect(parse(await define(source, { handler }, {}, file).invoke('{}'))).toBe(1);
});

test('a process is used again while it lives, and stands still in between', async () => {
  const counter = define('let calls = 0, ticks = 0; setInterval(() => ticks++, 5); export const handler = async () => ({ pid: process.pid, calls: ++calls, ticks });');
  const first = parse(await counter.invoke('{}')) as { pid: number; calls: number; ticks: number };
  await new Promise((resolve) => { setTimeout(resolve, 300); });
  const second = parse(await counter.invoke('{}')) as typeof first;
  expect(second).toMatchObject({ pid: first.pid, calls: 2 });
  expect(second.ticks).toBeLessThan(first.ticks + 30);
});

test('invocations at the same time get processes of their own, and concurrency reserved bounds them', async () => {
  const slow = define('export const handler = async () => { await new Promise((resolve) => setTimeout(resolve, 300)); return process.pid; };', { reservedConcurrentExecutions: 2 });
  const [first, second, third] = await Promise.allSettled([slow.invoke('{}'), slow.invoke('{}'), slow.invoke('{}')]);
  expect([first.status, second.status, third.status]).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  expect((third as PromiseRejectedResult).reason).toBeInstanceOf(TooManyRequestsException);
  expect(new Set(slow.pids).size).toBe(2);
});

describe('a function error', () => {
  test.each<[string, string, object]>([
    ['what the handler throws', 'export const handler = async () => { throw new RangeError("too far"); };', { errorType: 'RangeError', errorMessage: 'too far', trace: expect.arrayContaining(['RangeError: too far']) as string[] }],
    ['a thrown text', 'export const handler = async () => { throw "text"; };', { errorType: 'string', errorMessage: 'text' }],
    ['the end of the process', 'export const handler = async () => process.exit(7);', { errorType: 'Runtime.ExitError', errorMessage: 'RequestId: id Error: Runtime exited with error: exit status 7' }],
    ['an unhandled rejection', 'export const handler = async () => { Promise.reject(new Error("lost")); await new Promise((resolve) => setTimeout(resolve, 200)); };', { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'Error: lost' }],
    ['an uncaught exception', 'export const handler = async () => { setTimeout(() => { throw new Error("late"); }); await new Promise((resolve) => setTimeout(resolve, 200)); };', { errorType: 'Error', errorMessage: 'late' }],
    ['more memory than the function has', 'export const handler = async () => { const all = []; for (;;) all.push(new Array(1e5).fill(all.length + 0.5)); };', { errorType: 'Runtime.ExitError', errorMessage: 'RequestId: id Error: Runtime exited with error: signal: aborted' }],
    ['a module that does not load', 'throw new SyntaxError("bad"); export const handler = 1;', { errorType: 'SyntaxError', errorMessage: 'bad' }],
    ['a handler that is not there', 'export const other = 1;', { errorType: 'Runtime.HandlerNotFound', errorMessage: 'index.handler is undefined or not exported' }],
    ['a busy loop', 'export const handler = async () => { for (;;); };', { errorType: 'Sandbox.Timedout', errorMessage: 'RequestId: id Error: Task timed out after 1.00 seconds' }],
    ['an answer beyond 6 MB', 'export const handler = async () => "x".repeat(7e6);', { errorType: 'Function.ResponseSizeTooLarge' }],
  ])('is %s', async (_, source, expected) => {
    // Only the time-out itself is to be short.
    const failing = define(source, { timeout: source.includes('for (;;);') ? 1 : 10 });
    const result = await failing.invoke('{}', 'id');
    expect(result.functionError).toBe('Unhandled');
    expect(parse(result)).toMatchObject(expected);
    expect(failing.counters).toEqual({ invocations: 1, errors: 1 });
  });

  test('that ends the process gives the next invocation a new one; a thrown one does not', async () => {
    const source = `let calls = 0;
      export const handler = async (event) => {
        calls += 1;
        if (event === 'throw') throw new Error();
        if (event === 'hang') await new Promise(() => setInterval(() => {}, 1000));
        return calls;
      };`;
    const failing = define(source, { timeout: 1 });
    await failing.invoke('"throw"');
    expect(parse(await failing.invoke('{}'))).toBe(2);
    await failing.invoke('"hang"');
    expect(parse(await failing.invoke('{}'))).toBe(1);
  });
});

test('kill() ends an invocation under way, as a crash', async () => {
  const slow = define('export const handler = async () => { console.log("started"); await new Promise((resolve) => setTimeout(resolve, 2000)); };');
  const result = slow.invoke('{}', 'id');
  while (slow.logs.length === 0) await new Promise((resolve) => { setTimeout(resolve, 5); });
  expect(slow.kill()).toBe(1);
  expect(parse(await result)).toMatchObject({ errorMessage: 'RequestId: id Error: Runtime exited with error: signal: killed' });
  expect((await slow.invoke('{}')).functionError).toBeUndefined();
});

test('killBeforeReturn lets the handler do its work, and loses its answer', async () => {
  const lines: LogLine[] = [];
  const killed = define('export const handler = async () => console.log("published");', {}, { killBeforeReturn: { random: () => 0.1, probability: 0.2 }, onLog: (line) => lines.push(line) });
  expect(parse(await killed.invoke('{}', 'id'))).toMatchObject({ errorType: 'Runtime.ExitError' });
  while (lines.length === 0) await new Promise((resolve) => { setTimeout(resolve, 5); });
  expect(lines).toEqual([expect.objectContaining({ function: 'Relay', stream: 'stdout', line: 'published' })]);
});

test('lines of standard output and error are seen with their request', async () => {
  const lines: LogLine[] = [];
  const loud = define('console.log("loading"); export const handler = async () => { console.log("one\\ntwo"); console.error("three"); };', {}, { onLog: (line) => lines.push(line) });
  await loud.invoke('{}', 'id');
  while (lines.length < 4) await new Promise((resolve) => { setTimeout(resolve, 5); });
  expect(lines.map(({ stream, line }) => `${stream} ${line}`).toSorted()).toEqual(['stderr three', 'stdout loading', 'stdout one', 'stdout two']);
  expect(loud.logs).toHaveLength(4);
});

test('fails when the payload is larger than 6 MB', async () => {
  await expect(define('export const handler = async () => 1;').invoke(JSON.stringify('x'.repeat(7e6)))).rejects.toThrow('RequestTooLargeException');
});

test('in JSON log format, each call of console is one line with level, request and message', async () => {
  const source = 'export const handler = async () => { console.info({ event: "relay.batch", accepted: 2 }); console.error("no %s", "luck"); };';
  const json = define(source, { logFormat: 'JSON' });
  await json.invoke('{}', 'request-1');
  while (json.logs.length < 2) await new Promise((resolve) => { setTimeout(resolve, 5); });
  expect(json.logs.map((line) => JSON.parse(line) as unknown)).toEqual([
    { timestamp: expect.any(String) as string, level: 'INFO', requestId: 'request-1', message: { event: 'relay.batch', accepted: 2 } },
    { timestamp: expect.any(String) as string, level: 'ERROR', requestId: 'request-1', message: 'no luck' },
  ]);
});
