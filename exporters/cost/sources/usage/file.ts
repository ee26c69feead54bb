/**
 * A usage metric from a CSV file with a header: `day` (a UTC day), `quantity`, and where they are told `team`, `service`
 * and `environment`. The file is all of the days in it; a day that is no longer in it stays as it was.
 */
import { type FileStat, literalPath, look, readHead, vetFile } from '../../../core/files.ts';
import type { Transaction } from '../../../core/ledger.ts';
import type { BatchCounts } from '../../../core/source.ts';
import { sqlTime } from '../../../core/time.ts';
import { PlumblineError } from '../../errors.ts';
import { largestQuantity } from '../../usage.ts';
import type { UsageFileConfig } from './config.ts';

const columns = ['day', 'quantity', 'team', 'service', 'environment'] as const;

/** A file as it was vetted. */
export interface UsageFile {
  readonly stat: FileStat;
  readonly digest: string;
  /** Records are lines: a reject's line is known. */
  readonly recordIsLine: boolean;
  /** `FROM` this: every field by its name, in order. */
  readonly sql: string;
}

/**
 * Vets the file. Undefined while it is still being written: another look will find it whole. Errors: USAGE_FILE_INVALID.
 */
export async function vetUsageFile(config: UsageFileConfig): Promise<UsageFile | undefined> {
  const invalid = (reason: string) =>
    new PlumblineError('USAGE_FILE_INVALID', { usage: config.name, path: config.path, reason });
  const stat = await look(config.path);
  if (!stat) throw invalid('there is no such file');
  const head = await readHead(stat);
  if (typeof head === 'string') throw invalid(`it is ${head.replaceAll('_', ' ')}`);
  if (!head.header) throw invalid('it is no CSV file');
  const names = head.header.columns.map(name => name.trim().toLowerCase());
  for (const name of ['day', 'quantity'])
    if (!names.includes(name)) throw invalid(`its header has no column ${name}: ${head.header.columns.join()}`);
  const vetted = await vetFile(stat, head);
  if (vetted === 'no_final_newline') return undefined;
  if (typeof vetted === 'string') throw invalid(`it is ${vetted.replaceAll('_', ' ')}`);
  if (vetted.records === 0) throw invalid('it is empty');
  const fields = columns.map(name => {
    const index = names.indexOf(name);
    return `${index < 0 ? 'NULL::VARCHAR' : `trim(c${index})`} AS ${name}`;
  });
  const typed = names.map((_, index) => `'c${index}': 'VARCHAR'`).join(', ');
  return {
    stat,
    digest: vetted.digest,
    recordIsLine: vetted.recordIsLine,
    sql: `(SELECT row_number() OVER () + 1 AS line, ${fields.join(', ')}
      FROM read_csv('${literalPath(stat.path).replaceAll("'", "''")}', auto_detect = false, columns = {${typed}},
        header = true, delim = '${head.header.delimiter}', quote = '"', escape = '"', null_padding = true,
        compression = '${head.gzip ? 'gzip' : 'none'}', parallel = false))`,
  };
}

/** Makes `usage_rows` of the file's good records, and keeps the bad ones in `rejects` in place of earlier ones. */
export async function readUsageFile(
  tx: Transaction,
  file: UsageFile,
  { source, now }: { readonly source: string; readonly now: Date },
): Promise<Pick<BatchCounts, 'records' | 'rejected'>> {
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE usage_records AS
     SELECT line, day, quantity AS written, team, service, environment, try_cast(day AS DATE) AS charge_day,
       try_cast(quantity AS DECIMAL(38, 10)) AS quantity,
       CASE
         WHEN charge_day IS NULL THEN 'bad_date'
         WHEN try_cast(written AS DECIMAL(38, 10)) IS NULL THEN 'bad_number'
         WHEN try_cast(written AS DECIMAL(38, 10)) < 0 THEN 'negative_quantity'
         WHEN try_cast(written AS DECIMAL(38, 10)) >= ${largestQuantity} THEN 'quantity_too_large'
       END AS reason
     FROM ${file.sql}`,
  );
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE usage_rows AS
     SELECT charge_day, team, service, environment, quantity FROM usage_records WHERE reason IS NULL`,
  );
  await tx.run('DELETE FROM rejects WHERE source = $source', { source });
  await tx.run(
    `INSERT INTO rejects
     SELECT $source, $file, CASE WHEN $lines THEN line END, reason, CASE reason WHEN 'bad_date' THEN 'day' ELSE 'quantity' END,
       left(CASE reason WHEN 'bad_date' THEN day ELSE written END, 200), $now::TIMESTAMP
     FROM usage_records WHERE reason IS NOT NULL ORDER BY line LIMIT 10000`,
    { source, file: file.stat.path, lines: file.recordIsLine, now: sqlTime(now) },
  );
  tx.touch('rejects');
  const rejected = await tx.all(
    'SELECT reason, count(*)::INTEGER AS count FROM usage_records WHERE reason IS NOT NULL GROUP BY ALL',
  );
  const records = Number(await tx.scalar('SELECT count(*) FROM usage_records'));
  return { records, rejected: Object.fromEntries(rejected.map(row => [String(row.reason), Number(row.count)])) };
}
