/** Renders one metric's series into lines of the exposition format, in SQL, so that no series becomes an object here. */
import { labelText } from './exposition.ts';
import type { Reader } from './ledger.ts';
import { type Metric, twinNames } from './metric.ts';
import { newestDays, sampleMilliseconds } from './publish.ts';
import type { RenderedFamily } from './snapshot-types.ts';
import { sqlTime } from './time.ts';
import { withView } from './views.ts';

/** Series that came or went since the page before. */
export interface ServedChange {
  readonly family: string;
  readonly came: readonly string[];
  readonly went: readonly string[];
}

export interface Rendered {
  readonly families: readonly RenderedFamily[];
  readonly changes: readonly ServedChange[];
}

export interface RenderOptions {
  readonly facts: readonly string[];
  readonly now: Date;
  /** Days of the stamped family that the page carries; 0 where another writes them. */
  readonly pageDays: number;
}

/** Renders the metric as of `now`; daily families must have been published before. */
export async function renderMetric(reader: Reader, metric: Metric, options: RenderOptions): Promise<Rendered> {
  if (metric.kind === 'daily') return renderDaily(reader, metric, options);
  if (metric.kind === 'histogram') return renderHistogram(reader, metric, options);
  await withView(reader, options.facts, metric, { instants: [options.now] }, sql =>
    reader.run(
      `CREATE OR REPLACE TEMP TABLE sampled AS
       SELECT ${labelText(metric.labels)} AS labels, value::DOUBLE AS value FROM (${sql}) WHERE value IS NOT NULL`,
    ),
  );
  const type = metric.kind === 'count' ? 'counter' : 'gauge';
  const rendered = await renderSampled(reader, metric, metric.name, metric.help, type, options.now);
  return { families: [rendered.family], changes: [rendered.change] };
}

/** A series that had no value for so long is no longer among the newest ones. */
const latestDays = 35;

async function renderDaily(reader: Reader, metric: Metric, options: RenderOptions): Promise<Rendered> {
  await newestDays(reader, metric, Math.max(latestDays, options.pageDays));
  const twins = twinNames(metric);
  await reader.run(
    `CREATE OR REPLACE TEMP TABLE sampled AS
     WITH newest AS (SELECT max(day) AS day FROM newest_days)
     SELECT labels, CASE WHEN $additive THEN coalesce(any_value(value) FILTER (d.day = newest.day), 0)
                         ELSE any_value(value) FILTER (d.day = newest.day) END AS value
     FROM newest_days d, newest WHERE d.day > newest.day - ${latestDays}::INTEGER GROUP BY labels
     HAVING value IS NOT NULL AND (NOT $additive OR bool_or(value <> 0))`,
    { additive: metric.additive },
  );
  const latest = await renderSampled(
    reader,
    metric,
    twins.latest,
    `${metric.help.slice(0, -1)}: the newest complete day.`,
    'gauge',
    options.now,
  );
  await reader.run(
    `CREATE OR REPLACE TEMP TABLE sampled AS
     SELECT '' AS labels, epoch(max(day)::TIMESTAMP)::DOUBLE AS value FROM newest_days HAVING max(day) IS NOT NULL`,
  );
  const timestamp = await renderSampled(
    reader,
    { ...metric, maxSeries: 1, additive: false },
    twins.timestamp,
    `Start of the day that ${twins.latest} shows.`,
    'gauge',
    options.now,
  );
  const families = [latest.family, timestamp.family];
  if (options.pageDays > 0) families.unshift(await renderStamped(reader, metric, options));
  return { families, changes: [latest.change, timestamp.change] };
}

async function renderStamped(reader: Reader, metric: Metric, options: RenderOptions): Promise<RenderedFamily> {
  const where = `FROM newest_days WHERE day >= $now::DATE - ${Math.trunc(options.pageDays)}::INTEGER`;
  const parameters = { now: sqlTime(options.now) };
  const lines = async (time: string) =>
    Buffer.concat(
      await reader.blobs(
        `SELECT encode(string_agg(line, '' ORDER BY labels, day)) FROM (
           SELECT labels, day, row_number() OVER (ORDER BY labels, day) // 4096 AS chunk,
                  $name || labels || ' ' || sample_value(value) || ' ' || ${time} || chr(10) AS line ${where}
         ) GROUP BY chunk ORDER BY chunk`,
        { ...parameters, name: metric.name },
      ),
    );
  const series = Number(await reader.scalar(`SELECT count(DISTINCT labels) ${where}`, parameters));
  return {
    metric,
    name: metric.name,
    type: 'gauge',
    help: metric.help,
    series,
    stamped: true,
    text: await lines(`(${sampleMilliseconds})::VARCHAR`),
    openMetrics: await lines(`format('{:.3f}', (${sampleMilliseconds}) / 1000.0)`),
  };
}

