import { PARKED_EVENTS } from '../../lib/private/handler-contract.ts';
import { checkUse, DynamoDbError, invalid, meets, projected, updated, type Names, type Row } from './dynamodb-expression.ts';
import { OpenIndex } from './open-index.ts';

/** A command of the document client. */
export interface Command {
  readonly constructor: { readonly name: string };
  readonly input: object;
}

/** The inputs of all commands that the adapters send, as far as they use them. */
export interface Input extends Names {
  readonly TableName: string;
  readonly Key: Row;
  readonly Item: Row;
  readonly ConditionExpression?: string;
  readonly UpdateExpression: string;
  readonly KeyConditionExpression: string;
  readonly ProjectionExpression?: string;
  readonly IndexName?: string;
  readonly Limit?: number;
  readonly ExclusiveStartKey?: Row;
  readonly ConsistentRead?: boolean;
  readonly TransactItems: readonly Partial<Record<'Put' | 'Update' | 'Delete', Input>>[];
  readonly RequestItems: Record<string, unknown>;
  readonly Statement: string;
  readonly Parameters: readonly string[];
}

/** Chooses which of so many parts of a batch are processed. */
export type Processed = (index: number) => boolean;

const { partitionKey, sortKey, openIndex, openKey, dueKey, timeToLive } = PARKED_EVENTS;

/** Most bytes in one item, and in the page of a query. */
const ITEM_BYTES = 400 * 1024;
const PAGE_BYTES = 1024 * 1024;

/** Most keys in one BatchGetItem, writes in one BatchWriteItem, and writes in one transaction. */
const MOST = { BatchGetCommand: 100, BatchWriteCommand: 25, TransactWriteCommand: 100 };

/** The statement that reads the rows of some items, and how many items it takes at most. */
const SELECT = new RegExp(`^SELECT \\* FROM "[^"]+" WHERE "${partitionKey}" IN \\[([?, ]+)\\] AND "${sortKey}" < '([^']+)'$`);
const SELECT_ITEMS = 50;

/** The parked-events table as DynamoDB keeps it: what the document client answers to the commands of the adapters. */
export class MemoryDynamoDb {
  readonly rows = new Map<string, Row>();
  readonly index: OpenIndex;
  /** Called before a row is removed by a command. */
  onDelete: (row: Row) => void = () => undefined;
  private readonly pageBytes: number;
  /** Rows that the last transaction wrote or removed and that reads of several rows do not see yet, as these reads see them; and for how many commands. */
  private readonly unseen = new Map<string, Row | undefined>();
  private unseenFor = 0;

  /** @param now epoch milliseconds */
  constructor(pageBytes = PAGE_BYTES, now: () => number = Date.now) {
    this.pageBytes = pageBytes;
    this.index = new OpenIndex(now);
  }

  /** Executes a transaction of which reads of several rows see no more than the updates, until it is shown or so many commands have come. */
  executeUnseen(command: Command, commands: number): object {
    const writes = (command.input as Input).TransactItems.flatMap(({ Put, Delete }) => Put ?? Delete ?? []);
    const before = writes.map(({ Key, Item }): [string, Row | undefined] => [keyOf(Key ?? Item), this.rows.get(keyOf(Key ?? Item))]);
    const answer = this.execute(command);
    before.forEach((row) => this.unseen.set(...row));
    this.unseenFor = commands;
    return answer;
  }

  /** From now on all is seen: the writer has its answer. */
  show(): void {
    this.unseen.clear();
  }

  /** Executes a command. @throws DynamoDbError as DynamoDB answers */
  execute(command: Command, processed: Processed = () => true): object {
    if (this.unseenFor-- <= 0) {
      this.show();
    }
    const input = command.input as Input;
    switch (command.constructor.name) {
      case 'GetCommand':
        return { Item: this.rows.get(keyOf(input.Key)) };
      case 'BatchGetCommand':
        return this.batchGet(input, processed);
      case 'QueryCommand':
        return this.query(input);
      case 'ExecuteStatementCommand':
        return this.select(input);
      case 'PutCommand':
      case 'UpdateCommand':
      case 'DeleteCommand':
        return this.write(command.constructor.name, input);
      case 'TransactWriteCommand':
        return this.transact(input);
      case 'BatchWriteCommand':
        return this.batchWrite(input, processed);
      default:
        throw invalid(`the simulation's DynamoDB does not know ${command.constructor.name}`);
    }
  }

