import { RemovalPolicy, Token } from 'aws-cdk-lib';
import { isPendingLookup } from './unknown-value';

/**
 * What is wrong with a value that must be one of an enumeration. Compilers see to it, but not for those who write JavaScript or cast.
 *
 * @param name what the value is, in the user's words
 * @param type name of the enumeration
 * @param choices the enumeration, or a part of it
 */
export function choiceFault(name: string, value: unknown, type: string, choices: Record<string, unknown>): string | undefined {
  const allowed = Object.keys(choices).map((choice) => `${type}.${choice}`);
  return value === undefined || isPendingLookup(value) || Object.values(choices).includes(value)
    ? undefined
    : `${name} must be ${allowed.slice(0, -1).join(', ')} or ${allowed.at(-1)}, got ${shown(value)}`;
}

/** What is wrong with a removal policy: CloudFormation makes a snapshot of no table, no queue and no log group. */
export function removalPolicyFault(name: string, value: unknown): string | undefined {
  const { SNAPSHOT, ...policies } = RemovalPolicy;
  return choiceFault(name, value, 'RemovalPolicy', policies);
}

/** What is wrong with a value that must be true or false. A text, as it comes from the command line's context, is neither. */
export function flagFault(name: string, value: unknown): string | undefined {
  return value === undefined || typeof value === 'boolean' ? undefined : `${name} must be true or false, got ${shown(value)}`;
}

/** A value of the wrong kind as an error tells it. */
export function shown(value: unknown): string {
  if (Token.isUnresolved(value)) {
    return 'a value that is known at deployment only';
  }
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'object':
      return value === null ? 'null' : 'an object';
    case 'function':
      return 'a function';
    default:
      return String(value);
  }
}
