/** UTC times as the ledger wants them. A ledger TIMESTAMP is naive and always UTC. */

/** `2026-11-23 19:04:05.123`, for `$parameter::TIMESTAMP`. */
export const sqlTime = (date: Date): string => date.toISOString().replace('T', ' ').replace('Z', '');

/** `2026-11-23`, the UTC day that holds the instant. */
export const utcDay = (date: Date): string => date.toISOString().slice(0, 10);

/** The instant of a ledger TIMESTAMP given as text. */
export const fromSqlTime = (text: string): Date => new Date(`${text.replace(' ', 'T')}Z`);

export const daySeconds = 86_400;

/** Instants from `from` (inclusive) to `to` (inclusive), aligned to multiples of the step since the epoch. */
export function grid(from: Date, to: Date, stepSeconds: number): Date[] {
  const step = stepSeconds * 1000;
  const instants: Date[] = [];
  for (let ms = Math.ceil(from.getTime() / step) * step; ms <= to.getTime(); ms += step) instants.push(new Date(ms));
  return instants;
}
