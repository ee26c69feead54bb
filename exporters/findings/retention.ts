/** How long tables of findings keep their rows. What counters add up stays; of what took another's place, a year and more. */
import type { Retention } from '../core/retention.ts';

const days = 400;

/** A row goes where another had taken its place by then, so that each instant since is told as before. */
const superseded = (table: string, key: readonly string[]) =>
  `EXISTS (
    FROM ${table} AS newer
    WHERE ${key.map(name => `newer.${name} = ${table}.${name}`).join(' AND ')}
      AND newer.learned_at < $before::TIMESTAMP AND newer.occurred_at < $before::TIMESTAMP
      AND (newer.occurred_at, newer.learned_at) > (${table}.occurred_at, ${table}.learned_at)
  )`;

const tallyKey = ['engine', 'scope', 'part', 'policy', 'outcome', 'severity', 'enforcement', 'owner_key'];

/** Every table of tables.sql; for the exporters that share them. */
export const findingRetention: readonly Retention[] = [
  { table: 'findings', kept: 'one row a finding: one that is back is reopened, not new' },
  // The newest state of each stays for ever, and with it when it was first seen and how often it was opened.
  { table: 'finding_states', by: 'learned_at', days, where: superseded('finding_states', ['finding', 'scope']) },
  { table: 'finding_states_settled', kept: 'one row' },
  { table: 'finding_events', kept: 'two rows an episode, which counters add up' },
  { table: 'finding_blocks', kept: 'counters add them up' },
  {
    table: 'finding_reports',
    by: 'learned_at',
    days,
    // What tells of a scope is its newest report, and its newest that did not fail.
    where: `${superseded('finding_reports', ['engine', 'scope'])} AND (
      completeness = 'failed'
      OR occurred_at < (
        SELECT max(looked.occurred_at) FROM finding_reports AS looked
        WHERE looked.engine = finding_reports.engine AND looked.scope = finding_reports.scope
          AND looked.completeness <> 'failed' AND looked.occurred_at < $before::TIMESTAMP
          AND looked.learned_at < $before::TIMESTAMP
      )
    )`,
  },
  // Of what is no more not even the newest row has to stay.
  {
    table: 'finding_tallies',
    by: 'learned_at',
    days,
    where: `(results = 0 AND occurred_at < $before::TIMESTAMP AND ${newest('finding_tallies', tallyKey)})
      OR ${superseded('finding_tallies', tallyKey)}`,
  },
  {
    table: 'finding_totals',
    by: 'learned_at',
    days,
    where: superseded('finding_totals', ['engine', 'scope', 'part', 'policy']),
  },
  {
    table: 'finding_exceptions',
    by: 'learned_at',
    days,
    where: superseded('finding_exceptions', ['engine', 'scope', 'exception', 'policy']),
  },
  {
    table: 'finding_policies',
    by: 'learned_at',
    days,
    where: superseded('finding_policies', ['engine', 'scope', 'policy']),
  },
  { table: 'finding_listings', kept: 'what is listed now' },
  { table: 'finding_looks', kept: 'one row a part of a scope' },
];

/** That nothing else has taken its place. */
function newest(table: string, key: readonly string[]): string {
  return `NOT EXISTS (
    FROM ${table} AS newer
    WHERE ${key.map(name => `newer.${name} = ${table}.${name}`).join(' AND ')}
      AND (newer.occurred_at, newer.learned_at) > (${table}.occurred_at, ${table}.learned_at)
  )`;
}
