/** The bills of the end-to-end tests, each as first delivered and as restated, ending yesterday. */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { ownBill, sharedAccount, sharedParts } from './bill.ts';
import { settle } from './plumbline.ts';
import { duckdb, type RawBill } from './raw.ts';

export interface Bill extends Omit<RawBill, 'file'> {
  readonly name: string;
  /** Its last lines, `csv` or `parquet`. */
  readonly extension: string;
  /** Writes the bill, or its restatement, to the file; settled. */
  readonly write: (file: string, restated: boolean) => Promise<void>;
}

/** The folder of files that are not ours; it may be absent. */
export const corpus = path.resolve(
  process.env.PLUMBLINE_CORPUS ?? path.join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data'),
);

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

interface CorpusBill {
  readonly name: string;
  readonly file: string;
  readonly teamTag: string;
  readonly serviceTag: string;
  readonly top?: number;
}

const focus12 = { teamTag: 'Owner', serviceTag: 'CostCenter' };
const corpusBills: readonly CorpusBill[] = [
  {
    name: 'focus-1.0',
    file: 'cost/focus-official/focus_1_0_sample_1000.csv',
    teamTag: 'business_unit',
    serviceTag: 'application',
    // Most of its effective costs are 0, so that names alone would decide who is among the greatest.
    top: 1000,
  },
  { name: 'focus-1.2-aws', file: 'cost/focus-generated/focus_1_2_cost_and_usage_aws.csv', ...focus12 },
  { name: 'focus-1.2-azure', file: 'cost/focus-generated/focus_1_2_cost_and_usage_azure.csv', ...focus12 },
  { name: 'focus-1.4', file: 'cost/focus-generated/synthetic_focus_1_4_cost_and_usage.parquet', ...focus12 },
];

/** Our own bill, and those of the corpus; tells by name which are not there. */
export function allBills(t: TestContext): readonly Bill[] {
  return [
    own,
    ...corpusBills.flatMap(bill => {
      const source = path.join(corpus, bill.file);
      if (existsSync(source)) return [shifted(bill, source)];
      t.diagnostic(`left out: ${bill.name}, since ${bill.file} is not in PLUMBLINE_CORPUS`);
      return [];
    }),
  ];
}

const instants = ['ChargePeriodStart', 'ChargePeriodEnd', 'BillingPeriodStart', 'BillingPeriodEnd'];

/**
 * A bill of the corpus with its dates shifted by whole days, so that the last day is yesterday. Restated: a quarter of
 * its days have another team on every third line and all costs a fifth higher; one service is renamed; a tenth of the
 * lines is gone.
 */
function shifted({ name, teamTag, serviceTag, top = 6 }: CorpusBill, source: string): Bill {
  const parquet = source.endsWith('.parquet');
  const read = parquet ? `read_parquet('${source}')` : `read_csv('${source}', all_varchar = true)`;
  const costs = ['BilledCost', 'EffectiveCost'];
  const write = async (file: string, restated: boolean) => {
    const days = `(SELECT current_date - 1 - max(ChargePeriodStart::TIMESTAMP::DATE) FROM ${read})`;
    const instant = (column: string) => {
      const at = `${column}::TIMESTAMP + to_days(${days}::INTEGER)`;
      return parquet ? `(${at})::TIMESTAMP AS ${column}` : `strftime(${at}, '%Y-%m-%dT%H:%M:%SZ') AS ${column}`;
    };
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
       TO '${file}' (${parquet ? 'FORMAT parquet' : 'FORMAT csv, HEADER'})`,
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
