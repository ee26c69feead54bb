/** The refs of a repository, peeled to commits, and what of them is new since they were read last. */
import type { Reader } from '../../../core/ledger.ts';
import type { Opened } from './places.ts';
import { askGit, runGit } from './process.ts';

export interface Ref {
  /** The full name: refs/heads/main, refs/tags/v1; HEAD where it is on no branch. */
  readonly ref: string;
  /** The commit. */
  readonly sha: string;
  /** Seconds since the epoch of the tag itself, else of its commit; undefined where there is none. */
  readonly at: number | undefined;
}

const sha = /^[0-9a-f]{40}([0-9a-f]{24})?$/;
const format = ['%(refname)', '%(objectname)', '%(objecttype)', '%(symref)', '%(creatordate:unix)'].join('%00');

/** All branches, remote branches and tags that lead to a commit. A tag of a file or a tree is none. */
export async function readRefs({ context, at }: Opened): Promise<readonly Ref[]> {
  const what = 'read the refs of';
  const [listed, branch] = await Promise.all([
    runGit(context, {
      what,
      args: [...at, 'for-each-ref', `--format=${format}`, 'refs/heads', 'refs/remotes', 'refs/tags'],
    }),
    askGit(context, { what, args: [...at, 'symbolic-ref', '--quiet', 'HEAD'] }),
  ]);
  const refs = listed
    .split('\n')
    .map(line => line.split('\0'))
    .filter(([ref, , , symref]) => ref !== undefined && ref !== '' && symref === '')
    .map(([ref = '', object = '', type = '', , date = '']) => ({
      ref,
      object,
      type,
      at: /^\d+$/.test(date) ? Number(date) : undefined,
    }));
  // Tags of tags are peeled to their end, which for-each-ref does since git 2.45 alone.
  const others = refs.filter(({ type }) => type !== 'commit');
  const peeled = new Map<string, string>();
  if (others.length > 0) {
    const answer = await runGit(context, {
      what,
      args: [...at, 'cat-file', '--batch-check=%(objectname)'],
      input: others.map(({ object }) => `${object}^{commit}`),
    });
    answer.split('\n').forEach((line, index) => {
      const other = others[index];
      if (other !== undefined && sha.test(line)) peeled.set(other.ref, line);
    });
  }
  const result = refs.flatMap(({ ref, object, type, at: time }) => {
    const commit = type === 'commit' ? object : peeled.get(ref);
    return commit === undefined ? [] : [{ ref, sha: commit, at: time }];
  });
  const head =
    branch === undefined &&
    (await askGit(context, { what, args: [...at, 'rev-parse', '--verify', '--quiet', 'HEAD^{commit}'] }));
  return head ? [...result, { ref: 'HEAD', sha: head.trim(), at: undefined }] : result;
}

export interface KnownRepository {
  readonly refs: ReadonlyMap<string, string>;
  readonly services: string | undefined;
  readonly deployments: string | undefined;
}

/** Where it stood when it was read last. */
export async function knownRepository(reader: Reader, source: string, repository: string): Promise<KnownRepository> {
  const key = { source, repository };
  const refs = await reader.all(
    'SELECT ref, sha FROM git_refs WHERE source = $source AND repository = $repository',
    key,
  );
  const [rules] = await reader.all(
    'SELECT services, deployments FROM git_repositories WHERE source = $source AND repository = $repository',
    key,
  );
  return {
    refs: new Map(refs.map(row => [String(row.ref), String(row.sha)])),
    services: rules && String(rules.services),
    deployments: rules && String(rules.deployments),
  };
}

export interface News {
  /** Commits that refs lead to now and none did before. */
  readonly tips: readonly string[];
  /** Commits whose whole history has been read; those that git still has. */
  readonly read: readonly string[];
}

/** After a rewritten or deleted ref its old commits may be gone from the repository; then they bound nothing. */
export async function newsOf({ context, at }: Opened, now: readonly Ref[], known: KnownRepository): Promise<News> {
  const before = new Set(known.refs.values());
  const tips = [...new Set(now.map(ref => ref.sha))].filter(tip => !before.has(tip));
  if (tips.length === 0 || before.size === 0) return { tips, read: [] };
  const answer = await runGit(context, {
    what: 'look for known commits in',
    args: [...at, 'cat-file', '--batch-check=%(objectname) %(objecttype)'],
    input: before,
  });
  const read = answer.split('\n').flatMap(line => (line.endsWith(' commit') ? [line.slice(0, -' commit'.length)] : []));
  return { tips, read };
}

/** The input of `git log --stdin` for what is new. */
export const rangeOf = ({ tips, read }: News): readonly string[] => [...tips, ...read.map(known => `^${known}`)];
