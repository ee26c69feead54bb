/**
 * Families of any domain as of instants, and the three things that hold of all of them: what was scraped is what history
 * computes from the facts known then, many instants give what each gives alone, and no counter falls.
 */
import assert from 'node:assert/strict';
import type { Exporter } from '../../exporters/core/exporter.ts';
import type { Ledger, Row } from '../../exporters/core/ledger.ts';
import type { Metric } from '../../exporters/core/metric.ts';
import { type AsOf, withView } from '../../exporters/core/views.ts';

export interface Facts {
  readonly ledger: Ledger;
  readonly exporter: Pick<Exporter, 'facts'>;
}

/** Rows of each family by its name, as one scrape served them. */
export type Scraped = ReadonlyMap<string, readonly Row[]>;

/** Scrapes by their instant, in its order. */
export type Scrapes = ReadonlyMap<string, Scraped>;

/** A family's rows as of instants, as the page and history evaluate them: `ts`, its labels, its value. */
export const evaluate = (
  ledger: Ledger,
  { facts }: Pick<Exporter, 'facts'>,
  metric: Metric,
  asOf: AsOf,
): Promise<readonly Row[]> =>
  ledger.read(reader =>
    withView(reader, facts, metric, asOf, sql => reader.all(`${rowsOf(metric)} FROM (${sql}) ${present(metric)}`)),
  );

/** All families as of now, a moment of the test's own clock; added to what was scraped before. */
export async function scrape(
  { ledger, exporter }: Facts,
  metrics: readonly Metric[],
  at: Date,
  scrapes: Map<string, Scraped>,
): Promise<void> {
  const rows = new Map<string, readonly Row[]>();
  for (const metric of metrics) rows.set(metric.name, await evaluate(ledger, exporter, metric, { instants: [at] }));
  scrapes.set(at.toISOString(), rows);
}

/**
 * What each scrape served is what history computes for its instant, where nothing was written before and each fact counts
 * from when it was learned. Returns how many values were compared, and the families that had none.
 */
export async function assertScrapedIsHistory(
  { ledger, exporter }: Facts,
  metrics: readonly Metric[],
  scrapes: Scrapes,
): Promise<{ readonly compared: number; readonly silent: readonly string[] }> {
  const instants = [...scrapes.keys()].map(text => new Date(text));
  let compared = 0;
  const silent: string[] = [];
  for (const metric of metrics) {
    const rows = await ledger.read(async reader => {
      await reader.run(
        `CREATE OR REPLACE TEMP TABLE instants AS SELECT unnest(from_json($instants, '["TIMESTAMP"]')) AS ts`,
        { instants: JSON.stringify(instants.map(at => at.toISOString().replace('Z', ''))) },
      );
      for (const table of exporter.facts)
        await reader.run(
          `CREATE OR REPLACE TEMP VIEW ${table}_known AS
           SELECT *, greatest(occurred_at, learned_at) AS effective_at FROM ${table}`,
        );
      return reader.all(`${rowsOf(metric)} FROM (${metric.sql}) ${present(metric)}`);
    });
    let values = 0;
    for (const at of instants) {
      const served = scrapes.get(at.toISOString())?.get(metric.name) ?? [];
      assert.deepEqual(ofInstant(rows, at), served, `${metric.name} at ${at.toISOString()}`);
      values += served.length;
    }
    if (values === 0) silent.push(metric.name);
    compared += values;
  }
  return { compared, silent };
}

/** From the past, five hours before each scrape, many instants give what each (of every `nth`) gives alone. */
export async function assertTogetherIsAlone(
  { ledger, exporter }: Facts,
  metrics: readonly Metric[],
  scrapes: Scrapes,
  nth: number,
): Promise<void> {
  const instants = [...scrapes.keys()].map(text => new Date(Date.parse(text) - 5 * 3_600_000));
  let compared = 0;
  for (const metric of metrics) {
    const together = await evaluate(ledger, exporter, metric, { instants });
    for (const at of instants.filter((_, index) => index % nth === 0)) {
      const alone = await evaluate(ledger, exporter, metric, { instants: [at] });
      assert.deepEqual(ofInstant(together, at), alone, `${metric.name} at ${at.toISOString()}`);
      compared += alone.length;
    }
  }
  assert.ok(compared > 100, `only ${compared} values were compared`);
}

/** No counter and no bucket of a histogram falls or goes away; returns how often one grew. */
export function assertNoneFalls(metrics: readonly Metric[], scrapes: Scrapes): number {
  const last = new Map<string, readonly number[]>();
  let grown = 0;
  for (const scraped of scrapes.values())
    for (const metric of metrics.filter(({ kind }) => kind === 'count' || kind === 'histogram')) {
      const present = new Set<string>();
      for (const row of scraped.get(metric.name) ?? []) {
        const key = `${metric.name} ${metric.labels.map(label => row[label]).join(' ')}`;
        present.add(key);
        const numbers =
          metric.kind === 'count' ? [Number(row.value)] : [...(row.buckets as string[]), row.sum].map(Number);
        const before = last.get(key) ?? [];
        for (const [index, number] of numbers.entries())
          assert.ok(number >= (before[index] ?? 0), `${key} fell from ${before[index]} to ${number}`);
        // one that begins at 0 is no counter that grew
        if (numbers.some((number, index) => (before[index] ?? 0) > 0 && number > before[index]!)) grown += 1;
        last.set(key, numbers);
      }
      for (const key of last.keys())
        if (key.startsWith(`${metric.name} `)) assert.ok(present.has(key), `${key} went away`);
    }
  return grown;
}

const valueColumns = ({ kind }: Metric) => (kind === 'histogram' ? ['buckets', 'sum', 'count'] : ['value']);

const rowsOf = (metric: Metric) =>
  `SELECT ts, ${[...metric.labels, ...valueColumns(metric)].map(name => `"${name}"`).join(', ')}`;

const present = ({ kind }: Metric) => `WHERE ${kind === 'histogram' ? '"count"' : 'value'} IS NOT NULL ORDER BY ALL`;

const ofInstant = (rows: readonly Row[], at: Date) => {
  const text = at.toISOString().replace('T', ' ').slice(0, 19);
  return rows.filter(row => String(row.ts).startsWith(text));
};
