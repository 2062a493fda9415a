import type { AttributePath } from '../attribute-path';
import type { EventOptions } from '../event-options';
import type { NakadiDestination } from '../nakadi-destination';
import { isUnknown } from './unknown-value';

/**
 * Attributes that are included and excluded at once. A route may exclude what the destination includes: then it takes less than other routes.
 * Values that are not known before deployment (tokens) pass.
 */
export function attributeFaults({ routes = [], ...destination }: NakadiDestination): string[] {
  return [
    ...bothWays('destination', destination, destination.excludeAttributes),
    ...routes.flatMap((route, index) =>
      bothWays(`destination.routes[${index}]`, route, [...(destination.excludeAttributes ?? []), ...(route.excludeAttributes ?? [])]),
    ),
  ];
}

function bothWays(owner: string, { includeAttributes = [] }: EventOptions, excludeAttributes: AttributePath[] = []): string[] {
  const excluded = new Set(excludeAttributes.map(textOf));
  return includeAttributes
    .filter((path) => excluded.has(textOf(path)) && !path._config.path.some(isUnknown))
    .map(({ _config: { path, prefix } }) => {
      const name = JSON.stringify(path.join('.') + (prefix === true ? '*' : ''));
      return `${owner}.includeAttributes must not name what excludeAttributes leave out, got ${name} in both: take it out of one of them`;
    });
}

function textOf({ _config: { path, prefix } }: AttributePath): string {
  return JSON.stringify([path, prefix === true]);
}
