/** What took another's place is kept for a year and more; the newest version stays for good. */
import type { Retention } from '../core/retention.ts';

const days = 400;

/** A row goes where another had taken its place by then, so that each instant since is told as before. */
const superseded = (table: string, key: readonly string[]): Retention => ({
  // Rows of the past were all learned at once: their age counts from when they came to be so.
  ...{ table, by: 'occurred_at', days },
  where: `EXISTS (
    FROM ${table} AS newer
    WHERE ${key.map(name => `newer."${name}" = ${table}."${name}"`).join(' AND ')}
      AND newer.occurred_at < $before::TIMESTAMP
      AND (newer.occurred_at, newer.learned_at) > (${table}.occurred_at, ${table}.learned_at)
  )`,
});

export const scorecardRetention: readonly Retention[] = [
  superseded('subject_states', ['exporter', 'check', 'kind', 'subject', 'service', 'environment']),
  // The newest look stays: what was said by who fell silent for good would else be believed again.
  superseded('subject_looks', ['exporter', 'check', 'subject']),
  superseded('catalog_entries', ['ref']),
  { table: 'scorecard_checks', kept: 'one row a check' },
  { table: 'scorecard_exemptions', kept: 'one row an exemption' },
  { table: 'scorecard_settings', kept: 'one row a setting' },
];
