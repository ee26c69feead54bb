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

/** A histogram's SQL, of files whose last expression is `observed` (labels, seconds, effective_at). */
export function histogramSql(buckets: readonly number[], ...files: readonly string[]): string {
  const cases = buckets.map((bound, index) => `WHEN seconds <= ${bound} THEN ${index + 1}`);
  const bucketed = `bucketed AS (
  SELECT labels, seconds, effective_at, CASE ${cases.join(' ')} ELSE ${buckets.length + 1} END AS bucket
  FROM observed
)`;
  const size = `bucket_count AS (SELECT ${buckets.length + 1} AS size)`;
  return withAll([...files.map(read), size, bucketed, read('histogram')], read('histogram_select'));
}
