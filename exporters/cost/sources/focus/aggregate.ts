/**
 * From rows of files to sums by their raw text, day by day: the one pass over a bill. Values that most rows share are
 * normalised afterwards, once each. Rows that can't be counted are kept apart by reason.
 */
import type { Reader } from '../../../core/ledger.ts';
import {
  type FileGroup,
  fromFiles,
  instant,
  isGiven,
  literal,
  moneyFields,
  type NumberConvention,
  number,
  rejection,
  text,
} from './scan.ts';

export interface AggregateOptions {
  readonly defaultCurrency: string | undefined;
  /** Whether a rule reads the resource's id; else it is no part of the grain. */
  readonly byResource: boolean;
}

const texts = [
  'provider',
  'issuer',
  'billing_account',
  'sub_account',
  'region',
  'service_category',
  'service_name',
  'sku',
  'charge_category',
  'charge_class',
  'commitment_status',
  'currency',
  'unit',
  'invoice',
  'tags',
] as const;

/** Creates the temporary table `focus_raw` that `aggregate` fills. */
export const createRaw = `CREATE OR REPLACE TEMP TABLE focus_raw (
  file VARCHAR, charge_day DATE, billing_period VARCHAR, ${texts.map(name => `${name} VARCHAR`).join(', ')},
  resource VARCHAR, has_resource BOOLEAN, reason VARCHAR,
  billed DECIMAL(38, 10), effective DECIMAL(38, 10), list DECIMAL(38, 10), contracted DECIMAL(38, 10),
  quantity DECIMAL(38, 10), records BIGINT, bad_quantities BIGINT, odd BOOLEAN)`;

/** One row of `valued` a row of the files: every field by its name, `X_given` where a number is written. */
export function valued(group: FileGroup, options: AggregateOptions, convention: NumberConvention): string {
  const period = group.columns.billing_period[0];
  const periodText =
    period !== undefined && (group.types[period] ?? 'VARCHAR') !== 'VARCHAR'
      ? `(${instant(group, 'billing_period')})::DATE::VARCHAR`
      : text(group, 'billing_period');
  const numbers = [...moneyFields, 'quantity' as const].map(
    field => `${number(group, field, convention)} AS ${field}, ${isGiven(group, field)} AS ${field}_given,
      ${isOdd(group, field)} AS ${field}_odd`,
  );
  return `SELECT filename AS file, (${instant(group, 'charge_day')})::DATE AS charge_day, ${periodText} AS billing_period,
    ${texts.map(name => `${text(group, name)} AS ${name}`).join(', ')},
    ${options.byResource ? text(group, 'resource') : 'NULL::VARCHAR'} AS resource,
    ${isGiven(group, 'resource')} AS has_resource,
    ${numbers.join(', ')}`;
}

/**
 * Adds a group's sums to `focus_raw`; a file whose numbers hold commas is looked at alone for what they mean. Returns
 * the files whose decimal sign isn't simply the point.
 */
export async function aggregate(
  reader: Reader,
  group: FileGroup,
  options: AggregateOptions,
): Promise<ReadonlyMap<string, NumberConvention>> {
  const conventions = new Map<string, NumberConvention>();
  await insert(reader, group, options, 'point');
  if (group.format === 'parquet') return conventions;
  const odd = await reader.all(
    'SELECT DISTINCT file FROM focus_raw WHERE odd AND list_contains($paths::VARCHAR[], file)',
    {
      paths: toList(group.paths),
    },
  );
  for (const row of odd) {
    const path = String(row.file);
    const file = { ...group, paths: [path] };
    const convention = await conventionOf(reader, file);
    if (convention === 'point') continue;
    conventions.set(path, convention);
    await reader.run('DELETE FROM focus_raw WHERE file = $path', { path });
    await insert(reader, file, options, convention);
  }
  return conventions;
}

async function insert(reader: Reader, group: FileGroup, options: AggregateOptions, convention: NumberConvention) {
  const keys = ['file', 'charge_day', 'billing_period', ...texts, 'resource', 'has_resource', 'reason'];
  const sums = [...moneyFields, 'quantity' as const];
  await reader.run(
    `INSERT INTO focus_raw BY NAME
     SELECT ${keys.join(', ')}, ${sums.map(field => `coalesce(sum(${field}), 0) AS ${field}`).join(', ')},
       count(*) AS records, count(*) FILTER (WHERE quantity IS NULL AND quantity_given) AS bad_quantities,
       bool_or(${sums.map(field => `${field}_odd`).join(' OR ')}) AS odd
     FROM (SELECT *, ${rejection(group, options.defaultCurrency)} AS reason
           FROM (${valued(group, options, convention)} FROM ${fromFiles(group)}))
     GROUP BY ${keys.join(', ')}`,
  );
}

/** A number is odd when the plain cast can't read it: only then may a comma in it matter. */
function isOdd(group: FileGroup, field: (typeof moneyFields)[number] | 'quantity'): string {
  const index = group.columns[field][0];
  if (index === undefined || (group.types[index] ?? 'VARCHAR') !== 'VARCHAR') return 'false';
  return `(c${index} IS NOT NULL AND focus_decimal(c${index}) IS NULL)`;
}

/** Which sign is the decimal one, by all numbers of a file; where only ambiguous ones are, by the delimiter's custom. */
async function conventionOf(reader: Reader, group: FileGroup): Promise<NumberConvention> {
  const cells = [...moneyFields, 'quantity' as const].flatMap(field => group.columns[field].slice(0, 1));
  const bare = `focus_bare(cell)`;
  const [evidence] = await reader.all(
    `SELECT bool_or(focus_decimal_comma(${bare})) AS comma, bool_or(focus_decimal_point(${bare})) AS point
     FROM (SELECT unnest([${cells.map(index => `c${index}`).join(', ')}]) AS cell FROM ${fromFiles(group)})
     WHERE cell IS NOT NULL`,
  );
  if (evidence?.comma === true) return evidence.point === true ? 'mixed' : 'comma';
  return evidence?.point !== true && group.delimiter === ';' ? 'comma' : 'point';
}

/** A VARCHAR[] as one parameter. */
export const toList = (values: readonly string[]): string =>
  `[${values.map(value => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`).join(', ')}]`;

export const literalList = (values: readonly string[]): string => `[${values.map(literal).join(', ')}]::VARCHAR[]`;
