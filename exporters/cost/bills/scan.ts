/** The SQL that reads bill files row by row: one reader per set of files with one header, every value named. */

import type { CsvDelimiter } from '../../core/csv.ts';
import { type FileFormat, literalPath } from '../../core/files.ts';
import type { FocusColumns, FocusField } from './columns.ts';

/** Which sign is the decimal one in a file's numbers; see values.sql. */
export type NumberConvention = 'point' | 'comma' | 'mixed';

/** `plain` takes a number only where it has ten decimals and fits 64 bits: nearly all do, in a fraction of the time. */
export type NumberReading = NumberConvention | 'plain';

/** Files that one reader can take: the same format, header and dialect. */
export interface FileGroup {
  readonly paths: readonly string[];
  readonly format: FileFormat;
  readonly gzip: boolean;
  readonly delimiter: CsvDelimiter;
  /** True where records end in two ways, which DuckDB reads only where it is lenient with quotes, too. */
  readonly mixedEnds?: boolean;
  readonly names: readonly string[];
  /** DuckDB's types of a Parquet file's columns; a CSV file's are all VARCHAR. */
  readonly types: readonly string[];
  readonly columns: FocusColumns;
  /** Where the files are in another format: their own columns, and what SQL makes FOCUS's of them, in order. */
  readonly projection?: { readonly names: readonly string[]; readonly expressions: readonly string[] };
}

