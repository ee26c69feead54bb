/** Days that things are promised for. */
import { utcDay } from '../../../core/time.ts';
import { withoutMonthName } from '../../sheet/month-names.ts';

const dayMs = 86_400_000;

/** The last day of a quarter, half or month: `Q1 2026`, `2026-Q1`, `H1 26`, `Mar 2026`, `2026-03`; undefined for all else. */
export function periodEnd(text: string): string | undefined {
  const first = /^([qh])([1-4])[\s./'’_-]*(20\d{2}|\d{2})\b/i.exec(text);
  const second = /^(20\d{2})[\s./_-]*([qh])([1-4])\b/i.exec(text);
  const [unit, number, year] = first ? first.slice(1) : second ? [second[2], second[3], second[1]] : [];
  if (unit !== undefined) {
    const months = unit.toLowerCase() === 'q' ? 3 : 6;
    return Number(number) * months > 12 ? undefined : lastDay(Number(`20${year?.slice(-2)}`), Number(number) * months);
  }
  const month = /^(20\d{2})-(0[1-9]|1[0-2])$/.exec(
    withoutMonthName(`1 ${text}`).replace(/^1 |(?<=^20\d{2}-\d{2})-01$/g, ''),
  );
  return month ? lastDay(Number(month[1]), Number(month[2])) : undefined;
}

const lastDay = (year: number, month: number) => utcDay(new Date(Date.UTC(year, month, 0)));

export const plainDay = (at: string): string => at.slice(0, 10);

/** A day that was written as the midnight at which it begins somewhere, which is the nearest one of UTC. */
export const zonedDay = (at: string): string =>
  utcDay(new Date(Math.floor((Date.parse(at) + dayMs / 2) / dayMs) * dayMs));
