/**
 * What DuckDB's CSV reader does not tell: the dialect and the header as written, and whether a file is whole. The reader
 * accepts a file that was cut inside quotes, so a byte loop of our own looks at every quote.
 */

export type CsvDelimiter = ',' | ';' | '\t' | '|';

export interface CsvHeader {
  /** Column names as written, in file order. */
  readonly columns: readonly string[];
  readonly delimiter: CsvDelimiter;
}

export type CsvHeaderFault = 'empty' | 'not_utf8' | 'unreadable_header' | 'bare_carriage_returns';

const quote = 0x22;
const newline = 0x0a;
const carriageReturn = 0x0d;
const delimiters: readonly CsvDelimiter[] = [',', ';', '\t', '|'];

/** Reads the header from a file's first bytes (uncompressed): strips a UTF-8 BOM, finds the delimiter, unquotes. */
export function readCsvHeader(head: Buffer): CsvHeader | CsvHeaderFault {
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) return 'not_utf8';
  const start = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  const line = head.subarray(start, endOfRecord(head, start)).toString('utf8').replace(/\r$/, '');
  if (line.trim() === '')
    return head.length === start || /^\s*$/.test(head.toString('utf8')) ? 'empty' : 'unreadable_header';
  const outside = line.replace(/"(?:[^"]|"")*"/g, '');
  // Lines that end in a carriage return alone make the whole file one line.
  if (outside.includes('\r')) return 'bare_carriage_returns';
  const delimiter = delimiters.reduce((best, next) => (count(outside, next) > count(outside, best) ? next : best));
  return { columns: splitRecord(line, delimiter), delimiter };
}

/** Splits one CSV record; quotes are doubled inside quoted fields. */
export function splitRecord(line: string, delimiter: CsvDelimiter): string[] {
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const char = line.charAt(i);
    if (quoted && char === '"' && line[i + 1] === '"') {
      field += '"';
      i++;
    } else if (char === '"' && (quoted || field === '')) quoted = !quoted;
    else if (char === delimiter && !quoted) {
      fields.push(field.trim());
      field = '';
    } else field += char;
  }
  fields.push(field.trim());
  return fields;
}

export interface CsvScan {
  /** Looks at the next bytes (uncompressed) of the file. */
  readonly push: (chunk: Uint8Array) => void;
  readonly end: () => CsvShape;
}

export interface CsvShape {
  /** False where the file ends inside quotes. */
  readonly balanced: boolean;
  /** False where the last record has no newline and fewer fields than the first: it was cut. */
  readonly lastRecordWhole: boolean;
  /** False where the last record has no newline: its last field may be cut. */
  readonly endsWithNewline: boolean;
  /** Records, the header among them; blank lines are none. */
  readonly records: number;
  /** False where a quoted field holds a newline or a line is blank, so that a record's number isn't its line's. */
  readonly recordIsLine: boolean;
}

export interface CsvRecord {
  /** Counted from 1, which is the header; blank lines are none. */
  readonly number: number;
  /** The line, counted from 1, on which it begins. */
  readonly line: number;
  /** Bytes (uncompressed) up to its end, with its newline. */
  readonly end: number;
}

const fieldStart = 0;
const inField = 1;
const inQuotes = 2;
const afterQuote = 3;

/**
 * Follows the quotes of a whole CSV file, whatever the slices; a quote opens only at a field's start. `onRecord` is told
 * each record as it ends.
 */
export function scanCsv(delimiter: CsvDelimiter, onRecord?: (record: CsvRecord) => void): CsvScan {
  const comma = delimiter.charCodeAt(0);
  let state = fieldStart;
  let fields = 1;
  let blank = true;
  let headerFields = 0;
  let records = 0;
  let newlines = 0;
  let begin = 1;
  let before = 0;
  const push = (chunk: Uint8Array): void => {
    const length = chunk.length;
    let i = before === 0 && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? 3 : 0;
    // Locals: a variable that a closure holds is several times slower to write.
    let now = state;
    let count = fields;
    let empty = blank;
    let lines = newlines;
    let nextQuote = -1;
    while (i < length) {
      // A record that is whole and plain is found by its newline and its quotes, at twice the speed of following its bytes.
      if (empty && now === fieldStart && records > 0 && chunk[i] !== newline && chunk[i] !== carriageReturn) {
        let from = i;
        let end = -1;
        let inside = 0;
        while (end < 0) {
          const found = chunk.indexOf(newline, from);
          if (found < 0) break;
          if (nextQuote < from) nextQuote = chunk.indexOf(quote, from);
          if (nextQuote < 0) nextQuote = length;
          if (found < nextQuote) {
            end = found;
            break;
          }
          if (nextQuote > i && chunk[nextQuote - 1] !== comma) break;
          let closing = nextQuote + 1;
          for (; closing < length; closing++) {
            const byte = chunk[closing];
            if (byte === newline) inside++;
            else if (byte === quote && chunk[++closing] !== quote) break;
          }
          // `closing` is now behind the quote.
          const after = chunk[closing];
          if (after !== comma && after !== newline && after !== carriageReturn) break;
          from = closing;
        }
        if (end >= 0) {
          lines += inside + 1;
          records++;
          onRecord?.({ number: records, line: begin, end: before + end + 1 });
          begin = lines + 1;
          i = end + 1;
          continue;
        }
      }
      if (now === inQuotes) {
        let byte = chunk[i];
        while (i < length && byte !== quote) {
          if (byte === newline) lines++;
          byte = chunk[++i];
        }
        if (i++ < length) now = afterQuote;
        continue;
      }
      const byte = chunk[i++] as number;
      if (byte === comma) {
        count++;
        empty = false;
        now = fieldStart;
      } else if (byte === newline) {
        lines++;
        if (!empty) {
          if (records === 0) headerFields = count;
          records++;
          onRecord?.({ number: records, line: begin, end: before + i });
        }
        begin = lines + 1;
        count = 1;
        empty = true;
        now = fieldStart;
      } else if (byte === quote && now !== inField) {
        empty = false;
        now = inQuotes;
      } else if (byte !== carriageReturn) {
        empty = false;
        now = inField;
        // To the field's end; every sign that ends one is found again above.
        while (i < length && chunk[i] !== comma && chunk[i] !== newline) i++;
      }
    }
    state = now;
    fields = count;
    blank = empty;
    newlines = lines;
    before += length;
  };
  return {
    push,
    end: () => {
      const all = records + (blank ? 0 : 1);
      if (!blank) onRecord?.({ number: all, line: begin, end: before });
      return {
        balanced: state !== inQuotes,
        lastRecordWhole: blank || records === 0 || fields >= headerFields,
        endsWithNewline: blank,
        records: all,
        recordIsLine: newlines + (blank ? 0 : 1) === all,
      };
    },
  };
}

/** Where the record that starts at `start` ends: its newline outside quotes, or the end of the bytes. */
export function endOfRecord(bytes: Buffer, start: number): number {
  let quoted = false;
  for (let i = start; i < bytes.length; i++) {
    if (bytes[i] === quote) quoted = !quoted;
    else if (bytes[i] === newline && !quoted) return i;
  }
  return bytes.length;
}

const count = (text: string, char: string) => text.split(char).length - 1;
