/**
 * Writes the past of an exporter's families: the very views that a scrape evaluates, at past instants.
 * State, counts and histograms are written only before the seam (their first scrape) and once for each target; a day of
 * a daily family is written with its newest revision, as often as asked, since its time says which revision it is.
 * What the last instant had and the page has no longer is noted, so that the page serves it as 0 for a day.
 */

import type { Exporter } from './exporter.ts';
import { labelText, sqlMacros } from './exposition.ts';
import type { Ledger } from './ledger.ts';
import type { Metric } from './metric.ts';
import { newestDays, sampleMilliseconds } from './publish.ts';
import { bucketBounds } from './render.ts';
import { readSeries, type ScrapeLabels, type SeriesSamples } from './series.ts';
import { rememberEnded } from './served.ts';
import { daySeconds, fromSqlTime, grid, sqlTime } from './time.ts';
import { withView } from './views.ts';

/** Takes whole series, those of a family one after the other; resolves when they are safe at the target. */
export interface HistorySink {
  readonly write: (metric: Metric, series: AsyncIterable<SeriesSamples>) => Promise<void>;
}

export interface HistoryOptions {
  readonly from: Date;
  readonly to: Date;
  readonly stepSeconds: number;
  /** Names the time series database; each has its own watermarks. */
  readonly target: string;
  /** Everything anew, for an empty server: no seam and no watermark holds. */
  readonly rewrite: boolean;
  readonly scrapeLabels: ScrapeLabels;
  readonly now: () => Date;
  readonly onFamily?: (report: FamilyReport) => void;
}

export interface FamilyReport {
  readonly metric: string;
  readonly samples: number;
  readonly series: number;
  /** First and last instant or day written; undefined where nothing was left to write. */
  readonly from: Date | undefined;
  readonly to: Date | undefined;
}

const instantsAtOnce = 400;
const hourlyMostDays = 30;

/** Writes history to the sink, family by family. Throws a RangeError for a step or a range that can't be meant. */
export async function writeHistory(
  exporter: Exporter,
  ledger: Ledger,
  options: HistoryOptions,
  sink: HistorySink,
): Promise<readonly FamilyReport[]> {
  const { from, to, stepSeconds } = options;
  if (!(from < to)) throw new RangeError(`history from ${from.toISOString()} to ${to.toISOString()} has no length`);
  if (stepSeconds < 60) throw new RangeError(`a step of ${stepSeconds} s is finer than a minute`);
  if (
    stepSeconds < daySeconds &&
    !options.rewrite &&
    to.getTime() - from.getTime() > hourlyMostDays * daySeconds * 1000
  )
    throw new RangeError(
      `a step below a day is written for ${hourlyMostDays} days at most; write a longer range as an OpenMetrics file with --rewrite`,
    );
  const reports: FamilyReport[] = [];
  for (const metric of exporter.metrics) {
    const report =
      metric.kind === 'daily'
        ? await writeDays(ledger, metric, options, sink)
        : await writeInstants(exporter, ledger, metric, options, sink);
    reports.push(report);
    options.onFamily?.(report);
  }
  return reports;
}

