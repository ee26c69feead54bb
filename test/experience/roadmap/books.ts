/** An experience exporter over items that are told by hand, and values of its families as of an instant. */
import { pino } from 'pino';
import type { Ownership } from '../../../exporters/catalog/ownership.ts';
import type { Exporter } from '../../../exporters/core/exporter.ts';
import { type Ledger, openLedger, type Row } from '../../../exporters/core/ledger.ts';
import type { Metric } from '../../../exporters/core/metric.ts';
import { experienceSchema } from '../../../exporters/experience/config.ts';
import { experienceExporter } from '../../../exporters/experience/index.ts';
import { storeRoadmap } from '../../../exporters/experience/roadmap/store.ts';
import type { RoadmapItem } from '../../../exporters/experience/roadmap/told.ts';
import { ownershipOf } from '../../catalog/ownership-of.ts';
import { evaluate } from '../../core/as-of.ts';

export interface Telling {
  readonly items: readonly RoadmapItem[];
  readonly isWhole?: boolean;
  readonly source?: string;
  readonly team?: string;
  /** The moment that it speaks of, where that is not when it is told. */
  readonly at?: string;
}

export interface Books {
  readonly ledger: Ledger;
  readonly exporter: Exporter;
  /** Tells at an instant of our clock, in one transaction, as a source does; returns how many versions are new. */
  readonly tell: (told: Telling, now: string) => Promise<number>;
  readonly rows: (sql: string) => Promise<readonly Row[]>;
  /** `label value … = value` lines of a family as of an instant. */
  readonly lines: (metric: Metric, instant: string) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

/** The teams platform and data. */
export const teams = ownershipOf({ platform: { portal: 'acme/portal' }, data: { lake: 'acme/lake' } });

export interface BooksOptions {
  readonly roadmap?: unknown;
  readonly ownership?: Ownership;
  readonly ledger?: Ledger;
  readonly now?: string;
}

export async function openBooks({
  roadmap = { minimum_samples: 1 },
  ownership = teams,
  ledger: own,
  now = '2026-01-01T00:00:00Z',
}: BooksOptions = {}): Promise<Books> {
  const log = pino({ level: 'silent' });
  const exporter = experienceExporter(experienceSchema.parse({ roadmap }), ownership);
  const ledger = own ?? (await openLedger({ path: ':memory:', tables: exporter.tables }));
  const at = (text: string) => ({ now: () => new Date(text), log });
  await ledger.write(async tx => {
    await exporter.prepare?.(tx, at(now));
    await exporter.derive?.(tx, at(now));
  });
  return {
    ledger,
    exporter,
    tell: ({ items, isWhole = false, source = 'linear', team = 'platform', at: moment }, when) =>
      ledger.write(async tx => {
        const added = await storeRoadmap(
          tx,
          source,
          { items, isWhole },
          { now: new Date(when), at: new Date(moment ?? when), team },
        );
        await exporter.derive?.(tx, at(when));
        return added;
      }),
    rows: sql => ledger.read(reader => reader.all(sql)),
    lines: async (metric, instant) =>
      (await evaluate(ledger, exporter, metric, { instants: [new Date(instant)] })).map(row =>
        [...metric.labels.map(label => String(row[label])), '=', String(row.value)].join(' '),
      ),
    close: () => ledger.close(),
  };
}

/** An item that was created on 1 January 2026, changed last when it is said to have been. */
export const item = (
  id: string,
  status: RoadmapItem['status'],
  changedAt: string,
  more: Partial<RoadmapItem> = {},
): RoadmapItem => ({
  ...{ id, key: `PLAT-${id}`, status, changedAt, area: '', createdAt: '2026-01-01T00:00:00Z', isFeedback: false },
  ...more,
});
