/** What a euro is worth in US dollars, made up; like those of banks, there is no rate of a weekend. */
import { chance, dayMs, isoDay } from './chance.ts';
import type { DaySpan } from './usage.ts';

export function ratesCsv({ from, until }: DaySpan): string {
  const lines: string[] = [];
  for (let ms = from.getTime(); ms < until.getTime(); ms += dayMs) {
    const day = new Date(ms);
    if ([0, 6].includes(day.getUTCDay())) continue;
    const slow = Math.sin(ms / dayMs / 58) * 0.035;
    lines.push(`${isoDay(day)},EUR,${(1.09 + slow + 0.006 * chance('EUR', ms)).toFixed(4)}`);
  }
  return `date,currency,rate\n${lines.join('\n')}\n`;
}
