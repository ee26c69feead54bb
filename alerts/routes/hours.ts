/** Days, times and places as Alertmanager's time intervals take them (timeinterval.go of 0.31): what it refuses is refused here. */
import { z } from 'zod';

/** Alertmanager's week, in its order. */
const week = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

/** What is wrong with a day or a range of days; undefined where Alertmanager takes it. */
export function weekdayProblem(given: string): string | undefined {
  const days = given.toLowerCase().split(':');
  const places = days.map(day => (week as readonly string[]).indexOf(day));
  const unknown = days.filter((_, index) => places[index] === -1);
  if (unknown.length > 0) return `expected days such as monday or monday:friday, not ${unknown.join(' and ') || '""'}`;
  const [from = 0, to = from, ...more] = places;
  if (more.length > 0) return 'expected one day, or two with a colon between them';
  if (from <= to) return undefined;
  const parts = [[from, 6] as const, [0, to] as const].map(([a, b]) => (a === b ? week[a] : `${week[a]}:${week[b]}`));
  const whole = from === to + 1 ? 'sunday:saturday' : `${parts.join(' and ')}, each as an entry of its own`;
  return `expected ${whole}: Alertmanager's week begins on sunday, and it refuses a range that goes over its end`;
}

const refused =
  (problemOf: (given: string) => string | undefined) =>
  (ctx: { value: string; issues: object[] }): void => {
    const message = problemOf(ctx.value);
    if (message !== undefined) ctx.issues.push({ code: 'custom', input: ctx.value, message });
  };

export const weekday = z.string().min(1).check(refused(weekdayProblem));
export const weekdays = z.array(weekday).min(1);

export const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'expected a time of day like 08:00');

/** Alertmanager refuses hours that go over midnight. */
export function forwards(ctx: { value: { from: string; to: string }; issues: object[] }): void {
  const { from, to } = ctx.value;
  if (from < to) return;
  const message = `expected a time after ${from}: Alertmanager refuses hours that are empty or go over midnight`;
  ctx.issues.push({ code: 'custom', input: to, path: ['to'], message });
}

/** What is wrong with a time zone. Alertmanager finds it by the name of a file, so that its letters' case matters. */
function timeZoneProblem(zone: string): string | undefined {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions();
    if (/^[+-]/.test(zone)) return 'expected a time zone by its name, such as Europe/Zurich, not an offset';
    if (timeZone !== zone && timeZone.toLowerCase() === zone.toLowerCase())
      return `expected ${timeZone}, as it is written`;
    return /^[A-Z]/.test(zone) ? undefined : 'expected a time zone such as Europe/Zurich';
  } catch {
    return 'expected a time zone such as Europe/Zurich';
  }
}

export const timeZone = z.string().min(1).check(refused(timeZoneProblem));
