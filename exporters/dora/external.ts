/**
 * What other tools computed, as their sources ask for it: windows of 7, 30 and 90 whole UTC days, up to the end of each
 * week of the past at first and then up to the end of yesterday.
 */
import type { Transaction } from '../core/ledger.ts';
import { utcDay } from '../core/time.ts';
import { type ExternalMetricFact, utc } from './facts.ts';
import { storeFacts } from './store-facts.ts';

export const externalWindows = [7, 30, 90] as const;

/** UTC days, [start, end). */
export interface Period {
  readonly days: (typeof externalWindows)[number];
  readonly start: string;
  readonly end: string;
}

const dayMs = 86_400_000;
const daysLater = (day: string, count: number) => utcDay(new Date(Date.parse(day) + count * dayMs));

/** What was asked for up to; JSON of a cursor. */
export interface ExternalCursor {
  /** Of the configuration: what was asked with another one is asked anew. */
  readonly shape: string;
  /** UTC day, exclusive. */
  readonly through?: string;
}

/**
 * The days up to which to ask, oldest first and today last. Without `through` they begin some weeks ago, else a week
 * after it; today is asked for at every refresh, since tools revise what they say.
 */
export function periodEnds(now: Date, through: string | undefined, historyWeeks: number): readonly string[] {
  const today = utcDay(now);
  const ends: string[] = [];
  const first = through === undefined ? daysLater(today, -7 * historyWeeks) : daysLater(through, 7);
  for (let end = first; end < today; end = daysLater(end, 7)) ends.push(end);
  return [...ends, today];
}

export const periodsTo = (end: string): readonly Period[] =>
  externalWindows.map(days => ({ days, start: daysLater(end, -days), end }));

/** Stores what was told; what is told again as it is known is no new statement. Returns how many rows are new. */
export async function storeExternal(
  tx: Transaction,
  source: string,
  told: readonly Omit<ExternalMetricFact, 'updatedAt'>[],
  now: Date,
): Promise<number> {
  const changed = await tx.all(
    `WITH told AS (
       SELECT row.position::INTEGER AS position, row.metric, row.statistic, row.team, row.service,
         row.period_start::TIMESTAMP AS period_start, row.period_end::TIMESTAMP AS period_end,
         row.value::DOUBLE AS value
       FROM (SELECT unnest(from_json($told::JSON, '[{"position":"VARCHAR","metric":"VARCHAR","statistic":"VARCHAR",
         "team":"VARCHAR","service":"VARCHAR","period_start":"VARCHAR","period_end":"VARCHAR","value":"VARCHAR"}]')) AS row)
     ),
     known AS (
       SELECT metric, statistic, team, service, period_start, period_end, value
       FROM external_metrics
       WHERE source = $source
       QUALIFY row_number() OVER (
         PARTITION BY metric, statistic, team, service, period_start, period_end
         ORDER BY updated_at DESC, learned_at DESC
       ) = 1
     )
     SELECT position FROM told ANTI JOIN known
       USING (metric, statistic, team, service, period_start, period_end, value)
     ORDER BY position`,
    {
      source,
      told: JSON.stringify(
        told.map(({ metric, statistic, team = '', service = '', periodStart, periodEnd, value }, position) => ({
          ...{ position, metric, statistic, team, service, value },
          ...{ period_start: utc(periodStart), period_end: utc(periodEnd) },
        })),
      ),
    },
  );
  const updatedAt = now.toISOString();
  const externalMetrics = changed.map(({ position }) => ({ ...told[Number(position)]!, updatedAt }));
  return storeFacts(tx, source, { externalMetrics }, now);
}
