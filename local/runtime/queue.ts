import { CreateQueueCommand, DeleteQueueCommand, type QueueAttributeName, type SQSClient } from '@aws-sdk/client-sqs';
import { errorMessage, TemplateError } from './errors.ts';
import type { JsonObject } from './json.ts';
import { describe, type Resource } from './resources.ts';

/** Properties of `AWS::SQS::Queue` that are queue attributes of the same name; the others (encryption, tags) change nothing on one machine. */
const ATTRIBUTES: readonly QueueAttributeName[] = [
  'ContentBasedDeduplication', 'DeduplicationScope', 'DelaySeconds', 'FifoQueue', 'FifoThroughputLimit', 'MaximumMessageSize',
  'MessageRetentionPeriod', 'ReceiveMessageWaitTimeSeconds', 'RedriveAllowPolicy', 'RedrivePolicy', 'VisibilityTimeout',
];

/**
 * Creates a queue.
 * @throws TemplateError where SQS refuses it.
 */
export async function createQueue(client: SQSClient, resource: Resource, properties: JsonObject): Promise<void> {
  const attributes = ATTRIBUTES.filter((name) => properties[name] !== undefined)
    .map((name) => [name, typeof properties[name] === 'object' ? JSON.stringify(properties[name]) : String(properties[name])]);
  try {
    await client.send(new CreateQueueCommand({ QueueName: resource.name, Attributes: Object.fromEntries(attributes) as Record<string, string> }));
  } catch (error) {
    throw new TemplateError(`${describe(resource)} cannot be created: ${errorMessage(error)}`, { cause: error });
  }
}

/** Deletes a queue. */
export async function deleteQueue(client: SQSClient, resource: Resource): Promise<void> {
  await client.send(new DeleteQueueCommand({ QueueUrl: resource.ref }));
}
