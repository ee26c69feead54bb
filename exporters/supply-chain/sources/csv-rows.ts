/** Small CSV lists as rows by their header's names. */
import { readCsvHeader, splitRecord } from '../../core/csv.ts';
import { textOf } from '../../formats/json.ts';

/** A fault where it is no CSV. Quoted fields may hold line breaks. */
export function csvRows(bytes: Buffer): readonly Readonly<Record<string, string>>[] | string {
  const header = readCsvHeader(bytes);
  if (typeof header === 'string') return header;
  const text = textOf(bytes);
  if (text === undefined) return 'not_text';
  const [, ...records] = recordsOf(text);
  return records.map(record => {
    const fields = splitRecord(record, header.delimiter);
    return Object.fromEntries(header.columns.map((name, index) => [name.trim(), fields[index] ?? '']));
  });
}

function recordsOf(text: string): readonly string[] {
  const records: string[] = [];
  let quoted = '';
  for (const line of text.split(/\r?\n/)) {
    const whole = quoted === '' ? line : `${quoted}\n${line}`;
    const isOpen = (whole.match(/"/g)?.length ?? 0) % 2 === 1;
    quoted = isOpen ? whole : '';
    if (!isOpen && whole.trim() !== '') records.push(whole);
  }
  return records;
}
