/** The SQL of a family: common table expressions, each file a list of them without WITH, and the SELECT that is last. */
import { readFileSync } from 'node:fs';

const read = (file: string) => readFileSync(new URL(`./${file}.sql`, import.meta.url), 'utf8').trimEnd();

const withAll = (expressions: readonly string[], select: string) => `WITH\n${expressions.join(',\n')}\n${select}`;

export function sql(...files: readonly [string, ...string[]]): string {
  const parts = files.map(read);
  const select = parts.pop()!;
  return parts.length === 0 ? select : withAll(parts, select);
}

/** As `sql`, with an expression of its own before the files'. */
export function sqlAfter(expression: string, ...files: readonly [string, ...string[]]): string {
  const parts = files.map(read);
  const select = parts.pop()!;
  return withAll([expression, ...parts], select);
}

export interface HistogramParts {
  /** A file whose last expression is `measured`: columns that group, `effective_at`, and those of seconds. */
  readonly measured: string;
  /** Columns of seconds; what is NULL or negative is in no bucket. */
  readonly seconds: readonly string[];
  /**
   * A file that makes `steps` (labels, bucket, ts, n, total) of `grouped`, which has the columns that group, `ts`, `n`,
   * and for each column of seconds its sum and `COLUMN_bucket`, from 1.
   */
  readonly steps: string;
}

export function histogramSql(buckets: readonly number[], { measured, seconds, steps }: HistogramParts): string {
  const cases = (column: string) =>
    `CASE WHEN ${column} < 0 THEN NULL ${buckets.map((bound, index) => `WHEN ${column} <= ${bound} THEN ${index + 1}`).join(' ')}
      WHEN ${column} IS NOT NULL THEN ${buckets.length + 1} END AS ${column}_bucket`;
  const bucketed = `bucketed AS (
  SELECT *, ${seconds.map(cases).join(',\n    ')}
  FROM measured
)`;
  const grouped = `grouped AS (
  SELECT b.* EXCLUDE (effective_at, ${seconds.join(', ')}), s.ts, count(*) AS n, ${seconds.map(column => `sum(b.${column}) AS ${column}`).join(', ')}
  FROM bucketed AS b JOIN seen AS s USING (effective_at)
  GROUP BY ALL
)`;
  const size = `bucket_count AS (SELECT ${buckets.length + 1} AS size)`;
  const expressions = [read(measured), size, bucketed, read('seen'), grouped, read(steps), read('histogram')];
  return withAll(expressions, read('histogram_select'));
}
