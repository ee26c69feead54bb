/**
 * The formats of a Cost and Usage Report: legacy and 2.0, CSV and Parquet, and their manifests. Source: AWS Data Exports
 * User Guide, "Cost and Usage Report (CUR) 2.0", "Understanding export delivery", "Understanding your report versions".
 */
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { bill } from '../sources/focus-books.ts';
import type { CurLine, UsageLine } from './cur.ts';

type Cell = string | Readonly<Record<string, string>>;
type Row = Readonly<Record<string, Cell>>;

/** The legacy report's CSV, gzipped; its header holds what its lines hold. */
export const legacyCsv = (lines: readonly UsageLine[]): Buffer => gzipSync(bill(lines.map(({ cur }) => cur)));

/** CUR 2.0 as gzipped CSV: maps are JSON text. */
export const cur2Csv = (lines: readonly UsageLine[]): Buffer => {
  const text = (cell: Cell) => (typeof cell === 'string' ? cell : JSON.stringify(cell));
  const rows = lines.map(({ cur }) => Object.entries(cur2(cur)).map(([name, cell]) => [name, text(cell)]));
  return gzipSync(bill(rows.map(row => Object.fromEntries(row) as CurLine)));
};

/** CUR 2.0 as Parquet: numbers are doubles, instants timestamps, maps are maps. */
export const cur2Parquet = (lines: readonly UsageLine[], file: string): Promise<void> =>
  parquet(
    lines.map(({ cur }) => cur2(cur)),
    file,
  );

/** The legacy report's Parquet: its names in snake case, one column for each tag. */
export const legacyParquet = (lines: readonly UsageLine[], file: string): Promise<void> =>
  parquet(
    lines.map(({ cur }) => Object.fromEntries(Object.entries(cur).map(([name, value]) => [snake(name), value]))),
    file,
  );

/** `savingsPlan/SavingsPlanARN` is savings_plan_savings_plan_a_r_n. */
const snake = (name: string) =>
  name
    .split(/[/:]/)
    .map(part => part.replace(/[A-Z]/g, (letter, at: number) => `${at === 0 ? '' : '_'}${letter.toLowerCase()}`))
    .join('_');

const fixed = ['product/region_code', 'product/sku', 'product/servicecode'];

/** A line with the columns of CUR 2.0; its maps as objects that hold what has a value. */
function cur2(cur: CurLine): Row {
  const under = (prefix: string) =>
    Object.fromEntries(
      Object.entries(cur).flatMap(([name, value]) =>
        name.startsWith(`${prefix}/`) && !fixed.includes(name) && value !== ''
          ? [[snake(name.slice(prefix.length + 1)), value]]
          : [],
      ),
    );
  const plain = Object.entries(cur).filter(
    ([name]) => !name.startsWith('resourceTags/') && (!name.startsWith('product/') || fixed.includes(name)),
  );
  return {
    ...Object.fromEntries(plain.map(([name, value]) => [snake(name), value])),
    product: under('product'),
    resource_tags: under('resourceTags'),
    cost_category: {},
    discount: {},
  };
}

const typeOf = (name: string) => {
  if (/^(product|resource_tags|cost_category|discount)$/.test(name)) return 'MAP(VARCHAR, VARCHAR)';
  if (/_(start|end)_date$/.test(name)) return 'TIMESTAMP';
  return /_cost$|_fee(_|$)|_amount$|_commitment(_|$)/.test(name) ? 'DOUBLE' : 'VARCHAR';
};

async function parquet(rows: readonly Row[], file: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const value = (name: string) => {
    const type = typeOf(name);
    const text = `r ->> '$."${name}"'`;
    if (type.startsWith('MAP')) return `from_json(r -> '$."${name}"', '"${type}"') AS "${name}"`;
    return `CAST(${type === 'VARCHAR' ? `coalesce(${text}, '')` : `nullif(${text}, '')`} AS ${type}) AS "${name}"`;
  };
  const names = [...new Set(rows.flatMap(row => Object.keys(row)))];
  await connection.run('CREATE TABLE lines AS SELECT unnest(json_extract($rows::JSON, $path)) AS r', {
    rows: JSON.stringify(rows),
    path: '$[*]',
  });
  await connection.run(`COPY (SELECT ${names.map(value).join(', ')} FROM lines) TO '${file}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
}

export interface ManifestOptions {
  readonly bucket?: string;
  readonly keys: readonly string[];
  readonly month?: string;
  readonly id?: string;
}

/** `REPORT-Manifest.json` of the legacy report, as far as it matters. */
export const legacyManifest = ({ bucket = 'billing', keys, month = '2026-10', id = 'a-1' }: ManifestOptions) =>
  JSON.stringify({
    assemblyId: id,
    account: '100000000001',
    columns: [{ category: 'lineItem', name: 'UnblendedCost', type: 'OptionalBigDecimal' }],
    charset: 'UTF-8',
    compression: 'GZIP',
    contentType: 'text/csv',
    reportName: 'costs',
    billingPeriod: { start: `${month.replace('-', '')}01T000000.000Z` },
    bucket,
    reportKeys: keys,
    additionalArtifactKeys: [],
  });

/** `EXPORT-Manifest.json` of Data Exports, as far as it matters. */
export const exportManifest = ({ bucket = 'billing', keys, id = 'e-1' }: ManifestOptions) =>
  JSON.stringify({
    executionId: id,
    columns: [{ name: 'line_item_unblended_cost', type: 'double' }],
    dataFiles: keys.map(key => `s3://${bucket}/${key}`),
  });
