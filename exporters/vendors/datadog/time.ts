/** Times as Datadog's APIs have them: ISO 8601, or a number since the epoch, in nanoseconds, milliseconds or seconds. */

/**
 * ISO 8601 in UTC; undefined where it is no time, or Go's zero time. A number's unit is told by its size: seconds of the
 * years to 5138, milliseconds of 1973 to 5138, and so on up.
 */
export function datadogTime(value: unknown): string | undefined {
  if (typeof value === 'number' || (typeof value === 'string' && /^\d{9,19}$/.test(value))) {
    const digits = String(value);
    if (!/^\d+$/.test(digits)) return undefined;
    // Nanoseconds are more than a double holds exactly: they are cut as text.
    const ms = digits.length > 17 ? digits.slice(0, -6) : digits.length > 14 ? digits.slice(0, -3) : digits;
    return isoOf(digits.length > 11 ? Number(ms) : Number(digits) * 1000);
  }
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T/.test(value)) return undefined;
  return isoOf(Date.parse(value));
}

function isoOf(ms: number): string | undefined {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) || date.getUTCFullYear() <= 1 ? undefined : date.toISOString();
}
