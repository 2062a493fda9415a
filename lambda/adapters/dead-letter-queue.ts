import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DeadLetterQueue } from '../core/ports.ts';

/** The dead-letter queue of the event source mapping. */
export function deadLetterQueue(client: SQSClient, url: string): DeadLetterQueue {
  return {
    async receive() {
      // A long poll: a short one asks some of the servers only, and may come back empty though messages are there.
      const answer = await client.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }));
      return (answer.Messages ?? []).map((message) => ({ handle: message.ReceiptHandle ?? '', body: message.Body ?? '' }));
    },
    async delete(letter) {
      await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: letter.handle }));
    },
  };
}
