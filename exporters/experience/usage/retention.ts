/** How long what is known of use is kept. What was published stays, and counts, by the day after some weeks. */
import type { Retention } from '../../core/retention.ts';

/** An event is taken, and known again, for so many days after it happened. */
export const eventDays = 35;

const hoursDays = 35;

export const usageRetention = (days: number): readonly Retention[] => [
  { table: 'usage_days', by: 'day', days, isErased: true },
  { table: 'usage_known_days', by: 'day', days },
  { table: 'usage_held', by: 'period_end', days },
  { table: 'usage_tasks', by: 'created_at', days, isErased: true },
  { table: 'usage_seen', by: 'ts', days: eventDays + 1 },
  // Hours become days that stand at their end. What was learned before history was written, or a page was scraped for
  // the first time, stays apart from what was learned after.
  {
    ...{ table: 'usage_counts', by: 'occurred_at', days: hoursDays, where: 'NOT is_folded' },
    fold: {
      into: 'usage_counts',
      sql: `INSERT INTO usage_counts BY NAME
        SELECT family, label, other_label, sum(n)::BIGINT AS n, true AS is_folded,
          date_trunc('day', occurred_at - INTERVAL 1 HOUR) + INTERVAL 1 DAY AS occurred_at, min(learned_at) AS learned_at
        FROM (
          SELECT *, (SELECT count(*) FROM (SELECT written_at AS moment FROM watermarks UNION ALL SELECT first_live FROM seams)
            WHERE moment <= pruned.learned_at) AS epoch
          FROM pruned
        )
        GROUP BY family, label, other_label, date_trunc('day', occurred_at - INTERVAL 1 HOUR), epoch`,
    },
  },
  { table: 'usage_results', kept: 'what was published: history tells it when the days behind it are gone' },
  { table: 'usage_kinds', kept: 'no more than 20,000, without people' },
  { table: 'usage_names', kept: 'no more than 450; a name that went would make a counter fall' },
];
