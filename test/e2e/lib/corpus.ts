/** Bills that are not ours, as the corpus has them, and how DuckDB reads one. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';

/** The folder of files that are not ours; it may be absent. */
export const corpus = path.resolve(
  process.env.PLUMBLINE_CORPUS ?? path.join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data'),
);

export interface CorpusBill {
  readonly name: string;
  /** Absolute, CSV or Parquet. */
  readonly source: string;
  /** The column that names the provider. */
  readonly provider: string;
  /** Tags that name team and service, as the file spells them. */
  readonly teamTag: string;
  readonly serviceTag: string;
  /** Services shown by name in a test that folds the others. */
  readonly top: number;
  /** Its Billing Period dataset. */
  readonly statements?: string;
}

const focus12 = { provider: 'ProviderName', teamTag: 'Owner', serviceTag: 'CostCenter', top: 6 };
const generated = 'cost/focus-generated';
const bills: readonly CorpusBill[] = [
  {
    name: 'focus-1.0',
    source: 'cost/focus-official/focus_1_0_sample_1000.csv',
    provider: 'ProviderName',
    teamTag: 'business_unit',
    serviceTag: 'application',
    // Most of its effective costs are 0, so that names alone would decide who is among the greatest.
    top: 1000,
  },
  { name: 'focus-1.2-aws', source: `${generated}/focus_1_2_cost_and_usage_aws.csv`, ...focus12 },
  { name: 'focus-1.2-azure', source: `${generated}/focus_1_2_cost_and_usage_azure.csv`, ...focus12 },
  {
    name: 'focus-1.4',
    source: `${generated}/synthetic_focus_1_4_cost_and_usage.parquet`,
    ...focus12,
    provider: 'ServiceProviderName',
    statements: `${generated}/synthetic_focus_1_4_billing_period.csv`,
  },
];

/** Those whose files are there; tells by name which are not. */
export function corpusBills(t: TestContext): readonly CorpusBill[] {
  return bills.flatMap(({ source, statements, ...bill }) => {
    const missing = [source, statements].filter(file => file && !existsSync(path.join(corpus, file)));
    if (missing.length > 0) {
      t.diagnostic(`left out: ${bill.name}, since ${missing.join(', ')} is not in PLUMBLINE_CORPUS`);
      return [];
    }
    const more = statements === undefined ? {} : { statements: path.join(corpus, statements) };
    return [{ ...bill, source: path.join(corpus, source), ...more }];
  });
}

/** `FROM …` of a bill, every value of a CSV file as text. */
export const readerOf = (file: string): string => {
  const quoted = `'${file.replaceAll("'", "''")}'`;
  return file.endsWith('.parquet')
    ? `read_parquet(${quoted})`
    : `read_csv(${quoted}, all_varchar = true, delim = ',', quote = '"', escape = '"')`;
};

/** How a COPY writes such a file. */
export const formatOf = (file: string): string => (file.endsWith('.parquet') ? 'FORMAT parquet' : 'FORMAT csv, HEADER');

/** An instant as such a file has it: a TIMESTAMP, or text in UTC. */
export const instantFor = (file: string, at: string): string =>
  file.endsWith('.parquet') ? `(${at})::TIMESTAMP` : `strftime(${at}, '%Y-%m-%dT%H:%M:%SZ')`;
