/**
 * The text that Java gives a number of a JSON document: an integer keeps its digits, anything with a fraction or an
 * exponent is a double, which always shows a fraction (`1.0`, `1.5E10`).
 *
 * @see https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/lang/Double.html#toString(double)
 */
export function javaNumberText(digits: string): string {
  if (/^-?\d+$/.test(digits) && digits !== '-0') return digits;
  const number = Number(digits);
  const sign = Object.is(Math.sign(number), -0) || number < 0 ? '-' : '';
  const size = Math.abs(number);
  if (size === 0) return `${sign}0.0`;
  if (size >= 1e-3 && size < 1e7) return sign + withFraction(String(size));
  const [mantissa, exponent] = size.toExponential().split('e');
  return `${sign}${withFraction(mantissa)}E${Number(exponent)}`;
}

function withFraction(decimal: string): string {
  return decimal.includes('.') ? decimal : `${decimal}.0`;
}