  /** Removes rows whose time to live is over. */
  expire(epochSeconds: number): void {
    for (const [key, row] of this.rows) {
      if ((row[timeToLive] as number | undefined ?? Infinity) < epochSeconds) {
        this.store(key, undefined);
      }
    }
  }

  private batchGet({ RequestItems }: Input, processed: Processed): object {
    const [[table, { Keys }]] = Object.entries(RequestItems) as [string, { Keys: Row[] }][];
    checkMany('BatchGetCommand', Keys);
    const rows = Keys.filter((_, index) => processed(index)).map((key) => this.rows.get(keyOf(key)));
    const left = Keys.filter((_, index) => !processed(index));
    return { Responses: { [table]: rows.filter((row) => row !== undefined) }, UnprocessedKeys: left.length > 0 ? { [table]: { Keys: left } } : {} };
  }

  private batchWrite({ RequestItems }: Input, processed: Processed): object {
    const [[table, requests]] = Object.entries(RequestItems) as [string, { DeleteRequest: { Key: Row } }[]][];
    checkMany('BatchWriteCommand', requests.map(({ DeleteRequest: { Key } }) => Key));
    requests.filter((_, index) => processed(index)).forEach(({ DeleteRequest: { Key } }) => this.store(keyOf(Key), undefined));
    const left = requests.filter((_, index) => !processed(index));
    return { UnprocessedItems: left.length > 0 ? { [table]: left } : {} };
  }

  private query(input: Input): object {
    checkUse(input, input.KeyConditionExpression, input.ProjectionExpression);
    const { ProjectionExpression: projection, IndexName, Limit = Infinity, ExclusiveStartKey: start } = input;
    if (IndexName !== undefined && (IndexName !== openIndex || input.ConsistentRead === true)) {
      throw invalid(`no such index, or it is read consistently: ${IndexName}`);
    }
    const order = IndexName === undefined ? [partitionKey, sortKey] : [openKey, dueKey, partitionKey, sortKey];
    const all = IndexName === undefined ? this.seen() : this.index.rows();
    const found = all.filter((row) => meets(input.KeyConditionExpression, row, input)).sort((a, b) => inOrder(a, b, order));
    const rest = start === undefined ? found : found.filter((row) => inOrder(row, start, order) > 0);
    const { page, isLast } = this.pageOf(rest, Limit);
    const last = page.at(-1);
    return {
      Items: projection === undefined ? page : page.map((row) => projected(projection, row, input)),
      Count: page.length,
      LastEvaluatedKey: last === undefined || isLast ? undefined : Object.fromEntries(order.map((name) => [name, last[name]])),
    };
  }

  private seen(): Row[] {
    return [...new Map([...this.rows, ...this.unseen]).values()].filter((row) => row !== undefined);
  }

  private pageOf(rows: readonly Row[], limit: number): { readonly page: Row[]; readonly isLast: boolean } {
    const page: Row[] = [];
    let bytes = 0;
    for (const row of rows) {
      if (page.length >= limit || bytes > this.pageBytes) {
        break;
      }
      page.push(row);
      bytes += sizeOf(row);
    }
    return { page, isLast: page.length === rows.length && page.length < limit && bytes <= this.pageBytes };
  }

