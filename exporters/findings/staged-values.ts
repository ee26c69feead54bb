/** Values of what was told as the ledger wants them. */
import { sqlTime } from '../core/time.ts';

/** Milliseconds; a time that is none, or that has not come yet by our clock, is now. */
export const instantOf = (text: string, now: Date): number => {
  const ms = Date.parse(text);
  return Number.isNaN(ms) || ms > now.getTime() ? now.getTime() : Math.max(ms, 0);
};

export const ledgerTime = (ms: number) => sqlTime(new Date(ms));

/** The end of time for years of five digits; NULL for what is no time. */
export function optionalTime(text: string | undefined): string | null {
  const ms = Date.parse(text ?? '');
  if (Number.isNaN(ms)) return null;
  return ms > Date.UTC(9999, 11, 31) ? '9999-12-31' : ledgerTime(Math.max(ms, 0));
}

export const ownerOf = (owner: string) => (owner === '' ? '{}' : owner);
