/** When the windows of a calendar begin, by the clocks of a time zone. */
import type { Window } from './model.ts';

export type CalendarWindow = Window & { readonly kind: 'calendar' };

/** How many years ahead beginnings are written down at the least. */
const yearsAhead = 10;

/** Rules that a new year, or a day, would change are rendered in vain: they change with each fifth year, as with 2030. */
const yearsBetween = 5;

interface Clock {
  readonly year: number;
  /** From 0. */
  readonly month: number;
  readonly day: number;
  /** Milliseconds since midnight. */
  readonly time: number;
}

/**
 * The beginnings, as seconds since 1970 in their order: from the last one before the latest year that five divides until 15
 * years after it, so that they are the same whenever within five years (of UTC) it is `now`, and reach 10 years on.
 * The n-th is reckoned from the first, so that months that start on a 31st do so wherever there is one. A local time that
 * a change of clocks leaves out is as much later; of one that it repeats, the first is meant. Windows before the first are
 * as those after it, so that one that starts next month has a budget today; none where it is after all of them.
 */
export function windowStarts(window: CalendarWindow, now: number): readonly number[] {
  const year = Math.floor(new Date(now * 1000).getUTCFullYear() / yearsBetween) * yearsBetween;
  const [from, until] = [Date.UTC(year, 0, 1), Date.UTC(year + yearsBetween + yearsAhead, 0, 1)];
  const first = clockOf(window.start);
  if (localStart(first, window, 0) > until) return [];
  const starts: number[] = [];
  let earliest = 0;
  while (localStart(first, window, earliest) >= from) earliest -= 1;
  for (let index = earliest; ; index += 1) {
    const local = localStart(first, window, index);
    if (local > until) break;
    starts.push(local);
  }
  const before = starts.findLastIndex(local => local < from);
  const offsets = offsetsOf(window.timeZone);
  return starts.slice(Math.max(0, before)).map(local => instantOf(local, offsets) / 1000);
}

export function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** A local time as if it were UTC, in milliseconds; undefined where there is no such day. */
export function localTime(text: string): number | undefined {
  const milliseconds = Date.parse(`${text}Z`);
  return Number.isNaN(milliseconds) || !new Date(milliseconds).toISOString().startsWith(text.slice(0, 10))
    ? undefined
    : milliseconds;
}

function clockOf(start: string): Clock {
  const milliseconds = localTime(start);
  if (milliseconds === undefined) throw new RangeError(`no local time: ${start}`);
  const date = new Date(milliseconds);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  return { year, month, day, time: milliseconds - Date.UTC(year, month, day) };
}

const monthsOf = { month: 1, quarter: 3, year: 12 } as const;
const daysOf = { day: 1, week: 7 } as const;

function localStart({ year, month, day, time }: Clock, { unit, count }: CalendarWindow, index: number): number {
  if (unit === 'day' || unit === 'week') return Date.UTC(year, month, day + index * count * daysOf[unit]) + time;
  const months = month + index * count * monthsOf[unit];
  const lastDay = new Date(Date.UTC(year, months + 1, 0)).getUTCDate();
  return Date.UTC(year, months, Math.min(day, lastDay)) + time;
}

/** Milliseconds that a zone's clocks are ahead of UTC at an instant. */
function offsetsOf(timeZone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return instant => {
    const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second')) - instant;
  };
}

/** Of the offsets a day before and after, the one under which the clocks show it; the earlier instant where both do. */
function instantOf(local: number, offset: (instant: number) => number): number {
  const day = 86_400_000;
  const [before, after] = [offset(local - day), offset(local + day)];
  const shown = [local - before, local - after].filter(instant => instant + offset(instant) === local);
  return shown.length > 0 ? Math.min(...shown) : local - before;
}
