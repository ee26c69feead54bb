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
  type NumberReading,
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

// To group by one text is twice as fast as by eighteen, and few of them are distinct: see `createTexts`.
const packedTexts = ['billing_period', ...texts, 'resource'] as const;
const separator = 'chr(31)';

/** Creates the temporary table `focus_raw` that `aggregate` fills; `packed` is all texts of a row in one. */
export const createRaw = `CREATE OR REPLACE TEMP TABLE focus_raw (
  file VARCHAR, charge_day DATE, packed VARCHAR, has_resource BOOLEAN, reason VARCHAR,
  billed DECIMAL(38, 10), effective DECIMAL(38, 10), list DECIMAL(38, 10), contracted DECIMAL(38, 10),
  quantity DECIMAL(38, 10), records BIGINT, bad_quantities BIGINT, odd BOOLEAN)`;

/** Creates `focus_texts` from `focus_raw`: each distinct `packed` and its texts by name, NULL where there is none. */
export const createTexts = `CREATE OR REPLACE TEMP TABLE focus_texts AS
  SELECT packed, ${packedTexts.map((name, index) => `nullif(parts[${index + 1}], '') AS ${name}`).join(', ')}
  FROM (SELECT packed, string_split(packed, ${separator}) AS parts FROM (SELECT DISTINCT packed FROM focus_raw))`;

/** One row of `valued` a row of the files: every field by its name, `X_given` where a number is written. */
export function valued(group: FileGroup, options: AggregateOptions, convention: NumberReading): string {
  const period = group.columns.billing_period[0];
  const periodText =
    period !== undefined && (group.types[period] ?? 'VARCHAR') !== 'VARCHAR'
      ? `(${instant(group, 'billing_period')})::DATE::VARCHAR`
      : text(group, 'billing_period');
  const numbers = [...moneyFields, 'quantity' as const].map(
    field => `${number(group, field, convention)} AS ${field}, ${isGiven(group, field)} AS ${field}_given,
      ${isOdd(group, field, convention)} AS ${field}_odd`,
  );
  return `SELECT filename AS file, (${instant(group, 'charge_day')})::DATE AS charge_day, ${periodText} AS billing_period,
    ${texts.map(name => `${text(group, name)} AS ${name}`).join(', ')},
    ${options.byResource ? text(group, 'resource') : 'NULL::VARCHAR'} AS resource,
    ${isGiven(group, 'resource')} AS has_resource,
    ${numbers.join(', ')}`;
}

/**
 * Adds a group's sums to `focus_raw`. A file with numbers that aren't plain is read again, alone, by what its commas
 * mean; so is one with the sign in it that separates packed texts. Returns the files whose decimal sign isn't simply
 * the point.
 */
export async function aggregate(
  reader: Reader,
  group: FileGroup,
  options: AggregateOptions,
): Promise<ReadonlyMap<string, NumberConvention>> {
  const conventions = new Map<string, NumberConvention>();
  const isCsv = group.format === 'csv';
  await insert(reader, group, options, isCsv ? 'plain' : 'point');
  const again = await reader.all(
    `SELECT file, bool_or(odd) AS odd, bool_or(is_unclear) AS unclear
     FROM focus_raw JOIN (
       SELECT packed, len(string_split(packed, ${separator})) <> ${packedTexts.length} AS is_unclear
       FROM (SELECT DISTINCT packed FROM focus_raw)) USING (packed)
     WHERE (odd OR is_unclear) AND list_contains($paths::VARCHAR[], file) GROUP BY file`,
    { paths: toList(group.paths) },
  );
  for (const row of again) {
    const path = String(row.file);
    const file = { ...group, paths: [path] };
    const convention = isCsv && row.odd === true ? await conventionOf(reader, file) : 'point';
    if (convention !== 'point') conventions.set(path, convention);
    await reader.run('DELETE FROM focus_raw WHERE file = $path', { path });
    await insert(reader, file, options, convention, row.unclear === true);
  }
  return conventions;
}

async function insert(
  reader: Reader,
  group: FileGroup,
  options: AggregateOptions,
  convention: NumberReading,
  replacesSeparator = false,
) {
  const keys = ['file', 'charge_day', 'packed', 'has_resource', 'reason'];
  const sums = [...moneyFields, 'quantity' as const];
  const packed = packedTexts.map(name => (replacesSeparator ? `replace(${name}, ${separator}, ' ')` : name));
  await reader.run(
    `INSERT INTO focus_raw BY NAME
     SELECT ${keys.join(', ')}, ${sums.map(field => `coalesce(sum(${field}), 0) AS ${field}`).join(', ')},
       count(*) AS records, count(*) FILTER (WHERE quantity IS NULL AND quantity_given) AS bad_quantities,
       bool_or(${sums.map(field => `${field}_odd`).join(' OR ')}) AS odd
     FROM (SELECT * EXCLUDE (${packedTexts.join(', ')}), concat(${packed.join(`, ${separator}, `)}) AS packed,
             ${rejection(group, options.defaultCurrency)} AS reason
           FROM (${valued(group, options, convention)} FROM ${fromFiles(group)}))
     GROUP BY ${keys.join(', ')}`,
  );
}

/** A number is odd when the plain cast can't read it: only then may a comma in it matter. */
function isOdd(group: FileGroup, field: (typeof moneyFields)[number] | 'quantity', convention: NumberReading): string {
  const index = group.columns[field][0];
  if (index === undefined || (group.types[index] ?? 'VARCHAR') !== 'VARCHAR') return 'false';
  const isPlain = convention === 'plain' && field !== 'quantity';
  const cast = isPlain ? number(group, field, convention) : `focus_decimal(c${index})`;
  return `(c${index} IS NOT NULL AND ${cast} IS NULL)`;
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
