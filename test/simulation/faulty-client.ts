import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DynamoDbError, type Row } from './dynamodb-expression.ts';
import type { TableFault } from './history.ts';
import type { Command, Input } from './memory-dynamodb.ts';
import type { Actor } from './scheduler.ts';
import type { World } from './world.ts';

/** A document client of the parked-events table whose requests take their time and may fail. */
export function faultyClient(world: World, actor: Actor): DynamoDBDocumentClient {
  const send = async (command: Command): Promise<object> => {
    let torn: TableFault | undefined;
    world.announce(actor, (command.input as Partial<Input>).UpdateExpression ?? '');
    const request = (): object => {
      const fault = world.isCalm ? undefined : world.nextTableFault(command.constructor.name);
      world.note(() => `${actor.name}: ${describe(command)}${fault === undefined ? '' : ` (${fault.type})`}`);
      if (actor.overslept || !actor.isAlive) {
        itemsOf(command).forEach((item) => world.disturbed.add(item));
      }
      const answer = execute(world, command, fault);
      torn = fault?.type === 'torn' ? fault : undefined;
      return answer;
    };
    const answer = await world.scheduler.call(actor, request, 'tardy');
    if (command.constructor.name === 'TransactWriteCommand') {
      world.parked.show();
    }
    // A query is no snapshot: it reads its last rows later than its first ones.
    const { mask } = torn ?? {};
    return mask === undefined ? answer : world.scheduler.call(actor, () => tear(answer as Page, world.parked.execute(command) as Page, mask));
  };
  return { send } as unknown as DynamoDBDocumentClient;
}

interface Page {
  readonly Items: readonly Row[];
}

/** What a query gives that passed some rows' places before they were there, and the others' later. */
function tear(first: Page, second: Page, mask: number): Page {
  const before = new Set(first.Items.map(({ entry }) => entry));
  return { ...second, Items: second.Items.filter(({ entry }, index) => before.has(entry) || index >= mask % (second.Items.length + 1)) };
}

function execute({ parked, history, isCalm }: World, command: Command, fault: TableFault | undefined): object {
  const processed = (index: number): boolean => fault === undefined || ((fault.mask >> (index % 8)) & 1) === 1;
  const isTransaction = command.constructor.name === 'TransactWriteCommand';
  const isBatch = command.constructor.name.startsWith('Batch');
  switch (fault?.type) {
    case 'torn':
    case undefined:
      return isTransaction && !isCalm ? parked.executeUnseen(command, history.unseenFor) : parked.execute(command);
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

function keysOf({ input }: Command): Row[] {
  const { Key, Item, TransactItems } = input as Partial<Input>;
  return [Key ?? Item ?? []].flat().concat((TransactItems ?? []).flatMap((item) => Object.values(item).map((write) => write.Key ?? write.Item)));
}

function itemsOf(command: Command): string[] {
  return keysOf(command).map(({ item }) => item as string);
}

/** The command as a person reads it. */
function describe(command: Command): string {
  const { constructor: { name }, input } = command;
  const { UpdateExpression, ConditionExpression, ExpressionAttributeValues, TransactItems, RequestItems, IndexName } = input as Partial<Input>;
  const entries = keysOf(command).map((key) => String(key.entry).replace(/^0+/, ''));
  const values = ExpressionAttributeValues ?? TransactItems?.[0]?.Update?.ExpressionAttributeValues ?? {};
  const shown = Object.entries(values).filter(([key]) => /:(sequence|through|upTo|lateMarks|dueAt|one|at|before)$/.test(key));
  const batch = RequestItems === undefined ? '' : ` ${JSON.stringify(RequestItems).match(/"entry":"[^"]+"/g)?.map((entry) => entry.slice(9, -1).replace(/^0+/, '')).join(' ')}`;
  const about = [UpdateExpression ?? '', ConditionExpression ?? '', IndexName ?? ''].filter((text) => text !== '').join(' IF ');
  return `${name.replace('Command', '')} ${entries.join(' ')}${batch} ${about} ${shown.map(([key, value]) => `${key}=${String(value).replace(/^0+/, '')}`).join(' ')}`;
}
