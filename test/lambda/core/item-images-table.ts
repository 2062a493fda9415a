import type { AttributeMap, AttributeValue } from '../../../lambda/core/stream-record.ts';

const DIGITS_38 = '12345678901234567890123456789012345678';

/** Every kind of value that DynamoDB holds, its edges too: the value, its JSON text, and its text where numbers are strings. */
export const VALUES: readonly [what: string, value: AttributeValue, json: string, numbersAsText?: string][] = [
  ['a string', { S: 'ä "quoted" \\ /' }, '"ä \\"quoted\\" \\\\ /"'],
  ['an empty string', { S: '' }, '""'],
  ['control characters', { S: '\u0000\b\t\n\f\r\u001f\u007f\u2028' }, '"\\u0000\\b\\t\\n\\f\\r\\u001f\u007f\u2028"'],
  ['characters beyond 16 bits', { S: '😀\u{10ffff}' }, '"😀\u{10ffff}"'],
  ['a lone high surrogate', { S: 'a\ud800b' }, '"a\\ud800b"'],
  ['a lone low surrogate', { S: '\udfff' }, '"\\udfff"'],
  ['surrogates in the wrong order', { S: '\udc00\ud800' }, '"\\udc00\\ud800"'],
  ['a byte order mark and noncharacters', { S: '\ufeff\ufffe\uffff' }, '"\ufeff\ufffe\uffff"'],
  ['a text that looks like a number', { S: '42' }, '"42"'],
  ['a text that looks like JSON', { S: '{"a":1}' }, '"{\\"a\\":1}"'],

  ['zero', { N: '0' }, '0', '"0"'],
  ['a negative zero', { N: '-0' }, '0', '"0"'],
  ['a negative zero with an exponent', { N: '-0.0E+5' }, '0', '"0"'],
  ['an integer', { N: '42' }, '42', '"42"'],
  ['a negative integer', { N: '-42' }, '-42', '"-42"'],
  ['a fraction', { N: '1.50' }, '1.5', '"1.5"'],
  ['a fraction that no double holds exactly', { N: '0.1' }, '0.1', '"0.1"'],
  ['an integer beyond 2^53', { N: '9007199254740993' }, '9007199254740993', '"9007199254740993"'],
  ['the largest 64-bit integer', { N: '9223372036854775807' }, '9223372036854775807', '"9223372036854775807"'],
  ['the smallest 64-bit integer', { N: '-9223372036854775808' }, '-9223372036854775808', '"-9223372036854775808"'],
  ['an integer above 64 bits, as a string', { N: '9223372036854775808' }, '"9223372036854775808"'],
  ['an integer below 64 bits, as a string', { N: '-9223372036854775809' }, '"-9223372036854775809"'],
  ['an integer of 38 digits, as a string', { N: DIGITS_38 }, `"${DIGITS_38}"`],
  ['a fraction of 38 digits', { N: `0.${DIGITS_38}` }, `0.${DIGITS_38}`, `"0.${DIGITS_38}"`],
  ['38 digits around the point', { N: '1234567890123456789.0123456789012345678' }, '1234567890123456789.0123456789012345678', '"1234567890123456789.0123456789012345678"'],
  ['a small number', { N: '1E-7' }, '0.0000001', '"0.0000001"'],
  ['the smallest number', { N: '1E-130' }, '1E-130', '"1E-130"'],
  ['the smallest negative number', { N: '-1E-130' }, '-1E-130', '"-1E-130"'],
  ['the smallest number as DynamoDB writes it', { N: `0.${'0'.repeat(129)}1` }, '1E-130', '"1E-130"'],
  ['the smallest number with a fraction', { N: '1.23E-130' }, '1.23E-130', '"1.23E-130"'],
  ['a power of ten within 64 bits', { N: '1E+18' }, '1000000000000000000', '"1000000000000000000"'],
  ['a power of ten, as a string', { N: '1E+125' }, '"1E+125"'],
  ['the largest number, as a string', { N: '9.9999999999999999999999999999999999999E+125' }, '"9.9999999999999999999999999999999999999E+125"'],
  ['the lowest number, as a string', { N: '-9.9999999999999999999999999999999999999E+125' }, '"-9.9999999999999999999999999999999999999E+125"'],

  ['true', { BOOL: true }, 'true'],
  ['false', { BOOL: false }, 'false'],
  ['null', { NULL: true }, 'null'],
  ['the largest number as DynamoDB writes it, as a string', { N: `${'9'.repeat(38)}${'0'.repeat(88)}` }, '"9.9999999999999999999999999999999999999E+125"'],
  ['an integer with 38 digits and zeros behind them, as a string', { N: `${DIGITS_38}00000` }, '"1.2345678901234567890123456789012345678E+42"'],
  ['more zeros than digits count', { N: `1.${'0'.repeat(60)}` }, '1', '"1"'],
  ['bytes, as base64', { B: 'AAH/' }, '"AAH/"'],
  ['one byte', { B: '+w==' }, '"+w=="'],
  ['two bytes', { B: '+/8=' }, '"+/8="'],
  ['no bytes', { B: '' }, '""'],

  ['a string set, sorted', { SS: ['b', 'a', 'C', ''] }, '["","C","a","b"]'],
  ['a string set, sorted by code points, not code units', { SS: ['😀', '\uffff', 'ä', 'z'] }, '["z","ä","\uffff","😀"]'],
  ['a string set of lone surrogates, behind whole characters', { SS: ['\udc01', '\ufffd', '\ud800'] }, '["\ufffd","\\ud800","\\udc01"]'],
  ['a string set with common beginnings, the shorter first', { SS: ['ab', 'a', 'abc', 'b'] }, '["a","ab","abc","b"]'],
  ['a string set of the empty string', { SS: [''] }, '[""]'],
  ['a number set, sorted by value', { NS: ['10', '9', '-1', '1E+40', '0.5'] }, '[-1,0.5,9,10,"1E+40"]', '["-1","0.5","9","10","1E+40"]'],
  ['a number set of neighbours that are one double', { NS: ['9007199254740993', '9007199254740992'] }, '[9007199254740992,9007199254740993]', '["9007199254740992","9007199254740993"]'],
  ['a number set of large neighbours that are one double', { NS: ['1.2E+40', '-1.00000000000000000001', '-1.00000000000000000002', '1.200000000000000000000000000000000001E+40', '-1'] },
    '[-1.00000000000000000002,-1.00000000000000000001,-1,"1.2E+40","1.200000000000000000000000000000000001E+40"]',
    '["-1.00000000000000000002","-1.00000000000000000001","-1","1.2E+40","1.200000000000000000000000000000000001E+40"]'],
  ['a number set whose texts would sort otherwise', { NS: ['9007199254740993', '9007199254740992.5', '9007199254740993.01', '10000000000000000'] },
    '[9007199254740992.5,9007199254740993,9007199254740993.01,10000000000000000]',
    '["9007199254740992.5","9007199254740993","9007199254740993.01","10000000000000000"]'],
  ['a binary set, sorted by bytes', { BS: ['/w==', 'AAA=', 'AA=='] }, '["AA==","AAA=","/w=="]'],
  ['a binary set whose base64 would sort otherwise', { BS: ['+///', 'aaaa', 'AP8=', 'AQ==', '0000', ''] }, '["","AP8=","AQ==","aaaa","0000","+///"]'],

  ['an empty list', { L: [] }, '[]'],
  ['a list, in its order', { L: [{ S: 'b' }, { N: '1' }, { L: [{ NULL: true }] }, { S: 'a' }] }, '["b",1,[null],"a"]', '["b","1",[null],"a"]'],
  ['an empty map', { M: {} }, '{}'],
  ['a map, in its order', { M: { b: { M: {} }, a: { L: [{ N: '2' }] } } }, '{"b":{},"a":[2]}', '{"b":{},"a":["2"]}'],
  ['a map with the names of type descriptors', { M: { S: { S: 'S' }, M: { M: { N: { N: '1' } } } } }, '{"S":"S","M":{"N":1}}', '{"S":"S","M":{"N":"1"}}'],
];

/** Names that are plain data, though JavaScript or JSON Pointers treat them in their own way. */
export const ODD_NAMES = ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', 'then', 'toJSON', 'rawJSON', 'length', '', ' ', 'a/b', '~', '~1', 'a.b', '"', '\n', 'ä', '\ud800'];

/** A map with one attribute, whatever its name is. */
export function withName(name: string, value: AttributeValue): AttributeMap {
  return JSON.parse(`{${JSON.stringify(name)}:${JSON.stringify(value)}}`) as AttributeMap;
}
