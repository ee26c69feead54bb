/** Deployments that a repository itself tells of: its tags, and what was merged into a branch. */
import { wildcard } from '../../../catalog/wildcard.ts';
import type { Reader } from '../../../core/ledger.ts';
import { PlumblineError } from '../../errors.ts';
import type { DeploymentFact } from '../../facts.ts';
import type { DeploymentRule } from './config.ts';
import { filled, starsOf } from './names.ts';
import type { Opened } from './places.ts';
import { runGit } from './process.ts';
import type { KnownRepository, Ref } from './refs.ts';

type TagRule = Extract<DeploymentRule, { readonly from: 'tags' }>;
type BranchRule = Extract<DeploymentRule, { readonly from: 'branch' }>;

/** A deployment whose commit has still to be looked up. */
export interface Candidate {
  readonly rule: DeploymentRule;
  readonly sha: string;
  /** The tag, or the branch. */
  readonly name: string;
  /** Seconds since the epoch; of the commit unless given. */
  readonly at?: number | undefined;
  /** What the pattern's stars stand for. */
  readonly stars?: readonly string[];
  /** True of a tag that was elsewhere before. */
  readonly hasMoved?: boolean;
}

const tagPrefix = 'refs/tags/';

/** The tags that are deployments by a rule. With `known`, those alone that are new or have moved. */
export function tagCandidates(
  rule: TagRule,
  refs: readonly Ref[],
  known: KnownRepository['refs'] | undefined,
): readonly Candidate[] {
  const isExcepted = wildcard(rule.except);
  const patterns = rule.tags.map(starsOf);
  return refs.flatMap(({ ref, sha, at }) => {
    if (!ref.startsWith(tagPrefix) || known?.get(ref) === sha) return [];
    const name = ref.slice(tagPrefix.length);
    if (isExcepted(name)) return [];
    const stars = firstOf(patterns, matches => matches(name));
    if (stars === undefined) return [];
    const before = known?.get(ref);
    return [{ rule, sha, name, at, stars, hasMoved: before !== undefined && before !== sha }];
  });
}

/**
 * The commits of the first-parent line of a branch. With `known`, those alone that the branch did not reach before; of a
 * rewritten one what is new of it.
 */
