/** A quick look at bills, to propose rules: which tags, accounts and resources they have, and how much cost is on each. */

import { type FileFormat, listFiles, literalPath, readHead } from '../../core/files.ts';
import { type Ledger, openLedger } from '../../core/ledger.ts';
import { PlumblineError } from '../errors.ts';

export interface Share {
  readonly value: string;
  /** Part of the bill's effective cost, without regard to signs; 0 to 1. */
  readonly share: number;
}

export interface TagKey {
  readonly key: string;
  readonly share: number;
  /** Its values, most cost first. */
  readonly values: readonly Share[];
}

export interface Account {
  readonly id: string;
  readonly name: string;
  readonly share: number;
}

export interface BillLook {
  readonly tags: readonly TagKey[];
  readonly accounts: readonly Account[];
  readonly providers: readonly string[];
  /** Words of which a resource's id holds, by cost, among charges that have none of the tags. */
  readonly resourcesWithout: (tagKeys: readonly string[], words: readonly string[]) => Promise<readonly Share[]>;
  readonly close: () => Promise<void>;
}

const isBill = (name: string) => /\.(csv|csv\.gz|gz|parquet)$/i.test(name);
const most = 500;

/** Files, folders or globs. Errors: COMMAND_USAGE where a path means no file, or a file is no bill. */
export async function lookAtBills(paths: readonly string[]): Promise<BillLook> {
  const ledger = await openLedger({ path: ':memory:' });
  try {
    await readBills(ledger, paths);
    return await describe(ledger);
  } catch (error) {
    await ledger.close();
    throw error;
  }
}

async function readBills(ledger: Ledger, paths: readonly string[]): Promise<void> {
  await ledger.write(tx =>
    tx.run(
      'CREATE TABLE bill (provider VARCHAR, account VARCHAR, account_name VARCHAR, resource VARCHAR, tags VARCHAR, cost DOUBLE)',
    ),
  );
  for (const path of paths) {
    const files = await listFiles(path, isBill);
    if (files.length === 0) throw unusable(path, 'is no file, no folder with bills and no glob that matches');
    for (const file of files) {
      const head = await readHead(file);
      if (typeof head === 'string') throw unusable(file.path, `could not be read: ${head.replaceAll('_', ' ')}`);
      await readBill(ledger, file.path, head.format, head.header?.delimiter ?? ',');
    }
  }
}

const unusable = (path: string, reason: string) =>
  new PlumblineError('COMMAND_USAGE', { reason: `--bill ${path} ${reason}` });

async function readBill(ledger: Ledger, file: string, format: FileFormat, delimiter: string): Promise<void> {
  const parameters = { file: literalPath(file) };
  const source =
    format === 'parquet'
      ? 'read_parquet($file)'
      : `read_csv($file, header = true, all_varchar = true, delim = '${delimiter}', quote = '"', escape = '"', ignore_errors = true)`;
  await ledger.write(async tx => {
    const described = await tx.all(`DESCRIBE SELECT * FROM ${source}`, parameters);
    const columns = new Map(
      described.map(row => [String(row.column_name).replace(/[\s_]/g, '').toLowerCase(), row] as const),
    );
    const text = (...names: string[]) => {
      const found = names.flatMap(name => (columns.has(name) ? [columns.get(name)!] : []));
      const parts = found.map(row => {
        const name = `"${String(row.column_name).replaceAll('"', '""')}"`;
        return /^(MAP|STRUCT|JSON)/.test(String(row.column_type))
          ? `to_json(${name})::VARCHAR`
          : `nullif(nullif(${name}::VARCHAR, 'NULL'), '')`;
      });
      return parts.length === 0 ? 'NULL' : `coalesce(${parts.join(', ')})`;
    };
    if (!columns.has('chargeperiodstart')) {
      // The other datasets of a FOCUS delivery stand beside the charges.
      if (columns.has('billingperiodstatus') || columns.has('invoicedetailid') || columns.has('contractcommitmentid'))
        return;
      throw unusable(file, 'has no column ChargePeriodStart, so it is no FOCUS bill');
    }
    await tx.run(
      `INSERT INTO bill
       SELECT coalesce(${text('providername', 'serviceprovidername', 'invoiceissuername')}, ''),
              coalesce(${text('subaccountid', 'billingaccountid')}, ''), coalesce(any_value(${text('subaccountname')}), ''),
              coalesce(${text('resourceid')}, ''), coalesce(${text('tags')}, ''),
              sum(abs(coalesce(try_cast(${text('effectivecost', 'billedcost')} AS DOUBLE), 0)))
       FROM ${source} GROUP BY 1, 2, 4, 5`,
      parameters,
    );
  });
}

async function describe(ledger: Ledger): Promise<BillLook> {
  await ledger.write(tx =>
    tx.run(
      `CREATE TABLE tags AS
       WITH documents AS (
         SELECT tags AS text, CASE WHEN json_type(try_cast(tags AS JSON)) = 'OBJECT' THEN tags
                                   WHEN json_type(try_cast('{' || tags || '}' AS JSON)) = 'OBJECT' THEN '{' || tags || '}' END AS object
         FROM (SELECT DISTINCT tags FROM bill WHERE tags <> '')
       )
       SELECT text, e.key, trim(e.value ->> '$') AS value
       FROM documents, json_each(object) e WHERE object IS NOT NULL AND trim(e.value ->> '$') <> '';
       CREATE TABLE total AS SELECT greatest(sum(cost), 1e-9) AS cost FROM bill`,
    ),
  );
  const { tags, accounts, providers } = await ledger.read(async reader => ({
    tags: await reader.all(
      `SELECT key, value, sum(b.cost) / any_value(total.cost) AS share, sum(share) OVER (PARTITION BY key) AS key_share
       FROM bill b JOIN tags t ON t.text = b.tags, total GROUP BY key, value
       ORDER BY key_share DESC, key, share DESC, value LIMIT 20000`,
    ),
    accounts: await reader.all(
      `SELECT account, max(account_name) AS name, sum(b.cost) / any_value(total.cost) AS share
       FROM bill b, total WHERE account <> '' GROUP BY account ORDER BY share DESC, account LIMIT ${most}`,
    ),
    providers: await reader.all(`SELECT DISTINCT provider FROM bill WHERE provider <> '' ORDER BY provider`),
  }));
  const byKey = Map.groupBy(tags, row => String(row.key));
  return {
    tags: [...byKey].map(([key, rows]) => ({
      key,
      share: Number(rows[0]?.key_share),
      values: rows.slice(0, most).map(row => ({ value: String(row.value), share: Number(row.share) })),
    })),
    accounts: accounts.map(row => ({ id: String(row.account), name: String(row.name), share: Number(row.share) })),
    providers: providers.map(row => String(row.provider)),
    resourcesWithout: (keys, words) =>
      ledger.read(async reader => {
        const rows = await reader.all(
          `WITH tagged AS (SELECT DISTINCT text FROM tags WHERE list_contains(from_json($keys::JSON, '["VARCHAR"]'), key)),
                word AS (SELECT unnest(from_json($words::JSON, '["VARCHAR"]')) AS word)
           SELECT word, sum(b.cost) / any_value(total.cost) AS share
           FROM bill b JOIN word ON contains(lower(resource), lower(word)), total
           WHERE b.tags NOT IN (SELECT text FROM tagged) GROUP BY word ORDER BY share DESC, word`,
          { keys: JSON.stringify(keys), words: JSON.stringify(words) },
        );
        return rows.map(row => ({ value: String(row.word), share: Number(row.share) }));
      }),
    close: ledger.close,
  };
}
