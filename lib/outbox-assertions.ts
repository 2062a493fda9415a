import type { Duration } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import type { AttributePath } from './attribute-path';
import type { CleanupPolicy } from './event-options';
import type { AttributePathConfig, RouteConfig } from './private/handler-contract';
import { isLeftOut } from './private/left-out';
import { outboxesOf, type TemplateOutbox, type TemplateResources } from './private/template-outbox';
import { pathFaults } from './private/validate-shape';

/**
 * What a team expects of the events of one event type.
 */
export interface PublishedEvents {
  /**
   * Base URL of Nakadi. Parts that are known at deployment only are written `${LogicalId}`.
   *
   * @default - any
   */
  readonly endpoint?: string;

  /**
   * What the events call the kind of data.
   *
   * @default - any
   */
  readonly dataType?: string;

  /**
   * Cleanup policy that the events are made for.
   *
   * @default - any
   */
  readonly cleanupPolicy?: CleanupPolicy;

  /**
   * Attributes that no event may show.
   *
   * They count as left out where `excludeAttributes` names them, what they lie in, or a beginning of their names; and where `includeAttributes`
   * names something else. A key attribute, and any attribute of a table that is not in the template, counts only where it is excluded by its name.
   *
   * @default - none
   */
  readonly leftOut?: AttributePath[];

  /**
   * How long the stream holds changes back while Nakadi is away.
   *
   * @default - any
   */
  readonly holdFor?: Duration;
}

/**
 * Asserts what a synthesized template publishes, for a team's own tests: in one line, and with failures that say what the template has.
 *
 * Beside a snapshot it keeps what a team has promised, whoever updates the snapshot.
 *
 * @example
 * declare const stack: Stack;
 *
 * OutboxAssertions.fromTemplate(assertions.Template.fromStack(stack)).publishes('order-store.order-changed', {
 *   endpoint: 'https://nakadi.example.org',
 *   leftOut: [AttributePath.exact('cardNumber')],
 * });
 */
export class OutboxAssertions {
  /**
   * Assertions on a template.
   *
   * @param template the template of a stack
   */
  public static fromTemplate(template: Template): OutboxAssertions {
    return new OutboxAssertions((template.toJSON().Resources ?? {}) as TemplateResources);
  }

  private readonly outboxes: TemplateOutbox[];

  private constructor(private readonly resources: TemplateResources) {
    this.outboxes = outboxesOf(resources);
  }

  /**
   * Asserts that changes are published to an event type, and that each outbox which does so does it as expected and is not paused, nor its requeue.
   *
   * @param eventType name of the event type
   * @param expected what its events are like
   */
  public publishes(eventType: string, expected: PublishedEvents = {}): void {
    const faults = pathFaults('leftOut', expected.leftOut).filter((fault) => fault !== undefined);
    if (faults.length > 0) {
      throw new Error(faults.join('\n'));
    }
    const publishing = this.outboxes.flatMap((outbox) => outbox.routes.filter((route) => route.eventType === eventType).map((route) => ({ outbox, route })));
    if (publishing.length === 0) {
      this.fail([`nothing is published to ${eventType}`]);
    }
    this.fail(publishing.flatMap(({ outbox, route }) => differences(outbox, route, expected).map((text) => `${outbox.id}, ${eventType}: ${text}`)));
  }

  /**
   * Asserts that changes are published to these event types and to no other.
   *
   * @param eventTypes names of all event types
   */
  public publishesOnly(...eventTypes: string[]): void {
    const published = new Set(this.outboxes.flatMap(({ routes }) => routes.map((route) => route.eventType)));
    this.fail([
      ...eventTypes.filter((eventType) => !published.has(eventType)).map((eventType) => `nothing is published to ${eventType}`),
      ...[...published].filter((eventType) => !eventTypes.includes(eventType)).map((eventType) => `changes are published to ${eventType}, which is not expected`),
    ]);
  }

