/** What took another's place is kept for a year and more; the newest version stays for good. */
import type { Retention } from '../../core/retention.ts';

const days = 400;

/** A row goes where another had taken its place by then, so that each instant since is told as before. */
const superseded = (table: string, key: readonly string[]): Retention => ({
  ...{ table, by: 'learned_at', days },
  where: `EXISTS (
    FROM ${table} AS newer
    WHERE ${key.map(name => `newer.${name} = ${table}.${name}`).join(' AND ')}
      AND newer.learned_at < $before::TIMESTAMP AND newer.occurred_at < $before::TIMESTAMP
      AND (newer.occurred_at, newer.learned_at) > (${table}.occurred_at, ${table}.learned_at)
  )`,
});

export const scorecardRetention: readonly Retention[] = [
  superseded('scorecard_standings', ['source', 'scorecard', 'entity']),
  superseded('scorecard_levels', ['source', 'scorecard', 'rank']),
  superseded('scorecard_evaluations', ['source', 'scorecard']),
  { table: 'scorecard_settings', kept: 'one row a setting' },
];
