/** Rows and values that could not be read, named: file, line where it is known, reason, field and value. */
import type { Reader } from '../../core/ledger.ts';
import { type AggregateOptions, toList, valued } from './aggregate.ts';
import { columnName, type FocusField } from './columns.ts';
import {
  type FileGroup,
  fromFiles,
  moneyFields,
  type NumberConvention,
  recordNumber,
  rejection,
  rejectTables,
  text,
} from './scan.ts';

/** A file's rejects beyond these are counted by reason, not kept. */
export const keptPerFile = 10_000;
const valueLength = 200;

/**
 * Creates the temporary table `focus_rejects`: core's `rejects` without source and time, and where a reject stands until
 * lines.ts names its line: the byte at or just before its record where that was no record at all, else which of the
 * records read it is, from 1.
 */
export const createRejects = `CREATE OR REPLACE TEMP TABLE focus_rejects (
  file VARCHAR, line BIGINT, reason VARCHAR, field VARCHAR, value VARCHAR, position BIGINT, record BIGINT)`;

/** Lines that are no records: too few or too many fields, not UTF-8. */
export async function structuralRejects(reader: Reader, paths: readonly string[]): Promise<void> {
  // A file may have been scanned more than once, and one line may break two rules. The reader's own line is wrong behind
  // a field of several lines.
  await reader.run(
    `INSERT INTO focus_rejects BY NAME
     SELECT s.file_path AS file, e.line_byte_position::BIGINT AS position,
       arg_min(lower(replace(e.error_type::VARCHAR, ' ', '_')), e.column_idx) AS reason,
       left(ltrim(arg_min(e.csv_line, e.column_idx), chr(13) || chr(10)), ${valueLength}) AS value
     FROM ${rejectTables.errors} e JOIN ${rejectTables.scans} s USING (scan_id, file_id)
     WHERE list_contains($paths::VARCHAR[], s.file_path)
     GROUP BY file, position`,
    { paths: toList(paths) },
  );
}

/** Reads one file again, in order, for the rows that were left out and the values that were. */
export async function valueRejects(
  reader: Reader,
  group: FileGroup,
  options: AggregateOptions & { readonly convention: NumberConvention },
): Promise<void> {
  const money = moneyFields.filter(field => group.columns[field].length > 0);
  const cell = (field: FocusField) => `{'reason': $reason, 'field': '${columnName(field)}', 'value': ${field}_text}`;
  const problem = (when: string, reason: string, field: FocusField) =>
    `CASE WHEN ${when} THEN ${cell(field).replace('$reason', `'${reason}'`)} END`;
  const problems = [
    ...money.map(field =>
      problem(`reason = 'bad_number' AND ${field} IS NULL AND ${field}_given`, 'bad_number', field),
    ),
    problem("reason = 'bad_date'", 'bad_date', 'charge_day'),
    problem("reason = 'missing_cost'", 'missing_cost', 'billed'),
    problem("reason = 'missing_currency'", 'missing_currency', 'currency'),
    problem("reason = 'bad_currency'", 'bad_currency', 'currency'),
    problem('reason IS NULL AND effective IS NULL', 'missing_effective_cost', 'effective'),
    problem('reason IS NULL AND billed IS NULL', 'missing_billed_cost', 'billed'),
    ...(group.columns.charge_category.length > 0
      ? [problem('reason IS NULL AND charge_category IS NULL', 'missing_charge_category', 'charge_category')]
      : []),
    problem('reason IS NULL AND NOT focus_category_known(charge_category)', 'bad_charge_category', 'charge_category'),
    problem('reason IS NULL AND quantity IS NULL AND quantity_given', 'bad_quantity', 'quantity'),
    problem('reason IS NULL AND bad_period', 'bad_billing_period', 'billing_period'),
    problem('reason IS NULL AND bad_tags', 'bad_tags', 'tags'),
  ];
  const fields: FocusField[] = [
    ...money,
    'charge_day',
    'currency',
    'quantity',
    'billing_period',
    'charge_category',
    'tags',
  ];
  const texts = [...new Set<FocusField>(['billed', ...fields])].map(
    field => `left(${text(group, field)}, ${valueLength}) AS ${field}_text`,
  );
  await reader.run(
    `INSERT INTO focus_rejects BY NAME
     SELECT file, record, problem.reason AS reason, problem.field AS field, problem.value AS value
     FROM (
       SELECT file, record, unnest(list_filter([${problems.join(', ')}], p -> p IS NOT NULL)) AS problem
       FROM (
         SELECT *, ${rejection(group, options.defaultCurrency)} AS reason,
           focus_text(tags) IS NOT NULL AND tags IN (SELECT t.text FROM focus_tag_texts t WHERE t.object IS NULL) AS bad_tags,
           billing_period IN (SELECT p.text FROM focus_period_texts p WHERE p.billed_in IS NULL) AS bad_period
         FROM (${valued(group, options, options.convention)}, ${recordNumber(group)} AS record, ${texts.join(', ')}
               FROM ${fromFiles(group, 'in_order')})))
     LIMIT ${keptPerFile}`,
  );
}
