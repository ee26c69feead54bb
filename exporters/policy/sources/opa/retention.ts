/** How long what OPAs send is kept. Counts stay for ever, by the hour after a month. */
import type { Retention } from '../../../core/retention.ts';
import { type MinuteTable, minuteTables } from './minutes.ts';

const minutesDays = 35;

export const opaRetention = (rememberDays: number): readonly Retention[] => [
  { table: 'opa_seen', by: 'learned_on', days: rememberDays + 1 },
  ...minuteTables.map(folded),
  { table: 'opa_states', by: 'occurred_at', days: 400 },
  { table: 'opa_bundles', by: 'occurred_at', days: 400 },
  { table: 'opa_instances', by: 'seen_at', days: 30 },
  { table: 'opa_owner_keys', kept: 'one row an owner, and no more than 20,000' },
  {
    table: 'opa_paths',
    kept: 'one row a path, and no more than max_paths; a name that went would make a counter fall',
  },
];

/**
 * Minutes become hours that stand at their last second, by which they are told from minutes. What was learned before
 * history was written stays apart from what was learned after.
 */
const folded = ({ table, keys, values }: MinuteTable): Retention => ({
  ...{ table, by: 'occurred_at', days: minutesDays, where: 'second(occurred_at) = 0' },
  fold: {
    into: table,
    sql: `INSERT INTO ${table} BY NAME
      SELECT ${keys.join(', ')}, ${values.map(value => `sum(${value})::BIGINT AS ${value}`).join(', ')},
        date_trunc('hour', occurred_at) + to_seconds(3599) AS occurred_at, min(learned_at) AS learned_at
      FROM (
        SELECT *, (SELECT count(*) FROM (SELECT written_at AS moment FROM watermarks UNION ALL SELECT first_live FROM seams)
          WHERE moment <= pruned.learned_at) AS epoch
        FROM pruned
      )
      GROUP BY ${keys.join(', ')}, date_trunc('hour', occurred_at), epoch`,
  },
});