export async function branchCandidates(
  { context, at }: Opened,
  rule: BranchRule,
  refs: readonly Ref[],
  known: KnownRepository['refs'] | undefined,
): Promise<readonly Candidate[]> {
  const found = branchOf(rule, refs);
  if (found === undefined) return [];
  const before = known?.get(found.ref);
  if (before === found.sha) return [];
  const input = [found.sha, ...(before === undefined ? [] : [`^${before}`])];
  const what = 'read the first-parent line of';
  const listed = await runGit(context, {
    what,
    args: [...at, 'rev-list', '--first-parent', '--ignore-missing', '--stdin', '--'],
    input,
  });
  const name = found.ref.replace(/^refs\/(heads|remotes\/origin)\//, '');
  return listed
    .split('\n')
    .filter(sha => sha !== '')
    .map(sha => ({ rule, sha, name }));
}

function branchOf(rule: BranchRule, refs: readonly Ref[]): Ref | undefined {
  // What was pushed, where a clone that is worked in has both.
  const wanted = branchNames(rule).flatMap(name => [`refs/remotes/origin/${name}`, `refs/heads/${name}`]);
  return firstOf(wanted, name => refs.find(({ ref }) => ref === name));
}

const branchNames = ({ branch }: BranchRule) => (branch === undefined ? ['main', 'master'] : [branch]);

/** Throws GIT_NO_BRANCH where a branch whose merges are deployments isn't there; an empty repository waits for it. */
export function assertBranches(repository: string, rules: readonly DeploymentRule[], refs: readonly Ref[]): void {
  if (refs.length === 0) return;
  for (const rule of rules)
    if (rule.from === 'branch' && branchOf(rule, refs) === undefined)
      throw new PlumblineError('GIT_NO_BRANCH', { branch: branchNames(rule).join(' or '), repository });
}

interface CommitRow {
  readonly sha: string;
  readonly merges: boolean;
  readonly committed: string;
  readonly subject: string;
  readonly number: string;
  readonly trailers: string;
}

const perQuery = 500;

/** The deployments of the candidates; the commits must be in the ledger. Slices, oldest candidates last. */
export async function* deploymentsOf(
  reader: Reader,
  repository: string,
  candidates: readonly Candidate[],
): AsyncGenerator<readonly DeploymentFact[]> {
  for (let start = 0; start < candidates.length; start += perQuery) {
    const some = candidates.slice(start, start + perQuery);
    const rows = await reader.all(
      `SELECT sha, contains(parents, ' ') AS merges, committed_at::VARCHAR AS committed, subject,
         coalesce(pull_request::VARCHAR, '') AS number, trailers
       FROM commits
       WHERE repository = $repository AND sha IN (SELECT unnest(from_json($shas, '["VARCHAR"]')))`,
      { repository, shas: JSON.stringify(some.map(({ sha }) => sha)) },
    );
    const commits = new Map((rows as unknown as readonly CommitRow[]).map(row => [row.sha, row]));
    yield some.flatMap(candidate => {
      const commit = commits.get(candidate.sha);
      const deployment = commit && deploymentOf(repository, candidate, commit);
      return deployment === undefined ? [] : [deployment];
    });
  }
}

function firstOf<Item, Found>(items: readonly Item[], find: (item: Item) => Found | undefined): Found | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Where a merge's message names the branch that came, it tells more than that of all merges. */
const mergedBranch =
  /^(?:Merge pull request #\d+ from [^/\s]+\/(?<github>\S+)|Merge (?:remote-tracking )?branch '(?<git>[^']+)'|Merged in (?<bitbucket>\S+) \()/;

function deploymentOf(repository: string, candidate: Candidate, commit: CommitRow): DeploymentFact | undefined {
  const { rule, sha, name, at, stars, hasMoved = false } = candidate;
  if (rule.from === 'branch' && rule.which === 'merges' && !commit.merges && commit.number === '') return undefined;
  const time = at === undefined ? commit.committed : new Date(at * 1000).toISOString();
  if (!time || time === 'null') return undefined;
  const createdAt = at === undefined ? `${time.replace(' ', 'T')}Z` : time;
  if (rule.since !== undefined && createdAt < rule.since) return undefined;
  const isTag = rule.from === 'tags';
  const parts = {
    ...{ repository, sha, ...(isTag ? { tag: name } : { branch: name }) },
    ...(stars === undefined ? {} : { stars }),
  };
  const merged = mergedBranch.exec(commit.subject)?.groups;
  const incident = /^Incident: *(.+)$/im.exec(commit.trailers)?.[1]?.trim();
  // By place and name, so that it is the same one whenever it is read; a tag that has moved is another deployment.
  const id = [`${repository}@${name}`, ...(isTag && !hasMoved ? [] : [sha.slice(0, 12)])].join('@');
  // Several rules may make deployments of one tag.
  const environments = rule.environment === 'production' ? [] : [rule.environment];
  const services = rule.service === undefined || rule.service.includes('{') ? [] : [rule.service];
  return {
    deployment: [id, ...environments, ...services].join(':'),
    repository,
    environment: rule.environment,
    sha,
    ref: isTag ? name : (merged?.github ?? merged?.git ?? merged?.bitbucket ?? name),
    version: filled(rule.version ?? (isTag ? '{tag}' : '{sha}'), parts),
    task: isTag ? '' : `merge into ${name}`,
    ...(rule.service === undefined ? {} : { service: filled(rule.service, parts) }),
    ...(incident === undefined ? {} : { incident }),
    createdAt,
    statuses: [{ status: 'success', at: createdAt }],
  };
}
