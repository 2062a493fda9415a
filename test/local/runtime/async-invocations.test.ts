import { AsyncInvocations, DEFAULT_ASYNC_SETTINGS } from '../../../local/runtime/async-invocations.ts';
import { TooManyRequestsException } from '../../../local/runtime/errors.ts';
import type { InvocationResult } from '../../../local/runtime/invocation-result.ts';

const failure: InvocationResult = { requestId: '', payload: '{}', functionError: 'Unhandled', durationMs: 0 };
const success: InvocationResult = { requestId: '', payload: 'null', durationMs: 0 };

async function run(results: (InvocationResult | Error)[], settings = DEFAULT_ASYNC_SETTINGS) {
  const requestIds: (string | undefined)[] = [];
  const invocations = new AsyncInvocations({
    invoke: (_, requestId) => {
      requestIds.push(requestId);
      const result = results[requestIds.length - 1] ?? failure;
      return result instanceof Error ? Promise.reject(result) : Promise.resolve(result);
    },
  }, settings, 1);
  invocations.send('{}');
  expect(invocations.pending).toBe(1);
  while (invocations.pending > 0) await new Promise((resolve) => { setTimeout(resolve, 1); });
  return { attempts: requestIds.length, sameRequest: new Set(requestIds).size === 1, dropped: invocations.dropped };
}

test.each<[string, (InvocationResult | Error)[], number, number, number]>([
  ['success', [success], 2, 1, 0],
  ['success after an error', [failure, success], 2, 2, 0],
  ['two retries by default, then dropped', [], 2, 3, 1],
  ['no retries', [], 0, 1, 1],
  ['waiting for a free process costs no retry', [new TooManyRequestsException('busy'), new TooManyRequestsException('busy'), success], 0, 3, 0],
])('%s', async (_, results, maximumRetryAttempts, attempts, dropped) => {
  expect(await run(results, { ...DEFAULT_ASYNC_SETTINGS, maximumRetryAttempts })).toEqual({ attempts, dropped, sameRequest: true });
});

test('an event that waits longer than its age is dropped', async () => {
  const results = Array.from({ length: 1000 }, () => new TooManyRequestsException('busy'));
  const { attempts, dropped } = await run(results, { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 0.02 });
  expect(dropped).toBe(1);
  expect(attempts).toBeLessThan(50);
});
