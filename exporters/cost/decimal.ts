/** Exact sums of decimal text in JavaScript: integers of 0.0000000001, the ledger's own scale. */

const digits = 10;
const unit = 10n ** BigInt(digits);

/**
 * Decimal text, with an exponent or without, in units of 0.0000000001; halves are rounded away from zero, as the ledger
 * does. Undefined where it is no number.
 */
export function scaled(text: string): bigint | undefined {
  const parts = /^\s*([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,3}))?\s*$/.exec(text);
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts ?? [];
  if (parts === null || whole + fraction === '') return undefined;
  const shift = Number(exponent) - fraction.length + digits;
  const all = BigInt(whole + fraction);
  const size = shift >= 0 ? all * 10n ** BigInt(shift) : rounded(all, 10n ** BigInt(-shift));
  return sign === '-' ? -size : size;
}

const rounded = (value: bigint, by: bigint) => (2n * value + by) / (2n * by);

/** The decimal text of units of 0.0000000001, without zeros at its end. */
export function decimalOf(value: bigint): string {
  const size = value < 0n ? -value : value;
  const fraction = String(size % unit)
    .padStart(digits, '0')
    .replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${size / unit}${fraction === '' ? '' : `.${fraction}`}`;
}
