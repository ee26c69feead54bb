/**
 * An export as a table: what wrote it, its columns by what they mean, and the times and days in them. Of what can't be read
 * there is a rejection with its line and column, and never with its text: a person may stand in it.
 */
import type { Rejection } from '../../../core/rejections.ts';
import { type DateOrder, readTimes } from '../../sheet/local-time.ts';
import { type SheetFault, type SheetRecord, sheetRecords } from '../../sheet/records.ts';
import { periodEnd, plainDay, zonedDay } from './days.ts';
import { type ExportKind, exportKinds, kindsOfExport, type Meaning, meanings } from './kinds.ts';

export type ColumnNames = Readonly<Partial<Record<Meaning, string | readonly string[] | undefined>>>;

export interface TableOptions {
  readonly kind?: ExportKind | undefined;
  readonly columns: ColumnNames;
  readonly timeZone?: string | undefined;
  readonly dateOrder?: DateOrder | undefined;
  readonly encoding?: string | undefined;
}

const timeMeanings = [
  'created',
  'updated',
  'started',
  'ended',
  'cancelled',
  'archived',
  'category_changed',
  'cycle_from',
  'cycle_until',
] as const satisfies readonly Meaning[];
type TimeMeaning = (typeof timeMeanings)[number];

export interface ExportRow {
  readonly line: number;
  /** What is filled of all columns of a meaning, in their order. */
  readonly texts: (meaning: Meaning) => readonly string[];
  /** ISO 8601 in UTC; absent where the row says none. */
  readonly times: Readonly<Partial<Record<TimeMeaning, string>>>;
  /** A day, YYYY-MM-DD. */
  readonly due?: string;
  /** What of it could not be read, and in which column. */
  readonly fault?: { readonly reason: string; readonly field: string };
}

export interface ExportTable {
  readonly kind: ExportKind;
  readonly rows: readonly ExportRow[];
  readonly rejections: readonly Omit<Rejection, 'file'>[];
  /** What no column of it says, though it matters most. */
  readonly silent: readonly Meaning[];
}

export interface ExportFault {
  readonly fault: SheetFault | 'unknown_export' | 'missing_column' | 'no_time_zone';
  /** The columns that it is about. */
  readonly field?: string;
}

export function readExport(bytes: Buffer, options: TableOptions): ExportTable | ExportFault {
  const said = sheetRecords(bytes, options.encoding);
  if (typeof said === 'string') return { fault: said };
  const [header, ...records] = said.records;
  const names = header?.fields ?? [];
  const kind = options.kind ?? exportKinds.find(one => lackedBy(one, names, options.columns).length === 0);
  if (kind === undefined) {
    const lacks = exportKinds.map(one => `${one}: ${lackedBy(one, names, options.columns).join(', ')}`);
    return { fault: 'unknown_export', field: lacks.join('; ') };
  }
  const lacking = [
    ...new Set([
      ...lackedBy(kind, names, options.columns, false),
      // What is named and is not there is a slip.
      ...meanings.flatMap(meaning => {
        const given = [options.columns[meaning] ?? []].flat();
        return given.length > 0 && indexesOf(names, given).length === 0 ? given.slice(0, 1) : [];
      }),
    ]),
  ];
  if (lacking.length > 0) return { fault: 'missing_column', field: lacking.join(', ') };

  const columns = new Map(
    meanings.map(meaning => [meaning, indexesOf(names, namesOf(kind, meaning, options.columns))] as const),
  );
  const rejections: Omit<Rejection, 'file'>[] = [];
  const filled: SheetRecord[] = [];
  for (const record of records) {
    if (record.fields.every(field => field === '')) continue;
    if (record.fields.slice(names.length).some(field => field !== ''))
      rejections.push({ line: record.line, reason: 'too_many_fields' });
    else filled.push(record);
  }
  const textsOf = ({ fields }: SheetRecord, meaning: Meaning) =>
    (columns.get(meaning) ?? []).flatMap(index => (fields[index] ? [fields[index]] : []));
  const fieldOf = (meaning: Meaning) => names[columns.get(meaning)?.[0] ?? 0] ?? '';
  const read = timesOf(filled, textsOf, options);
  const unzoned = timeMeanings.find(meaning => read.some(({ zoneless }) => zoneless.includes(meaning)));
  if (unzoned !== undefined) return { fault: 'no_time_zone', field: fieldOf(unzoned) };
  return {
    kind,
    rejections,
    silent: (['created', 'updated', 'due'] as const).filter(meaning => columns.get(meaning)?.length === 0),
    rows: filled.map((record, index): ExportRow => {
      const { times, due, bad } = read[index]!;
      return {
        ...{ line: record.line, texts: meaning => textsOf(record, meaning), times },
        ...(due === undefined ? {} : { due }),
        ...(bad === undefined
          ? {}
          : { fault: { reason: bad === 'due' ? 'bad_date' : 'bad_time', field: fieldOf(bad) } }),
      };
    }),
  };
}

