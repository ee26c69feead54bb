/** A ledger with the cost tables, folders for bills, and a refresh as the core does it. */
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import pino from 'pino';
import { type Ledger, openLedger, type Row } from '../../../exporters/core/ledger.ts';
import type { BatchCounts, SourceContext } from '../../../exporters/core/source.ts';
import { type FocusOptions, focusSource } from '../../../exporters/cost/sources/focus/index.ts';

export const reads = {
  tags: ['team', 'user:team', 'owner', 'environment', 'env'],
  attributes: ['provider', 'sub_account'],
};

export interface Books {
  readonly ledger: Ledger;
  /** A folder of the test's own. */
  readonly folder: string;
  /** Writes a file in it (folders are made) with a time of its own: later files are newer. */
  readonly put: (name: string, content: string | Buffer) => Promise<string>;
  readonly refresh: (options: Partial<FocusOptions> & RefreshHooks) => Promise<BatchCounts & { batches: number }>;
  readonly all: (sql: string) => Promise<Row[]>;
  readonly scalar: (sql: string) => Promise<unknown>;
}

interface RefreshHooks {
  readonly reads?: typeof reads;
  readonly onProgress?: () => void;
  readonly now?: string;
}

export async function openBooks(t: TestContext): Promise<Books> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'focus-'));
  const url = (name: string) => new URL(`../../../exporters/${name}/tables.sql`, import.meta.url);
  const ledger = await openLedger({
    path: path.join(folder, 'ledger', 'cost.duckdb'),
    tables: [url('catalog'), url('cost')],
    threads: 2,
  });
  t.after(async () => {
    await ledger.close();
    rmSync(folder, { recursive: true });
  });
  let clock = Date.parse('2026-11-20T00:00:00Z');
  let written = Date.parse('2026-11-01T00:00:00Z');
  return {
    ledger,
    folder,
    put: async (name, content) => {
      const file = path.join(folder, name);
      await mkdir(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
      written += 60_000;
      utimesSync(file, new Date(written), new Date(written));
      return file;
    },
    refresh: async ({ onProgress = () => undefined, now, reads: read = reads, ...options }) => {
      clock += 3_600_000;
      const at = now ? new Date(now) : new Date(clock);
      const source = focusSource({ path: path.join(folder, 'bills'), settleSeconds: 0, ...options }, read);
      await ledger.write(tx =>
        tx.run(
          `INSERT INTO cost_sources SELECT $name, $role WHERE NOT EXISTS (FROM cost_sources WHERE source = $name)`,
          { name: source.name, role: options.role ?? 'authoritative' },
        ),
      );
      const context: SourceContext = {
        ledger,
        log: pino({ level: 'silent' }),
        now: () => at,
        signal: new AbortController().signal,
        progress: onProgress,
      };
      const total = { records: 0, changed: 0, rejected: {} as Record<string, number>, waiting: 0, batches: 0 };
      for await (const batch of source.batches(context, undefined)) {
        const counts = await ledger.write(tx => batch.write(tx));
        total.batches += 1;
        total.records += counts.records;
        total.changed += counts.changed;
        total.waiting += counts.waiting ?? 0;
        for (const [reason, n] of Object.entries(counts.rejected))
          total.rejected[reason] = (total.rejected[reason] ?? 0) + n;
      }
      return total;
    },
    all: sql => ledger.read(reader => reader.all(sql)),
    scalar: sql => ledger.read(reader => reader.scalar(sql)),
  };
}

/** A bill of the columns that matter, from rows of them. */
export function bill(rows: readonly Readonly<Record<string, string>>[], delimiter = ','): string {
  const names = [...new Set(rows.flatMap(row => Object.keys(row)))];
  const cell = (value = '') => (/["\n,;]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  return [names, ...rows.map(row => names.map(name => row[name] ?? ''))]
    .map(line => line.map(cell).join(delimiter))
    .join('\n')
    .concat('\n');
}

/** One charge; `with` replaces what the test is about. */
export const charge = (row: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  BilledCost: '1.5',
  EffectiveCost: '1.25',
  ListCost: '2',
  ContractedCost: '1.5',
  BillingCurrency: 'USD',
  BillingAccountId: '1',
  BillingPeriodStart: '2026-10-01T00:00:00Z',
  ChargePeriodStart: '2026-10-05T07:00:00Z',
  ChargeCategory: 'Usage',
  ProviderName: 'AWS',
  ServiceCategory: 'Compute',
  ServiceName: 'EC2',
  ResourceId: 'i-1',
  Tags: '{"team":"search"}',
  ...row,
});

/** Presents sums of the ledger: what each day, service, category and currency comes to, exactly. */
export const ledgerSums = `
  SELECT charge_day::VARCHAR AS day, service_name AS service, charge_category AS category, currency,
    sum(billed)::VARCHAR AS billed, sum(effective)::VARCHAR AS effective, sum(list)::VARCHAR AS list,
    sum(contracted)::VARCHAR AS contracted, sum(quantity)::VARCHAR AS quantity
  FROM charges JOIN charge_keys USING (key_id)
  GROUP BY ALL ORDER BY ALL`;
