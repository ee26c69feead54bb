/** Options that several commands have, and the values they take. */
import { InvalidArgumentError, Option } from 'commander';

const defaultFile = 'plumbline.yaml';

/** `--config FILE`; PLUMBLINE_CONFIG where it is not given, else plumbline.yaml of the folder one is in. */
export const configOption = (what = 'the configuration'): Option =>
  new Option('-c, --config <file>', what).env('PLUMBLINE_CONFIG').default(defaultFile);

/** A day or an instant in UTC: 2026-11-30 or 2026-11-30T12:00:00Z. */
export function instantArgument(text: string): Date {
  const date = new Date(text);
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?Z)?$/.test(text) || Number.isNaN(date.getTime()))
    throw new InvalidArgumentError('expected a day or an instant in UTC, such as 2026-11-30 or 2026-11-30T12:00:00Z.');
  // 2026-02-30 would be read as a day of March.
  if (date.toISOString().slice(0, 10) !== text.slice(0, 10)) throw new InvalidArgumentError('no such day.');
  return date;
}

const secondsIn: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of `15m`, `1h` or `1d`. */
export function durationArgument(text: string): number {
  const [, amount, unit] = /^([1-9]\d*)([smhd])$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined)
    throw new InvalidArgumentError('expected a duration such as 15m, 1h or 1d.');
  return Number(amount) * secondsIn[unit]!;
}

export function urlArgument(text: string): string {
  if (!URL.canParse(text) || !/^https?:/.test(text))
    throw new InvalidArgumentError('expected a URL that begins with http:// or https://.');
  return text;
}

/** A UTC day, as text. */
export function dayArgument(text: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) throw new InvalidArgumentError('expected a day such as 2026-11-30.');
  return instantArgument(text).toISOString().slice(0, 10);
}
