/** A ledger and a folder of reports, and a refresh of the source `aws-cur` as the core does it. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import pino from 'pino';
import type { BatchCounts, SourceContext } from '../../../exporters/core/source.ts';
import { awsCurSchema } from '../../../exporters/cost/sources/aws-cur/config.ts';
import { awsCurSource } from '../../../exporters/cost/sources/aws-cur/index.ts';
import type { Books } from './focus-books.ts';

export const reads = { tags: ['team', 'user:team'], attributes: ['provider', 'sub_account'] };

export interface CurRefresh {
  readonly path?: string;
  readonly bucket?: Readonly<Record<string, unknown>>;
  readonly settle?: number;
  readonly history_months?: number;
  readonly now?: string;
  readonly maxAttempts?: number;
}

/** Refreshes one source again and again: it keeps what it has read of manifests. */
export function curRefresher(books: Books) {
  const sources = new Map<string, ReturnType<typeof awsCurSource>>();
  let clock = Date.parse('2026-11-20T00:00:00Z');
  return async ({ now, maxAttempts = 1, ...options }: CurRefresh = {}): Promise<BatchCounts> => {
    clock += 3_600_000;
    const at = now ? new Date(now) : new Date(clock);
    const where = options.bucket ? {} : { path: path.join(books.folder, 'reports') };
    const config = awsCurSchema.parse({ settle: 0, ...where, ...options });
    const key = JSON.stringify(config);
    const source = sources.get(key) ?? awsCurSource(config, reads, { maxAttempts, idleMs: 2_000 });
    sources.set(key, source);
    await books.ledger.write(tx =>
      tx.run(
        `INSERT INTO cost_sources SELECT 'aws-cur', 'authoritative' WHERE NOT EXISTS (FROM cost_sources WHERE source = 'aws-cur')`,
      ),
    );
    const context: SourceContext = {
      ledger: books.ledger,
      log: pino({ level: 'silent' }),
      now: () => at,
      signal: new AbortController().signal,
      progress: () => undefined,
    };
    const total = { records: 0, changed: 0, rejected: {} as Record<string, number>, waiting: 0 };
    for await (const batch of source.batches(context, undefined)) {
      const counts = await books.ledger.write(tx => batch.write(tx));
      total.records += counts.records;
      total.changed += counts.changed;
      total.waiting += counts.waiting ?? 0;
      for (const [reason, n] of Object.entries(counts.rejected))
        total.rejected[reason] = (total.rejected[reason] ?? 0) + n;
    }
    return total;
  };
}

/** All that the ledger holds of money, without where it came from. */
export const wholeLedger = `
  SELECT charge_day::VARCHAR AS day, billing_period::VARCHAR AS period, * EXCLUDE (key_id, owner_key, charge_day, billing_period,
      origin, occurred_at, learned_at, billed, effective, list, contracted, quantity, tags),
    tags::VARCHAR AS tags, sum(billed)::VARCHAR AS billed, sum(effective)::VARCHAR AS effective, sum(list)::VARCHAR AS list,
    sum(contracted)::VARCHAR AS contracted, sum(quantity)::VARCHAR AS quantity
  FROM charges JOIN charge_keys USING (key_id)
  GROUP BY ALL ORDER BY ALL`;

export const clear = (books: Books) => rmSync(path.join(books.folder, 'reports'), { recursive: true, force: true });
