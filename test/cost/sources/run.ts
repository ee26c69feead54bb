/** Refreshes sources into a ledger in memory, as the runtime does: each batch is committed with its cursor. */
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { buildCatalog } from '../../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../../exporters/catalog/config.ts';
import { buildOwnership } from '../../../exporters/catalog/ownership.ts';
import type { Ledger } from '../../../exporters/core/ledger.ts';
import { type RefreshResult, refreshSource } from '../../../exporters/core/refresh.ts';
import { costSchema } from '../../../exporters/cost/config.ts';
import { costExporter } from '../../../exporters/cost/index.ts';
import { openBooks } from '../books.ts';

export interface CostRun {
  readonly ledger: Ledger;
  /** Refreshes every source, at an instant; what was logged is in `logged`. */
  readonly refresh: (now: string) => Promise<readonly RefreshResult[]>;
  readonly logged: () => string;
}

/** A cost exporter of a configuration's `cost` and `ownership` sections over a ledger in memory. */
export async function costRun(
  t: TestContext,
  cost: unknown,
  ownership: unknown = {},
  /** Another run's: what it read is there, as after a restart. */
  before?: Pick<CostRun, 'ledger'>,
): Promise<CostRun> {
  const lines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  let instant = new Date('2026-11-01T00:00:00Z');
  const now = () => instant;
  const exporter = costExporter(
    costSchema.parse(cost),
    buildOwnership(buildCatalog([]), ownershipSchema.parse(ownership)),
    { now },
  );
  const ledger = before?.ledger ?? (await openBooks());
  if (!before) t.after(() => ledger.close());
  await ledger.write(async tx => {
    await exporter.prepare?.(tx, { now, log });
    await exporter.derive?.(tx, { now, log });
  });
  const signal = new AbortController().signal;
  return {
    ledger,
    refresh: async text => {
      instant = new Date(text);
      const results: RefreshResult[] = [];
      for (const source of exporter.sources)
        results.push(await refreshSource(source, { exporter, ledger, log, now, signal, progress: () => undefined }));
      return results;
    },
    logged: () => lines.join(''),
  };
}

/** Present quantities: `day usage team service environment quantity`, zeros left out. */
export const quantitiesOf = (ledger: Ledger): Promise<string[]> =>
  ledger.read(async reader =>
    (
      await reader.all(
        `SELECT concat_ws(' ', charge_day, usage, coalesce(nullif(team, ''), '-'), coalesce(nullif(service, ''), '-'),
           coalesce(nullif(environment, ''), '-'), sum(quantity)::DECIMAL(38,3)) AS line
         FROM usage_quantities GROUP BY charge_day, usage, team, service, environment
         HAVING sum(quantity) <> 0 ORDER BY ALL`,
      )
    ).map(row => String(row.line)),
  );
