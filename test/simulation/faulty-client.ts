import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DynamoDbError } from './dynamodb-expression.ts';
import type { TableFault } from './history.ts';
import type { Command, Input } from './memory-dynamodb.ts';
import type { Actor } from './scheduler.ts';
import type { World } from './world.ts';

/** A document client of the parked-events table whose requests take their time and may fail. */
export function faultyClient(world: World, actor: Actor): DynamoDBDocumentClient {
  const send = (command: Command): Promise<object> =>
    world.scheduler.call(actor, () => {
      const fault = world.isCalm ? undefined : world.nextTableFault();
      world.note(() => `${actor.name}: ${describe(command)}${fault === undefined ? '' : ` (${fault.fault})`}`);
      return execute(world, command, fault);
    });
  return { send } as unknown as DynamoDBDocumentClient;
}

function execute({ parked }: World, command: Command, given: { readonly fault: TableFault; readonly mask: number } | undefined): object {
  const processed = (index: number): boolean => given === undefined || ((given.mask >> (index % 8)) & 1) === 1;
  const isTransaction = command.constructor.name === 'TransactWriteCommand';
  const isBatch = command.constructor.name.startsWith('Batch');
  switch (given?.fault) {
    case undefined:
      return parked.execute(command);
    case 'throttled':
      throw new DynamoDbError('ThrottlingException', 'Throughput exceeds the current capacity');
    case 'lost-request':
      throw new DynamoDbError('TimeoutError', 'socket hang up');
    case 'lost-answer':
      parked.execute(command);
      throw new DynamoDbError('TimeoutError', 'socket hang up');
    case 'repeated':
      // The SDK repeats a request of which it has no answer. A transaction has a token by which DynamoDB knows it again.
      parked.execute(command);
      return isTransaction ? {} : parked.execute(command);
    case 'conflict':
      if (isTransaction) {
        throw new DynamoDbError('TransactionCanceledException', 'Transaction cancelled', ['TransactionConflict', 'None']);
      }
      if (/^(Put|Update|Delete)/.test(command.constructor.name)) {
        throw new DynamoDbError('TransactionConflictException', 'Transaction is ongoing for the item');
      }
      return parked.execute(command);
    case 'unprocessed':
      return parked.execute(command, isBatch ? processed : undefined);
    case 'partly':
      if (isBatch) {
        parked.execute(command, processed);
      }
      throw new DynamoDbError('InternalServerError', 'The request processing has failed');
  }
}

/** The command as a person reads it. */
function describe({ constructor: { name }, input }: Command): string {
  const { Key, Item, UpdateExpression, ConditionExpression, ExpressionAttributeValues, TransactItems, RequestItems, IndexName } = input as Partial<Input>;
  const keys = [Key ?? Item ?? []].flat().concat((TransactItems ?? []).flatMap((item) => Object.values(item).map((write) => write.Key ?? write.Item)));
  const entries = keys.map((key) => String(key.entry).replace(/^0+/, ''));
  const values = ExpressionAttributeValues ?? TransactItems?.[0]?.Update?.ExpressionAttributeValues ?? {};
  const shown = Object.entries(values).filter(([key]) => /:(sequence|through|upTo|lateMarks|dueAt|one|at|before)$/.test(key));
  const batch = RequestItems === undefined ? '' : ` ${JSON.stringify(RequestItems).match(/"entry":"[^"]+"/g)?.map((entry) => entry.slice(9, -1).replace(/^0+/, '')).join(' ')}`;
  const about = [UpdateExpression ?? '', ConditionExpression ?? '', IndexName ?? ''].filter((text) => text !== '').join(' IF ');
  return `${name.replace('Command', '')} ${entries.join(' ')}${batch} ${about} ${shown.map(([key, value]) => `${key}=${String(value).replace(/^0+/, '')}`).join(' ')}`;
}
