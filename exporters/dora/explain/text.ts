/** Words for times, spans and shas. */
import { fromSqlTime } from '../../core/time.ts';

/** `2026-03-05 12:00:00`, UTC; the ledger's own fractions left out. */
export const moment = (value: unknown): string => String(value).slice(0, 19);

/** `1d 2h 3m`, the two or three largest parts. */
export function span(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [Math.floor(seconds) % 60, 's'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return '0s';
  return parts
    .slice(first, first + 3)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join(' ');
}

export const between = (from: unknown, to: unknown): number =>
  Math.floor((fromSqlTime(String(to)).getTime() - fromSqlTime(String(from)).getTime()) / 1000);

export const shortSha = (sha: unknown): string => String(sha).slice(0, 12);

/** Parts that say something, one after the other. */
export const joined = (parts: readonly (string | undefined)[]): string =>
  parts.filter(part => part !== undefined && part !== '').join(', ');
