import { Token, Tokenization } from 'aws-cdk-lib';
import { isPendingLookup } from './unknown-value';

/** An https URL without a query: a host, or an IPv6 address in brackets; perhaps a port and a path. */
const HTTPS_URL = /^https:\/\/(\[[0-9a-fA-F:.]+\]|[^\s/?#:[\]]+)(:\d*)?(\/[^\s?#]*)?$/;

/**
 * What is wrong with a URL; undefined where nothing is. Where parts of it are known at deployment only, the others are checked.
 *
 * @param what what it is the URL of
 */
export function urlFault(name: string, value: string, what: string): string | undefined {
  if (isPendingLookup(value)) {
    return undefined;
  }
  if (/^[a-z]+:\/\/[^/?#]*@/i.test(value)) {
    // The value is not quoted: it holds what nobody may see.
    return `${name} must hold no user and no password, which would stand in the template: leave them out, and use destination.credentials`;
  }
  const valid = Token.isUnresolved(value) ? mayBeValid(value) : HTTPS_URL.test(value) && URL.canParse(value);
  return valid ? undefined : `${name} must be a URL that starts with https:// and has no query, got ${JSON.stringify(value)}: give the URL of ${what}`;
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
