/**
 * What requests cost: 0.01 USD for each request and page of Cost Explorer
 * (aws.amazon.com/aws-cost-management/aws-cost-explorer/pricing). A request is noted before it is sent, so that a killed
 * process has spent what it has spent, and a day's cap holds over restarts.
 */
import type { Ledger } from '../../../core/ledger.ts';
import { sqlTime, utcDay } from '../../../core/time.ts';
import { roundDecimal } from '../../decimal.ts';
import { PlumblineError } from '../../errors.ts';

const centsPerRequest = 1;
const keptDays = 40;

export interface Meter {
  /** Requests that may still be sent today (UTC). */
  readonly left: () => Promise<number>;
  /** Notes a request about to be sent. Throws COST_EXPLORER_OVER_CAP where it would go above the cap. */
  readonly note: (operation: string) => Promise<void>;
}

/** USD as text for so many requests. */
export const requestsUsd = (requests: number): string =>
  `${Math.trunc((requests * centsPerRequest) / 100)}.${String((requests * centsPerRequest) % 100).padStart(2, '0')}`;

/** How many requests the cap allows. */
export const requestsWithin = (usd: string): number =>
  Number((roundDecimal(usd)?.units ?? 0n) / (100_000_000n * BigInt(centsPerRequest)));

export function createMeter(ledger: Ledger, options: { source: string; cap: string; now: () => Date }): Meter {
  const { source, cap, now } = options;
  const allowed = requestsWithin(cap);
  const spentToday = `SELECT count(*) FROM vendor_requests WHERE source = $source AND requested_at >= $day::TIMESTAMP`;
  return {
    left: async () => {
      const spent = await ledger.read(reader => reader.scalar(spentToday, { source, day: utcDay(now()) }));
      return Math.max(0, allowed - Number(spent));
    },
    note: operation =>
      ledger.write(async tx => {
        const at = now();
        const spent = Number(await tx.scalar(spentToday, { source, day: utcDay(at) }));
        if (spent >= allowed) throw new PlumblineError('COST_EXPLORER_OVER_CAP', { source, requests: spent, cap });
        await tx.run('INSERT INTO vendor_requests VALUES ($source, $operation, $at::TIMESTAMP)', {
          source,
          operation,
          at: sqlTime(at),
        });
        await tx.run(
          `DELETE FROM vendor_requests WHERE source = $source AND requested_at < $at::TIMESTAMP - INTERVAL ${keptDays} DAY`,
          { source, at: sqlTime(at) },
        );
      }),
  };
}
