/**
 * A table of answers as text: what Google Sheets, survey tools and spreadsheet programs export. UTF-8 or UTF-16 by its
 * mark, comma, semicolon, tab or bar, a line `sep=;` before the header, quotes that hold newlines. Read in memory and by
 * the core's own scanner: a reader that quotes the line it stumbles over would put answers into a log.
 */
import { type CsvDelimiter, readCsvHeader, scanCsv, splitRecord } from '../../core/csv.ts';

export interface SheetRecord {
  /** The line, counted from 1, on which it begins. */
  readonly line: number;
  /** Trimmed. */
  readonly fields: readonly string[];
}

export interface SheetRecords {
  readonly delimiter: CsvDelimiter;
  /** The header first; blank lines are none. */
  readonly records: readonly SheetRecord[];
}

export type SheetFault =
  | 'empty'
  | 'not_utf8'
  | 'unreadable_header'
  | 'bare_carriage_returns'
  | 'unbalanced_quotes'
  | 'truncated_record'
  | 'not_a_table'
  | 'workbook';

/** `encoding` is a label of the Encoding Standard, for files that are neither UTF-8 nor marked as UTF-16. */
export function sheetRecords(bytes: Buffer, encoding?: string): SheetRecords | SheetFault {
  // Zipped (.xlsx, .ods), or in Microsoft's own form before 2007 (.xls).
  if (/^(504b0304|d0cf11e0)/.test(bytes.subarray(0, 4).toString('hex'))) return 'workbook';
  const text = decodedText(bytes, encoding);
  if (text === undefined) return 'not_utf8';
  if (/^\s*</.test(text)) return 'not_a_table';
  const separator = /^sep=(.)\r?\n/i.exec(text);
  const body = Buffer.from(separator ? text.slice(separator[0].length) : text, 'utf8');
  const header = readCsvHeader(body);
  if (typeof header === 'string') return header;
  const { delimiter } = header;
  const unquoted = delimiter === '\t' ? recordsByLine(body.toString('utf8')) : undefined;
  if (unquoted) return { delimiter, records: unquoted.map(one => ({ ...one, line: one.line + (separator ? 1 : 0) })) };
  const records: SheetRecord[] = [];
  const firstLine = separator ? 1 : 0;
  let start = 0;
  const scan = scanCsv(delimiter, ({ line, end }) => {
    const record = body
      .subarray(start, end)
      .toString('utf8')
      .replace(/^[\r\n]+/, '')
      .replace(/\r?\n$/, '');
    start = end;
    records.push({ line: line + firstLine, fields: splitRecord(record, delimiter) });
  });
  scan.push(body);
  const shape = scan.end();
  if (!shape.balanced) return 'unbalanced_quotes';
  // Where every record leaves out what is empty at its end, as an older export of Linear does, the last one is whole too.
  const last = records.at(-1)?.fields.length ?? 0;
  if (!shape.lastRecordWhole && !records.slice(1, -1).some(({ fields }) => fields.length === last))
    return 'truncated_record';
  return { delimiter, records };
}

/**
 * Sheets writes TSV without quotes, with one record a line: a cell that begins with a quote, as people's words do, opens
 * nothing. Undefined where a line has another number of tabs, as in a file whose quotes hold newlines or tabs.
 */
function recordsByLine(text: string): SheetRecord[] | undefined {
  const lines = text.split(/\r?\n/).map((line, index) => ({ line: index + 1, cells: line.split('\t') }));
  if (lines.at(-1)?.cells.join('') === '') lines.pop();
  if (lines.some(({ cells }) => cells.length !== lines[0]?.cells.length)) return undefined;
  const unquote = (cell: string) =>
    /^"(?:[^"]|"")*"$/.test(cell) ? cell.slice(1, -1).replaceAll('""', '"') : cell.replace(/^\s+|\s+$/g, '');
  return lines.map(({ line, cells }) => ({ line, fields: cells.map(cell => unquote(cell).trim()) }));
}

function decodedText(bytes: Buffer, encoding: string | undefined): string | undefined {
  const marked =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : undefined;
  try {
    // The decoder takes the mark off.
    const text = new TextDecoder(marked ?? encoding ?? 'utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
