import type { AttributePathConfig, RouteConfig } from './handler-contract';

type Path = AttributePathConfig;

/**
 * Whether the events of a route never have what a path names. The answer is no where it is not certain: key attributes are left out by their
 * exact names only, so where the table's keys are not known, neither a prefix nor what is included says anything of an attribute.
 */
export function isLeftOut(path: Path, { include, exclude = [] }: RouteConfig, keys?: readonly string[]): boolean {
  const neverKey = path.prefix === true || (keys !== undefined && !keys.includes(path.path[0]));
  return exclude.some((excluded) => (excluded.prefix !== true || neverKey) && covers(excluded, path)) ||
    (include !== undefined && neverKey && !include.some((included) => covers(included, path) || covers(path, included)));
}

/** Whether all that the inner path names is named by the outer one, too. */
function covers(outer: Path, inner: Path): boolean {
  if (outer.prefix === true) {
    return inner.path[0].startsWith(outer.path[0]);
  }
  return inner.prefix !== true && outer.path.every((name, index) => name === inner.path[index]);
}
