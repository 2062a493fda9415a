import { TemplateError } from './errors.ts';
import { isObject } from './json.ts';

/** Decides whether a record passes. */
export type Filter = (record: unknown) => boolean;

type Matcher = (value: unknown) => boolean;

/**
 * Compiles the filters of an event source mapping: a record passes when one of them matches; without any, every record passes.
 * Inside a pattern all keys must match, and of each key's list one element. A value that is a list matches when one of its elements does.
 * @param patterns - EventBridge patterns as JSON text.
 * @throws TemplateError for a pattern that Lambda refuses, or that uses an operator other than
 * `prefix`, `suffix`, `equals-ignore-case`, `anything-but`, `exists` and `numeric`.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export function compileFilters(patterns: readonly string[], place: string): Filter {
  const matchers = patterns.map((pattern) => {
    let parsed: unknown;
    try {
      parsed = JSON.parse(pattern);
    } catch {
      throw invalid(place, pattern);
    }
    if (!isObject(parsed)) throw invalid(place, pattern);
    return compileObject(parsed, place);
  });
  return (record) => matchers.length === 0 || matchers.some((matches) => matches(record));
}

function compileObject(pattern: Record<string, unknown>, place: string): Matcher {
  const members = Object.entries(pattern).map(([key, value]): Matcher => {
    if (key === '$or' && Array.isArray(value)) {
      const alternatives = value.map((alternative) => compileObject(requireObject(alternative, place), place));
      return (object) => alternatives.some((matches) => matches(object));
    }
    const matches = Array.isArray(value) ? compileLeaf(value, place) : compileObject(requireObject(value, place), place);
    return (object) => matches(isObject(object) && Object.hasOwn(object, key) ? object[key] : undefined);
  });
  const all: Matcher = (value) => members.every((matches) => matches(value));
  return (value) => (Array.isArray(value) ? value.some(all) : all(value));
}

function compileLeaf(alternatives: readonly unknown[], place: string): Matcher {
  if (alternatives.length === 0) throw invalid(place, alternatives);
  const matchers = alternatives.map((alternative) => (isObject(alternative) ? compileOperator(alternative, place) : equals(alternative)));
  return (value) => matchers.some((matches) => (Array.isArray(value) ? value.some(matches) : matches(value)));
}

function compileOperator(operator: Record<string, unknown>, place: string): Matcher {
  const [[name, operand] = ['', undefined], ...others] = Object.entries(operator);
  if (others.length > 0) throw invalid(place, operator);
  switch (name) {
    case 'exists':
      if (typeof operand !== 'boolean') throw invalid(place, operator);
      // On leaves only: an object is no value.
      return (value) => (value !== undefined && !isObject(value)) === operand;
    case 'prefix': return ofStrings(operand, operator, place, (value, prefix) => value.startsWith(prefix));
    case 'suffix': return ofStrings(operand, operator, place, (value, suffix) => value.endsWith(suffix));
    case 'equals-ignore-case': return ofStrings(operand, operator, place, (value, other) => value.toLowerCase() === other.toLowerCase());
    case 'anything-but': {
      const excluded = (Array.isArray(operand) ? operand : [operand]).map((one) => (isObject(one) ? compileOperator(one, place) : equals(one)));
      if (excluded.length === 0) throw invalid(place, operator);
      return (value) => value !== undefined && !isObject(value) && !excluded.some((matches) => matches(value));
    }
    case 'numeric': return compileNumeric(operand, operator, place);
    default: throw invalid(place, operator);
  }
}

const COMPARISONS: Record<string, ((value: number, bound: number) => boolean) | undefined> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** Only numbers in the record itself; DynamoDB's attribute values are strings, and never match. */
function compileNumeric(operand: unknown, operator: unknown, place: string): Matcher {
  if (!Array.isArray(operand) || operand.length === 0 || operand.length % 2 !== 0) throw invalid(place, operator);
  const bounds = Array.from({ length: operand.length / 2 }, (_, pair) => {
    const compare = COMPARISONS[String(operand[2 * pair])];
    const bound: unknown = operand[2 * pair + 1];
    if (!compare || typeof bound !== 'number') throw invalid(place, operator);
    return (value: number) => compare(value, bound);
  });
  return (value) => typeof value === 'number' && bounds.every((matches) => matches(value));
}

function equals(expected: unknown): Matcher {
  return (value) => value === expected;
}

function ofStrings(operand: unknown, operator: unknown, place: string, compare: (value: string, operand: string) => boolean): Matcher {
  if (typeof operand !== 'string') throw invalid(place, operator);
  return (value) => typeof value === 'string' && compare(value, operand);
}

function requireObject(value: unknown, place: string): Record<string, unknown> {
  if (isObject(value)) return value;
  throw invalid(place, value);
}

function invalid(place: string, pattern: unknown): TemplateError {
  return new TemplateError(`${place}: Invalid filter pattern definition. (${typeof pattern === 'string' ? pattern : JSON.stringify(pattern)})`);
}