export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`;
export const rejectTables = { errors: 'focus_csv_errors', scans: 'focus_csv_scans' } as const;

/**
 * `FROM …` for a group; its columns are c0, c1, … and `filename`. Names from the header stay out of the SQL. In order
 * means that `recordNumber` can tell the record, for CSV by one thread; only the search for bad rows pays for it.
 */
export function fromFiles(group: FileGroup, mode: 'fast' | 'in_order' = 'fast'): string {
  const { projection } = group;
  if (projection === undefined) return fromRawFiles(group, group.names, mode);
  const columns = projection.expressions.map((expression, index) => `${expression} AS c${index}`).join(', ');
  const number = group.format === 'parquet' && mode === 'in_order' ? ', file_row_number' : '';
  return `(SELECT ${columns}, filename${number} FROM ${fromRawFiles(group, projection.names, mode)})`;
}

function fromRawFiles(group: FileGroup, names: readonly string[], mode: 'fast' | 'in_order'): string {
  const files = `[${group.paths.map(path => literal(literalPath(path))).join(', ')}]`;
  if (group.format === 'parquet') {
    const columns = names.map((name, index) => `${identifier(name)} AS c${index}`).join(', ');
    return mode === 'in_order'
      ? `(SELECT ${columns}, filename, file_row_number FROM read_parquet(${files}, filename = true, file_row_number = true))`
      : `(SELECT ${columns}, filename FROM read_parquet(${files}, filename = true))`;
  }
  const columns = names.map((_, index) => `'c${index}': 'VARCHAR'`).join(', ');
  return `read_csv(${files}, auto_detect = false, columns = {${columns}}, header = true, delim = ${literal(group.delimiter)},
    buffer_size = 4194304, quote = '"', escape = '"', nullstr = ['', 'NULL', 'null', '(null)', '\\N'], compression = '${group.gzip ? 'gzip' : 'none'}',
    filename = true, store_rejects = true, rejects_table = '${rejectTables.errors}', rejects_scan = '${rejectTables.scans}'
    ${mode === 'in_order' ? ', parallel = false' : ''}${group.mixedEnds ? ', strict_mode = false' : ''})`;
}

/** Which of the records read from one file a row is, from 1; where the group is read in order. */
export const recordNumber = (group: FileGroup): string =>
  group.format === 'parquet' ? 'file_row_number + 1' : 'row_number() OVER ()';

/** A field's text, null spellings resolved where several columns stand in for one another; NULL where none is there. */
export function text(group: FileGroup, field: FocusField): string {
  const parts = group.columns[field].map(index => {
    const type = group.types[index] ?? 'VARCHAR';
    if (type === 'VARCHAR') return group.format === 'csv' ? `c${index}` : `focus_text(c${index})`;
    return /^(MAP|STRUCT|JSON)|\[\]$/.test(type) ? `to_json(c${index})::VARCHAR` : `c${index}::VARCHAR`;
  });
  if (parts.length === 0) return 'NULL::VARCHAR';
  return parts.length === 1 ? String(parts[0]) : `coalesce(${parts.join(', ')})`;
}

/** A field as DECIMAL(24,10); NULL where there is none or it can't be read. */
export function number(group: FileGroup, field: FocusField, convention: NumberReading): string {
  const index = group.columns[field][0];
  if (index === undefined) return 'NULL::DECIMAL(24, 10)';
  const type = group.types[index] ?? 'VARCHAR';
  // A double goes by its shortest text: its binary digits would show at ten decimals.
  if (type !== 'VARCHAR')
    return `try_cast(${/DOUBLE|FLOAT/.test(type) ? `c${index}::VARCHAR` : `c${index}`} AS DECIMAL(24, 10))`;
  if (convention === 'plain') return `try_cast(c${index} AS DECIMAL(18, 10))`;
  const slow = `focus_number(focus_text(c${index}), '${convention}')`;
  return convention === 'comma'
    ? slow
    : `CASE WHEN c${index} IS NOT NULL THEN coalesce(focus_decimal(c${index}), ${slow}) END`;
}

/** A CSV field as DECIMAL(24,10) where it is a number too large for the plain reading, else NULL. */
export function largeNumber(group: FileGroup, field: FocusField): string {
  const index = group.columns[field][0];
  return index === undefined
    ? 'NULL::DECIMAL(24, 10)'
    : `CASE WHEN c${index} IS NOT NULL AND try_cast(c${index} AS DECIMAL(18, 10)) IS NULL
         THEN try_cast(c${index} AS DECIMAL(24, 10)) END`;
}

/** A field as a naive UTC timestamp; NULL where there is none or it can't be read. */
export function instant(group: FileGroup, field: FocusField): string {
  const index = group.columns[field][0];
  if (index === undefined) return 'NULL::TIMESTAMP';
  const type = group.types[index] ?? 'VARCHAR';
  if (type === 'TIMESTAMP WITH TIME ZONE') return `make_timestamp(epoch_us(c${index}))`;
  return type === 'VARCHAR' ? `focus_instant(c${index})` : `try_cast(c${index} AS TIMESTAMP)`;
}

/** A billing period's first day; NULL where there is none or it can't be read. */
export function periodDay(group: FileGroup): string {
  const index = group.columns.billing_period[0];
  return index !== undefined && (group.types[index] ?? 'VARCHAR') === 'VARCHAR'
    ? `focus_period(focus_text(c${index}))`
    : `(${instant(group, 'billing_period')})::DATE`;
}

export const moneyFields = ['billed', 'effective', 'list', 'contracted'] as const satisfies readonly FocusField[];

/** True where a field holds something, though perhaps nothing readable; a number's null may also be written NaN. */
export function isGiven(group: FileGroup, field: FocusField, convention?: NumberReading): string {
  const index = group.columns[field][0];
  if (index === undefined) return 'false';
  if (convention === undefined || convention === 'plain') return `${text(group, field)} IS NOT NULL`;
  const type = group.types[index] ?? 'VARCHAR';
  return type === 'VARCHAR' || /DOUBLE|FLOAT/.test(type)
    ? `(c${index} IS NOT NULL AND NOT focus_no_number(c${index}::VARCHAR))`
    : `c${index} IS NOT NULL`;
}

/**
 * Why a row can't be counted, NULL where it can; reads the columns of `valued`. One reason a row, the first that holds.
 */
export const rejection = (group: FileGroup, defaultCurrency: string | undefined): string =>
  `coalesce(${rowRejection(group)}, ${currencyRejection(defaultCurrency)})`;

/** That part of it which a row's own values decide. */
export function rowRejection(group: FileGroup): string {
  const unreadable = [...moneyFields]
    .filter(field => group.columns[field].length > 0)
    .map(field => `(${field} IS NULL AND ${field}_given)`)
    .join(' OR ');
  return `CASE WHEN ${unreadable} THEN 'bad_number'
    WHEN charge_day IS NULL OR NOT focus_plausible(charge_day) THEN 'bad_date'
    WHEN billed IS NULL AND effective IS NULL THEN 'missing_cost' END`;
}

/** That part of it which the text in `currency` decides: FOCUS wants the three letters of ISO 4217. */
export const currencyRejection = (defaultCurrency: string | undefined): string =>
  `CASE WHEN focus_text(currency) IS NULL THEN ${defaultCurrency === undefined ? "'missing_currency'" : 'NULL'}
    WHEN NOT regexp_full_match(focus_text(currency), '[A-Za-z]{3}') THEN 'bad_currency' END`;
