/** The demo company's own counts as CSV: requests by service, and customers. */
import { chance, dayMs, isoDay } from './chance.ts';
import { requests } from './world.ts';

export interface DaySpan {
  readonly from: Date;
  /** Exclusive. */
  readonly until: Date;
}

const daysOf = ({ from, until }: DaySpan): Date[] =>
  Array.from(
    { length: (until.getTime() - from.getTime()) / dayMs },
    (_, index) => new Date(from.getTime() + index * dayMs),
  );

const yearsSince = (day: Date) => (day.getTime() - Date.UTC(2025, 0, 1)) / (365 * dayMs);

export function requestsCsv(span: DaySpan): string {
  const lines = daysOf(span).flatMap(day =>
    Object.entries(requests).map(([service, weekday]) => {
      const weekend = [0, 6].includes(day.getUTCDay()) ? 1.15 : 1;
      const count =
        weekday * (1 + 0.25 * yearsSince(day)) * weekend * (0.95 + 0.1 * chance(service, 'r', day.getTime()));
      return `${isoDay(day)},${service},${Math.round(count)}`;
    }),
  );
  return `day,service,quantity\n${lines.join('\n')}\n`;
}

/** Customers who bought something on the day. */
export function customersCsv(span: DaySpan): string {
  const lines = daysOf(span).map(day => {
    const count = 18_500 * (1 + 0.2 * yearsSince(day)) * (0.93 + 0.14 * chance('customers', day.getTime()));
    return `${isoDay(day)},${Math.round(count)}`;
  });
  return `day,quantity\n${lines.join('\n')}\n`;
}
