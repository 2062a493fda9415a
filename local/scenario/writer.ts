import { DeleteItemCommand, PutItemCommand, TransactWriteItemsCommand, UpdateItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Change, Item } from './change.ts';
import type { History } from './history.ts';

/** Writes changes to the table, and notes what it committed. */
export class Writer {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #history: History;
  readonly #keyAttributes: readonly string[];

  constructor(client: DynamoDBClient, table: string, history: History, keyAttributes: readonly string[]) {
    this.#client = client;
    this.#table = table;
    this.#history = history;
    this.#keyAttributes = keyAttributes;
  }

  /**
   * Makes one change. Changes of one item must not overlap.
   *
   * @throws what DynamoDB refuses it with
   */
  async write(change: Change): Promise<void> {
    switch (change.type) {
      case 'put':
        await this.#client.send(new PutItemCommand({ TableName: this.#table, Item: change.item }));
        this.#history.note(this.keyOf(change), change.item);
        return;
      case 'update': {
        const { Attributes } = await this.#client.send(
          new UpdateItemCommand({
            TableName: this.#table,
            Key: change.key,
            UpdateExpression: change.expression,
            ExpressionAttributeNames: change.names,
            ExpressionAttributeValues: change.values,
            ReturnValues: 'ALL_NEW',
          }),
        );
        this.#history.note(change.key, Attributes);
        return;
      }
      case 'delete':
        await this.#client.send(new DeleteItemCommand({ TableName: this.#table, Key: change.key }));
        this.#history.note(change.key, undefined);
    }
  }

  /**
   * Makes changes of different items in one transaction. No updates: DynamoDB does not tell what they made of the items.
   *
   * @throws what DynamoDB refuses it with
   */
  async writeTogether(changes: readonly Exclude<Change, { type: 'update' }>[]): Promise<void> {
    const TableName = this.#table;
    const TransactItems = changes.map((change) =>
      change.type === 'put' ? { Put: { TableName, Item: change.item } } : { Delete: { TableName, Key: change.key } },
    );
    await this.#client.send(new TransactWriteItemsCommand({ TransactItems }));
    for (const change of changes) {
      this.#history.note(this.keyOf(change), change.type === 'put' ? change.item : undefined);
    }
  }

  /** The key of the item that a change is about. */
  keyOf(change: Change): Item {
    const from = change.type === 'put' ? change.item : change.key;
    return Object.fromEntries(this.#keyAttributes.map((name) => [name, from[name]]));
  }
}
