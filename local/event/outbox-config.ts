import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loadMapping } from '../../lambda/adapters/mapping-module.ts';
import type { EventShape, Route } from '../../lambda/core/event-route.ts';
import type { DestinationConfig, PublishingConfig, RouteConfig } from '../../lib/private/handler-contract.ts';

/** Names of the environment variables, as the construct sets them; a test holds them equal to the contract. */
export const VARIABLES = { destination: 'OUTBOX_DESTINATION', publishing: 'OUTBOX_PUBLISHING' } as const;

/** What an outbox is that says nothing but its event type. */
const DEFAULT_ROUTE: RouteConfig = {
  eventType: 'event-type',
  dataType: 'event-type',
  cleanupPolicy: 'delete',
  patchFormat: 'array',
  patchAttribute: 'patch',
};

/** The template does not say what is needed; the text says what is. */
export class TemplateFileError extends Error {
  override readonly name = 'TemplateFileError';
}

/** The shape of events where no template is given: every default. */
export function defaultShape(): EventShape {
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
 * @throws TemplateFileError where the template has none, or several
 */
export async function shapeFromTemplate(file: string, outbox = ''): Promise<EventShape> {
  const { Resources = {} } = JSON.parse(readFileSync(file, 'utf8')) as { Resources?: Record<string, FunctionResource> };
  const functions = Object.entries(Resources).filter(([id, { Type, Properties }]) => {
    const variables = Properties?.Environment?.Variables ?? {};
    // The requeue has the same destination, and a dead-letter queue besides.
    return Type === 'AWS::Lambda::Function' && id.startsWith(outbox) && VARIABLES.destination in variables && !('OUTBOX_DEAD_LETTER_QUEUE_URL' in variables);
  });
  const [found, ...more] = functions;
  if (found === undefined) {
    throw new TemplateFileError(`${file} has no outbox${outbox === '' ? '' : ` whose logical ids start with ${outbox}`}: name a template that cdk synth wrote`);
  }
  if (more.length > 0) {
    throw new TemplateFileError(`${file} has ${String(functions.length)} outboxes: choose one with --outbox and the beginning of ${functions.map(([id]) => id).join(' or ')}`);
  }
  const { Code, Environment } = found[1].Properties ?? {};
  const destination = JSON.parse(known(Environment?.Variables?.[VARIABLES.destination])) as DestinationConfig;
  const publishing = JSON.parse(known(Environment?.Variables?.[VARIABLES.publishing])) as PublishingConfig;
  const code = path.join(path.dirname(file), `asset.${String(Code?.S3Key).replace(/\.zip$/, '')}`);
  const routes: Route[] = [];
  for (const route of destination.routes) {
    routes.push(route.mapping === undefined ? route : { ...route, map: await loadMapping(path.resolve(code), route.mapping) });
  }
  return { routes, unrouted: destination.unrouted, maxEventBytes: publishing.maxEventBytes };
}

/** The text of a value; what is known at deployment only stands in it as `<Ref>` or the like. */
function known(value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  const join = (value as { 'Fn::Join'?: [string, unknown[]] } | undefined)?.['Fn::Join'];
  return join === undefined ? `<${Object.keys(value ?? {}).join(', ')}>` : join[1].map(known).join(join[0]);
}
