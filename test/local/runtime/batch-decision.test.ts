import { decideBatch, expiredPrefix, type BatchDecision, type BatchResult, type RetryPolicy } from '../../../local/runtime/batch-decision.ts';

const batch = ['10', '20', '30', '40'];
const retry: BatchDecision = { kind: 'retry' };
const done: BatchDecision = { kind: 'checkpoint' };
const failed = (...itemIdentifiers: unknown[]): unknown => ({ batchItemFailures: itemIdentifiers.map((itemIdentifier) => ({ itemIdentifier })) });
const policy = (overrides: Partial<RetryPolicy> = {}): RetryPolicy => ({ maximumRetryAttempts: 1, bisectBatchOnFunctionError: false, reportBatchItemFailures: true, ...overrides });
const response = (payload: unknown): BatchResult => ({ kind: 'response', payload });

describe('with ReportBatchItemFailures', () => {
  test.each<[string, unknown, BatchDecision]>([
    ['null', null, done],
    ['nothing', undefined, done],
    ['an empty object', {}, done],
    ['an empty list', [], done],
    ['an empty list of failures', { batchItemFailures: [] }, done],
    ['null failures', { batchItemFailures: null }, done],
    ['an object with other members', { statusCode: 200 }, done],
    ['one failure inside', failed('20'), { kind: 'retrySuffix', from: 1 }],
    ['several failures: the lowest counts', failed('40', '20', '30'), { kind: 'retrySuffix', from: 1 }],
    ['the last record failed', failed('40'), { kind: 'retrySuffix', from: 3 }],
    ['the first record failed: no progress', failed('10'), retry],
    ['an empty identifier', failed(''), retry],
    ['a null identifier', failed(null), retry],
    ['a number as identifier', failed(123), retry],
    ['an identifier that is not in the batch', failed('99'), retry],
    ['a wrong key', { batchItemFailures: [{ foo: 123 }] }, retry],
    ['a null failure', { batchItemFailures: [null] }, retry],
    ['a good and a bad identifier', failed('30', '99'), retry],
    ['failures that are no list', { batchItemFailures: '20' }, retry],
    ['a text', 'ok', retry],
    ['a list of something', [1], retry],
  ])('%s', (_, payload, expected) => {
    expect(decideBatch(batch, 1, response(payload), policy())).toEqual(expected);
  });

  test('a function error is a complete failure', () => {
    expect(decideBatch(batch, 1, { kind: 'functionError' }, policy())).toEqual(retry);
  });
});

describe('without ReportBatchItemFailures', () => {
  test.each<[string, BatchResult, BatchDecision]>([
    ['a failure list is ignored', response(failed('20')), done],
    ['any value is success', response('whatever'), done],
    ['a function error is a complete failure', { kind: 'functionError' }, retry],
  ])('%s', (_, result, expected) => {
    expect(decideBatch(batch, 1, result, policy({ reportBatchItemFailures: false }))).toEqual(expected);
  });
});

describe('the retry budget', () => {
  test.each<[string, number, number, BatchDecision['kind']]>([
    ['0 retries: one invocation', 0, 1, 'discard'],
    ['1 retry, first invocation', 1, 1, 'retry'],
    ['1 retry, second invocation', 1, 2, 'discard'],
    ['3 retries, fourth invocation', 3, 4, 'discard'],
    ['3 retries, third invocation', 3, 3, 'retry'],
    ['endless', -1, 1_000_000, 'retry'],
  ])('%s', (_, maximumRetryAttempts, attempt, kind) => {
    expect(decideBatch(batch, attempt, { kind: 'functionError' }, policy({ maximumRetryAttempts })).kind).toBe(kind);
  });

  test('progress is not stopped by a used-up budget', () => {
    expect(decideBatch(batch, 9, response(failed('20')), policy())).toEqual({ kind: 'retrySuffix', from: 1 });
  });

  test.each<[BatchResult, 'Unhandled' | null]>([[{ kind: 'functionError' }, 'Unhandled'], [response(failed('10')), null], [response(failed('')), null]])(
    'the message after %j has the function error %j', (result, functionError) => {
      expect(decideBatch(batch, 2, result, policy())).toEqual({ kind: 'discard', functionError });
    });
});

describe('with BisectBatchOnFunctionError', () => {
  const bisect = policy({ bisectBatchOnFunctionError: true });
  test.each<[string, string[], number, BatchResult, BatchDecision]>([
    ['an error splits in the middle', batch, 1, { kind: 'functionError' }, { kind: 'bisect', at: 2 }],
    ['an odd batch has the smaller part first', ['1', '2', '3'], 1, { kind: 'functionError' }, { kind: 'bisect', at: 1 }],
    ['a complete failure by response splits too', batch, 1, response(failed('10')), { kind: 'bisect', at: 2 }],
    ['a used-up budget splits all the same', batch, 2, { kind: 'functionError' }, { kind: 'bisect', at: 2 }],
    ['a partial response keeps the suffix whole', batch, 1, response(failed('30')), { kind: 'retrySuffix', from: 2 }],
    ['a single record is retried', ['1'], 1, { kind: 'functionError' }, retry],
    ['a single record is given up at last', ['1'], 2, { kind: 'functionError' }, { kind: 'discard', functionError: 'Unhandled' }],
  ])('%s', (_, records, attempt, result, expected) => {
    expect(decideBatch(records, attempt, result, bisect)).toEqual(expected);
  });
});

test.each<[string, number[], number, number]>([
  ['no bound', [1, 2, 3], -1, 0],
  ['none is too old', [940, 950], 60, 0],
  ['a prefix is too old', [900, 939, 940, 950], 60, 2],
  ['an old record behind a young one waits its turn', [940, 900], 60, 0],
  ['all are too old', [900, 901], 60, 2],
])('expired records: %s', (_, times, age, expected) => {
  expect(expiredPrefix(times, 1_000_000, age)).toBe(expected);
});
