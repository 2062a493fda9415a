import type { JsonObject } from '../../../local/runtime/json.ts';
import type { Resource } from '../../../local/runtime/resources.ts';
import { readScheduleConfiguration, Schedule } from '../../../local/runtime/schedule.ts';

const scheduler = { path: 'S/Schedule', logicalId: 'Schedule', type: 'AWS::Scheduler::Schedule', attributes: { Arn: 'arn:schedule' } } as unknown as Resource;
const rule = { path: 'S/Rule', logicalId: 'Rule', type: 'AWS::Events::Rule', attributes: { Arn: 'arn:rule' } } as unknown as Resource;
const everyMinute: JsonObject = { ScheduleExpression: 'rate(1 minute)', Target: { Arn: 'arn:f', Input: '{"a":1}' } };

test.each([['rate(1 minute)', 60_000], ['rate(5 minutes)', 300_000], ['rate(2 hours)', 7_200_000], ['rate(1 day)', 86_400_000]])('%s is %i ms', (ScheduleExpression, interval) => {
  expect(readScheduleConfiguration(scheduler, { ...everyMinute, ScheduleExpression }, 'r').interval).toBe(interval);
});

test('the caller can set the interval, of a cron expression too', () => {
  expect(readScheduleConfiguration(scheduler, { ...everyMinute, ScheduleExpression: 'cron(0 12 * * ? *)' }, 'r', 50).interval).toBe(50);
});

test('the template can disable it', () => {
  expect(readScheduleConfiguration(scheduler, { ...everyMinute, State: 'DISABLED' }, 'r').enabled).toBe(false);
});

test.each<[string, Resource, JsonObject, string]>([
  ['a minute is plural', scheduler, { ...everyMinute, ScheduleExpression: 'rate(1 minutes)' }, 'such as rate(1 minute) or rate(5 minutes)'],
  ['five minutes are singular', scheduler, { ...everyMinute, ScheduleExpression: 'rate(5 minute)' }, 'such as rate(1 minute) or rate(5 minutes)'],
  ['the interval is zero', scheduler, { ...everyMinute, ScheduleExpression: 'rate(0 minutes)' }, 'rate(0 minutes)'],
  ['it runs once', scheduler, { ...everyMinute, ScheduleExpression: 'at(2026-01-01T00:00:00)' }, 'runs rate(...)'],
  ['it is a cron expression', scheduler, { ...everyMinute, ScheduleExpression: 'cron(0 12 * * ? *)' }, 'give the option scheduleEvery'],
  ['a rule waits for events', rule, { EventPattern: { source: ['x'] }, Targets: [] }, 'EventPattern'],
  ['a rule transforms its input', rule, { ScheduleExpression: 'rate(1 minute)', Targets: [{ Arn: 'f', InputTransformer: {} }] }, 'transforms its input'],
])('fails when %s', (_, resource, properties, text) => {
  expect(() => readScheduleConfiguration(resource, properties, 'r')).toThrow(text);
});

describe('a tick', () => {
  function fire(resource: Resource, properties: JsonObject): Record<string, unknown>[] {
    const payloads: Record<string, unknown>[] = [];
    const schedule = new Schedule(readScheduleConfiguration(resource, { ...properties, State: 'DISABLED' }, 'eu-west-1'), (_, payload) => payloads.push(JSON.parse(payload) as Record<string, unknown>), () => true);
    schedule.fire();
    expect(schedule.ticks).toBe(1);
    return payloads;
  }

  test('gives each target its input', () => {
    expect(fire(rule, { ScheduleExpression: 'rate(1 minute)', Targets: [{ Arn: 'f', Input: '{"a":1}' }, { Arn: 'g', Input: '{"b":2}' }] })).toEqual([{ a: 1 }, { b: 2 }]);
  });

  test('fills in the attributes of EventBridge Scheduler', () => {
    const [payload] = fire(scheduler, { ...everyMinute, Target: { Arn: 'f', Input: '{"at":"<aws.scheduler.scheduled-time>","arn":"<aws.scheduler.schedule-arn>"}' } });
    expect(payload).toEqual({ at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string, arn: 'arn:schedule' });
  });

  test.each([[scheduler, { ScheduleExpression: 'rate(1 minute)', Target: { Arn: 'f' } }, 'aws.scheduler', 'arn:schedule'], [rule, { ScheduleExpression: 'rate(1 minute)', Targets: [{ Arn: 'f' }] }, 'aws.events', 'arn:rule']])(
    'without input is the notification of the service', (resource, properties, source, arn) => {
      expect(fire(resource, properties)).toEqual([expect.objectContaining({ source, 'detail-type': 'Scheduled Event', 'region': 'eu-west-1', 'resources': [arn] })]);
    });
});

test('runs at its interval while it is enabled, and skips what may not run', async () => {
  let ticks = 0;
  let busy = false;
  const schedule = new Schedule(readScheduleConfiguration(scheduler, everyMinute, 'r', 5), () => { ticks += 1; }, () => !busy);
  const wait = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 40); });
  while (ticks < 2) await wait();
  busy = true;
  const before = ticks;
  await wait();
  expect(ticks).toBe(before);
  busy = false;
  schedule.disable();
  await wait();
  expect(ticks).toBe(before);
});
