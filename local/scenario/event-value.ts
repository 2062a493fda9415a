import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from './change.ts';
import { parseStrictJson } from '../nakadi/strict-json.ts';

/** A JSON value in which each number is a text that tells its exact value: so that no digit is lost in a comparison. */
export type ExactValue = null | boolean | string | ExactValue[] | { [name: string]: ExactValue };

/** What an exact number starts with; no text of an event does. */
const NUMBER_MARK = '\u0000number ';

/** Parses the text of an event with all digits of its numbers. */
export function parseExact(json: string): ExactValue {
  return parseStrictJson(json, (digits) => NUMBER_MARK + decimalOf(digits)) as ExactValue;
}

/** Whether a value of an event says what DynamoDB holds. Large numbers may be texts, sets may stand in any order. */
export function saysTheSame(held: AttributeValue, told: ExactValue | undefined): boolean {
  if (held.S !== undefined) {
    return told === held.S;
  }
  if (held.N !== undefined) {
    return isNumber(held.N, told);
  }
  if (held.BOOL !== undefined) {
    return told === held.BOOL;
  }
  if (held.NULL !== undefined) {
    return told === null;
  }
  if (held.B !== undefined) {
    return told === base64(held.B);
  }
  if (held.M !== undefined) {
    return itemSaysTheSame(held.M, told);
  }
  const elements = Array.isArray(told) ? told : [];
  if (held.L !== undefined) {
    return Array.isArray(told) && elements.length === held.L.length && held.L.every((element, index) => saysTheSame(element, elements[index]));
  }
  if (held.NS !== undefined) {
    return elements.length === held.NS.length && held.NS.every((text) => elements.some((element) => isNumber(text, element)));
  }
  const members = held.SS ?? held.BS?.map(base64) ?? [];
  return elements.length === members.length && members.every((member) => elements.includes(member));
}

/** Whether an object of an event has the attributes of an item, and no others. */
export function itemSaysTheSame(held: Item, told: ExactValue | undefined): boolean {
  if (typeof told !== 'object' || told === null || Array.isArray(told)) {
    return false;
  }
  const names = Object.keys(held);
  return names.length === Object.keys(told).length && names.every((name) => Object.hasOwn(told, name) && saysTheSame(held[name], told[name]));
}

/** A form of an item that is deeply equal for items that DynamoDB holds to be equal: however numbers are written, and in whatever order sets stand. */
export function comparable(item: Item): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, comparableValue(value)]));
}

function comparableValue(value: AttributeValue): unknown {
  if (value.N !== undefined) {
    return { N: decimalOf(value.N) };
  }
  if (value.NS !== undefined) {
    return { NS: value.NS.map(decimalOf).sort() };
  }
  if (value.SS !== undefined) {
    return { SS: [...value.SS].sort() };
  }
  if (value.BS !== undefined) {
    return { BS: value.BS.map(base64).sort() };
  }
  if (value.B !== undefined) {
    return { B: base64(value.B) };
  }
  if (value.L !== undefined) {
    return { L: value.L.map(comparableValue) };
  }
  return value.M === undefined ? value : { M: comparable(value.M) };
}

function isNumber(text: string, told: ExactValue | undefined): boolean {
  if (typeof told !== 'string') {
    return false;
  }
  const decimal = decimalOf(text);
  return told === NUMBER_MARK + decimal || (/^-?\d/.test(told) && decimalOf(told) === decimal);
}

/** Sign, significant digits and power of ten: the same text for the same number. */
function decimalOf(text: string): string {
  const [, sign = '', whole = '', fraction = '', power = '0'] = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  const exponent = Number(power) - fraction.length + digits.length - significant.length;
  return significant === '' ? '0' : `${sign === '-' ? '-' : ''}${significant}e${String(exponent)}`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
