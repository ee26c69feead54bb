import { readFileSync } from 'node:fs';

/** The SQL of a family: the files' contents in order, the shared common table expressions first. */
export const sql = (...files: readonly string[]): string =>
  files.map(file => readFileSync(new URL(`./${file}.sql`, import.meta.url), 'utf8').trimEnd()).join('\n');
