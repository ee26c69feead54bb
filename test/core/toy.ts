/** A toy domain for the tests of core: things that happen (with a duration) and things that are open for a while. */
import { rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Exporter } from '../../exporters/core/exporter.ts';
import type { Transaction } from '../../exporters/core/ledger.ts';
import { defineMetric } from '../../exporters/core/metric.ts';
import type { Source } from '../../exporters/core/source.ts';
import { sqlTime } from '../../exporters/core/time.ts';

export interface Happening {
  readonly id: number;
  readonly team: string;
  readonly seconds: number;
  readonly occurred: Date;
  readonly learned: Date;
}

const tablesFile = path.join(os.tmpdir(), `toy-tables-${process.pid}.sql`);
writeFileSync(
  tablesFile,
  `CREATE TABLE IF NOT EXISTS happenings
     (id BIGINT, team VARCHAR, seconds BIGINT, occurred_at TIMESTAMP, learned_at TIMESTAMP);
   CREATE TABLE IF NOT EXISTS takings
     (day DATE, team VARCHAR, amount DECIMAL(38,10), occurred_at TIMESTAMP, learned_at TIMESTAMP);`,
);

process.on('exit', () => rmSync(tablesFile, { force: true }));

export const happened = defineMetric({
  name: 'toy_happenings_total',
  kind: 'count',
  help: 'Things that happened.',
  unit: 'count',
  labels: ['team'],
  additive: true,
  maxSeries: 100,
  reads: ['happenings'],
  sql: `
    WITH steps AS (
      SELECT i.ts, h.team, count(*) AS n
      FROM happenings_known h ASOF JOIN instants i ON h.effective_at <= i.ts GROUP BY ALL
    )
    SELECT i.ts, s.team, sum(n) OVER (PARTITION BY s.team ORDER BY i.ts) AS value
    FROM instants i CROSS JOIN (SELECT DISTINCT team FROM steps) s LEFT JOIN steps USING (ts, team)`,
});

export const open = defineMetric({
  name: 'toy_open',
  kind: 'state',
  help: 'Things that are going on.',
  unit: 'count',
  labels: ['team'],
  additive: true,
  maxSeries: 100,
  reads: ['happenings'],
  sql: `
    WITH changes AS (
      SELECT team, effective_at AS ts, 1 AS change FROM happenings_known
      UNION ALL
      SELECT team, greatest(effective_at, occurred_at + to_seconds(seconds)), -1 FROM happenings_known
    ), steps AS (
      SELECT i.ts, c.team, sum(change) AS n FROM changes c ASOF JOIN instants i ON c.ts <= i.ts GROUP BY ALL
    )
    SELECT i.ts, s.team, sum(n) OVER (PARTITION BY s.team ORDER BY i.ts) AS value
    FROM instants i CROSS JOIN (SELECT DISTINCT team FROM steps) s LEFT JOIN steps USING (ts, team)`,
});

export const durations = defineMetric({
  name: 'toy_duration_seconds',
  kind: 'histogram',
  help: 'How long things take.',
  unit: 'seconds',
  labels: ['team'],
  additive: true,
  buckets: [10, 100],
  maxSeries: 100,
  reads: ['happenings'],
  sql: `
    WITH steps AS (
      SELECT i.ts, h.team, count(*) FILTER (seconds <= 10) AS b1, count(*) FILTER (seconds <= 100) AS b2,
             count(*) AS n, sum(seconds) AS total
      FROM happenings_known h ASOF JOIN instants i ON h.effective_at <= i.ts GROUP BY ALL
    )
    SELECT i.ts, s.team,
           CASE WHEN sum(n) OVER w IS NOT NULL THEN
             [sum(b1) OVER w, sum(b2) OVER w, sum(n) OVER w]::BIGINT[] END AS buckets,
           sum(total) OVER w AS "sum", sum(n) OVER w AS "count"
    FROM instants i CROSS JOIN (SELECT DISTINCT team FROM steps) s LEFT JOIN steps USING (ts, team)
    WINDOW w AS (PARTITION BY s.team ORDER BY i.ts)`,
});

export const takings = defineMetric({
  name: 'toy_takings',
  kind: 'daily',
  help: 'Money taken by day.',
  unit: 'currency',
  labels: ['team', 'currency'],
  additive: true,
  maxSeries: 100,
  reads: ['takings'],
  sql: `
    SELECT i.ts, t.day, t.team, 'EUR' AS currency, sum(t.amount) AS value
    FROM takings_known t JOIN instants i ON t.effective_at <= i.ts GROUP BY ALL`,
});

export const toyExporter = (sources: readonly Source[] = []): Exporter => ({
  name: 'toy',
  tables: [pathToFileURL(tablesFile)],
  sources,
  metrics: [happened, open, durations, takings],
  facts: ['happenings', 'takings'],
});

export const addHappenings = async (tx: Transaction, facts: readonly Happening[]) => {
  const rows = facts.map(f => [f.id, f.team, f.seconds, sqlTime(f.occurred), sqlTime(f.learned)]);
  await tx.run(
    `INSERT INTO happenings SELECT r[1]::BIGINT, r[2], r[3]::BIGINT, r[4]::TIMESTAMP, r[5]::TIMESTAMP
     FROM (SELECT unnest(from_json($rows, '[["VARCHAR"]]')) AS r)`,
    { rows: JSON.stringify(rows.map(row => row.map(String))) },
  );
  tx.touch('happenings');
};

/** Postings of money: [day, team, amount, learned]. */
export const addTakings = async (tx: Transaction, postings: readonly (readonly [string, string, string, Date])[]) => {
  for (const [day, team, amount, learned] of postings)
    await tx.run(
      `INSERT INTO takings VALUES ($day::DATE, $team, $amount::DECIMAL(38,10), $day::DATE + INTERVAL 1 DAY, $learned::TIMESTAMP)`,
      { day, team, amount, learned: sqlTime(learned) },
    );
  tx.touch('takings');
};

/** A small seeded generator (mulberry32): the same numbers at every run. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
