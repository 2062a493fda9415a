/** A decimal number: sign, significant digits without zeros at either end, and the power of ten of the last digit. */
interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

/** Plain digits up to this many places on either side of the point; scientific notation beyond. */
const PLAIN_DIGITS = 38;

const MAX_INTEGER = 2n ** 63n - 1n;
const MIN_INTEGER = -(2n ** 63n);

/**
 * The one text that stands for a DynamoDB number: equal numbers have equal texts, and every digit is there.
 *
 * @returns undefined where the text is no number
 */
export function canonicalNumber(text: string): string | undefined {
  const decimal = parse(text);
  return decimal && write(decimal);
}

/**
 * Whether Nakadi's parser takes the canonical text as a JSON number: integers must fit 64 bits. Fractions always do: DynamoDB's range lies
 * inside that of a double, and Nakadi keeps their text.
 */
export function isJsonNumber(canonical: string): boolean {
  if (canonical.includes('E+')) {
    return false;
  }
  if (canonical.length <= 18 || !/^-?\d+$/.test(canonical)) {
    return true;
  }
  const value = BigInt(canonical);
  return value >= MIN_INTEGER && value <= MAX_INTEGER;
}

function parse(text: string): Decimal | undefined {
  const match = NUMBER.exec(text);
  if (match === null) {
    return undefined;
  }
  const [, sign, whole, fraction = '', power = '0'] = match;
  if (whole === '' && fraction === '') {
    return undefined;
  }
  const all = (whole + fraction).replace(/^0+/, '');
  const digits = all.replace(/0+$/, '');
  return { negative: sign === '-', digits, exponent: Number(power) - fraction.length + (all.length - digits.length) };
}

function write({ negative, digits, exponent }: Decimal): string {
  if (digits === '') {
    return '0';
  }
  const sign = negative ? '-' : '';
  const point = digits.length + exponent;
  if (exponent >= 0 && point <= PLAIN_DIGITS) {
    return sign + digits + '0'.repeat(exponent);
  }
  if (exponent < 0 && -exponent <= PLAIN_DIGITS) {
    return point > 0 ? `${sign}${digits.slice(0, point)}.${digits.slice(point)}` : `${sign}0.${'0'.repeat(-point)}${digits}`;
  }
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  return `${sign}${digits[0]}${fraction}E${point > 0 ? '+' : ''}${point - 1}`;
}
