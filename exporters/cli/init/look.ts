/** A quick look at bills, to propose rules: which tags, accounts and resources they have, and how much cost is on each. */
import { type Ledger, openLedger } from '../../core/ledger.ts';
import { type BillFormat, lookAtBills, recogniseBill } from '../../cost/index.ts';
import { PlumblineError } from '../errors.ts';
import type { Progress } from '../progress.ts';

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
  /** How many files could be read. */
  readonly files: number;
  /** The bills' formats, by the paths given. */
  readonly formats: ReadonlyMap<string, BillFormat>;
  /** Words of which a resource's id holds, by cost, among charges that have none of the tags. */
  readonly resourcesWithout: (tagKeys: readonly string[], words: readonly string[]) => Promise<readonly Share[]>;
  readonly close: () => Promise<void>;
}

const most = 500;

/**
 * Reads what can be read of files, folders or globs into a ledger at `file`, which is thrown away by whoever made its
 * folder. Errors: COMMAND_USAGE where a path means no file.
 */
export async function lookAt(paths: readonly string[], file: string, progress: Progress): Promise<BillLook> {
  const ledger = await openLedger({ path: file });
  try {
    const { read, formats } = await lookAtBills(ledger, paths, {
      recognise: recogniseBill,
      onBytes: (done, total) => progress.report(done, total, 'bytes'),
      onNone: path => {
        const reason = `--bill ${path} is no file, no folder with bills and no glob that matches`;
        throw new PlumblineError('COMMAND_USAGE', { reason });
      },
    });
    return { ...(await describe(ledger)), files: read, formats };
  } catch (error) {
    await ledger.close();
    throw error;
  }
}

async function describe(ledger: Ledger): Promise<Omit<BillLook, 'files' | 'formats'>> {
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