  /** The one statement that there is: the rows of some items, before another one. */
  private select({ Statement, Parameters, Limit = Infinity }: Input): object {
    const [, marks, end] = SELECT.exec(Statement) ?? [];
    if (marks === undefined || marks.split(',').length !== Parameters.length || Parameters.length > SELECT_ITEMS) {
      throw invalid(`the simulation's DynamoDB does not know this statement, or it has other parameters: ${Statement}`);
    }
    const found = this.seen().filter((row) => Parameters.includes(row[partitionKey] as string) && (row[sortKey] as string) < end);
    // Nothing is promised of their order.
    const { page, isLast } = this.pageOf(found.sort((a, b) => inOrder(b, a, [partitionKey, sortKey])), Limit);
    return { Items: page, NextToken: isLast ? undefined : 'more' };
  }

  private write(kind: string, input: Input): object {
    const change = this.prepare(kind, input);
    if (change === undefined) {
      throw new DynamoDbError('ConditionalCheckFailedException', 'The conditional request failed');
    }
    this.store(...change);
    return {};
  }

  private transact({ TransactItems }: Input): object {
    const writes = TransactItems.flatMap((item) => Object.entries(item) as ['Put' | 'Update' | 'Delete', Input][]);
    checkMany('TransactWriteCommand', writes.map(([, { Key, Item }]) => Key ?? Item));
    const changes = writes.map(([kind, input]) => this.prepare(`${kind}Command`, input));
    if (changes.includes(undefined)) {
      const reasons = changes.map((change) => (change === undefined ? 'ConditionalCheckFailed' : 'None'));
      throw new DynamoDbError('TransactionCanceledException', `Transaction cancelled [${reasons.join(', ')}]`, reasons);
    }
    // What is removed goes last: who watches sees then what else has changed with it.
    const stores = changes as [string, Row | undefined][];
    [...stores.filter(([, row]) => row !== undefined), ...stores.filter(([, row]) => row === undefined)].forEach((change) => this.store(...change));
    return {};
  }

  /** The key of a row and what a write makes of it; undefined where the condition does not hold. */
  private prepare(kind: string, input: Input): [string, Row | undefined] | undefined {
    const key = keyOf(input.Key ?? input.Item);
    const row = this.rows.get(key) ?? {};
    checkUse(input, input.ConditionExpression, input.UpdateExpression);
    if (!meets(input.ConditionExpression, row, input)) {
      return undefined;
    }
    switch (kind) {
      case 'PutCommand':
        return [key, checked(input.Item)];
      case 'UpdateCommand':
        return [key, checked(updated(input.UpdateExpression, { ...row, ...input.Key }, input))];
      default:
        return [key, undefined];
    }
  }

  private store(key: string, row: Row | undefined): void {
    const before = this.rows.get(key);
    if (row === undefined) {
      if (before !== undefined) {
        this.onDelete(before);
      }
      this.rows.delete(key);
    } else {
      this.rows.set(key, row);
    }
    this.index.follow(key, row);
  }
}

function keyOf(key: Row): string {
  const [partition, sort] = [key[partitionKey], key[sortKey]];
  if (typeof partition !== 'string' || typeof sort !== 'string' || partition === '' || sort === '') {
    throw invalid('the key must be two texts');
  }
  return `${partition} ${sort}`;
}

function checkMany(command: keyof typeof MOST, keys: readonly Row[]): void {
  if (keys.length === 0 || keys.length > MOST[command] || new Set(keys.map(keyOf)).size < keys.length) {
    throw invalid(`${command} takes 1 to ${MOST[command]} different keys, got ${keys.length}`);
  }
}

function checked(row: Row): Row {
  const stored = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));
  if (sizeOf(stored) > ITEM_BYTES) {
    throw invalid('Item size has exceeded the maximum allowed size');
  }
  return stored;
}

function inOrder(a: Row, b: Row, order: readonly string[]): number {
  const name = order.find((attribute) => a[attribute] !== b[attribute]);
  return name === undefined ? 0 : (a[name] as string) < (b[name] as string) ? -1 : 1;
}

/** Bytes of a row as DynamoDB counts them, about. */
function sizeOf(row: Row): number {
  let bytes = 0;
  for (const name in row) {
    const value = row[name];
    bytes += name.length + (typeof value === 'string' || value instanceof Uint8Array ? value.length : 8);
  }
  return bytes;
}
