/** Commits of `git log` into the ledger by the slice: DuckDB takes the text apart, and no row becomes an object here. */
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { DuckDBBlobValue } from '@duckdb/node-api';
import type { Transaction } from '../../../core/ledger.ts';
import { sqlTime } from '../../../core/time.ts';
import type { Opened } from './places.ts';
import { startGit } from './process.ts';
import { type SliceOptions, slicesOf } from './slices.ts';

const toldSql = readFileSync(new URL('./commits.sql', import.meta.url), 'utf8');
const settleSql = readFileSync(new URL('./settle.sql', import.meta.url), 'utf8').split(/(?<=;\n)/);

/** What commits.sql takes apart. */
export const logFormat = [
  '%H',
  '%P',
  '%at',
  '%ct',
  '%an',
  '%ae',
  '%s',
  '%(trailers:only,unfold,separator=%x1f)',
  '%b',
].join('%n');

/** The commits that `range` leads to, newest first, in slices. */
export function readCommits(
  { context, at }: Opened,
  range: readonly string[],
  portions: SliceOptions,
): AsyncGenerator<Buffer> {
  const args = [...at, 'log', '-z', '--no-show-signature', '--no-mailmap', `--format=${logFormat}`, '--stdin', '--'];
  return slicesOf(startGit(context, { what: 'read the commits of', args, input: range }), portions);
}

export interface CommitSlice {
  readonly repository: string;
  readonly source: string;
  readonly slice: Buffer;
  readonly now: Date;
  readonly known: KnownCommits;
}

/** What the ledger has of a repository as a transaction begins, within which nobody else adds any. */
export interface KnownCommits {
  /** There are some that pushes told of. */
  readonly somePartial: boolean;
  /** False where no commit of a slice can be among them: to look for each would cost more than all else. */
  readonly mayRepeat: boolean;
}

export interface Stored {
  readonly records: number;
  readonly added: number;
  readonly rejected: Readonly<Record<string, number>>;
}

export async function storeCommits(tx: Transaction, told: CommitSlice): Promise<Stored> {
  const { repository, slice, known } = told;
  const { text, records } = textOf(slice);
  const isKnown =
    'EXISTS (FROM commits AS known WHERE known.repository = $repository AND known.sha = told.sha AND NOT known.is_partial)';
  const [inserted] = await tx.all(
    `INSERT INTO commits BY NAME
     SELECT $repository AS repository, told.*, $now::TIMESTAMP AS learned_at
     FROM (${toldSql}) AS told
     ${known.mayRepeat ? `WHERE NOT ${isKnown}` : ''}`,
    { text, repository, now: sqlTime(told.now) },
  );
  const added = Number(Object.values(inserted ?? {})[0] ?? 0);
  if (added > 0) {
    tx.touch('commits');
    if (known.somePartial) await dropPartial(tx, repository);
  }
  return { records, added, rejected: {} };
}

/** What pushes told of commits that are known in whole now goes. */
async function dropPartial(tx: Transaction, repository: string): Promise<void> {
  await tx.run(
    `DELETE FROM commits WHERE is_partial AND repository = $repository
       AND sha IN (SELECT sha FROM commits WHERE NOT is_partial AND repository = $repository)`,
    { repository },
  );
}

/** Commits without a date that can be read stand in the graph, have no lead time, and are told; returns how many more. */
export async function rejectUndated(
  tx: Transaction,
  { source, repository, now }: Pick<CommitSlice, 'source' | 'repository' | 'now'>,
): Promise<Readonly<Record<string, number>>> {
  const [inserted] = await tx.all(
    `INSERT INTO rejects
     SELECT $source, $repository, NULL, 'commit_without_date', 'commit', sha, $now::TIMESTAMP
     FROM commits
     WHERE repository = $repository AND (authored_at IS NULL OR committed_at IS NULL)
       AND NOT EXISTS (
         FROM rejects AS known
         WHERE known.source = $source AND known.file = $repository AND known.value = commits.sha
       )`,
    { source, repository, now: sqlTime(now) },
  );
  const count = Number(Object.values(inserted ?? {})[0] ?? 0);
  if (count > 0) tx.touch('rejects');
  return count > 0 ? { commit_without_date: count } : {};
}

/** After all of a history has been read: what messages say of other commits is resolved to them. */
export async function settleMentions(tx: Transaction, repository: string): Promise<void> {
  const loose = await tx.scalar(
    `SELECT count(*) FROM commits
     WHERE repository = $repository AND (reverts <> '' OR picked_from <> '')
       AND regexp_matches(reverts || ' ' || picked_from, '(^| )(#[0-9]+|[0-9a-f]{7,39})( |$)')`,
    { repository },
  );
  if (Number(loose) === 0) return;
  for (const statement of settleSql)
    await tx.run(statement, statement.includes('$repository') ? { repository } : undefined);
}

/** DuckDB's texts may not hold NUL; a message may hold the character that stands for it, and loses it. */
function textOf(slice: Buffer): { readonly text: DuckDBBlobValue; readonly records: number } {
  for (let i = slice.indexOf(0x1e); i >= 0; i = slice.indexOf(0x1e, i + 1)) slice[i] = 0x20;
  let records = 1;
  for (let i = slice.indexOf(0); i >= 0; i = slice.indexOf(0, i + 1)) {
    slice[i] = 0x1e;
    records += 1;
  }
  // As bytes it is neither made a string of ours nor checked and copied as one.
  return { text: new DuckDBBlobValue(isUtf8(slice) ? slice : Buffer.from(slice.toString('utf8'))), records };
}
