import { Duration, Token } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { OutboxAlarm, type OutboxTableProps } from '../../../lib';
import { alarmOf, monitored, type AlarmName, type Thresholds } from '../monitored';
import { errorOf } from '../stacks';

describe('the thresholds', () => {
  test.each<[keyof Thresholds, AlarmName, Duration, Record<string, unknown>]>([
    ['iteratorAgeThreshold', 'iteratorAgeAlarm', Duration.hours(6), { Threshold: 21_600_000 }],
    ['parkedEventAgeThreshold', 'parkedEventAgeAlarm', Duration.minutes(30), { Threshold: 1_800 }],
    ['deadLetterThreshold', 'deadLettersAlarm', Duration.hours(2), { EvaluationPeriods: 24 }],
    ['notDeliveringThreshold', 'notDeliveringAlarm', Duration.minutes(5), { EvaluationPeriods: 1 }],
    ['relayNotInvokedThreshold', 'relayNotInvokedAlarm', Duration.minutes(301), { EvaluationPeriods: 6 }],
    ['requeueStoppedThreshold', 'requeueStoppedAlarm', Duration.minutes(31), { EvaluationPeriods: 7 }],
  ])('%s changes %s', (threshold, alarm, value, properties) => {
    expect(alarmOf(monitored({ [threshold]: value }), alarm)).toMatchObject(properties);
  });

  test.each<[AlarmName, string, Partial<OutboxTableProps>, Record<string, unknown>]>([
    ['iteratorAgeAlarm', 'a hold that ends well before an hour', { holdFor: Duration.minutes(15) }, { Threshold: 3_600_000 }],
    ['iteratorAgeAlarm', 'a hold of half an hour', { holdFor: Duration.minutes(30) }, { Threshold: 4_500_000 }],
    ['iteratorAgeAlarm', 'the longest hold', { holdFor: Duration.hours(11) }, { Threshold: 42_300_000 }],
    ['deadLettersAlarm', 'a run every twenty minutes', { requeueEvery: Duration.minutes(20) }, { EvaluationPeriods: 12 }],
    ['deadLettersAlarm', 'a run every 21 minutes', { requeueEvery: Duration.minutes(21) }, { EvaluationPeriods: 13 }],
    ['deadLettersAlarm', 'a run an hour', { requeueEvery: Duration.hours(1) }, { EvaluationPeriods: 36 }],
    ['deadLettersAlarm', 'runs of which deployment says how often', { requeueEvery: Duration.minutes(Token.asNumber({ Ref: 'Every' })) }, { EvaluationPeriods: 36 }],
    ['requeueStoppedAlarm', 'a run every five minutes', { requeueEvery: Duration.minutes(5) }, { EvaluationPeriods: 3 }],
    ['requeueStoppedAlarm', 'a run every six minutes', { requeueEvery: Duration.minutes(6) }, { EvaluationPeriods: 4 }],
    ['requeueStoppedAlarm', 'a run an hour', { requeueEvery: Duration.hours(1) }, { EvaluationPeriods: 36 }],
    ['requeueStoppedAlarm', 'runs of which deployment says how often', { requeueEvery: Duration.minutes(Token.asNumber({ Ref: 'Every' })) }, { EvaluationPeriods: 36 }],
  ])('of %s follow %s', (alarm, _, outbox, properties) => {
    expect(alarmOf(monitored({}, outbox), alarm)).toMatchObject(properties);
  });

  test.each([
    [60, undefined, 300, 3],
    [61, undefined, 600, 2],
    [360, undefined, 600, 2],
    [600, undefined, 900, 2],
    [600, 15, 900, 1],
    [600, 16, 900, 2],
    [61, 60, 600, 6],
  ])('of notDeliveringAlarm follow a retry budget of %d seconds: given %p minutes, its period is %d seconds, %d times', (budget, given, period, times) => {
    const threshold = given === undefined ? {} : { notDeliveringThreshold: Duration.minutes(given) };
    const { EvaluationPeriods, Metrics } = alarmOf(monitored(threshold, { retryBudget: Duration.seconds(budget) }), 'notDeliveringAlarm');

    expect(EvaluationPeriods).toBe(times);
    const [, ...metrics] = Metrics as { readonly MetricStat: { readonly Period: number } }[];
    expect(metrics.map(({ MetricStat }) => MetricStat.Period)).toEqual([period, period, period]);
  });

  test('that are given go before those that follow the outbox', () => {
    const app = monitored(
      { iteratorAgeThreshold: Duration.hours(2), deadLetterThreshold: Duration.minutes(65), requeueStoppedThreshold: Duration.minutes(60) },
      { holdFor: Duration.hours(5), requeueEvery: Duration.minutes(30) },
    );

    expect(alarmOf(app, 'iteratorAgeAlarm').Threshold).toBe(7_200_000);
    expect(alarmOf(app, 'deadLettersAlarm').EvaluationPeriods).toBe(13);
    expect(alarmOf(app, 'requeueStoppedAlarm').EvaluationPeriods).toBe(12);
  });

  test.each(['deadLetterThreshold', 'requeueStoppedThreshold'] as const)('fails when %s is shorter than two rounds of the requeue', (threshold) => {
    const text = errorOf(() => monitored({ [threshold]: Duration.minutes(59) }, { requeueEvery: Duration.minutes(30) }));

    expect(text).toContain(`${threshold} must be twice requeueEvery of 30 minutes at least, got 59 minutes: the alarm would go off between two runs`);
  });

  test.each<[keyof Thresholds, Duration, string]>([
    ['iteratorAgeThreshold', Duration.hours(25), 'iteratorAgeThreshold must be from 1 to 1440 minutes, got 1500: the stream keeps records for 24 hours'],
    ['iteratorAgeThreshold', Duration.seconds(30), 'iteratorAgeThreshold must be from 1 to 1440 minutes, got 0.5: the stream keeps records for 24 hours'],
    ['parkedEventAgeThreshold', Duration.seconds(0), 'parkedEventAgeThreshold must be from 1 to 525600 minutes, got 0'],
    ['deadLetterThreshold', Duration.hours(13), 'deadLetterThreshold must be from 5 to 720 minutes, got 780: the stream may drop the records of a dead letter after 12 hours'],
    ['notDeliveringThreshold', Duration.minutes(4), 'notDeliveringThreshold must be from 5 to 1440 minutes, got 4'],
    ['deadLetterThreshold', Duration.seconds(1), 'deadLetterThreshold must be from 5 to 720 minutes, got 0.017: '],
    [
      'relayNotInvokedThreshold',
      Duration.hours(1),
      'relayNotInvokedThreshold must be from 120 to 1440 minutes, got 60: what is written in one hour may be read in the next, and the stream keeps records for 24',
    ],
    ['relayNotInvokedThreshold', Duration.hours(25), 'relayNotInvokedThreshold must be from 120 to 1440 minutes, got 1500'],
    ['requeueStoppedThreshold', Duration.days(2), 'requeueStoppedThreshold must be from 5 to 1440 minutes, got 2880: an alarm looks back 24 hours at most'],
  ])('fails when %s is %s', (threshold, value, message) => {
    const text = errorOf(() => monitored({ [threshold]: value }));

    expect(text).toContain('Stack/Monitoring cannot be defined');
    expect(text).toContain(message);
  });

  test.each<[keyof Thresholds, Duration]>([
    ['iteratorAgeThreshold', Duration.hours(24)],
    ['deadLetterThreshold', Duration.hours(12)],
    ['notDeliveringThreshold', Duration.hours(24)],
    ['relayNotInvokedThreshold', Duration.hours(2)],
    ['relayNotInvokedThreshold', Duration.hours(24)],
    ['requeueStoppedThreshold', Duration.minutes(5)],
  ])('take the ends of their range: %s of %s', (threshold, value) => {
    expect(() => monitored({ [threshold]: value })).not.toThrow();
  });

  test('may be known at deployment only, where they stay as they are', () => {
    const app = monitored({
      iteratorAgeThreshold: Duration.millis(Token.asNumber({ Ref: 'Age' })),
      parkedEventAgeThreshold: Duration.seconds(Token.asNumber({ Ref: 'Wait' })),
    });

    expect(alarmOf(app, 'iteratorAgeAlarm').Threshold).toEqual({ Ref: 'Age' });
    expect(alarmOf(app, 'parkedEventAgeAlarm').Threshold).toEqual({ Ref: 'Wait' });
  });

  test.each<keyof Thresholds>(['deadLetterThreshold', 'notDeliveringThreshold', 'relayNotInvokedThreshold', 'requeueStoppedThreshold'])(
    'fails when %s is known at deployment only, because it becomes a number of periods',
    (threshold) => {
      const text = errorOf(() => monitored({ [threshold]: Duration.seconds(Token.asNumber({ Ref: 'Time' })) }));

      expect(text).toContain(`${threshold} must be known when the app is synthesized`);
    },
  );

  test.each([
    ['iteratorAgeThreshold', 'millis'],
    ['parkedEventAgeThreshold', 'seconds'],
  ])('fails when %s is known at deployment only, in other units than %s', (threshold, units) => {
    expect(errorOf(() => monitored({ [threshold]: Duration.minutes(Token.asNumber({ Ref: 'Time' })) }))).toContain(
      `${threshold} must be in ${units} where its value is known at deployment only, got minutes: make it by Duration.${units}`,
    );
  });

  test('fails when a threshold is a number, which compilers refuse', () => {
    expect(errorOf(() => monitored({ iteratorAgeThreshold: 60 as never, requeueStoppedThreshold: 60 as never }))).toMatch(
      /iteratorAgeThreshold must be a Duration, got 60: .*\n.*requeueStoppedThreshold must be a Duration, got 60: /,
    );
  });
});

