import { marshall } from '@aws-sdk/util-dynamodb';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from './change.ts';

/** A number of the file, with its digits. */
export class Digits {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A plain item: its values become DynamoDB's. */
export function fromPlain(value: Record<string, unknown>): Item {
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
export function fromDynamoDbJson(value: unknown, place: string): Item {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Digits) {
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
  const expect = (holds: boolean, what: string): void => {
    if (!holds) {
      throw new Error(`${place}.${type} must be ${what}`);
    }
  };
  const isBase64 = (text: unknown): boolean => typeof text === 'string' && Buffer.from(text, 'base64').toString('base64') === text;
  const isNumber = (text: unknown): boolean => typeof text === 'string' || text instanceof Digits;
  switch (type) {
    case 'S':
      expect(typeof inner === 'string', 'a text');
      return { S: inner as string };
    case 'B':
      expect(isBase64(inner), 'base64 text');
      return { B: Buffer.from(inner as string, 'base64') };
    case 'N':
      expect(isNumber(inner), 'a number, as a text');
      return { N: inner instanceof Digits ? inner.text : (inner as string) };
    case 'BOOL':
      expect(typeof inner === 'boolean', 'true or false');
      return { BOOL: inner as boolean };
    case 'NULL':
      expect(inner === true, 'true');
      return { NULL: true };
    case 'M':
      return { M: fromDynamoDbJson(inner, `${place}.M`) };
    case 'L':
      expect(Array.isArray(inner), 'a list');
      return { L: (inner as unknown[]).map((element, index) => typedValue(element, `${place}[${String(index)}]`)) };
    case 'BS':
      expect(Array.isArray(inner) && inner.every(isBase64), 'a list of base64 texts');
      return { BS: (inner as string[]).map((text) => Buffer.from(text, 'base64')) };
    case 'NS':
      expect(Array.isArray(inner) && inner.every(isNumber), 'a list of numbers, as texts');
      return { NS: (inner as unknown[]).map((text) => (text instanceof Digits ? text.text : (text as string))) };
    default:
      expect(Array.isArray(inner) && inner.every((text) => typeof text === 'string'), 'a list of texts');
      return { SS: inner as string[] };
  }
}
