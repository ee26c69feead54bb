/**
 * A team's series, for its page: now as the page of metrics has them, earlier by the very same views as of that instant,
 * and published days. All in terms of metric definitions, so that a number has one definition.
 */
import pLimit from 'p-limit';
import { parseLabels } from '../labels.ts';
import type { Ledger, Reader } from '../ledger.ts';
import type { Metric } from '../metric.ts';
import { newestDays } from '../publish.ts';
import type { Snapshot } from '../snapshot-types.ts';
import { withView } from '../views.ts';
import { isOnPage, pairOf, seriesOfTeam, type TeamSeries } from './page-series.ts';

export type LabelOf<M extends Metric> = M['labels'][number];

export interface TeamDay<Label extends string = string> extends TeamSeries<Label> {
  /** `2026-11-23`. */
  readonly day: string;
}

type Gauge = Metric & { readonly kind: 'state' | 'count' };
type Daily = Metric & { readonly kind: 'daily' };

export interface TeamReader {
  readonly team: string;
  readonly now: Date;
  /** As it is scraped. Empty where nothing is measured of the team. */
  readonly series: <M extends Gauge>(metric: M) => readonly TeamSeries<LabelOf<M>>[];
  /** Whether the family is measured at all, of whichever team. */
  readonly isMeasured: (metric: Gauge) => boolean;
  /**
   * As of so many days ago, to the hour. Of an additive family without `service` and `environment`, summed over them.
   * Errors: VIEW_FAILED.
   */
  readonly daysAgo: <M extends Gauge>(metric: M, days: number) => Promise<readonly TeamSeries<LabelOf<M>>[]>;
  /** The newest published value of each of the last days up to the newest one, which is complete. */
  readonly lastDays: <M extends Daily>(metric: M, days: number) => Promise<readonly TeamDay<LabelOf<M>>[]>;
}

export interface TeamReaders {
  readonly of: (team: string, now: Date) => TeamReader;
}

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

export interface TeamReadersOptions {
  readonly exporter: { readonly facts: readonly string[] };
  readonly ledger: Pick<Ledger, 'read'>;
  readonly snapshot: () => Snapshot | undefined;
}

type ByTeam = ReadonlyMap<string, readonly TeamSeries[]>;

export function teamReaders({ exporter, ledger, snapshot }: TeamReadersOptions): TeamReaders {
  // A view computes all teams at once, and the past stands still: it runs once an hour, however many look.
  const past = new Map<string, { readonly at: number; readonly read: Promise<ByTeam> }>();
  const oneAtATime = pLimit(1);

  const pastOf = (metric: Metric, days: number, now: Date): Promise<ByTeam> => {
    const key = `${metric.name} ${days}`;
    const at = Math.floor(now.getTime() / hourMs) * hourMs - days * dayMs;
    const kept = past.get(key);
    if (kept?.at === at) return kept.read;
    const read = oneAtATime(() =>
      ledger.read(reader => readByTeam(reader, exporter.facts, metric, { instant: new Date(at) })),
    );
    past.set(key, { at, read });
    read.catch(() => past.delete(key));
    return read;
  };

  // Days are published as a page is made, and beside it where the past is written: of one page they are read once a minute.
  const days = new WeakMap<Snapshot, Map<string, Promise<readonly TeamDay[]>>>();
  const daysOf = (metric: Metric, asked: { readonly team: string; readonly days: number }, now: Date) => {
    const page = snapshot();
    const kept = (page && days.get(page)) ?? new Map<string, Promise<readonly TeamDay[]>>();
    if (page !== undefined) days.set(page, kept);
    const key = JSON.stringify([metric.name, asked.days, asked.team, Math.floor(now.getTime() / minuteMs)]);
    const read = kept.get(key) ?? oneAtATime(() => ledger.read(reader => readDays(reader, metric, asked)));
    kept.set(key, read);
    read.catch(() => kept.delete(key));
    return read;
  };

  return {
    of: (team, now) => ({
      ...{ team, now },
      isMeasured: metric => isOnPage(snapshot(), metric.name),
      series: metric => seriesOfTeam(snapshot(), metric.name, team),
      daysAgo: async (metric, days) => (await pastOf(metric, days, now)).get(team) ?? [],
      lastDays: (metric, days) => daysOf(metric, { team, days }, now) as never,
    }),
  };
}

async function readByTeam(
  reader: Reader,
  facts: readonly string[],
  metric: Metric,
  { instant }: { readonly instant: Date },
): Promise<ByTeam> {
  const kept = metric.labels.filter(label => !(metric.additive && /^(service|environment)$/.test(label)));
  const columns = kept.map(label => `"${label}"`).join(', ');
  const value = metric.additive ? 'sum(value)::DOUBLE' : 'any_value(value)::DOUBLE';
  const rows = await withView(reader, facts, metric, { instants: [instant] }, sql =>
    reader.all(`SELECT ${columns}, ${value} AS value FROM (${sql}) WHERE value IS NOT NULL GROUP BY ${columns}`),
  );
  return Map.groupBy(
    rows.map(row => ({
      labels: Object.fromEntries(kept.map(label => [label, String(row[label] ?? '')])),
      value: Number(row.value),
    })),
    ({ labels }) => labels.team ?? '',
  );
}

async function readDays(
  reader: Reader,
  metric: Metric,
  { team, days }: { readonly team: string; readonly days: number },
): Promise<readonly TeamDay[]> {
  await newestDays(reader, metric, days - 1);
  // The words may stand within another label's value.
  const rows = await reader.all(
    'SELECT labels, day::VARCHAR AS day, value FROM newest_days WHERE contains(labels, $pair) ORDER BY day, labels',
    { pair: pairOf(team) },
  );
  return rows
    .map(row => ({
      labels: Object.fromEntries(parseLabels(String(row.labels))),
      ...{ day: String(row.day), value: Number(row.value) },
    }))
    .filter(({ labels }) => labels.team === team);
}
