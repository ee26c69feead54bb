/** Real files of other tools' tests, which are not ours: rows of a CSV file of the corpus, every value as text. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { openLedger } from '../../exporters/core/ledger.ts';
import { corpus, readerOf } from '../e2e/lib/corpus.ts';

export type CorpusRow = Readonly<Record<string, string | undefined>>;

/** The rows by their header; undefined where the file is absent, and the test says that it is skipped. */
export async function corpusRows(t: TestContext, file: string): Promise<readonly CorpusRow[] | undefined> {
  const found = path.join(corpus, file);
  if (!existsSync(found)) {
    t.skip(`${file} is not in PLUMBLINE_CORPUS`);
    return undefined;
  }
  const books = await openLedger({ path: ':memory:' });
  try {
    return (await books.read(reader => reader.all(`FROM ${readerOf(found)}`))) as CorpusRow[];
  } finally {
    await books.close();
  }
}
