import { TemplateError } from './errors.ts';

const UNITS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * The interval of a `rate(...)` expression, in milliseconds; `undefined` for `cron(...)`.
 * @param place - the resource, for the error text.
 * @throws TemplateError for anything else: `at(...)`, zero, a plural unit after 1 or a singular one after another number.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function scheduleInterval(expression: string, place: string): number | undefined {
  if (/^cron\(.+\)$/.test(expression)) return undefined;
  const [, count = '', unit = '', plural = ''] = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
  const value = Number(count);
  if (value < 1 || (value === 1) !== (plural === '')) {
    throw new TemplateError(`${place} has the schedule expression ${expression}; the local runtime runs rate(...), such as rate(1 minute) or rate(5 minutes)`);
  }
  return value * UNITS[unit];
}