  /**
   * Asserts that nothing is deleted with the stack, or by a replacement, which Nakadi may not have: the tables of this template, the parked
   * events and the dead letters of all its outboxes.
   */
  public retainsData(): void {
    const faults = this.outboxes.length === 0 ? ['there is no outbox'] : [];
    const ids = this.outboxes.flatMap(({ table, stores }) => [table, ...stores]).filter((id) => id !== undefined && id in this.resources) as string[];
    for (const id of new Set(ids)) {
      const { Type, DeletionPolicy = 'Delete', UpdateReplacePolicy = 'Delete' } = this.resources[id];
      for (const [name, policy] of Object.entries({ DeletionPolicy, UpdateReplacePolicy })) {
        if (!policy.startsWith('Retain')) {
          faults.push(`${id} (${Type}): ${name} is ${policy}, expected Retain`);
        }
      }
    }
    this.fail(faults);
  }

  /** Fails where there are faults, and says what the template has. */
  private fail(faults: string[]): void {
    if (faults.length > 0) {
      const has = this.outboxes.flatMap((outbox) => outbox.routes.map((route) => `\n  ${describe(outbox, route)}`));
      const template = has.length === 0 ? 'The template has no outbox.' : `The template has:${has.join('')}`;
      throw new Error(`${faults.join('\n')}\n${template}`);
    }
  }
}

/** What is not as expected, in words. */
function differences({ endpoint, holdForMs, enabled, requeueEnabled, keys }: TemplateOutbox, route: RouteConfig, expected: PublishedEvents): string[] {
  const holdFor = expected.holdFor?.toMilliseconds();
  const compared: [string, string | undefined, string | undefined][] = [
    ['endpoint', endpoint, expected.endpoint?.replace(/\/+$/, '')],
    ['dataType', route.dataType, expected.dataType],
    ['cleanupPolicy', route.cleanupPolicy, expected.cleanupPolicy],
    ['holdFor', seconds(holdForMs), holdFor === undefined ? undefined : seconds(holdFor)],
  ];
  const shown = (expected.leftOut ?? []).map(({ _config }) => _config).filter((path) => !isLeftOut(path, route, keys));
  return [
    ...compared.filter(([, has, wanted]) => wanted !== undefined && has !== wanted).map(([name, has, wanted]) => `${name} is ${String(has)}, expected ${String(wanted)}`),
    ...shown.map((path) => {
      const unknown = keys === undefined ? ': the keys of its table are not in the template, so only attributes that are excluded by their names count' : '';
      return `events may show ${nameOf(path)}, expected it to be left out${unknown}`;
    }),
    ...(enabled ? [] : ['the outbox is paused, expected enabled to be true']),
    ...(enabled && !requeueEnabled ? ['its requeue is paused, expected its schedule to be enabled'] : []),
  ];
}

function describe({ id, endpoint, holdForMs, enabled, requeueEnabled }: TemplateOutbox, { eventType, dataType, cleanupPolicy, include, exclude }: RouteConfig): string {
  return [
    `${eventType} at ${endpoint} by ${id}`,
    `dataType ${dataType}`,
    `cleanupPolicy ${cleanupPolicy}`,
    `holdFor ${seconds(holdForMs)}`,
    ...(include === undefined ? [] : [`only ${include.map(nameOf).join(' ')}`]),
    ...(exclude === undefined ? [] : [`without ${exclude.map(nameOf).join(' ')}`]),
    ...(enabled ? [] : ['paused']),
    ...(requeueEnabled ? [] : ['requeue paused']),
  ].join(', ');
}

function seconds(milliseconds: number | undefined): string {
  return milliseconds === undefined ? 'not known before deployment' : `${milliseconds / 1000} seconds`;
}

function nameOf({ path, prefix }: AttributePathConfig): string {
  return path.join('.') + (prefix === true ? '*' : '');
}
