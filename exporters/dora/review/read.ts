/**
 * What a review of delivery tells, read by the SQL of the metric families: of what happened in a UTC calendar month, and
 * in the one before, all that is known by now.
 */
import type { Ledger, Row } from '../../core/ledger.ts';
import { sqlTime } from '../../core/time.ts';
import { prepareInstants } from '../../core/views.ts';
import { sql } from '../metrics/sql.ts';

export interface DeliveryFacts {
  readonly month: string;
  readonly before: string;
  /** By team ('' is all together), month and fact: how many, and exact quantiles of their seconds. */
  readonly numbers: readonly Row[];
  /** Each failed deployment of the month, those that nothing has remedied first, then the longest. */
  readonly failures: readonly Row[];
  /** What no number counts, by team ('' is all together), what it is and why. */
  readonly excluded: readonly Row[];
}

export interface ReadOptions {
  /** `2026-10`, over at `now`. */
  readonly month: string;
  readonly now: Date;
  readonly facts: readonly string[];
}

const numbersSql = sql(
  ...(['deployment_spans', 'verdict_spans', 'change_spans', 'lead_times', 'pull_request_spans'] as const),
  ...(['incident_spans', '../review/numbers'] as const),
);
const failuresSql = sql('deployment_spans', 'verdict_spans', '../review/failures');
const excludedSql = sql('change_spans', 'incident_spans', '../review/excluded');

export function readDelivery(ledger: Ledger, { month, now, facts }: ReadOptions): Promise<DeliveryFacts> {
  const start = new Date(`${month}-01T00:00:00Z`);
  const monthsOn = (months: number) => new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + months, 1));
  const ofMonth = { first: sqlTime(start), end: sqlTime(monthsOn(1)), now: sqlTime(now) };
  return ledger.read(async reader => {
    const as = (instant: Date) =>
      prepareInstants(reader, facts, { name: 'review', kind: 'state' }, { instants: [instant] });
    // The spans look back from the instant that is asked for; they have to reach over both months.
    await as(monthsOn(1));
    return {
      month,
      before: monthsOn(-1).toISOString().slice(0, 7),
      numbers: await reader.all(numbersSql, { ...ofMonth, before: sqlTime(monthsOn(-1)) }),
      failures: await reader.all(failuresSql, ofMonth),
      excluded: await reader.all(excludedSql, ofMonth),
    };
  });
}
