/** Results go to stdout, everything else to stderr. */
import { once } from 'node:events';
import { nearest } from '../config/suggest.ts';

/** Writes to stdout and waits until it has taken everything; a reader that has left is no error. */
export async function print(text: string | Buffer): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain').catch(() => undefined);
}

export const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Columns as wide as their widest cell, two spaces between; the first row is the heading. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => (row[column] ?? '').length)));
  return rows
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map(line => `${line}\n`)
    .join('');
}

export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;

/** `; did you mean X?` where a known word is near to one that is not. */
export function didYouMean(word: string, known: readonly string[]): string {
  const suggestion = nearest(word, known);
  return suggestion === undefined || suggestion === word ? '' : `; did you mean ${suggestion}?`;
}
