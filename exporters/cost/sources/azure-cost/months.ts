/** Which months a refresh has to ask for. Months are texts such as 2026-10, of UTC. */

/** When each month was last read whole, as ISO text, by month; also of `forecast` and `budgets`. */
export type ReadAt = Readonly<Record<string, string>>;

export interface Schedule {
  readonly now: Date;
  readonly historyMonths: number;
  /** Two readings of the same are at least so far apart, in ms. */
  readonly minimumMs: number;
}

/** A month's charges still arrive and are corrected for so many days after its end, until it is invoiced. */
const closingDays = 5;

/**
 * The running month and those before it, the newest first: what was never read, and what was last read before it had
 * closed. What was read lately is left out, so that a refresh goes on where the one before it was stopped.
 */
export function monthsToRead(readAt: ReadAt, { now, historyMonths, minimumMs }: Schedule): string[] {
  const running = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
  return Array.from({ length: historyMonths + 1 }, (_, index) =>
    new Date(Date.UTC(running.getUTCFullYear(), running.getUTCMonth() - index, 1)).toISOString().slice(0, 7),
  ).filter(month => {
    const read = lastRead(readAt, month);
    return read === undefined || (read < closing(month) && now.getTime() - read >= minimumMs);
  });
}

/** Whether something that has no month may be asked again. */
export const isDue = (readAt: ReadAt, what: string, { now, minimumMs }: Schedule): boolean =>
  now.getTime() - (lastRead(readAt, what) ?? Number.NEGATIVE_INFINITY) >= minimumMs;

function lastRead(readAt: ReadAt, what: string): number | undefined {
  const time = Date.parse(readAt[what] ?? '');
  return Number.isNaN(time) ? undefined : time;
}

const closing = (month: string) => startOf(nextMonth(month)) + closingDays * 86_400_000;

const startOf = (month: string) => Date.parse(`${month}-01T00:00:00Z`);

export function nextMonth(month: string): string {
  const start = new Date(startOf(month));
  return new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1)).toISOString().slice(0, 7);
}

/** The first and the last UTC day of a month. */
export function daysOf(month: string): { readonly from: string; readonly to: string } {
  return { from: `${month}-01`, to: new Date(startOf(nextMonth(month)) - 1).toISOString().slice(0, 10) };
}