async function renderHistogram(reader: Reader, metric: Metric, options: RenderOptions): Promise<Rendered> {
  const bounds = bucketBounds(metric);
  await withView(reader, options.facts, metric, { instants: [options.now] }, sql =>
    reader.run(
      `CREATE OR REPLACE TEMP TABLE sampled AS
       SELECT ${labelText(metric.labels)} AS labels, buckets, "sum"::DOUBLE AS total, "count"::BIGINT AS n
       FROM (${sql}) WHERE "count" IS NOT NULL`,
    ),
  );
  const bucketLines = bounds.map(
    (bound, index) =>
      `$name || '_bucket' || inner_labels || 'le="${bound}"} ' || buckets[${index + 1}]::VARCHAR || chr(10)`,
  );
  const text = Buffer.concat(
    await reader.blobs(
      `SELECT encode(string_agg(line, '' ORDER BY labels)) FROM (
         SELECT labels, row_number() OVER (ORDER BY labels) // 1024 AS chunk,
                ${bucketLines.join(' || ')}
                || $name || '_sum' || labels || ' ' || sample_value(total) || chr(10)
                || $name || '_count' || labels || ' ' || n::VARCHAR || chr(10) AS line
         FROM (SELECT *, CASE WHEN labels = '' THEN '{' ELSE labels[:-2] || ',' END AS inner_labels FROM sampled)
       ) GROUP BY chunk ORDER BY chunk`,
      { name: metric.name },
    ),
  );
  const series = Number(await reader.scalar('SELECT count(*) FROM sampled')) * (bounds.length + 2);
  const family = {
    metric,
    name: metric.name,
    type: 'histogram',
    help: metric.help,
    series,
    stamped: false,
    text,
  } as const;
  return { families: [family], changes: [] };
}

/** Renders the table `sampled(labels, value)`, with zeros for what an additive family had within the last day. */
async function renderSampled(
  reader: Reader,
  metric: Metric,
  name: string,
  help: string,
  type: 'gauge' | 'counter',
  now: Date,
): Promise<{ readonly family: RenderedFamily; readonly change: ServedChange }> {
  const parameters = { family: name };
  const list = async (sql: string) => (await reader.all(sql, parameters)).map(row => String(row.labels));
  const twice = await reader.scalar('SELECT labels FROM sampled GROUP BY labels HAVING count(*) > 1 LIMIT 1');
  if (twice !== undefined) throw new Error(`${name}${twice} has two values at one instant`);
  const came = await list(
    'SELECT labels FROM sampled ANTI JOIN (SELECT * FROM served WHERE family = $family AND gone_at IS NULL) USING (labels)',
  );
  const went = await list(
    'SELECT labels FROM (SELECT * FROM served WHERE family = $family AND gone_at IS NULL) ANTI JOIN sampled USING (labels)',
  );
  if (metric.additive && type === 'gauge')
    await reader.run(
      `INSERT INTO sampled SELECT DISTINCT labels, 0 FROM served ANTI JOIN sampled USING (labels)
       WHERE family = $family AND coalesce(gone_at, $now::TIMESTAMP) > $now::TIMESTAMP - INTERVAL 1 DAY`,
      { ...parameters, now: sqlTime(now) },
    );
  const series = Number(await reader.scalar('SELECT count(*) FROM sampled'));
  const text = Buffer.concat(
    await reader.blobs(
      `SELECT encode(string_agg(line, '' ORDER BY labels)) FROM (
         SELECT labels, row_number() OVER (ORDER BY labels) // 4096 AS chunk,
                $family || labels || ' ' || sample_value(value) || chr(10) AS line FROM sampled
       ) GROUP BY chunk ORDER BY chunk`,
      parameters,
    ),
  );
  return { family: { metric, name, type, help, series, stamped: false, text }, change: { family: name, came, went } };
}

/** The values of `le`, as floats: Prometheus 3 normalises them so, and history must name the very same series. */
export const bucketBounds = (metric: Metric): readonly string[] => [
  ...(metric.buckets ?? []).map(bound => (Number.isInteger(bound) ? `${bound}.0` : String(bound))),
  '+Inf',
];
