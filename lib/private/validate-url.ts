import { Token, Tokenization } from 'aws-cdk-lib';
import { isPendingLookup } from './unknown-value';
import { shown } from './validate-choice';

/** An https URL without a query: a host, or an IPv6 address in brackets; perhaps a port and a path. */
const HTTPS_URL = /^https:\/\/(\[[0-9a-fA-F:.]+\]|[^\s/?#:[\]]+)(:\d*)?(\/[^\s?#]*)?$/;

/**
 * What is wrong with a URL; undefined where nothing is. Where parts of it are known at deployment only, the others are checked.
 *
 * @param what what it is the URL of
 */
export function urlFault(name: string, value: unknown, what: string): string | undefined {
  if (typeof value !== 'string') {
    return mustBeUrl(name, shown(value), what);
  }
  if (/^[a-z]+:\/\/[^/?#]*@/i.test(value)) {
    // The value is not quoted: it holds what nobody may see.
    return `${name} must hold no user and no password, which would stand in the template: leave them out, and use destination.credentials`;
  }
  if (isPendingLookup(value)) {
    return undefined;
  }
  const valid = Token.isUnresolved(value) ? mayBeValid(value) : HTTPS_URL.test(value) && URL.canParse(value);
  return valid ? undefined : mustBeUrl(name, JSON.stringify(value), what);
}

/** What the relay adds to the base URL, as a part of a path: behind a host, which may be known at deployment only. */
const EVENT_TYPES = /[^/:]\/(.*\/)?event-types(\/|$)/;

/** What is wrong with the base URL of Nakadi; undefined where nothing is. */
export function endpointFault(name: string, value: unknown): string | undefined {
  const fault = urlFault(name, value, 'Nakadi');
  return fault === undefined && !isPendingLookup(value) && EVENT_TYPES.test(value as string)
    ? `${name} must be the base URL of Nakadi, got ${JSON.stringify(value)}: leave out /event-types/…, which the relay adds`
    : fault;
}

function mustBeUrl(name: string, given: string, what: string): string {
  return `${name} must be a URL that starts with https:// and has no query, got ${given}: give the URL of ${what}`;
}

function mayBeValid(value: string): boolean {
  const fragments = Tokenization.reverseString(value);
  const head = fragments.firstToken === undefined ? String(fragments.firstValue) : '';
  if (head !== 'https://' && 'https://'.startsWith(head)) {
    return true; // the scheme is not known
  }
  // A digit may stand in a host, in a port and in a path.
  const sample: unknown = fragments.mapTokens({ mapToken: () => '0' }).join({ join: (left, right) => `${String(left)}${String(right)}` });
  return HTTPS_URL.test(String(sample));
}
