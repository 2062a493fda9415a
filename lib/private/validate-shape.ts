import type { AttributePath } from '../attribute-path';
import type { EventMapping } from '../event-mapping';
import { CleanupPolicy, NumberEncoding, PatchFormat, type EventOptions } from '../event-options';
import { UnroutedItems, type RouteCondition } from '../event-route';
import type { NakadiDestination } from '../nakadi-destination';
import { choiceFault, flagFault, shown } from './validate-choice';

/** Options that are texts. */
const TEXTS = ['eventType', 'dataType', 'patchAttribute', 'sequenceAttribute', 'occurredAtAttribute', 'flowIdAttribute'] as const;

/** Whether a destination can be written for the functions, whatever else may be wrong with it. */
export function isWritable(destination: NakadiDestination | null | undefined): boolean {
  return (
    typeof destination?.endpoint === 'string' &&
    shapeFaults(destination).length === 0 &&
    [destination, ...(destination.routes ?? [])].every((options) => TEXTS.every((name) => options[name] === undefined || typeof options[name] === 'string'))
  );
}

/**
 * What of a destination is not of the kind that its type says, so that nothing else of its events can be looked at.
 *
 * Compilers see to it, but not for those who write JavaScript or give what is of any type, as the CDK's context is.
 */
export function shapeFaults({ routes, ...destination }: NakadiDestination): string[] {
  if (routes !== undefined && !Array.isArray(routes)) {
    return [`destination.routes must be a list of routes, got ${shown(routes)}: give a list, or destination.eventType in its place`];
  }
  const faults = [
    ...partFaults('destination', destination),
    ...(routes ?? []).flatMap((route, index) => {
      const name = `destination.routes[${index}]`;
      return [conditionFault(`${name}.condition`, route?.condition), ...partFaults(name, route ?? {})];
    }),
  ];
  return faults.filter((fault) => fault !== undefined);
}

/** What of a destination is none of its choices. Compilers see to that, too. */
export function choiceFaults({ routes, unroutedItems, ...destination }: NakadiDestination): (string | undefined)[] {
  return [
    choiceFault('destination.unroutedItems', unroutedItems, 'UnroutedItems', UnroutedItems),
    ...optionFaults('destination', destination),
    ...(Array.isArray(routes) ? routes.flatMap((route, index) => optionFaults(`destination.routes[${index}]`, route ?? {})) : []),
  ];
}

function optionFaults(owner: string, options: EventOptions): (string | undefined)[] {
  return [
    choiceFault(`${owner}.cleanupPolicy`, options.cleanupPolicy, 'CleanupPolicy', CleanupPolicy),
    choiceFault(`${owner}.patchFormat`, options.patchFormat, 'PatchFormat', PatchFormat),
    choiceFault(`${owner}.numberEncoding`, options.numberEncoding, 'NumberEncoding', NumberEncoding),
    flagFault(`${owner}.tombstones`, options.tombstones),
    flagFault(`${owner}.timeToLiveDeletions`, options.timeToLiveDeletions),
  ];
}

function partFaults(owner: string, options: EventOptions): (string | undefined)[] {
  return [
    ...pathFaults(`${owner}.includeAttributes`, options.includeAttributes),
    ...pathFaults(`${owner}.excludeAttributes`, options.excludeAttributes),
    options.mapping === undefined ? undefined : mappingFault(`${owner}.mapping`, options.mapping),
  ];
}

/** What of attribute paths is none. */
export function pathFaults(name: string, paths: AttributePath[] | undefined): (string | undefined)[] {
  if (paths === undefined) {
    return [];
  }
  return Array.isArray(paths) ? paths.map((path, index) => pathFault(`${name}[${index}]`, path)) : [`${name} must be a list of attribute paths, got ${shown(paths)}: give a list`];
}

// Told by what they hold, not by their class: an app may have several copies of a library.

function pathFault(name: string, value: Partial<AttributePath> | null | undefined): string | undefined {
  const path: unknown = value?._config?.path;
  if (!Array.isArray(path)) {
    return `${name} must be made by AttributePath, got ${shown(value)}: give AttributePath.exact(name), or another of its methods`;
  }
  const wrong: unknown[] = path.filter((part) => typeof part !== 'string');
  return wrong.length > 0 ? `${name} must name attributes by texts, got ${shown(wrong[0])}: give each name as a text` : undefined;
}

function conditionFault(name: string, value: Partial<RouteCondition> | null | undefined): string | undefined {
  const config = value?._config;
  if (config?.type === undefined || !('attribute' in config)) {
    return `${name} must be made by RouteCondition, got ${shown(value)}: say which items the route is for, with RouteCondition.attributeEquals(name, value), or another of its methods`;
  }
  const wrong: unknown[] = [config.attribute, config.value].filter((part) => typeof part !== 'string');
  return wrong.length > 0 ? `${name} must compare an attribute with a text, got ${shown(wrong[0])}: give name and value as texts` : undefined;
}

function mappingFault(name: string, value: Partial<EventMapping> | null): string | undefined {
  return value?._suffix === undefined ? `${name} must be made by EventMapping, got ${shown(value)}: give EventMapping.fromFile(path), or another of its methods` : undefined;
}
