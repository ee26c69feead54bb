/**
 * Evaluates metric views as of instants. A scrape asks for one instant, the history writer for many; both run the very
 * same SQL over the temporary table `instants` and the views `T_known`.
 */
import { PlumblineError } from './errors.ts';
import type { Reader } from './ledger.ts';
import type { Metric } from './metric.ts';
import { sqlTime } from './time.ts';

export interface AsOf {
  readonly instants: readonly Date[];
  /**
   * Given when history is computed: a fact learned after part of the history was written to this target counts from
   * the first instant not yet written; what a counter learned after its seam is in the scraped part and not in history,
   * else the counter would fall at the seam.
   */
  readonly history?: { readonly target: string };
}

/** Sets up `instants` and the `T_known` views for one metric in the reader's transaction. */
export async function prepareInstants(
  reader: Reader,
  facts: readonly string[],
  metric: Pick<Metric, 'name' | 'kind'>,
  asOf: AsOf,
): Promise<void> {
  await reader.run(
    `CREATE OR REPLACE TEMP TABLE instants AS
     SELECT DISTINCT ts FROM (SELECT unnest(from_json($instants, '["VARCHAR"]'))::TIMESTAMP AS ts)`,
    { instants: JSON.stringify(asOf.instants.map(sqlTime)) },
  );
  if (!asOf.history) {
    for (const table of facts)
      await reader.run(
        `CREATE OR REPLACE TEMP VIEW ${table}_known AS SELECT *, occurred_at AS effective_at FROM ${table}`,
      );
    return;
  }
  await reader.run(
    `CREATE OR REPLACE TEMP TABLE written AS
     SELECT written_at, max(next_instant) OVER (ORDER BY written_at) AS next_instant FROM (
       SELECT written_at, through + INTERVAL 1 MILLISECOND AS next_instant
       FROM watermarks WHERE target = $target AND metric = $metric
       UNION ALL
       SELECT first_live, TIMESTAMP '9999-01-01' FROM seams WHERE metric = $metric AND $counter
     )`,
    {
      target: asOf.history.target,
      metric: metric.name,
      counter: metric.kind === 'count' || metric.kind === 'histogram',
    },
  );
  for (const table of facts)
    await reader.run(
      `CREATE OR REPLACE TEMP VIEW ${table}_known AS
       SELECT fact.*, greatest(fact.occurred_at, coalesce(written.next_instant, fact.occurred_at)) AS effective_at
       FROM ${table} AS fact ASOF LEFT JOIN written ON fact.learned_at >= written.written_at`,
    );
}

/** Runs `use` with the metric's view set up for the instants; errors become VIEW_FAILED. */
export async function withView<T>(
  reader: Reader,
  facts: readonly string[],
  metric: Metric,
  asOf: AsOf,
  use: (sql: string) => Promise<T>,
): Promise<T> {
  try {
    await prepareInstants(reader, facts, metric, asOf);
    return await use(metric.sql);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PlumblineError('VIEW_FAILED', { metric: metric.name, reason }, error);
  }
}