const fold = (name: string) => name.replace(/\s+/g, ' ').trim().toLowerCase();

const namesOf = (kind: ExportKind, meaning: Meaning, given: ColumnNames): readonly string[] =>
  [given[meaning] ?? kindsOfExport[kind].columns[meaning] ?? []].flat();

/** Of every column of the first name that there is, then of the next: a name may stand there often. */
const indexesOf = (header: readonly string[], names: readonly string[]): readonly number[] =>
  names.flatMap(name => header.flatMap((column, index) => (fold(column) === fold(name) ? [index] : [])));

/** The columns that an export of a kind must have and this one hasn't. */
function lackedBy(kind: ExportKind, header: readonly string[], given: ColumnNames, marks = true): readonly string[] {
  const required = kindsOfExport[kind].required.map(meaning => namesOf(kind, meaning, given));
  const all = marks ? [...required, ...kindsOfExport[kind].marks.map(mark => [mark])] : required;
  return all.filter(names => indexesOf(header, names).length === 0).map(names => names[0] ?? '');
}

interface RowTimes {
  readonly times: Partial<Record<TimeMeaning, string>>;
  readonly due: string | undefined;
  readonly bad: TimeMeaning | 'due' | undefined;
  readonly zoneless: readonly TimeMeaning[];
}

/** All of a table together, since one date alone does not tell whether `4/3/2026` is in April or in March. */
function timesOf(
  records: readonly SheetRecord[],
  textsOf: (record: SheetRecord, meaning: Meaning) => readonly string[],
  { timeZone, dateOrder: order }: TableOptions,
): readonly RowTimes[] {
  const cells = records.flatMap((record, row) =>
    ([...timeMeanings, 'due'] as const).flatMap(meaning => {
      const text = textsOf(record, meaning)[0];
      return text === undefined ? [] : [{ row, meaning, text }];
    }),
  );
  const texts = cells.map(({ text }) => text);
  const local = readTimes(texts, { timeZone, order });
  const named = timeZone === undefined ? local : readTimes(texts, { order });
  const plain = readTimes(texts, { timeZone: 'UTC', order });
  const rows = records.map(() => ({
    ...{ times: {} as Partial<Record<TimeMeaning, string>>, due: undefined as string | undefined },
    ...{ bad: undefined as TimeMeaning | 'due' | undefined, zoneless: [] as TimeMeaning[] },
  }));
  for (const [index, { row, meaning, text }] of cells.entries()) {
    const found = rows[row]!;
    const [time, zoned, utc] = [local[index]!, named[index]!, plain[index]!];
    if (meaning === 'due') {
      found.due = periodEnd(text) ?? ('at' in zoned ? zonedDay(zoned.at) : 'at' in utc ? plainDay(utc.at) : undefined);
      if (found.due === undefined) found.bad ??= 'due';
    } else if ('at' in time) found.times[meaning] = time.at;
    // A day alone needs no zone to be told by days.
    else if (time.fault === 'no_time_zone' && 'at' in utc && !/\d[:h]\d{2}/.test(text)) found.times[meaning] = utc.at;
    else if (time.fault === 'no_time_zone') found.zoneless.push(meaning);
    else found.bad ??= meaning;
  }
  return rows;
}
