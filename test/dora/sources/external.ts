/** What other tools computed, as the ledger has it. */
import type { DoraRun } from './runs.ts';

/** The newest statement of each, in windows of so many days up to the newest day: `metric statistic team service value`. */
export const externalOf = async ({ rows }: Pick<DoraRun, 'rows'>, days: number): Promise<string[]> =>
  (
    await rows(
      `SELECT concat_ws(' ', metric, coalesce(nullif(statistic, ''), '-'), coalesce(nullif(team, ''), '-'),
         coalesce(nullif(service, ''), '-'), round(value, 6)::DECIMAL(20,6)::VARCHAR) AS line
       FROM (SELECT * FROM external_metrics
             WHERE period_end - period_start = to_days(${days}) AND period_end = (SELECT max(period_end) FROM external_metrics)
             QUALIFY row_number() OVER (
               PARTITION BY source, metric, statistic, team, service ORDER BY updated_at DESC, learned_at DESC) = 1)`,
    )
  )
    .map(({ line }) => String(line).replace(/\.?0+$/, ''))
    .sort();
