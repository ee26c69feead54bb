/** An experience exporter over scorecards that are told by hand. */
import { pino } from 'pino';
import type { Ownership } from '../../../exporters/catalog/ownership.ts';
import type { Exporter } from '../../../exporters/core/exporter.ts';
import { type Ledger, openLedger } from '../../../exporters/core/ledger.ts';
import { experienceSchema } from '../../../exporters/experience/config.ts';
import { experienceExporter } from '../../../exporters/experience/index.ts';
import { storeStandings } from '../../../exporters/experience/scorecards/store.ts';
import type { ScorecardTold } from '../../../exporters/experience/scorecards/told.ts';

export interface Books {
  readonly ledger: Ledger;
  readonly exporter: Exporter;
  /** Tells at an instant of our clock, in one transaction, as a source does. */
  readonly tell: (told: readonly ScorecardTold[], now: Date) => Promise<number>;
}

export async function openBooks(ownership: Ownership, now: string, own?: Ledger): Promise<Books> {
  const log = pino({ level: 'silent' });
  const exporter = experienceExporter(experienceSchema.parse({ scorecards: { top_services: 3 } }), ownership);
  const ledger = own ?? (await openLedger({ path: ':memory:', tables: exporter.tables }));
  await ledger.write(async tx => {
    await exporter.prepare?.(tx, { now: () => new Date(now), log });
    await exporter.derive?.(tx, { now: () => new Date(now), log });
  });
  return {
    ...{ ledger, exporter },
    tell: (told, at) =>
      ledger.write(async tx => {
        const stored = await storeStandings(tx, 'test', told, at);
        await exporter.derive?.(tx, { now: () => at, log });
        return stored;
      }),
  };
}
