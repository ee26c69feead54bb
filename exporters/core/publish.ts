/**
 * Publishing of daily families. A time series database can't overwrite a sample, so a day that is published with
 * another value gets the next revision, and the sample's time is 12:00:00 UTC plus that many milliseconds. A series
 * whose day is gone is published as 0, else money that moved from one series to another would count twice.
 */
import { labelText } from './exposition.ts';
import type { Reader, Transaction } from './ledger.ts';
import type { Metric } from './metric.ts';
import { sqlTime } from './time.ts';
import { withView } from './views.ts';

/** Publishes every day whose value differs from the one published last; returns how many samples are new. */
export async function publish(tx: Transaction, facts: readonly string[], metric: Metric, now: Date): Promise<number> {
  const names = metric.labels.map(label => `"${label}", `).join('');
  await withView(tx, facts, metric, { instants: [now] }, sql =>
    tx.run(
      // A series' label text is put together once, not once a day.
      `CREATE OR REPLACE TEMP TABLE days_now AS
       WITH series AS (
         SELECT ${names}list(day) AS days, list(value::DOUBLE) AS amounts
         FROM (${sql}) WHERE value IS NOT NULL GROUP BY ALL
       )
       SELECT labels, unnest(days) AS day, unnest(amounts) AS value
       FROM (SELECT ${labelText(metric.labels)} AS labels, days, amounts FROM series)`,
    ),
  );
  const added = await tx.all(
    `INSERT INTO published (metric, labels, day, revision, value, published_at)
     WITH newest AS (
       SELECT labels, day, max(revision) AS revision, arg_max(value, revision) AS value
       FROM published WHERE metric = $metric GROUP BY labels, day
     )
     SELECT $metric, labels, day, coalesce(newest.revision + 1, 0), coalesce(days_now.value, 0), $now::TIMESTAMP
     FROM days_now FULL JOIN newest USING (labels, day)
     WHERE days_now.value IS DISTINCT FROM newest.value AND NOT (days_now.value IS NULL AND newest.value = 0)
     ORDER BY labels, day`,
    { metric: metric.name, now: sqlTime(now) },
  );
  return Number(Object.values(added[0] ?? {})[0] ?? 0);
}

/**
 * Puts the newest revision of each published day into the temporary table `newest_days(labels, day, revision, value)`;
 * with `lastDays` only of so many days before the newest one.
 */
export async function newestDays(reader: Reader, metric: Metric, lastDays?: number): Promise<void> {
  await reader.run(
    `CREATE OR REPLACE TEMP TABLE newest_days AS
     SELECT labels, day, max(revision) AS revision, arg_max(value, revision) AS value
     FROM published
     WHERE metric = $metric AND ($days::INTEGER IS NULL
       OR day >= (SELECT max(day) FROM published WHERE metric = $metric) - $days::INTEGER)
     GROUP BY labels, day`,
    { metric: metric.name, days: lastDays ?? null },
  );
}

/** SQL for a published sample's time in milliseconds since the epoch. */
export const sampleMilliseconds = 'epoch_ms(day::TIMESTAMP + INTERVAL 12 HOUR) + revision';
