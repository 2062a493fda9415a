import type { AttributePath } from '../attribute-path';
import type { EventMapping } from '../event-mapping';
import { CleanupPolicy, NumberEncoding, PatchFormat, type EventOptions } from '../event-options';
import { UnroutedItems, type RouteCondition } from '../event-route';
import type { NakadiDestination } from '../nakadi-destination';
import { choiceFault, flagFault, shown } from './validate-choice';

/** Whether a destination can be written for the functions, whatever else may be wrong with it. */
export function isWritable(destination: NakadiDestination | null | undefined): boolean {
  return typeof destination?.endpoint === 'string' && shapeFaults(destination).length === 0;
}

/**
 * What of a destination is not of the kind that its type says, so that nothing else of its events can be looked at.
 *
 * Compilers see to it, but not for those who write JavaScript or give what is of any type, as the CDK's context is.
 */
export function shapeFaults(destination: NakadiDestination): string[] {
  const { routes, unroutedItems } = destination;
  if (routes !== undefined && !Array.isArray(routes)) {
    return [`destination.routes must be a list of routes, got ${shown(routes)}: give a list, or destination.eventType in its place`];
  }
  const faults = [
    choiceFault('destination.unroutedItems', unroutedItems, 'UnroutedItems', UnroutedItems),
    ...optionFaults('destination', destination),
    ...(routes ?? []).flatMap((route, index) => {
      const name = `destination.routes[${index}]`;
      return [conditionFault(`${name}.condition`, route?.condition), ...optionFaults(name, route ?? {})];
    }),
  ];
  return faults.filter((fault) => fault !== undefined);
}

function optionFaults(owner: string, options: EventOptions): (string | undefined)[] {
  return [
    choiceFault(`${owner}.cleanupPolicy`, options.cleanupPolicy, 'CleanupPolicy', CleanupPolicy),
    choiceFault(`${owner}.patchFormat`, options.patchFormat, 'PatchFormat', PatchFormat),
    choiceFault(`${owner}.numberEncoding`, options.numberEncoding, 'NumberEncoding', NumberEncoding),
    flagFault(`${owner}.tombstones`, options.tombstones),
    flagFault(`${owner}.timeToLiveDeletions`, options.timeToLiveDeletions),
    ...pathFaults(`${owner}.includeAttributes`, options.includeAttributes),
    ...pathFaults(`${owner}.excludeAttributes`, options.excludeAttributes),
    options.mapping === undefined ? undefined : mappingFault(`${owner}.mapping`, options.mapping),
  ];
}

function pathFaults(name: string, paths: AttributePath[] | undefined): (string | undefined)[] {
  if (paths === undefined) {
    return [];
  }
  return Array.isArray(paths) ? paths.map((path, index) => pathFault(`${name}[${index}]`, path)) : [`${name} must be a list of attribute paths, got ${shown(paths)}: give a list`];
}

// Told by what they hold, not by their class: an app may have several copies of a library.

function pathFault(name: string, value: Partial<AttributePath> | null | undefined): string | undefined {
  return value?._config?.path === undefined ? `${name} must be made by AttributePath, got ${shown(value)}: give AttributePath.exact(name), or another of its methods` : undefined;
}

function conditionFault(name: string, value: Partial<RouteCondition> | null | undefined): string | undefined {
  return value?._config?.attribute === undefined
    ? `${name} must be made by RouteCondition, got ${shown(value)}: say which items the route is for, with RouteCondition.attributeEquals(name, value), or another of its methods`
    : undefined;
}

function mappingFault(name: string, value: Partial<EventMapping> | null): string | undefined {
  return value?._suffix === undefined ? `${name} must be made by EventMapping, got ${shown(value)}: give EventMapping.fromFile(path), or another of its methods` : undefined;
}
