import { Validations, type Acknowledgment } from 'aws-cdk-lib';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import type { OutboxRelayOptions } from '../outbox-relay-options';

/**
 * Rules of cdk-nag (packs AwsSolutions and Serverless) that ask for what the outbox does in another way, or cannot do.
 *
 * They are acknowledged at the very construct that each is about, so that the rule still speaks of all others.
 *
 * @see https://github.com/cdklabs/cdk-nag/blob/main/RULES.md
 */
const REASONS = {
  deadLetterQueue: {
    rules: ['AwsSolutions-SQS3', 'Serverless-SQSRedrivePolicy'],
    reason: 'The queue is itself the dead-letter queue of the event source mapping; the rule does not know mappings. What stays in it is alarmed, never moved.',
  },
  relayFunction: {
    rules: ['Serverless-LambdaDLQ'],
    reason: 'The function is invoked by an event source mapping only, which has a queue for what it gives up on.',
  },
  requeueFunction: {
    rules: ['Serverless-LambdaDLQ', 'Serverless-LambdaAsyncFailureDestination'],
    reason: 'An invocation carries nothing: what one run leaves, the next one finds in the queue and in the parked-events table. Runs that fail are alarmed.',
  },
  unlimitedActions: {
    rules: ['AwsSolutions-IAM5[Resource::*]'],
    reason: 'IAM limits no network interface of a function in a VPC (vpc), and no trace of X-Ray (tracing), to a resource. Neither is allowed where the option is not used.',
  },
} as const;

/** Acknowledges the rules for what stands at the scope. */
export function acknowledgeNag(scope: IConstruct, topic: keyof typeof REASONS): void {
  const { rules, reason } = REASONS[topic];
  Validations.of(scope).acknowledge(...rules.map((id): Acknowledgment => ({ id, reason })));
}

/** Whether the functions' roles need actions that IAM limits to no resource. */
export function needsUnlimitedActions({ vpc, tracing = Tracing.DISABLED }: OutboxRelayOptions): boolean {
  return vpc !== undefined || tracing !== Tracing.DISABLED;
}
