/**
 * Exact sums of vendors' decimal text in JavaScript: an amount is a bigint of units of 1e-10, as the ledger's
 * DECIMAL(38,10) keeps it. What rounding takes away is told, so that a total can be compared to the last digit.
 */

const places = 10;
/** Digits after the point that a rounding remainder keeps; vendors write up to 50. */
const finePlaces = 80;

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

export interface Rounded {
  /** Units of 1e-10, rounded half to even. */
  readonly units: bigint;
  /** What was written less what is kept, in units of 1e-80. */
  readonly remainder: bigint;
}

/** Reads decimal text, with or without an exponent; undefined where it is no number. */
export function roundDecimal(text: string): Rounded | undefined {
  const match = pattern.exec(text.trim());
  if (!match) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return undefined;
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(`${whole}${fraction}`);
  // Digits beyond the 80th can't be kept, and no vendor writes them.
  const fine =
    scale <= finePlaces ? digits * 10n ** BigInt(finePlaces - scale) : digits / 10n ** BigInt(scale - finePlaces);
  const step = 10n ** BigInt(finePlaces - places);
  const rest = fine % step;
  let units = fine / step;
  if (rest * 2n > step || (rest * 2n === step && units % 2n === 1n)) units += 1n;
  const remainder = fine - units * step;
  return sign === '-' ? { units: -units, remainder: -remainder } : { units, remainder };
}

/** Units of 1e-10 as decimal text without zeros at its end. */
export const unitsText = (units: bigint): string => plainText(units, places);

/** A rounding remainder as decimal text. */
export const remainderText = (remainder: bigint): string => plainText(remainder, finePlaces);

function plainText(value: bigint, scale: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  const fraction = digits.slice(-scale).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}${fraction === '' ? '' : `.${fraction}`}`;
}

export const absolute = (value: bigint): bigint => (value < 0n ? -value : value);
