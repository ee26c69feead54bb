/** Which complete UTC days a source of days asks for: the last few again at every refresh, the past once. */
import { utcDay } from '../core/time.ts';

/** All days from `oldest` to `newest` were read; `exhausted` where the system has nothing older. */
export interface DayCursor {
  readonly newest?: string;
  readonly oldest?: string;
  readonly exhausted?: boolean;
  /** What was asked for; where something else is, all days are read anew. */
  readonly shape?: string;
}

export interface DayWindow {
  readonly now: Date;
  readonly shape?: string;
  /** Complete days that are read again at every refresh. */
  readonly againDays: number;
  /** Complete days back that are read at all. */
  readonly historyDays: number;
  /** The most days of one step. */
  readonly stepDays: number;
}

export interface DayStep {
  /** Newest first, without gaps. */
  readonly days: readonly string[];
  /** Older than what is read again. */
  readonly isHistory: boolean;
  /** The cursor once the step is committed. */
  readonly after: DayCursor;
}

/**
 * The steps of a refresh, newest day first. A refresh that is cut off in the days read again begins them anew; one that
 * is cut off in the past goes on there. After a long stop the days between are read too.
 */
export function daySteps(known: DayCursor, window: DayWindow): DayStep[] {
  const { now, againDays, historyDays, stepDays, shape } = window;
  const told = shape === undefined ? {} : { shape };
  const cursor: DayCursor = known.shape === shape ? known : told;
  const yesterday = dayBefore(utcDay(now), 1);
  const first = dayBefore(yesterday, historyDays - 1);
  const again = later(dayBefore(yesterday, againDays - 1), first);
  const missed = cursor.newest === undefined ? again : dayBefore(cursor.newest, -1);
  const windowStart = later(earlier(missed, again), first);
  const oldest = earlier(cursor.oldest ?? windowStart, windowStart);
  const steps: DayStep[] = chunks(daysDown(yesterday, windowStart), stepDays).map(days => ({
    days,
    isHistory: false,
    after: days.at(-1) === windowStart ? { ...cursor, newest: yesterday, oldest } : cursor,
  }));
  if (cursor.exhausted) return steps;
  for (const days of chunks(daysDown(dayBefore(oldest, 1), first), stepDays))
    steps.push({ days, isHistory: true, after: { newest: yesterday, oldest: days.at(-1)!, ...told } });
  return steps;
}

/** The UTC day so many days before another; negative is after. */
export const dayBefore = (day: string, count: number): string =>
  utcDay(new Date(Date.parse(`${day}T00:00:00Z`) - count * 86_400_000));

// Days are text, which sorts as they do.
const earlier = (...days: readonly string[]) => days.toSorted()[0]!;
const later = (...days: readonly string[]) => days.toSorted().at(-1)!;

function daysDown(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = from; day >= to; day = dayBefore(day, 1)) days.push(day);
  return days;
}

const chunks = (days: readonly string[], size: number): string[][] =>
  Array.from({ length: Math.ceil(days.length / size) }, (_, index) => days.slice(index * size, (index + 1) * size));
