/** Rows of lists that are no JSON document: JSON lines, CSV. */
import { breather } from '../../../core/breathe.ts';
import { readCsvHeader, scanCsv, splitRecord } from '../../../core/csv.ts';

export interface Rows {
  /** What holds for all rows that don't say otherwise. */
  readonly head?: Readonly<Record<string, unknown>>;
  /** `line` is the number of the line or record, from 1. */
  readonly rows: readonly { readonly row: unknown; readonly line: number }[];
  /** Lines that can't be read at all. */
  readonly broken: readonly { readonly line: number; readonly reason: string; readonly value: string }[];
}

/** A last line that was cut is broken as any other. */
export async function jsonLines(text: string): Promise<Rows> {
  const rows: { row: unknown; line: number }[] = [];
  const broken: { line: number; reason: string; value: string }[] = [];
  const breathe = breather();
  let line = 0;
  for (let start = 0; start < text.length; ) {
    if (breathe.due()) await breathe.now();
    const end = text.indexOf('\n', start);
    const one = text.slice(start, end < 0 ? undefined : end).trim();
    start = end < 0 ? text.length : end + 1;
    line += 1;
    if (one === '') continue;
    try {
      rows.push({ row: JSON.parse(one), line });
    } catch {
      broken.push({ line, reason: 'not_json', value: one.slice(0, 200) });
    }
  }
  return { rows, broken };
}

/** Of UTF-8; what can't be read is said in a word. Names of columns in any case, with spaces or underscores. */
export async function csvRows(bytes: Buffer): Promise<Rows | string> {
  const header = readCsvHeader(bytes);
  if (typeof header === 'string') return header;
  const columns = header.columns.map(column =>
    column
      .trim()
      .toLowerCase()
      .replace(/[\s-]+/g, '_'),
  );
  if (!columns.includes('image')) return 'not_running_list';
  const records: { readonly line: number; readonly end: number }[] = [];
  const scan = scanCsv(header.delimiter, ({ line, end }) => void records.push({ line, end }));
  scan.push(bytes);
  if (!scan.end().balanced) return 'cut_inside_quotes';
  const breathe = breather();
  const rows: { row: unknown; line: number }[] = [];
  for (const [index, { line, end }] of records.entries()) {
    if (index === 0) continue;
    if (breathe.due()) await breathe.now();
    const record = bytes.toString('utf8', records[index - 1]!.end, end).replace(/^[\r\n]+|[\r\n]+$/g, '');
    const values = splitRecord(record, header.delimiter);
    const entries = columns.map((column, place) => [column, values[place] ?? ''] as const);
    rows.push({ row: Object.fromEntries(entries.filter(([, value]) => value !== '')), line });
  }
  return { rows, broken: [] };
}
