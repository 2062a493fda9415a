import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Change, Item } from './change.ts';
import { Digits, fromDynamoDbJson, fromPlain } from './dynamodb-json.ts';

/** A line of an input file: a change, or why it is none. */
export type InputLine = { readonly line: number; readonly change: Change } | { readonly line: number; readonly fault: string };

/** How the lines of a file become changes of a table. */
export interface InputMapping {
  readonly keyAttributes: readonly string[];
  /** For a key attribute, the attribute of the item that it is filled from; `#` is the number of the line. */
  readonly keyFrom: Readonly<Record<string, string>>;
}

/** An input file cannot be read; the text names it. */
export class InputFileError extends Error {
  override readonly name = 'InputFileError';
}

/** How many lines of a file may be changes. */
export async function countLines(file: string): Promise<number> {
  let count = 0;
  for await (const { text } of linesOf(file)) {
    count += text.trim() === '' ? 0 : 1;
  }
  return count;
}

/**
 * Reads JSON Lines of items, or of Put, Update and Delete requests in DynamoDB JSON, or a DynamoDB export; compressed with gzip or not.
 *
 * Numbers keep all their digits.
 *
 * @throws InputFileError where the file cannot be read
 */
export async function* readInput(file: string, mapping: InputMapping): AsyncGenerator<InputLine> {
  for await (const { text, line } of linesOf(file)) {
    if (text.trim() !== '') {
      yield readLine(text, line, mapping);
    }
  }
}

async function* linesOf(file: string): AsyncGenerator<{ text: string; line: number }> {
  try {
    const compressed = await isGzip(file);
    const bytes = createReadStream(file);
    const source = compressed ? bytes.pipe(createGunzip()) : bytes;
    bytes.once('error', (error) => source.destroy(error));
    let line = 0;
    for await (const text of createInterface({ input: source, crlfDelay: Infinity })) {
      yield { text, line: ++line };
    }
    // An error of the source ends the lines without a word.
    await finished(source);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'EISDIR' ? 'it is a folder; of a DynamoDB export, give a file of its data folder' : code === 'ENOENT' ? 'it is not there' : message;
    throw new InputFileError(`${file} cannot be read: ${why}`, { cause: error });
  }
}

async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

function readLine(text: string, line: number, mapping: InputMapping): InputLine {
  try {
    return { line, change: toChange(parse(text), line, mapping) };
  } catch (error) {
    return { line, fault: (error as Error).message };
  }
}

function parse(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text, function (this: unknown, _key: string, parsed: unknown, context?: { source?: string }) {
      return typeof parsed === 'number' ? new Digits(context?.source ?? String(parsed)) : parsed;
    } as (key: string, value: unknown) => unknown);
  } catch (error) {
    throw new Error(`no JSON: ${(error as Error).message}`, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error('a line must be an object: an item, or a Put, Update or Delete request');
  }
  return value as Record<string, unknown>;
}

function toChange(value: Record<string, unknown>, line: number, mapping: InputMapping): Change {
  const put = request(value, 'Put') ?? request(value, 'PutRequest') ?? ('Item' in value && Object.keys(value).length === 1 ? value : undefined);
  if (put !== undefined) {
    return { type: 'put', item: withKey(fromDynamoDbJson(put.Item, 'Item'), line, mapping) };
  }
  const remove = request(value, 'Delete') ?? request(value, 'DeleteRequest');
  if (remove !== undefined) {
    return { type: 'delete', key: keyOf(fromDynamoDbJson(remove.Key, 'Key'), mapping) };
  }
  const update = request(value, 'Update');
  if (update !== undefined) {
    const { Key, UpdateExpression, ExpressionAttributeNames, ExpressionAttributeValues } = update;
    if (typeof UpdateExpression !== 'string') {
      throw new Error('an Update request needs an UpdateExpression');
    }
    return {
      type: 'update',
      key: keyOf(fromDynamoDbJson(Key, 'Key'), mapping),
      expression: UpdateExpression,
      names: ExpressionAttributeNames as Record<string, string> | undefined,
      values: ExpressionAttributeValues === undefined ? undefined : fromDynamoDbJson(ExpressionAttributeValues, 'ExpressionAttributeValues'),
    };
  }
  return { type: 'put', item: withKey(fromPlain(value), line, mapping) };
}

function request(value: Record<string, unknown>, name: string): Record<string, unknown> | undefined {
  const inner = value[name];
  const alone = Object.keys(value).length === 1 && typeof inner === 'object' && inner !== null && ('Item' in inner || 'Key' in inner);
  return alone ? (inner as Record<string, unknown>) : undefined;
}

/** The item with its key attributes filled in. */
function withKey(item: Item, line: number, { keyAttributes, keyFrom }: InputMapping): Item {
  const filled = { ...item };
  for (const [name, from] of Object.entries(keyFrom)) {
    const [text] = from === '#' ? [String(line)] : Object.values(item[from] ?? {});
    filled[name] = { S: typeof text === 'string' ? text : '' };
  }
  for (const name of keyAttributes) {
    if (!isText(filled[name])) {
      const from = keyFrom[name] ?? name;
      throw new Error(`the key attribute ${name} must be a text that is not empty: ${from} is none; --key ${name}=ATTRIBUTE fills it from another attribute`);
    }
  }
  return filled;
}

/** The key that a request names, by the same attributes as an item's. A line's number names no earlier line. */
function keyOf(key: Item, { keyAttributes, keyFrom }: InputMapping): Item {
  const entries = keyAttributes.map((name) => {
    const from = keyFrom[name] ?? name;
    if (from === '#') {
      throw new Error(`a request cannot name an item whose ${name} is the number of a line: put items only, or fill ${name} from an attribute`);
    }
    if (!isText(key[from])) {
      throw new Error(`Key.${from} must be a text that is not empty, in DynamoDB JSON`);
    }
    return [name, key[from]];
  });
  return Object.fromEntries(entries) as Item;
}

function isText(value: AttributeValue | undefined): boolean {
  return value?.S !== undefined && value.S !== '';
}
