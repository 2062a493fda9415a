import { Token } from 'aws-cdk-lib';

/**
 * Whether a text is not known yet: a token, or what `StringParameter.valueFromLookup` gives in its place until the CDK's command line has looked
 * it up and synthesizes again.
 *
 * @see https://docs.aws.amazon.com/cdk/v2/guide/get-ssm-value.html
 */
export function isUnknown(value: unknown): boolean {
  return Token.isUnresolved(value) || isPendingLookup(value);
}

/** Whether a text holds what stands for one that the command line is still to look up. */
export function isPendingLookup(value: unknown): boolean {
  return typeof value === 'string' && value.includes('dummy-value-for-');
}

/** Whether two texts are known, and different. */
export function areDifferent(one: string, other: string): boolean {
  return !isUnknown(one) && !isUnknown(other) && one !== other;
}
