import { QueryCommand, UpdateItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Item } from './change.ts';

/** What waits in an outbox: its parked-events table and its dead-letter queue, as an operator sees them. */
export class Backlog {
  readonly #dynamodb: DynamoDBClient;
  readonly #sqs: SQSClient;
  readonly #parkedEvents: string;
  readonly #deadLetterQueue: string;

  /**
   * @param parkedEvents name of the table
   * @param deadLetterQueue URL of the queue
   */
  constructor(dynamodb: DynamoDBClient, sqs: SQSClient, parkedEvents: string, deadLetterQueue: string) {
    this.#dynamodb = dynamodb;
    this.#sqs = sqs;
    this.#parkedEvents = parkedEvents;
    this.#deadLetterQueue = deadLetterQueue;
  }

  /** Keys of the heads of the items that wait. */
  async openItems(): Promise<Item[]> {
    const keys: Item[] = [];
    let startKey: Item | undefined;
    do {
      const answer = await this.#dynamodb.send(
        new QueryCommand({
          TableName: this.#parkedEvents,
          IndexName: 'open-items',
          KeyConditionExpression: '#open = :open',
          ExpressionAttributeNames: { '#open': 'open' },
          ExpressionAttributeValues: { ':open': { S: 'open' } },
          ExclusiveStartKey: startKey,
        }),
      );
      keys.push(...(answer.Items ?? []).map(({ item, entry }) => ({ item, entry })));
      startKey = answer.LastEvaluatedKey;
    } while (startKey !== undefined);
    return keys;
  }

  /** Some of the items that wait: their keys, and why. */
  async waitingItems(): Promise<{ readonly key: Item; readonly detail: string }[]> {
    const items = [];
    for (const head of (await this.openItems()).slice(0, 1000)) {
      const { Items = [] } = await this.#dynamodb.send(
        new QueryCommand({
          TableName: this.#parkedEvents,
          KeyConditionExpression: '#item = :item',
          ExpressionAttributeNames: { '#item': 'item', '#keys': 'keys' },
          ExpressionAttributeValues: { ':item': head.item },
          ProjectionExpression: '#item, entry, #keys, detail',
        }),
      );
      const keys = Items.find(({ entry }) => entry.S === 'head')?.keys.S;
      const detail = Items.map((row) => row.detail?.S).find((text) => text !== undefined && text !== '');
      if (keys !== undefined) {
        items.push({ key: JSON.parse(keys) as Item, detail: detail ?? '' });
      }
    }
    return items;
  }

  /** Makes every item that waits due now: what an operator does once the reason is gone. */
  async retryNow(): Promise<void> {
    for (const key of await this.openItems()) {
      await this.#dynamodb.send(
        new UpdateItemCommand({
          TableName: this.#parkedEvents,
          Key: key,
          ConditionExpression: 'attribute_exists(#open)',
          UpdateExpression: 'SET dueAt = :now',
          ExpressionAttributeNames: { '#open': 'open' },
          ExpressionAttributeValues: { ':now': { S: new Date().toISOString() } },
        }),
      ).catch((error: unknown) => {
        // Closed in the meantime.
        if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') {
          throw error;
        }
      });
    }
  }

  /** Messages in the dead-letter queue, those in flight included. */
  async deadLetters(): Promise<number> {
    const { Attributes } = await this.#sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: this.#deadLetterQueue,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return Number(Attributes?.ApproximateNumberOfMessages ?? 0) + Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0);
  }
}
