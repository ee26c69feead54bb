/** Waves: the calendar's periods or those that are declared, in UTC days, and when they close. */
import type { SurveyConfig } from './config.ts';

export interface Wave {
  /** The label: `2026-q3`, `2026-h1`, `2026-09`, `2026`, or as declared. */
  readonly wave: string;
  readonly from: string;
  /** The last day. */
  readonly until: string;
}

const months = { month: 1, quarter: 3, half_year: 6, year: 12 } as const;

/** Undefined where waves are declared and the day is in none. */
export function waveOf({ waves, cadence }: SurveyConfig, day: string): Wave | undefined {
  if (waves.length > 0) return waves.find(({ from, until }) => from <= day && day <= until);
  const year = Number(day.slice(0, 4));
  const length = months[cadence];
  const index = Math.floor((Number(day.slice(5, 7)) - 1) / length);
  const from = utc(year, index * length);
  const until = new Date(utc(year, (index + 1) * length).getTime() - dayMs);
  const two = String(index + 1).padStart(2, '0');
  const names = { month: `${year}-${two}`, quarter: `${year}-q${index + 1}`, half_year: `${year}-h${index + 1}` };
  return {
    wave: cadence === 'year' ? String(year) : names[cadence],
    ...{ from: dayOf(from), until: dayOf(until) },
  };
}

/** Midnight after its last day; with `open_days` so many days after the day of its first answer, if that is sooner. */
export function closesAt({ open_days }: SurveyConfig, { until }: Wave, firstOn: string): Date {
  const end = new Date(Date.parse(until) + dayMs);
  if (open_days === undefined) return end;
  const closed = new Date(Date.parse(firstOn) + open_days * dayMs);
  return closed < end ? closed : end;
}

/** So many cadences after an instant, in calendar months; a 31st becomes the last day of a shorter month. */
export function cadencesAfter({ cadence }: SurveyConfig, instant: Date, count: number): Date {
  const length = months[cadence] * count;
  const first = utc(instant.getUTCFullYear(), instant.getUTCMonth() + length);
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(instant.getUTCDate(), last));
  return new Date(first.getTime() + (instant.getTime() % dayMs));
}

const dayMs = 864e5;
const utc = (year: number, month: number) => new Date(Date.UTC(year, month, 1));
const dayOf = (date: Date) => date.toISOString().slice(0, 10);
