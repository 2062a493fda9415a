import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { parseExact, saysTheSame } from '../../../local/scenario/event-value.ts';

test.each<[AttributeValue, string]>([
  [{ S: 'ü\u0000"' }, '"ü\\u0000\\""'],
  [{ S: '' }, '""'],
  [{ N: '1.50' }, '1.5'],
  [{ N: '-0' }, '0'],
  [{ N: '1E+2' }, '100'],
  [{ N: '7e-2' }, '0.07'],
  [{ N: '12345678901234567890123456789012345678' }, '"12345678901234567890123456789012345678"'],
  [{ N: '0.12345678901234567890123456789012345678' }, '0.12345678901234567890123456789012345678'],
  [{ BOOL: false }, 'false'],
  [{ NULL: true }, 'null'],
  [{ B: Uint8Array.of(1, 2) }, '"AQI="'],
  [{ SS: ['b', 'a'] }, '["a","b"]'],
  [{ NS: ['10', '2.0'] }, '[2,10]'],
  [{ BS: [Uint8Array.of(2), Uint8Array.of(1)] }, '["AQ==","Ag=="]'],
  [{ L: [{ N: '1' }, { M: { x: { L: [] } } }] }, '[1,{"x":[]}]'],
])('%j is told by %s', (held, told) => {
  expect(saysTheSame(held, parseExact(told))).toBe(true);
});

test.each<[AttributeValue, string]>([
  [{ S: '1' }, '1'],
  [{ N: '1' }, '"one"'],
  [{ N: '12345678901234567890123456789012345678' }, '"12345678901234567890123456789012345679"'],
  [{ N: '0.12345678901234567890123456789012345678' }, '0.12345678901234567'],
  [{ BOOL: false }, 'null'],
  [{ NULL: true }, 'false'],
  [{ SS: ['b', 'a'] }, '["a"]'],
  [{ NS: ['10', '2'] }, '[2,11]'],
  [{ L: [{ N: '1' }, { N: '2' }] }, '[2,1]'],
  [{ L: [] }, '{}'],
  [{ M: {} }, '[]'],
  [{ M: { x: { NULL: true } } }, '{}'],
  [{ M: {} }, '{"x":null}'],
])('%j is not told by %s', (held, told) => {
  expect(saysTheSame(held, parseExact(told))).toBe(false);
});
