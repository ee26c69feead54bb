/** Hours of a time zone in UTC, which is all that an AlertmanagerConfig knows. */
import type { Interval } from '../../alerts/routes/intervals.ts';

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const day = 24 * 60;

interface Range {
  readonly times: readonly [{ readonly startTime: string; readonly endTime: string }];
  readonly weekdays: readonly string[];
}

/** Minutes east of UTC in standard time, that of winter. */
export function standardOffset(zone: string, year = 2026): number {
  const offset = (month: number) => {
    const at = new Date(Date.UTC(year, month, 15));
    const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(at);
    const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
    const [, sign = '+', hours = '0', minutes = '0'] = /GMT([+-])(\d+):?(\d+)?/.exec(name) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  };
  return Math.min(offset(0), offset(6));
}

/** Whether the zone's clock is set forward in summer. */
export const hasSummerTime = (zone: string, year = 2026): boolean => {
  const name = (month: number) =>
    new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }).format(
      new Date(Date.UTC(year, month, 15)),
    );
  return name(0).split('GMT')[1] !== name(6).split('GMT')[1];
};

/** `monday:friday` as the numbers of days, Sunday is 0. */
function daysOf(range: string): readonly number[] {
  const [from = '', to = from] = range.toLowerCase().split(':');
  const [first, last] = [weekdays.indexOf(from), weekdays.indexOf(to)];
  return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, index) => (first + index) % 7);
}

const clock = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
const minutesOf = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

/** One range, or two where the hours are of two days in UTC. */
export function inUtc({
  weekdays: given,
  from,
  to,
  location,
}: Pick<Interval, 'weekdays' | 'from' | 'to' | 'location'>) {
  const offset = standardOffset(location);
  const days = [...new Set(given.flatMap(daysOf))];
  const [start, end] = [minutesOf(from) - offset, minutesOf(to) - offset];
  // The part of the hours that lies in each of the day before, the day itself and the day after.
  return [-1, 0, 1].flatMap((shift): readonly Range[] => {
    const [first, last] = [Math.max(start, shift * day), Math.min(end, (shift + 1) * day)];
    if (first >= last) return [];
    return [
      {
        times: [{ startTime: clock(first - shift * day), endTime: clock(last - shift * day) }],
        weekdays: days.map(each => weekdays[(each + shift + 7) % 7]!),
      },
    ];
  });
}
