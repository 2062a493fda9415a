import fc from 'fast-check';
import { canonicalNumber, isJsonNumber } from '../../../lambda/core/number-text.ts';
import { numberText } from '../arbitraries.ts';

const DIGITS_38 = '12345678901234567890123456789012345678';

describe('the canonical text', () => {
  test.each([
    ['0', '0'],
    ['-0', '0'],
    ['+0', '0'],
    ['0.000', '0'],
    ['0E+125', '0'],
    ['1', '1'],
    ['+1', '1'],
    ['-1', '-1'],
    ['007', '7'],
    ['1.0', '1'],
    ['1.50', '1.5'],
    ['-0.10', '-0.1'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['100', '100'],
    ['1e2', '100'],
    ['1E+2', '100'],
    ['123.456e1', '1234.56'],
    ['123E-2', '1.23'],
    ['0.0000001', '0.0000001'],
    ['1E-7', '0.0000001'],
    ['9007199254740993', '9007199254740993'],
    ['9223372036854775807', '9223372036854775807'],
    ['9223372036854775808', '9223372036854775808'],
    ['-9223372036854775808', '-9223372036854775808'],
    [DIGITS_38, DIGITS_38],
    [`-0.${DIGITS_38}`, `-0.${DIGITS_38}`],
    [`1.${DIGITS_38.slice(1)}`, `1.${DIGITS_38.slice(1)}`],
    ['1E+37', `1${'0'.repeat(37)}`],
    ['1E+38', '1E+38'],
    ['12E+37', '1.2E+38'],
    ['1E-38', `0.${'0'.repeat(37)}1`],
    ['1E-39', '1E-39'],
    ['1E+125', '1E+125'],
    [`${'9'.repeat(38)}E+88`, `9.${'9'.repeat(37)}E+125`],
    ['1E-130', '1E-130'],
    ['-12E-130', '-1.2E-129'],
  ])('of %s is %s', (text, expected) => {
    expect(canonicalNumber(text)).toBe(expected);
  });

  test.each(['', '.', '-', '+', 'e1', '1e', '1.2.3', '0x10', ' 1', '1 ', '1_000', 'NaN', 'Infinity', '1E+12345', '١'])('fails when the text is %j', (text) => {
    expect(canonicalNumber(text)).toBeUndefined();
  });

  test('keeps the value', () => {
    fc.assert(fc.property(numberText, (text) => expect(scaled(canonicalNumber(text) ?? '')).toBe(scaled(text))));
  });

  test('stays as it is when it is made canonical again', () => {
    fc.assert(fc.property(numberText, (text) => expect(canonicalNumber(canonicalNumber(text) ?? '')).toBe(canonicalNumber(text))));
  });

  test('is the same for equal numbers, however they are written', () => {
    fc.assert(
      fc.property(numberText, fc.nat({ max: 5 }), fc.nat({ max: 5 }), fc.integer({ min: -20, max: 20 }), (text, zeros, more, shift) => {
        expect(canonicalNumber(rewritten(text, zeros, more, shift))).toBe(canonicalNumber(text));
      }),
    );
  });

  test('differs for different numbers', () => {
    fc.assert(fc.property(numberText, numberText, (a, b) => expect(canonicalNumber(a) === canonicalNumber(b)).toBe(scaled(a) === scaled(b))));
  });
});

describe('as a JSON number', () => {
  test.each([
    ['0', true],
    ['-1.5', true],
    ['999999999999999999', true],
    ['9223372036854775807', true],
    ['9223372036854775808', false],
    ['-9223372036854775808', true],
    ['-9223372036854775809', false],
    [DIGITS_38, false],
    [`0.${DIGITS_38}`, true],
    ['1E-130', true],
    ['1E+38', false],
    ['9.9E+125', false],
  ])('%s is taken by Nakadi: %s', (canonical, taken) => {
    expect(isJsonNumber(canonical)).toBe(taken);
  });
});

/** The number times 10^300, which is an integer for every DynamoDB number. */
function scaled(text: string): bigint {
  const [, sign, whole, fraction = '', power = '0'] = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text)!;
  const value = BigInt(`${whole}${fraction}` || '0') * 10n ** BigInt(300 - fraction.length + Number(power));
  return sign === '-' ? -value : value;
}

/** The same number with more zeros in front and behind, and another exponent. */
function rewritten(text: string, zeros: number, more: number, shift: number): string {
  const [, sign, whole, fraction = '', power = '0'] = /^([+-]?)(\d*)\.?(\d*)(?:E([+-]?\d+))?$/.exec(text)!;
  const digits = whole + fraction + '0'.repeat(more);
  const exponent = Number(power) - fraction.length - more;
  return shift >= 0 ? `${sign}${'0'.repeat(zeros)}${digits}${'0'.repeat(shift)}e${exponent - shift}` : `${sign}${'0'.repeat(zeros)}${digits}.${'0'.repeat(-shift)}E${exponent}`;
}
