/** The bills of the end-to-end tests, each as first delivered and as restated, ending yesterday. */
import { writeFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { ownBill, sharedAccount, sharedParts } from './bill.ts';
import { type CorpusBill, corpusBills, formatOf, instantFor, readerOf } from './corpus.ts';
import { settle } from './plumbline.ts';
import { duckdb, type RawBill } from './raw.ts';

export interface Bill extends Omit<RawBill, 'file'> {
  readonly name: string;
  /** Its last lines, `csv` or `parquet`. */
  readonly extension: string;
  /** Writes the bill, or its restatement, to the file; settled. */
  readonly write: (file: string, restated: boolean) => Promise<void>;
}

const own: Bill = {
  name: 'own',
  extension: 'csv',
  teamTag: 'Team',
  serviceTag: 'service',
  top: 5,
  shared: { account: sharedAccount, weights: sharedParts },
  write: async (file, restated) => {
    writeFileSync(file, ownBill(new Date(), restated));
    settle(file);
  },
};

/** Our own bill, and those of the corpus; tells by name which are not there. */
export const allBills = (t: TestContext): readonly Bill[] => [own, ...corpusBills(t).map(shifted)];

const instants = ['ChargePeriodStart', 'ChargePeriodEnd', 'BillingPeriodStart', 'BillingPeriodEnd'];

/**
 * A bill of the corpus with its dates shifted by whole days, so that the last day is yesterday. Restated: a quarter of
 * its days have another team on every third line and all costs a fifth higher; one service is renamed; a tenth of the
 * lines is gone.
 */
function shifted({ name, source, teamTag, serviceTag, top }: CorpusBill): Bill {
  const parquet = source.endsWith('.parquet');
  const read = readerOf(source);
  const costs = ['BilledCost', 'EffectiveCost'];
  const write = async (file: string, restated: boolean) => {
    const days = `(SELECT current_date - 1 - max(ChargePeriodStart::TIMESTAMP::DATE) FROM ${read})`;
    const instant = (column: string) =>
      `${instantFor(file, `${column}::TIMESTAMP + to_days(${days}::INTEGER)`)} AS ${column}`;
    const early = 'day(ChargePeriodStart::TIMESTAMP) % 4 = 1';
    const changes = costs.map(column =>
      parquet
        ? `CASE WHEN ${early} THEN ${column} * 1.2 ELSE ${column} END::DECIMAL(38, 17) AS ${column}`
        : `CASE WHEN ${early} THEN (${column}::DECIMAL(28, 18) * 1.2::DECIMAL(2, 1))::VARCHAR ELSE ${column} END AS ${column}`,
    );
    const [a, b] = await mostFrequent(read, teamTag);
    const [service] = await mostFrequent(read, serviceTag);
    const tags = `CASE WHEN Tags IS NULL THEN NULL ELSE replace(
      CASE WHEN ${early} AND line % 3 = 0 THEN replace(Tags, '"${a}"', '"${b}"') ELSE Tags END, '"${service}"', '"renamed"') END AS Tags`;
    const replaced = [...instants.map(instant), ...(restated ? [...changes, tags] : [])];
    await duckdb(
      `COPY (SELECT * EXCLUDE (line) REPLACE (${replaced.join(', ')})
             FROM (SELECT *, row_number() OVER () AS line FROM ${read}) ${restated ? 'WHERE line % 10 <> 7' : ''}
             ORDER BY line)
       TO '${file}' (${formatOf(file)})`,
    );
    settle(file);
  };
  return { name, extension: parquet ? 'parquet' : 'csv', teamTag, serviceTag, top, write };
}

async function mostFrequent(read: string, tag: string): Promise<readonly string[]> {
  const rows = await duckdb(
    `SELECT json_extract_string(CASE WHEN json_valid(Tags) THEN Tags END, '$."${tag}"') AS word FROM ${read}
     GROUP BY word HAVING word IS NOT NULL ORDER BY count(*) DESC, word LIMIT 2`,
  );
  return rows.map(row => String(row.word));
}
