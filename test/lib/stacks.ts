import { App, Stack, type Environment } from 'aws-cdk-lib';
import { AttributeType } from 'aws-cdk-lib/aws-dynamodb';
import { OutboxTable, type NakadiDestination, type OutboxTableProps } from '../../lib';

export const KEY = { name: 'orderId', type: AttributeType.STRING };

export const DESTINATION: NakadiDestination = { endpoint: 'https://nakadi.example.org', eventType: 'order-store.order-changed' };

export function newStack(env?: Environment, context?: Record<string, unknown>): Stack {
  return new Stack(new App({ context }), 'Stack', { env });
}

/** A stack with one outbox table, and the table. Properties may be made in the stack. */
export function outboxStack(
  props: Partial<OutboxTableProps> | ((stack: Stack) => Partial<OutboxTableProps>) = {},
  env?: Environment,
  context?: Record<string, unknown>,
): { stack: Stack; outbox: OutboxTable } {
  const stack = newStack(env, context);
  const outbox = new OutboxTable(stack, 'Orders', { partitionKey: KEY, destination: DESTINATION, ...(typeof props === 'function' ? props(stack) : props) });
  return { stack, outbox };
}

/** The message of what a function throws; fails where it throws nothing. */
export function errorOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}
