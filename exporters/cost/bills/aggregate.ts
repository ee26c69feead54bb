/**
 * From rows of files to sums by their raw text, day by day: the one pass over a bill. Values that most rows share are
 * normalised afterwards, once each. Rows that can't be counted are kept apart by reason.
 */
import type { Reader } from '../../core/ledger.ts';
import {
  currencyRejection,
  type FileGroup,
  fromFiles,
  instant,
  isGiven,
  largeNumber,
  literal,
  moneyFields,
  type NumberConvention,
  type NumberReading,
  number,
  rowRejection,
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
  'commitment',
  'currency',
  'unit',
  'invoice',
  'tags',
] as const;

const packedTexts = ['billing_period', ...texts, 'resource'] as const;
// To group by one text is twice as fast as by eighteen, and few of them are distinct: see `splitTexts`.
const separator = 'chr(31)';
const sums = [...moneyFields, 'quantity'] as const;

/** What a row is marked with, in `packed` too. */
const marks = { hasResource: 'r', isOdd: 'o', badQuantity: 'q', noEffective: 'e', noBilled: 'b', noCategory: 'c' };

/** Of which a row kept lost a value: the reason by its mark. */
const lostValues = {
  bad_quantity: marks.badQuantity,
  missing_effective_cost: marks.noEffective,
  missing_billed_cost: marks.noBilled,
  missing_charge_category: marks.noCategory,
};

const createRaw = `CREATE OR REPLACE TEMP TABLE focus_raw (
  file VARCHAR, charge_day DATE, packed VARCHAR, billed DECIMAL(38, 10), effective DECIMAL(38, 10), list DECIMAL(38, 10),
  contracted DECIMAL(38, 10), quantity DECIMAL(38, 10), records BIGINT)`;

/**
 * Makes `focus_texts` from `focus_raw`: each distinct `packed`, its texts by name (NULL where there is none), `reason` why
 * such rows can't be counted (NULL where they can), and `lost`, the reasons of values missing in rows that can.
 */
export async function splitTexts(reader: Reader, defaultCurrency: string | undefined): Promise<void> {
  const isMarked = (mark: string) => `contains(parts[${packedTexts.length + 1}], '${mark}')`;
  const lost = Object.entries(lostValues).map(([reason, mark]) => `CASE WHEN ${isMarked(mark)} THEN '${reason}' END`);
  await reader.run(
    `CREATE OR REPLACE TEMP TABLE focus_texts AS
     SELECT * REPLACE (coalesce(reason, ${currencyRejection(defaultCurrency)}) AS reason)
     FROM (
       SELECT packed, ${packedTexts.map((name, index) => `nullif(parts[${index + 1}], '') AS ${name}`).join(', ')},
         ${isMarked(marks.hasResource)} AS has_resource, ${isMarked(marks.isOdd)} AS is_odd,
         len(parts) <> ${packedTexts.length + 2} AS is_unclear, nullif(parts[${packedTexts.length + 2}], '') AS reason,
         list_filter([${lost.join(', ')}], lambda entry: entry IS NOT NULL) AS lost
       FROM (SELECT packed, string_split(packed, ${separator}) AS parts FROM (SELECT DISTINCT packed FROM focus_raw)))`,
  );
}

/** One row of `valued` a row of the files: every field by its name, `X_given` where a number is written. */
export function valued(group: FileGroup, options: AggregateOptions, convention: NumberReading): string {
  const period = group.columns.billing_period[0];
  const periodText =
    period !== undefined && (group.types[period] ?? 'VARCHAR') !== 'VARCHAR'
      ? `(${instant(group, 'billing_period')})::DATE::VARCHAR`
      : text(group, 'billing_period');
  const numbers = sums.map(
    field => `${number(group, field, convention)} AS ${field}, ${isGiven(group, field, convention)} AS ${field}_given`,
  );
  return `SELECT filename AS file, (${instant(group, 'charge_day')})::DATE AS charge_day, ${periodText} AS billing_period,
    ${texts.map(name => `${text(group, name)} AS ${name}`).join(', ')},
    ${options.byResource ? text(group, 'resource') : 'NULL::VARCHAR'} AS resource,
    ${isGiven(group, 'resource')} AS has_resource,
    ${numbers.join(', ')}, ${convention === 'plain' ? largeNumber(group, 'quantity') : 'NULL::DECIMAL(24, 10)'} AS large_quantity`;
}

