import { Token } from 'aws-cdk-lib';
import type { AttributePath } from '../attribute-path';
import { CleanupPolicy, PatchFormat } from '../event-options';
import type { WholeRoute } from './handler-settings';
import type { TableKeys } from './table-keys';
import { isUnknown } from './unknown-value';
import { shown } from './validate-choice';

/**
 * What is wrong with the events that a route says. Values that are not known before deployment (tokens) pass.
 *
 * @param owner what the user calls the route
 * @param keys the table's keys, where they are known
 */
export function eventFaults(owner: string, route: WholeRoute, keys?: TableKeys): (string | undefined)[] {
  const compacted = route.cleanupPolicy !== undefined && route.cleanupPolicy !== CleanupPolicy.DELETE;
  const patchAttribute = route.patchFormat === PatchFormat.NONE ? undefined : (route.patchAttribute ?? 'patch');
  return [
    text(`${owner}.dataType`, route.dataType),
    text(`${owner}.patchAttribute`, route.patchAttribute),
    text(`${owner}.sequenceAttribute`, route.sequenceAttribute),
    text(`${owner}.occurredAtAttribute`, route.occurredAtAttribute),
    text(`${owner}.flowIdAttribute`, route.flowIdAttribute),
    route.tombstones === true && !compacted
      ? `${owner}.tombstones need a compacted event type, got cleanupPolicy ${route.cleanupPolicy ?? CleanupPolicy.DELETE}: Nakadi deletes from no other`
      : undefined,
    patchAttribute !== undefined && route.sequenceAttribute === patchAttribute
      ? `${owner}.sequenceAttribute and patchAttribute must differ, got ${JSON.stringify(patchAttribute)} for both`
      : undefined,
    noKey(`${owner}.patchAttribute`, patchAttribute, route, keys),
    noKey(`${owner}.sequenceAttribute`, route.sequenceAttribute, route, keys),
    notIncluded(`${owner}.patchAttribute`, patchAttribute, route),
    notIncluded(`${owner}.sequenceAttribute`, route.sequenceAttribute, route),
    ...[...(route.includeAttributes ?? []), ...(route.excludeAttributes ?? [])].map(({ _config }) => attributePath(owner, _config.path)),
    route.includeAttributes?.length === 0 ? `${owner}.includeAttributes must name at least one attribute, got none: leave it out to include all` : undefined,
    inEvents(`${owner}.occurredAtAttribute`, route.occurredAtAttribute, route, keys),
    inEvents(`${owner}.flowIdAttribute`, route.flowIdAttribute, route, keys),
    ofType(`${owner}.occurredAtAttribute`, route.occurredAtAttribute, { S: 'a string', N: 'a number' }, keys),
    ofType(`${owner}.flowIdAttribute`, route.flowIdAttribute, { S: 'a string' }, keys),
  ];
}

function text(name: string, value?: unknown): string | undefined {
  if (value === undefined || isUnknown(value) || (typeof value === 'string' && value.trim() === value && value !== '')) {
    return undefined;
  }
  return `${name} must be a name without spaces around it, got ${shown(value)}: give the name alone`;
}

function attributePath(owner: string, path: readonly string[]): string | undefined {
  // A list's encoded element stands for the whole list; a name that Fn.select takes out is a text.
  if (path.some((name) => Token.isUnresolved([name]))) {
    return `${owner} includes or excludes an attribute path with names of a list that is known at deployment only: take each name out of it by Fn.select`;
  }
  return path.length === 0 || path.includes('') ? `${owner} includes or excludes an attribute path without a name: name at least one attribute` : undefined;
}

/** Every item has its key: no event could be made, unless events leave the key out. */
function noKey(name: string, value: string | undefined, { excludeAttributes }: WholeRoute, keys?: TableKeys): string | undefined {
  return value !== undefined && keys?.own.has(value) && !excludeAttributes?.some(isExactly(value))
    ? `${name} must not be a key of the table, got ${JSON.stringify(value)}: every item has it, and it would stand in the same place; give another name`
    : undefined;
}

/** An attribute that is included by its name stands where ours would stand. */
function notIncluded(name: string, value: string | undefined, { includeAttributes }: WholeRoute): string | undefined {
  return value !== undefined && includeAttributes?.some(({ _config: { path, prefix } }) => path[0] === value && prefix !== true)
    ? `${name} must not be one of includeAttributes, got ${JSON.stringify(value)}: it would stand in the same place; give another name`
    : undefined;
}

/** An attribute that events leave out is not found. Keys are left out by their exact names only, and any attribute may be a key of a table that is not known. */
function inEvents(name: string, value: string | undefined, { includeAttributes, excludeAttributes }: WholeRoute, keys?: TableKeys): string | undefined {
  if (value === undefined || isUnknown(value)) {
    return undefined;
  }
  const mayBeKey = keys?.own.has(value) ?? true;
  if (excludeAttributes?.some(mayBeKey ? isExactly(value) : isWholly(value))) {
    return `${name} must be an attribute that events have, got ${JSON.stringify(value)}, which excludeAttributes leave out: keep it in, or name another`;
  }
  const included = includeAttributes?.some((path) => isUnknown(path._config.path[0]) || isWholly(value)(path)) ?? true;
  return included || mayBeKey
    ? undefined
    : `${name} must be an attribute that events have, got ${JSON.stringify(value)}, which includeAttributes do not name: name it there, or name another`;
}

/** A key has its type in every item that has it. */
function ofType(name: string, value: string | undefined, allowed: Record<string, string>, keys?: TableKeys): string | undefined {
  const type = value === undefined ? undefined : keys?.typed.get(value);
  return type === undefined || type in allowed
    ? undefined
    : `${name} must be an attribute that is ${Object.values(allowed).join(' or ')}, got ${JSON.stringify(value)}, which is a key of the type ${type}: name another`;
}

/** Tells the paths that mean this attribute by its name. */
function isExactly(attribute: string): (path: AttributePath) => boolean {
  return ({ _config: { path, prefix } }) => path.length === 1 && path[0] === attribute && prefix !== true;
}

/** Tells the paths that mean this attribute with all that is in it. What is not known before deployment means none. */
function isWholly(attribute: string): (path: AttributePath) => boolean {
  return ({ _config: { path, prefix } }) => path.length === 1 && (prefix === true ? attribute.startsWith(path[0]) : path[0] === attribute);
}
