import fc from 'fast-check';
import { canonicalNumber, compareNumbers, isJsonNumber, isNumber, isShortNumber } from '../../../lambda/core/number-text.ts';
import { neighbour, numberText } from '../arbitraries.ts';

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

  test.each([
    ['39 digits', `${DIGITS_38}9`],
    ['39 digits around the point', `1.${DIGITS_38}`],
    ['more than the largest magnitude', '1E+126'],
    ['less than the lowest', '-1E+126'],
    ['more than the largest magnitude, in plain digits', `1${'0'.repeat(126)}`],
    ['a magnitude below the smallest', '9.9E-131'],
    ['a negative one', '-9.9E-131'],
    ['a magnitude below the smallest, in plain digits', `0.${'0'.repeat(130)}9`],
    ['300,000 digits', `1${'0'.repeat(300_000)}1`],
  ])('fails when the number has %s', (_, text) => {
    expect(canonicalNumber(text)).toBeUndefined();
    expect(isNumber(text)).toBe(true);
  });

  test.each([
    [`${DIGITS_38}00000`, '1.2345678901234567890123456789012345678E+42'],
    [`00000.${DIGITS_38}00000`, `0.${DIGITS_38}`],
    [`1${'0'.repeat(125)}`, '1E+125'],
    [`-${'9'.repeat(38)}${'0'.repeat(88)}`, `-9.${'9'.repeat(37)}E+125`],
    [`0.${'0'.repeat(129)}1`, '1E-130'],
    ['1.5E-130', '1.5E-130'],
    ['0E+200', '0'],
    ['0E-200', '0'],
    ['0'.repeat(1_000), '0'],
  ])('of a number at the limits, %s, is %s', (text, expected) => {
    expect(canonicalNumber(text)).toBe(expected);
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

describe('the order of canonical numbers', () => {
  const number = fc.oneof(numberText, neighbour).map((text) => canonicalNumber(text)!);

  test('is that of their values, to the last digit', () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        const [valueA, valueB] = [scaled(a), scaled(b)];
        expect(Math.sign(compareNumbers(a, b))).toBe(valueA < valueB ? -1 : valueA > valueB ? 1 : 0);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    ['9007199254740992', '9007199254740993'],
    ['9007199254740992', '9007199254740992.5'],
    ['9007199254740992.5', '9007199254740993'],
    ['-9007199254740993', '-9007199254740992'],
    ['99999999999999999999', '1E+20'],
    ['9.9999999999999999999999999999999999999E+99', '1E+100'],
    ['1.00000000000000000001E-130', '1.00000000000000000002E-130'],
    ['-1E-130', '0'],
    ['0', '1E-130'],
  ])('has %s before %s', (a, b) => {
    expect(compareNumbers(a, b)).toBeLessThan(0);
    expect(compareNumbers(b, a)).toBeGreaterThan(0);
    expect(compareNumbers(a, a)).toBe(0);
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

describe('a short number', () => {
  test('is canonical, and a JSON number', () => {
    const short = fc.oneof(numberText, fc.string({ unit: fc.constantFrom(...'0123456789.-+eE '), maxLength: 20 }), fc.double({ noNaN: true }).map(String));
    fc.assert(
      fc.property(short, (text) => {
        if (isShortNumber(text)) {
          expect(text).toMatch(/^(0|[1-9]\d*(\.\d*[1-9])?)$/);
          expect(isJsonNumber(text)).toBe(true);
        }
      }),
      { numRuns: 5_000 },
    );
  });

  test.each(['0', '1', '10', '4.95', '100.01', '123456789012345678'])('%s is one', (text) => {
    expect(isShortNumber(text)).toBe(true);
    expect(canonicalNumber(text)).toBe(text);
  });

  test.each(['', '-', '.', '00', '01', '1.', '1.0', '1..1', '1.1.1', '.5', '0.5', '-1', '1e2', 'x', '1x', '1234567890123456789'])('%j is none', (text) => {
    expect(isShortNumber(text)).toBe(false);
  });
});