async function writeInstants(
  exporter: Exporter,
  ledger: Ledger,
  metric: Metric,
  options: HistoryOptions,
  sink: HistorySink,
): Promise<FamilyReport> {
  const { target, rewrite } = options;
  const bounds: Limits = rewrite ? {} : await limits(ledger, metric, target);
  const instants = grid(options.from, options.to, options.stepSeconds).filter(
    instant => (!bounds.seam || instant < bounds.seam) && (!bounds.watermark || instant > bounds.watermark),
  );
  const count = { samples: 0, series: 0 };
  const together = metric.instantsAtOnce ?? instantsAtOnce;
  for (let first = 0; first < instants.length; first += together) {
    const slice = instants.slice(first, first + together);
    const through = slice.at(-1);
    // No batch is half committed while the writer is held, so all learned before this instant is seen, or counts later.
    const evaluatedAt = await ledger.write(async () => options.now());
    const ends = await ledger.read(async reader => {
      await reader.run(sqlMacros);
      const asOf = { instants: slice, ...(rewrite ? {} : { history: { target } }) };
      await withView(reader, exporter.facts, metric, asOf, async sql => {
        await reader.run(`CREATE OR REPLACE TEMP TABLE history AS ${samplesOf(metric, sql)}`);
      });
      const part = { samples: 0, series: 0 };
      await sink.write(metric, counted(readSeries(reader, 'SELECT * FROM history', options.scrapeLabels), part));
      count.samples += part.samples;
      // Nearly all series are in every slice.
      count.series = Math.max(count.series, part.series);
      const rows = await reader.all('SELECT labels FROM history WHERE ms = $last AND value <> 0', {
        last: through?.getTime() ?? null,
      });
      return rows.map(({ labels }) => String(labels));
    });
    const isRead = through !== undefined && evaluatedAt.getTime() - through.getTime() < daySeconds * 1000;
    if (isRead && through === instants.at(-1) && metric.kind === 'state' && metric.additive)
      await rememberEnded(ledger, metric.name, ends, evaluatedAt);
    if (!rewrite && through)
      await ledger.write(tx =>
        tx.run('INSERT INTO watermarks VALUES ($target, $metric, $through::TIMESTAMP, $at::TIMESTAMP)', {
          target,
          metric: metric.name,
          through: sqlTime(through),
          at: sqlTime(evaluatedAt),
        }),
      );
  }
  return { metric: metric.name, ...count, from: instants[0], to: instants.at(-1) };
}

async function writeDays(
  ledger: Ledger,
  metric: Metric,
  options: HistoryOptions,
  sink: HistorySink,
): Promise<FamilyReport> {
  const count = { samples: 0, series: 0 };
  return ledger.read(async reader => {
    await newestDays(reader, metric);
    await reader.run(
      `CREATE OR REPLACE TEMP TABLE history AS
       SELECT $name AS name, labels, (${sampleMilliseconds})::DOUBLE AS ms, value FROM newest_days
       WHERE day BETWEEN $from::DATE AND $to::DATE`,
      { name: metric.name, from: sqlTime(options.from), to: sqlTime(options.to) },
    );
    const [range] = await reader.all('SELECT min(ms) AS first, max(ms) AS last FROM history');
    await sink.write(metric, counted(readSeries(reader, 'SELECT * FROM history', options.scrapeLabels), count));
    const instant = (value: unknown) => (typeof value === 'number' ? new Date(value) : undefined);
    return { metric: metric.name, ...count, from: instant(range?.first), to: instant(range?.last) };
  });
}

/** A SELECT of (name, labels, ms, value) for the samples of a view. */
function samplesOf(metric: Metric, sql: string): string {
  const columns = (name: string, value: string, labels = labelText(metric.labels)) =>
    `SELECT '${name}' AS name, ${labels} AS labels, epoch_ms(ts)::DOUBLE AS ms, (${value})::DOUBLE AS value FROM view`;
  if (metric.kind !== 'histogram')
    return `WITH view AS (${sql}) ${columns(metric.name, 'value')} WHERE value IS NOT NULL`;
  const buckets = bucketBounds(metric).map((bound, index) =>
    columns(`${metric.name}_bucket`, `buckets[${index + 1}]`, labelText(metric.labels, `'le="${bound}"'`)),
  );
  const parts = [...buckets, columns(`${metric.name}_sum`, '"sum"'), columns(`${metric.name}_count`, '"count"')];
  return `WITH view AS (SELECT * FROM (${sql}) WHERE "count" IS NOT NULL) ${parts.join(' UNION ALL ')}`;
}

async function* counted(series: AsyncIterable<SeriesSamples>, count: { samples: number; series: number }) {
  for await (const one of series) {
    count.series += 1;
    count.samples += one.times.length;
    yield one;
  }
}

interface Limits {
  readonly seam?: Date | undefined;
  readonly watermark?: Date | undefined;
}

async function limits(ledger: Ledger, metric: Metric, target: string): Promise<Limits> {
  const [row] = await ledger.read(reader =>
    reader.all(
      `SELECT (SELECT min(first_live) FROM seams WHERE metric = $metric) AS seam,
              (SELECT max(through) FROM watermarks WHERE metric = $metric AND target = $target) AS watermark`,
      { metric: metric.name, target },
    ),
  );
  const date = (value: unknown) => (typeof value === 'string' ? fromSqlTime(value) : undefined);
  return { seam: date(row?.seam), watermark: date(row?.watermark) };
}
