/** A scorecard with a clock of its own, a catalog of a few services, and exporters that say what a test lets them say. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import type { z } from 'zod';
import { buildCatalog, type Catalog } from '../../exporters/catalog/catalog.ts';
import { parseEntities } from '../../exporters/catalog/entity.ts';
import type { Exporter } from '../../exporters/core/exporter.ts';
import type { Ledger, Row } from '../../exporters/core/ledger.ts';
import type { Metric } from '../../exporters/core/metric.ts';
import { openRuntime, type Runtime } from '../../exporters/core/runtime.ts';
import type { SubjectReader, SubjectRow } from '../../exporters/core/subjects.ts';
import { sqlTime } from '../../exporters/core/time.ts';
import { withView } from '../../exporters/core/views.ts';
import { scorecardSchema } from '../../exporters/scorecard/config.ts';
import { type ScorecardOptions, scorecardExporter } from '../../exporters/scorecard/index.ts';

export const start = new Date('2026-09-01T00:00:00Z');
export const day = (days: number) => new Date(start.getTime() + days * 864e5);

export interface Service {
  readonly name: string;
  readonly team?: string;
  /** Further lines of metadata and spec. */
  readonly metadata?: string;
  readonly spec?: string;
}

export function catalogOf(services: readonly Service[]): Catalog {
  const teams = ['red', 'blue', 'green'].map(
    team => `apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: { name: ${team} }\nspec: { type: team }\n`,
  );
  const components = services.map(
    ({ name, team, metadata = '', spec = '' }) => `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${name}
${metadata}
spec:
  type: service
  lifecycle: production
${team === undefined ? '' : `  owner: group:${team}`}
${spec}
`,
  );
  const { entities, rejects } = parseEntities('catalog.yaml', [...teams, ...components].join('---\n'));
  if (rejects.length > 0) throw new Error(JSON.stringify(rejects));
  return buildCatalog(entities);
}

/** What an exporter says of a service, an image or anything else from a day on. */
export interface Said {
  /** Days after the start; said of the time from then on. */
  readonly from: number;
  readonly check: string;
  readonly subject: string;
  readonly state: 'pass' | 'fail' | 'unknown' | 'gone';
  readonly kind?: string;
  readonly service?: string;
  readonly team?: string;
  readonly environment?: string;
  readonly detail?: string;
  readonly amount?: string;
  readonly unit?: string;
}

/** An exporter that says what is in `said`, which a test may add to; `sources` are those it has read. */
export function sayer(
  exporter: string,
  checks: readonly string[],
  said: Said[],
  sources: string[] = ['one'],
): SubjectReader {
  const standing = (check: string, at: Date): Map<string, SubjectRow> => {
    const rows = new Map<string, SubjectRow>();
    for (const one of said) {
      if (one.check !== check || day(one.from) > at) continue;
      const {
        kind = 'service',
        subject,
        team = '',
        service = kind === 'service' ? subject : '',
        environment = '',
      } = one;
      const key = JSON.stringify([kind, subject, service, environment]);
      if (one.state === 'gone') rows.delete(key);
      else
        rows.set(key, [
          ...[sqlTime(at), kind, subject, team, service, environment, one.state, null],
          ...[one.detail ?? '', one.amount ?? null, one.unit ?? ''],
        ]);
    }
    return rows;
  };
  return {
    exporter,
    checks: async () =>
      checks.map(check => ({
        ...{ check, help: 'A check.', everySeconds: 1, version: String(said.length), sourcesRead: [...sources].sort() },
      })),
    read: async (check, instants, onRows) => {
      let before = new Map<string, SubjectRow>();
      for (const at of instants) {
        const now = standing(check, at);
        const words = (row: SubjectRow | undefined) => JSON.stringify(row?.slice(1));
        onRows([
          ...[...now].filter(([key, row]) => words(row) !== words(before.get(key))).map(([, row]) => row),
          ...[...before]
            .filter(([key]) => !now.has(key))
            .map(([, row]) => [sqlTime(at), ...row.slice(1, 6), 'gone', sqlTime(at), '', null, '']),
        ]);
        before = now;
      }
    },
  };
}

export interface Books {
  readonly exporter: Exporter;
  readonly runtime: Runtime;
  readonly ledger: Ledger;
  /** Sets the clock, and reads all sources. */
  readonly on: (days: number) => Promise<void>;
  readonly setCatalog: (services: readonly Service[]) => Promise<void>;
  /** Values by the labels, joined by blanks. */
  readonly values: (metric: Metric, days: number) => Promise<Readonly<Record<string, number>>>;
  readonly close: () => Promise<void>;
}

export interface BooksOptions extends Partial<Omit<ScorecardOptions, 'catalog' | 'now'>> {
  readonly services: readonly Service[];
  readonly config?: z.input<typeof scorecardSchema>;
  readonly from?: number;
}

export const evaluate = (
  ledger: Ledger,
  exporter: Exporter,
  metric: Metric,
  instants: readonly Date[],
  history?: { readonly target: string },
): Promise<Row[]> =>
  ledger.read(reader =>
    withView(reader, exporter.facts, metric, { instants, ...(history === undefined ? {} : { history }) }, sql =>
      reader.all(`SELECT * FROM (${sql}) WHERE value IS NOT NULL ORDER BY ALL`),
    ),
  );

export async function openBooks({ services, config = {}, from = 0, ...options }: BooksOptions): Promise<Books> {
  let now = day(from);
  let catalog = catalogOf(services);
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'plumbline-scorecard-'));
  const exporter = scorecardExporter(scorecardSchema.parse(config), {
    ...{ slos: [], receivers: [], exporters: [], subjects: () => [] },
    ...options,
    catalog: () => catalog,
    now: () => now,
  });
  const runtime = await openRuntime(exporter, { dataDir, log: pino({ level: 'silent' }), now: () => now });
  return {
    ...{ exporter, runtime, ledger: runtime.ledger },
    on: async days => {
      now = day(days);
      const failed = (await runtime.refresh()).flatMap(({ error }) => error ?? []);
      if (failed.length > 0) throw new Error(failed.join('; '));
    },
    setCatalog: async next => {
      catalog = catalogOf(next);
      await runtime.prepare();
    },
    values: async (metric, days) =>
      Object.fromEntries(
        (await evaluate(runtime.ledger, exporter, metric, [day(days)])).map(row => [
          metric.labels.map(label => String(row[label])).join(' '),
          Number(row.value),
        ]),
      ),
    close: async () => {
      await runtime.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
