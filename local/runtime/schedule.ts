import { randomUUID } from 'node:crypto';
import { TemplateError } from './errors.ts';
import { isObject, type JsonObject } from './json.ts';
import { LOCAL_ACCOUNT } from './physical-id.ts';
import { describe, type Resource } from './resources.ts';
import { scheduleInterval } from './schedule-expression.ts';

/** A target of a schedule: a function, by the value in the template, and the event that it gets. */
interface ScheduleTarget {
  readonly functionReference: string;
  /** JSON text; the service's own notification when absent. */
  readonly input?: string;
}

/** What the template says about an `AWS::Scheduler::Schedule`, or an `AWS::Events::Rule` with a schedule. */
export interface ScheduleConfiguration {
  readonly logicalId: string;
  readonly arn: string;
  readonly source: 'aws.scheduler' | 'aws.events';
  readonly region: string;
  /** Milliseconds. */
  readonly interval: number;
  readonly enabled: boolean;
  readonly targets: readonly ScheduleTarget[];
}

/**
 * Reads a schedule.
 * @param properties - resolved.
 * @param every - milliseconds that take the place of the template's interval.
 * @throws TemplateError for rules on an event pattern, for `cron` without `every`, and for input that is transformed.
 */
export function readScheduleConfiguration(resource: Resource, properties: JsonObject, region: string, every?: number): ScheduleConfiguration {
  const place = describe(resource);
  const isRule = resource.type === 'AWS::Events::Rule';
  if (properties.EventPattern !== undefined) throw new TemplateError(`${place} waits for events (EventPattern), which the local runtime does not support`);
  const interval = every ?? scheduleInterval(String(properties.ScheduleExpression), place);
  if (interval === undefined) {
    throw new TemplateError(`${place} has a cron expression, which the local runtime does not support; give the option scheduleEvery to run it at an interval`);
  }
  const targets = isRule ? properties.Targets ?? [] : [properties.Target];
  return {
    logicalId: resource.logicalId,
    arn: resource.attributes.Arn,
    source: isRule ? 'aws.events' : 'aws.scheduler',
    region,
    interval,
    enabled: properties.State !== 'DISABLED',
    targets: (Array.isArray(targets) ? targets : []).map((target) => {
      if (!isObject(target)) throw new TemplateError(`${place} has no target`);
      if (target.InputTransformer !== undefined || target.InputPath !== undefined) {
        throw new TemplateError(`${place} transforms its input, which the local runtime does not support; give a constant input`);
      }
      return { functionReference: String(target.Arn), ...(typeof target.Input === 'string' ? { input: target.Input } : {}) };
    }),
  };
}

/** A running schedule. */
export class Schedule {
  readonly configuration: ScheduleConfiguration;
  readonly #invoke: (functionReference: string, payload: string) => void;
  readonly #mayRun: () => boolean;
  #timer: NodeJS.Timeout | undefined;
  #ticks = 0;

  /**
   * @param invoke - invokes a function asynchronously.
   * @param mayRun - asked before each tick; `false` skips it.
   */
  constructor(configuration: ScheduleConfiguration, invoke: (functionReference: string, payload: string) => void, mayRun: () => boolean) {
    this.configuration = configuration;
    this.#invoke = invoke;
    this.#mayRun = mayRun;
    if (configuration.enabled) this.enable();
  }

  /** How often it has invoked its targets. */
  get ticks(): number {
    return this.#ticks;
  }

  get enabled(): boolean {
    return this.#timer !== undefined;
  }

  /** Starts to run; first after one interval. */
  enable(): void {
    this.#timer ??= setInterval(() => {
      if (this.#mayRun()) this.fire();
    }, this.configuration.interval);
  }

  disable(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Invokes the targets now, whatever the interval says. */
  fire(): void {
    this.#ticks += 1;
    const time = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    for (const { functionReference, input } of this.configuration.targets) this.#invoke(functionReference, this.#payload(input, time));
  }

  #payload(input: string | undefined, time: string): string {
    const { arn, source, region } = this.configuration;
    const id = randomUUID();
    if (input === undefined) {
      const detail = source === 'aws.events' ? {} : '{}';
      return JSON.stringify({ 'version': '0', id, 'detail-type': 'Scheduled Event', source, 'account': LOCAL_ACCOUNT, time, region, 'resources': [arn], detail });
    }
    if (source === 'aws.events') return input;
    // Context attributes of EventBridge Scheduler.
    return input.replaceAll('<aws.scheduler.schedule-arn>', arn).replaceAll('<aws.scheduler.scheduled-time>', time)
      .replaceAll('<aws.scheduler.execution-id>', id).replaceAll('<aws.scheduler.attempt-number>', '1');
  }
}
