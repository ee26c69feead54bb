/** What Datadog computes, as external metrics; see metrics.sql. */
import { readFileSync } from 'node:fs';
import type { Transaction } from '../../../core/ledger.ts';
import { sqlTime } from '../../../core/time.ts';
import type { DatadogRead } from './cursor.ts';

const sql = readFileSync(new URL('./metrics.sql', import.meta.url), 'utf8');

/** Computes whole UTC days; returns how many values are new. */
export async function storeMetrics(
  tx: Transaction,
  { config, context, production }: DatadogRead,
  { first, last }: { readonly first: string; readonly last: string },
): Promise<number> {
  const [result] = await tx.all(sql, {
    ...{ source: config.name, first, last, now: sqlTime(context.now()) },
    production: patternOf(production),
  });
  const added = Number(Object.values(result ?? {})[0] ?? 0);
  if (added > 0) tx.touch('external_metrics');
  return added;
}

/** A regular expression of patterns in which * is any text and ? one character; of lower case. */
const patternOf = (patterns: readonly string[]): string =>
  `^(${patterns
    .map(pattern =>
      pattern
        .toLowerCase()
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.'),
    )
    .join('|')})$`;