/**
 * Makes `focus_raw` (sums by file, day and `packed`, which is all texts of a row in one) and `focus_texts` from groups of
 * files. A file with numbers that aren't plain is read again, alone, by what its commas mean; so is one with the sign in
 * it that separates packed texts. Returns the files whose decimal sign isn't simply the point.
 */
export async function aggregate(
  reader: Reader,
  groups: readonly FileGroup[],
  options: AggregateOptions,
): Promise<ReadonlyMap<string, NumberConvention>> {
  const conventions = new Map<string, NumberConvention>();
  await reader.run(createRaw);
  for (const group of groups) await insert(reader, group, options, group.format === 'csv' ? 'plain' : 'point');
  await splitTexts(reader, options.defaultCurrency);
  // To look for nothing in all sums takes a tenth of a second.
  if ((await reader.scalar('SELECT 1 FROM focus_texts WHERE is_odd OR is_unclear LIMIT 1')) === undefined)
    return conventions;
  const again = await reader.all(
    `SELECT file, bool_or(is_odd) AS is_odd, bool_or(is_unclear) AS is_unclear
     FROM focus_raw JOIN focus_texts USING (packed) WHERE is_odd OR is_unclear GROUP BY file`,
  );
  for (const row of again) {
    const path = String(row.file);
    const group = groups.find(({ paths }) => paths.includes(path))!;
    const file = { ...group, paths: [path] };
    const convention = row.is_odd === true ? await conventionOf(reader, file) : 'point';
    if (convention !== 'point') conventions.set(path, convention);
    await reader.run('DELETE FROM focus_raw WHERE file = $path', { path });
    await insert(reader, file, options, convention, row.is_unclear === true);
  }
  await splitTexts(reader, options.defaultCurrency);
  return conventions;
}

async function insert(
  reader: Reader,
  group: FileGroup,
  options: AggregateOptions,
  convention: NumberReading,
  replacesSeparator = false,
) {
  const isPlain = convention === 'plain';
  const marked = [
    `CASE WHEN has_resource THEN '${marks.hasResource}' END`,
    `CASE WHEN quantity_given AND quantity IS NULL AND large_quantity IS NULL THEN '${marks.badQuantity}' END`,
    `CASE WHEN effective IS NULL THEN CASE WHEN billed IS NOT NULL THEN '${marks.noEffective}' END
          WHEN billed IS NULL THEN '${marks.noBilled}' END`,
  ];
  if (group.columns.charge_category.length > 0)
    marked.push(`CASE WHEN charge_category IS NULL THEN '${marks.noCategory}' END`);
  // A number is odd when the plain cast can't read it: only then may a comma in it matter.
  const odd = sums.map(
    name => `(${name}_given AND ${name} IS NULL${name === 'quantity' ? ' AND large_quantity IS NULL' : ''})`,
  );
  if (isPlain) marked.push(`CASE WHEN ${odd.join(' OR ')} THEN '${marks.isOdd}' END`);
  const packed = packedTexts.map(name => (replacesSeparator ? `replace(${name}, ${separator}, ' ')` : name));
  // One file's name need not be hashed with every row.
  const [only] = group.paths.length === 1 ? group.paths : [];
  const keys = [...(only === undefined ? ['file'] : []), 'charge_day', 'packed'];
  await reader.run(
    `INSERT INTO focus_raw BY NAME
     SELECT ${only === undefined ? '' : `${literal(only)} AS file, `}${keys.join(', ')},
       ${moneyFields.map(field => `coalesce(sum(${field}), 0) AS ${field}`).join(', ')},
       coalesce(sum(quantity), 0) + coalesce(sum(large_quantity), 0) AS quantity, count(*) AS records
     FROM (SELECT file, charge_day, ${sums.join(', ')}, large_quantity,
             concat(${packed.join(`, ${separator}, `)}, ${separator}, ${marked.join(', ')},
               ${separator}, ${rowRejection(group)}) AS packed
           FROM (${valued(group, options, convention)} FROM ${fromFiles(group)}))
     GROUP BY ${keys.join(', ')}`,
  );
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
