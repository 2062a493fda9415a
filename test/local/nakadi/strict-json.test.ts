import fc from 'fast-check';
import { parseStrictJson, parseStrictJsonArray, StrictJsonError } from '../../../local/nakadi/strict-json.ts';

describe('a text that Nakadi accepts', () => {
  test.each<[string, unknown]>([
    ['{}', {}],
    ['[]', []],
    [' \t\r\n[ 1 , { "a" : null } ] ', [1, { a: null }]],
    ['true', true],
    ['false', false],
    ['"\\u00e9\\n\\"\\\\\\/\\b\\f\\r\\t"', 'é\n"\\/\b\f\r\t'],
    ['"\\ud83d\\ude00 😀"', '😀 😀'],
    ['"tab as \\u0009, delete as \u007f, and \u2028"', 'tab as \t, delete as \u007f, and \u2028'],
    ['0', 0],
    ['-0', -0],
    ['-12', -12],
    ['1.50', 1.5],
    ['1e3', 1000],
    ['1E+3', 1000],
    ['9223372036854775807', 2 ** 63],
    ['-9223372036854775808', -(2 ** 63)],
    ['9223372036854775808.0', 2 ** 63],
    ['9223372036854775808e0', 2 ** 63],
    ['1.7976931348623157e308', Number.MAX_VALUE],
    ['1e-400', 0],
    ['{"a":{"a":1},"b":{"a":2}}', { a: { a: 1 }, b: { a: 2 } }],
    ['{"":1,"toString":2}', { '': 1, toString: 2 }],
  ])('%j is read', (text, value) => {
    expect(parseStrictJson(text)).toStrictEqual(value);
  });

  test('any JSON document without huge integers means the same as to JSON.parse', () => {
    fc.assert(fc.property(fc.json({ maxDepth: 5 }), (text) => {
      fc.pre(!/\d{19}/.test(text));
      expect(parseStrictJson(text)).toEqual(JSON.parse(text));
    }));
  });

  test('a key named __proto__ is an ordinary key', () => {
    const object = parseStrictJson('{"__proto__": {"polluted": true}}') as Record<string, unknown>;
    expect(Object.keys(object)).toEqual(['__proto__']);
    expect(object.polluted).toBeUndefined();
    expect(() => parseStrictJson('{"__proto__": 1, "__proto__": 2}')).toThrow('duplicate key');
  });

  test('numbers can be read with every digit', () => {
    expect(parseStrictJson('[1.000000000000000000000000001]', (digits) => digits)).toEqual(['1.000000000000000000000000001']);
  });

  test('each element of an array keeps its exact text', () => {
    expect(parseStrictJsonArray(' [ {"a": 1.10 } ,\n[2] , "x" ] ').map((element) => element.raw)).toEqual(['{"a": 1.10 }', '[2]', '"x"']);
  });
});

describe('a text that Nakadi refuses', () => {
  test.each<[string, string]>([
    ['', 'unexpected the end of the text at position 0'],
    ['{"a":1,"a":2}', 'duplicate key "a"'],
    ['{"x":{"a":1,"\\u0061":null}}', 'duplicate key "a"'],
    ['9223372036854775808', 'integer 9223372036854775808 does not fit into 64 bits'],
    ['-9223372036854775809', 'does not fit into 64 bits'],
    ['12345678901234567890123456789012345678', 'does not fit into 64 bits'],
    ['1e309', 'decimal 1e309 overflows a double'],
    ['-1.8e308', 'overflows a double'],
    ['"a\tb"', 'raw control character inside a string at position 2'],
    ['"a\nb"', 'raw control character'],
    ['{"a\u0000":1}', 'raw control character'],
    ['"abc', 'unexpected end inside a string'],
    ['"\\x"', 'illegal escape \\x'],
    ['"\\u12g4"', 'illegal escape \\u12g4'],
    ['"\\u12"', 'illegal escape'],
    ['"\\', 'illegal escape'],
    ["'a'", 'unexpected "\'"'],
    ['01', 'unexpected "1" after the end'],
    ['1.', 'unexpected "." after the end'],
    ['.5', 'unexpected "."'],
    ['+1', 'unexpected "+"'],
    ['-', 'unexpected "-"'],
    ['1e', 'unexpected "e" after the end'],
    ['NaN', 'unexpected "N"'],
    ['Infinity', 'unexpected "I"'],
    ['nul', 'unexpected "n"'],
    ['True', 'unexpected "T"'],
    ['[1,]', 'unexpected "]"'],
    ['[1 2]', 'expected , instead of "2"'],
    ['[1', 'expected , instead of the end of the text'],
    ['{"a":1,}', 'expected " instead of "}"'],
    ['{a:1}', 'expected " instead of "a"'],
    ['{"a" 1}', 'expected : instead of "1"'],
    ['{"a":1 "b":2}', 'expected , instead of "\\""'],
    ['{"a":}', 'unexpected "}"'],
    ['[1] [2]', 'unexpected "[" after the end'],
    ['\ufeff[]', 'unexpected'],
    ['[1,//\n2]', 'unexpected "/"'],
    ['\u00a0[]', 'unexpected'],
  ])('fails when the text is %j', (text, message) => {
    expect(() => parseStrictJson(text)).toThrow(StrictJsonError);
    expect(() => parseStrictJson(text)).toThrow(message);
  });

  test('fails when an array is asked for and something else comes', () => {
    expect(() => parseStrictJsonArray('{"a":1}')).toThrow('expected [ instead of "{"');
  });

  test('fails when the array is followed by anything', () => {
    expect(() => parseStrictJsonArray('[] x')).toThrow('unexpected "x" after the end');
  });
});
