/** A decimal number: sign, significant digits without zeros at either end, and the power of ten of the last digit. Zero has no digits. */
interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

/** Texts that are canonical already, where they are no longer than `PLAIN_DIGITS`. */
const PLAIN = /^(?:0|-?(?:[1-9]\d*|(?:0|[1-9]\d*)\.\d*[1-9]))$/;

/** Plain digits up to this many places on either side of the point; scientific notation beyond. */
const PLAIN_DIGITS = 38;

const SHORT_DIGITS = 18;
const [POINT, ZERO, NINE] = [0x2e, 0x30, 0x39];

/** What a number of DynamoDB can have: so many significant digits, and the first one in these places. */
const MAX_DIGITS = 38;
const MIN_MAGNITUDE = -130;
const MAX_MAGNITUDE = 125;

const MAX_INTEGER = 2n ** 63n - 1n;
const MIN_INTEGER = -(2n ** 63n);

/** Whether the text is a decimal number, of whatever size. */
export function isNumber(text: string): boolean {
  return parse(text) !== undefined;
}

/**
 * The one text that stands for a DynamoDB number: equal numbers have equal texts, and every digit is there.
 *
 * @returns undefined where DynamoDB has no such number: it has up to 38 digits, and magnitudes from 1E-130 to 9.99…E+125
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */
export function canonicalNumber(text: string): string | undefined {
  if (isShortNumber(text) || (text.length <= PLAIN_DIGITS && PLAIN.test(text))) {
    return text;
  }
  const decimal = parse(text);
  return decimal && isInRange(decimal) ? write(decimal) : undefined;
}

/** Whether a text is canonical and a JSON number, for most of the numbers that people write; false says nothing. Costs less than an expression. */
export function isShortNumber(text: string): boolean {
  const last = text.length - 1;
  if (last >= SHORT_DIGITS || !(text.charCodeAt(0) > ZERO && text.charCodeAt(0) <= NINE)) {
    return text === '0';
  }
  let points = 0;
  for (let index = 1; index <= last; index++) {
    const unit = text.charCodeAt(index);
    if (unit === POINT) {
      points++;
    } else if (unit < ZERO || unit > NINE) {
      return false;
    }
  }
  return points === 0 || (points === 1 && text.charCodeAt(last) > ZERO);
}

/** Orders canonical texts by value, to the last digit. */
export function compareNumbers(a: string, b: string): number {
  // A double keeps the order, and only makes neighbours equal.
  return Number(a) - Number(b) || (a === b ? 0 : compareDecimals(parse(a) as Decimal, parse(b) as Decimal));
}

/**
 * Whether Nakadi's parser takes the canonical text as a JSON number: integers must fit 64 bits. Fractions always do: DynamoDB's range lies
 * inside that of a double, and Nakadi keeps their text.
 */
export function isJsonNumber(canonical: string): boolean {
  if (canonical.length <= 18 || !/^-?\d+$/.test(canonical)) {
    return !canonical.includes('E+');
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
  const all = whole + fraction;
  let start = 0;
  let end = all.length;
  while (start < end && all[start] === '0') {
    start++;
  }
  while (end > start && all[end - 1] === '0') {
    end--;
  }
  return { negative: sign === '-', digits: all.slice(start, end), exponent: Number(power) - fraction.length + (all.length - end) };
}

/** The place of the first digit: 0 for ones, 1 for tens. */
function magnitude({ digits, exponent }: Decimal): number {
  return digits.length + exponent - 1;
}

function isInRange(decimal: Decimal): boolean {
  const { digits } = decimal;
  return digits === '' || (digits.length <= MAX_DIGITS && magnitude(decimal) >= MIN_MAGNITUDE && magnitude(decimal) <= MAX_MAGNITUDE);
}

/** Orders two numbers of the same sign, neither of which is zero. */
function compareDecimals(a: Decimal, b: Decimal): number {
  const byDigits = a.digits < b.digits ? -1 : a.digits > b.digits ? 1 : 0;
  const bySize = magnitude(a) - magnitude(b) || byDigits;
  return a.negative ? -bySize : bySize;
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
