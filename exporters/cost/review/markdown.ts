/** Money, shares and tables as a review writes them. Sums are of exact amounts; only what is shown is rounded. */

const scale = 10n;

/** Decimal text as whole units of 1e-10. */
export function unitsOf(amount: string): bigint {
  const [whole = '0', fraction = ''] = amount.replace('-', '').split('.');
  const absolute = BigInt(`${whole}${fraction.padEnd(10, '0').slice(0, 10)}`);
  return amount.startsWith('-') ? -absolute : absolute;
}

/** `-1,234.57 USD`: two decimals, halves away from zero; what is less than a cent shows its digits. */
export function money(units: bigint, currency: string): string {
  const absolute = units < 0n ? -units : units;
  const cents = (absolute * 100n + 5n * scale ** 9n) / scale ** 10n;
  if (cents === 0n && units !== 0n) return `${units < 0n ? '-' : ''}less than 0.01 ${currency}`;
  const digits = cents.toString().padStart(3, '0');
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${units < 0n ? '-' : ''}${whole}.${digits.slice(-2)} ${currency}`;
}

/** As `money`, with a sign before what is more. */
export const signed = (units: bigint, currency: string): string => `${units > 0n ? '+' : ''}${money(units, currency)}`;

/** `+12.5 %` of a change; `new` where there was nothing. */
export function shareOf(change: bigint, before: bigint): string {
  if (before === 0n) return change === 0n ? '0 %' : 'new';
  const share = (Number(change) / Math.abs(Number(before))) * 100;
  return `${share > 0 ? '+' : ''}${share.toFixed(1)} %`;
}

export const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);