describe('an iterator age that is not above the hold', () => {
  const WARNING = '.*\\[ack: cdk-outbox-table:iteratorAgeThreshold\\]';
  const warningsOf = (props: Thresholds): Annotations => Annotations.fromStack(monitored(props, { holdFor: Duration.hours(2) }).stack);

  test.each([Duration.minutes(30), Duration.hours(2)])('warns: %s', (iteratorAgeThreshold) => {
    const { stack } = monitored({ iteratorAgeThreshold }, { holdFor: Duration.hours(2) });

    Annotations.fromStack(stack).hasWarning(
      '/Stack/Monitoring',
      Match.stringLikeRegexp(`iteratorAgeThreshold of ${iteratorAgeThreshold.toSeconds()} seconds is not above holdFor of 7200 seconds.*${WARNING}`),
    );
  });

  test.each<[string, Thresholds]>([
    ['one above it', { iteratorAgeThreshold: Duration.seconds(7201) }],
    ['the default', {}],
    ['one that is known at deployment only', { iteratorAgeThreshold: Duration.millis(Token.asNumber({ Ref: 'Age' })) }],
    ['one for an alarm that is left out', { iteratorAgeThreshold: Duration.minutes(30), excludeAlarms: [OutboxAlarm.ITERATOR_AGE] }],
  ])('needs no warning for %s', (_, props) => {
    warningsOf(props).hasNoWarning('*', Match.anyValue());
  });
});
