import { loadMapping } from '../../lambda/adapters/mapping-module.ts';
import type { EventShape, Route } from '../../lambda/core/event-route.ts';
import { ENV, wholeRoutes, type CompactDestination, type PublishingConfig, type RouteConfig } from '../../lib/private/handler-contract.ts';
import { UsageError } from '../usage-error.ts';
import { assetFolder } from './asset-folder.ts';
import { keysOfSource, type KeyTypes } from './table-keys.ts';
import { readText } from './text-file.ts';

/** What an outbox is that says nothing but its event type. */
const DEFAULT_ROUTE: RouteConfig = {
  eventType: 'event-type',
  dataType: 'event-type',
  cleanupPolicy: 'delete',
  patchFormat: 'array',
  patchAttribute: 'patch',
};

/** The shape of an outbox's events, and the key of its table where that is known. */
export type OutboxShape = EventShape & { readonly keys?: KeyTypes };

/** The shape of events where no template is given: every default. */
export function defaultShape(): OutboxShape {
  return { routes: [DEFAULT_ROUTE], unrouted: 'drop', maxEventBytes: 999_000 };
}

interface FunctionResource {
  readonly Type?: string;
  readonly Properties?: { readonly Code?: { readonly S3Key?: unknown }; readonly Environment?: { readonly Variables?: Record<string, unknown> } };
}

/**
 * The shape of an outbox's events, from a synthesized template.
 *
 * @param outbox beginning of the logical ids of the outbox that is meant, where the template has several
 * @throws UsageError where the template has none, or several, or where the code of a mapping is not there
 */
export function shapeFromTemplate(file: string, outbox = ''): OutboxShape {
  const { Resources = {} } = (parse(file, readText(file)) ?? {}) as { Resources?: Record<string, FunctionResource> };
  const functions = Object.entries(Resources).filter(([id, { Type, Properties }]) => {
    const variables = Properties?.Environment?.Variables ?? {};
    // The requeue has the same destination, and a dead-letter queue besides.
    return Type === 'AWS::Lambda::Function' && id.startsWith(outbox) && ENV.destination in variables && !(ENV.deadLetterQueueUrl in variables);
  });
  const [found, ...more] = functions;
  if (found === undefined) {
    throw new UsageError(`${file} has no outbox${outbox === '' ? '' : ` whose logical ids start with ${outbox}`}: name a template that cdk synth wrote`);
  }
  if (more.length > 0) {
    throw new UsageError(`${file} has ${String(functions.length)} outboxes: choose one with --outbox and the beginning of ${functions.map(([id]) => id).join(' or ')}`);
  }
  const [id, { Properties: { Code, Environment } = {} }] = found;
  const variable = (name: string): unknown => parse(file, known(Environment?.Variables?.[name]));
  const destination = variable(ENV.destination) as CompactDestination;
  const { maxEventBytes } = variable(ENV.publishing) as PublishingConfig;
  const routes = wholeRoutes(destination).map((route): Route =>
    route.mapping === undefined ? route : { ...route, map: loadMapping(assetFolder(file, Code?.S3Key), route.mapping, undefined, 'error') },
  );
  return { routes, unrouted: destination.unrouted, maxEventBytes, keys: keysOfSource(Resources, id) };
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new UsageError(`${file} must be a template that cdk synth wrote (cdk.out/….template.json): ${(error as Error).message}`, { cause: error });
  }
}

/** The text of a value; what is known at deployment only stands in it as `<Ref>` or the like. */
function known(value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  const join = (value as { 'Fn::Join'?: [string, unknown[]] } | undefined)?.['Fn::Join'];
  return join === undefined ? `<${Object.keys(value ?? {}).join(', ')}>` : join[1].map(known).join(join[0]);
}
