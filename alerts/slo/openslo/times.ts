/** OpenSLO's durations and times. */
import type { Window } from '../model.ts';

const day = 86_400;
const seconds: Readonly<Record<string, number>> = {
  m: 60,
  h: 3600,
  d: day,
  w: 7 * day,
  M: 30 * day,
  Q: 90 * day,
  Y: 365 * day,
};

/** Seconds; a month that rolls is 30 days, a quarter 90 and a year 365. */
export const secondsOf = (duration: string): number =>
  Number.parseInt(duration, 10) * (seconds[duration.slice(-1)] ?? 0);

/** A number alone is minutes. */
export function sliceSeconds(given: string): number | undefined {
  if (/^[1-9]\d*$/.test(given)) return Number(given) * 60;
  return /^[1-9]\d*[mhdw]$/.test(given) ? secondsOf(given) : undefined;
}

/** `2020-01-21 12:30:00`, with a T, without seconds or with no time at all, as `2020-01-21T12:30:00`. */
export function timeOf(given: string): string | undefined {
  const [, date, hours = '00:00', rest = ':00'] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(?:\.0+)?Z?)?$/.exec(given.trim()) ?? [];
  return date === undefined ? undefined : `${date}T${hours}${rest}`;
}

/** Of a calendar `1m` is a month, as in OpenSLO's own example: no calendar has windows of a minute. */
const units = { d: 'day', w: 'week', m: 'month', M: 'month', Q: 'quarter', Y: 'year' } as const;

/** A document's time window; its start as timeOf gives it. */
interface Given {
  readonly duration: string;
  readonly calendar?: { readonly startTime: string; readonly timeZone: string } | undefined;
}

/** Undefined for a calendar's window of hours that are no days. */
export function windowOf(given: Given | undefined): Window | undefined {
  if (given === undefined) return { kind: 'rolling', seconds: 30 * day };
  const { duration, calendar } = given;
  if (calendar === undefined) return { kind: 'rolling', seconds: secondsOf(duration) };
  const at = { kind: 'calendar', start: calendar.startTime, timeZone: calendar.timeZone } as const;
  if (duration.endsWith('h')) {
    const count = secondsOf(duration) / day;
    return Number.isInteger(count) ? { ...at, count, unit: 'day' } : undefined;
  }
  const unit = units[duration.slice(-1) as keyof typeof units];
  return { ...at, count: Number.parseInt(duration, 10), unit };
}
