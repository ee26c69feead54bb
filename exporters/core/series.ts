/** Series with their samples, as they go to a time series database. */
import { type Labels, parseLabels } from './labels.ts';
import type { Parameters, Reader } from './ledger.ts';

export interface SeriesSamples {
  readonly name: string;
  readonly labels: Labels;
  /** Milliseconds since the epoch, ascending. */
  readonly times: readonly number[];
  readonly values: readonly number[];
}

/** The labels that the scrape adds. */
export interface ScrapeLabels {
  readonly job: string;
  readonly instance: string;
}

/** The series of a SELECT of (name, labels, ms, value), ordered by name and labels; never all of them in memory. */
export async function* readSeries(
  reader: Reader,
  select: string,
  scrapeLabels: ScrapeLabels,
  parameters?: Parameters,
): AsyncGenerator<SeriesSamples> {
  const added = Object.entries(scrapeLabels);
  const rows = reader.stream(
    `SELECT name, labels, list(ms ORDER BY ms) AS times, list(value ORDER BY ms) AS "values"
     FROM (${select}) GROUP BY name, labels ORDER BY name, labels`,
    parameters,
  );
  for await (const chunk of rows)
    for (const [name, labels, times, values] of chunk)
      yield {
        name: String(name),
        labels: [...parseLabels(String(labels)), ...added],
        times: times as number[],
        // A NaN or an infinity is text in JSON.
        values: (values as (number | string)[]).map(Number),
      };
}
