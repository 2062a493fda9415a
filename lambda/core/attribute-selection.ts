import type { AttributePathConfig } from '../../lib/private/handler-contract.ts';
import type { AttributeMap } from './stream-record.ts';

/** Which attributes of a map are taken: all, none, or some. */
export type Selection =
  | 'all'
  | 'none'
  | {
      pick(name: string): Selection;
      /** Whether a value that has no attributes inside is left out, because only parts of it were asked for. */
      readonly needsParts: boolean;
    };

/** What of the destination selects attributes. */
export interface SelectionConfig {
  readonly include?: readonly AttributePathConfig[];
  readonly exclude?: readonly AttributePathConfig[];
}

/**
 * The attributes of an item that events have.
 *
 * Key attributes are taken whatever is included, and left out only where they are excluded by their exact names.
 */
export function selectAttributes({ include, exclude }: SelectionConfig, keys: AttributeMap): Selection {
  if (include === undefined && exclude === undefined) {
    return 'all';
  }
  return {
    needsParts: true,
    pick(name) {
      if (Object.hasOwn(keys, name)) {
        return isExact(exclude, name) ? 'none' : 'all';
      }
      return both(include === undefined ? 'all' : included(include, name), excluded(exclude ?? [], name));
    },
  };
}

/** What of an attribute is taken. */
export function pickFrom(selection: Selection, name: string): Selection {
  return typeof selection === 'string' ? selection : selection.pick(name);
}

/** Whether an attribute is excluded by its exact name. */
export function isExact(paths: readonly AttributePathConfig[] | undefined, name: string): boolean {
  return paths?.some(({ path, prefix }) => path.length === 1 && path[0] === name && prefix !== true) ?? false;
}

function meets({ path: [first], prefix }: AttributePathConfig, name: string): boolean {
  return prefix === true ? name.startsWith(first) : name === first;
}

/** What is left of the paths that lead into this attribute. */
function inside(paths: readonly AttributePathConfig[], name: string): AttributePathConfig[] {
  return paths.filter((path) => meets(path, name)).map(({ path }) => ({ path: path.slice(1) }));
}

function included(paths: readonly AttributePathConfig[], name: string): Selection {
  const rest = inside(paths, name);
  if (rest.length === 0) {
    return 'none';
  }
  return rest.some(({ path }) => path.length === 0) ? 'all' : { needsParts: true, pick: (inner) => included(rest, inner) };
}

function excluded(paths: readonly AttributePathConfig[], name: string): Selection {
  const rest = inside(paths, name);
  if (rest.length === 0) {
    return 'all';
  }
  return rest.some(({ path }) => path.length === 0) ? 'none' : { needsParts: false, pick: (inner) => excluded(rest, inner) };
}

/** What both select. */
function both(one: Selection, other: Selection): Selection {
  if (one === 'none' || other === 'none') {
    return 'none';
  }
  if (one === 'all') {
    return other;
  }
  return other === 'all' ? one : { needsParts: one.needsParts || other.needsParts, pick: (name) => both(one.pick(name), other.pick(name)) };
}
