/** Commits of `git log` into the ledger by the slice: DuckDB takes the text apart, and no row becomes an object here. */
import { readFileSync } from 'node:fs';
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
  /** True where no commit of it can be known already: to look for each would cost more than all else. */
  readonly isNew: boolean;
}

export interface Stored {
  readonly records: number;
  readonly added: number;
  readonly rejected: Readonly<Record<string, number>>;
}

const malformed = '(length(sha) NOT IN (40, 64))';
const undated = '(authored_at IS NULL OR committed_at IS NULL)';

export async function storeCommits(tx: Transaction, told: CommitSlice): Promise<Stored> {
  const { repository, source, isNew } = told;
  const now = sqlTime(told.now);
  await tx.run(toldSql, { text: textOf(told.slice) });
  const [counts] = await tx.all(
    `SELECT count(*) AS records, count(*) FILTER (${malformed}) AS malformed,
       count(*) FILTER (NOT ${malformed} AND ${undated}) AS undated
     FROM told_commits`,
  );
  const rejected: Record<string, number> = {};
  if (Number(counts?.malformed) + Number(counts?.undated) > 0) {
    await tx.run(
      `INSERT INTO rejects
       SELECT $source, $repository, NULL, CASE WHEN ${malformed} THEN 'malformed_commit' ELSE 'commit_without_date' END,
         'commit', left(sha, 200), $now::TIMESTAMP
       FROM told_commits WHERE ${malformed} OR ${undated}`,
      { source, repository, now },
    );
    await tx.run(`DELETE FROM told_commits WHERE ${malformed}`);
    tx.touch('rejects');
    if (Number(counts?.malformed) > 0) rejected.malformed_commit = Number(counts?.malformed);
    if (Number(counts?.undated) > 0) rejected.commit_without_date = Number(counts?.undated);
  }
  if (!isNew)
    await tx.run(
      'DELETE FROM told_commits AS told USING commits AS known WHERE known.repository = $repository AND known.sha = told.sha',
      { repository },
    );
  const [inserted] = await tx.all(
    `INSERT INTO commits BY NAME
     SELECT $repository AS repository, *, $now::TIMESTAMP AS learned_at FROM told_commits`,
    { repository, now },
  );
  const added = Number(Object.values(inserted ?? {})[0] ?? 0);
  if (added > 0) tx.touch('commits');
  return { records: Number(counts?.records), added, rejected };
}

/** After all of a history has been read: what messages say of other commits is resolved to them. */
export async function settleMentions(tx: Transaction, repository: string): Promise<void> {
  await tx.run('DROP TABLE IF EXISTS temp.told_commits');
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
function textOf(slice: Buffer): string {
  if (slice.includes(0x1e)) for (let i = slice.indexOf(0x1e); i >= 0; i = slice.indexOf(0x1e, i + 1)) slice[i] = 0x20;
  for (let i = slice.indexOf(0); i >= 0; i = slice.indexOf(0, i + 1)) slice[i] = 0x1e;
  return slice.toString('utf8');
}
