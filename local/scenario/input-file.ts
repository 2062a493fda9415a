import { marshall } from '@aws-sdk/util-dynamodb';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { Change, Item } from './change.ts';

/** A line of an input file: a change, or why it is none. */
export type InputLine = { readonly line: number; readonly change: Change } | { readonly line: number; readonly fault: string };

/** How the lines of a file become changes of a table. */
export interface InputMapping {
  readonly keyAttributes: readonly string[];
  /** For a key attribute, the attribute of the item that it is filled from; `#` is the number of the line. */
  readonly keyFrom: Readonly<Record<string, string>>;
}

/**
 * Reads JSON Lines of items, or of Put, Update and Delete requests in DynamoDB JSON, or a DynamoDB export; compressed with gzip or not.
 *
 * Numbers keep all their digits.
 *
 * @throws Error where the file cannot be read
 */
export async function* readInput(file: string, mapping: InputMapping): AsyncGenerator<InputLine> {
  const compressed = await isGzip(file);
  const bytes = createReadStream(file);
  const lines = createInterface({ input: compressed ? bytes.pipe(createGunzip()) : bytes, crlfDelay: Infinity });
  let line = 0;
  for await (const text of lines) {
    line++;
    if (text.trim() !== '') {
      yield readLine(text, line, mapping);
    }
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

/** A number of the file, with its digits. */
class Digits {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
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
    return { type: 'delete', key: checkKey(fromDynamoDbJson(remove.Key, 'Key'), mapping) };
  }
  const update = request(value, 'Update');
  if (update !== undefined) {
    const { Key, UpdateExpression, ExpressionAttributeNames, ExpressionAttributeValues } = update;
    if (typeof UpdateExpression !== 'string') {
      throw new Error('an Update request needs an UpdateExpression');
    }
    return {
      type: 'update',
      key: checkKey(fromDynamoDbJson(Key, 'Key'), mapping),
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

/** A plain item: its values become DynamoDB's. */
function fromPlain(value: Record<string, unknown>): Item {
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plainValue(inner)]));
}

function plainValue(value: unknown): AttributeValue {
  if (value instanceof Digits) {
    return { N: value.text };
  }
  if (Array.isArray(value)) {
    return { L: value.map(plainValue) };
  }
  if (typeof value === 'object' && value !== null) {
    return { M: fromPlain(value as Record<string, unknown>) };
  }
  return marshall({ value }).value;
}

const TYPES = new Set(['S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L', 'M']);

/** An item in DynamoDB JSON: binary is base64 text there, and bytes for the SDK. */
function fromDynamoDbJson(value: unknown, place: string): Item {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${place} must be an object in DynamoDB JSON`);
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, typedValue(inner, `${place}.${name}`)]));
}

function typedValue(value: unknown, place: string): AttributeValue {
  const [type, ...more] = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  if (type === undefined || more.length > 0 || !TYPES.has(type)) {
    throw new Error(`${place} must be a value in DynamoDB JSON, for instance {"S": "text"}`);
  }
  const inner = (value as Record<string, unknown>)[type];
  switch (type) {
    case 'B':
      return { B: Buffer.from(String(inner), 'base64') };
    case 'BS':
      return { BS: (inner as string[]).map((text) => Buffer.from(text, 'base64')) };
    case 'L':
      return { L: (inner as unknown[]).map((element, index) => typedValue(element, `${place}[${String(index)}]`)) };
    case 'M':
      return { M: fromDynamoDbJson(inner, place) };
    case 'N':
      return { N: inner instanceof Digits ? inner.text : String(inner) };
    default:
      return { [type]: inner } as unknown as AttributeValue;
  }
}

function withKey(item: Item, line: number, mapping: InputMapping): Item {
  const filled = { ...item };
  for (const [name, from] of Object.entries(mapping.keyFrom)) {
    const [text] = from === '#' ? [String(line)] : Object.values(item[from] ?? {});
    filled[name] = { S: typeof text === 'string' ? text : '' };
  }
  checkKey(Object.fromEntries(mapping.keyAttributes.map((name) => [name, filled[name]])), mapping);
  return filled;
}

function checkKey(key: Item, { keyAttributes }: InputMapping): Item {
  for (const name of keyAttributes) {
    const text = (key[name] as AttributeValue | undefined)?.S;
    if (text === undefined || text === '') {
      throw new Error(`the key attribute ${name} must be a text that is not empty; --key ${name}=ATTRIBUTE fills it from another attribute`);
    }
  }
  return key;
}
