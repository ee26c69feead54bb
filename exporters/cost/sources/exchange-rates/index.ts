/**
 * The file of exchange rates: read whole when it has changed and is whole, its values compared with what is known.
 * Rates of the last five years are kept.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { type FileNote, noteFiles, seenFiles } from '../../../core/file-notes.ts';
import { type FileStat, isSettled, look, readHead, sameLook, vetFile } from '../../../core/files.ts';
import type { Transaction } from '../../../core/ledger.ts';
import type { Batch, BatchCounts, ReadSource } from '../../../core/source.ts';
import { sqlTime } from '../../../core/time.ts';
import { isMoving } from '../../bills/prepare.ts';
import { PlumblineError } from '../../errors.ts';
import type { ExchangeRatesConfig } from './config.ts';
import { type RateReject, type ReadRates, readRates } from './rates.ts';
import { writeRates } from './write.ts';

export const exchangeRatesName = 'exchange-rates';

const keptYears = 5;

interface Cursor {
  readonly reportingCurrency: string;
}

/** The source `exchange-rates`. Throws RATES_NOT_FOUND from a refresh where there is no such file. */
export function exchangeRatesSource(config: ExchangeRatesConfig): ReadSource {
  const { reporting_currency: reportingCurrency } = config;
  const cursor: Cursor = { reportingCurrency };
  return {
    kind: 'read',
    name: exchangeRatesName,
    everySeconds: config.every,
    batches: async function* (context, before): AsyncGenerator<Batch> {
      const file = await look(config.file);
      if (file === undefined) throw new PlumblineError('RATES_NOT_FOUND', { path: config.file });
      const seen = (await context.ledger.read(reader => seenFiles(reader, exchangeRatesName))).get(file.path);
      const isSame = sameLook(file, seen) && (before as Cursor | undefined)?.reportingCurrency === reportingCurrency;
      if (isSame && seen?.state !== 'waiting') return;
      const now = context.now();
      const since = `${now.getUTCFullYear() - keptYears}-01-01`;
      const read = isSettled(file, seen, config.settle)
        ? await readFileOfRates(file, { reportingCurrency, since })
        : { refused: 'being_written' };
      yield { cursor, write: tx => write(tx, { file, read, reportingCurrency, now }) };
    },
  };
}

type Outcome = { readonly refused: string } | (ReadRates & { readonly digest: string });

async function readFileOfRates(file: FileStat, options: Parameters<typeof readRates>[1]): Promise<Outcome> {
  const head = await readHead(file);
  if (typeof head === 'string') return { refused: head };
  if (head.format !== 'csv') return { refused: 'unreadable_header' };
  const vetted = await vetFile(file, head);
  if (typeof vetted === 'string') return { refused: vetted };
  const bytes = await readFile(file.path);
  const digest = createHash('sha256').update(bytes).digest('hex');
  if (digest !== vetted.digest) return { refused: 'changed_while_read' };
  const read = readRates((head.gzip ? gunzipSync(bytes) : bytes).toString('utf8'), options);
  return read === 'unknown_header' ? { refused: read } : { ...read, digest };
}

interface Writing {
  readonly file: FileStat;
  readonly read: Outcome;
  readonly reportingCurrency: string;
  readonly now: Date;
}

/** What a file that can't be read says stays unknown; the rates of before hold. */
async function write(tx: Transaction, { file, read, reportingCurrency, now }: Writing): Promise<BatchCounts> {
  const isRefused = 'refused' in read;
  const waits = isRefused && isMoving(read.refused);
  const note: FileNote = isRefused
    ? { ...file, state: waits ? 'waiting' : 'broken', reason: read.refused, digest: '', records: 0 }
    : { ...file, state: 'loaded', reason: '', digest: read.digest, records: read.rates.length };
  await noteFiles(tx, exchangeRatesName, [note], { now });
  if (isRefused && waits) return { records: 0, changed: 0, rejected: {}, waiting: 1 };
  if (isRefused) {
    await keepRejects(tx, file, [{ reason: `file_${read.refused}` }], now);
    return { records: 0, changed: 0, rejected: { [`file_${read.refused}`]: 1 } };
  }
  await keepRejects(tx, file, read.rejects, now);
  const changed =
    read.rates.length === 0 ? 0 : await writeRates(tx, read.rates, { reportingCurrency, now: sqlTime(now) });
  const rejected: Record<string, number> = {};
  for (const { reason } of read.rejects) rejected[reason] = (rejected[reason] ?? 0) + 1;
  return { records: read.rates.length, changed, rejected };
}

const keptRejects = 10_000;

async function keepRejects(
  tx: Transaction,
  { path }: FileStat,
  rejects: readonly (Omit<Partial<RateReject>, 'reason'> & { readonly reason: string })[],
  now: Date,
): Promise<void> {
  await tx.run('DELETE FROM rejects WHERE source = $source', { source: exchangeRatesName });
  await tx.run(
    `INSERT INTO rejects
     SELECT $source, $path, r.line, r.reason, r.field, r.value, $now::TIMESTAMP
     FROM (SELECT unnest(from_json($rows, '[{"line":"BIGINT","reason":"VARCHAR","field":"VARCHAR","value":"VARCHAR"}]')) AS r)`,
    { source: exchangeRatesName, path, rows: JSON.stringify(rejects.slice(0, keptRejects)), now: sqlTime(now) },
  );
  tx.touch('rejects');
}
