/**
 * An Infracost document: `infracost breakdown|diff --format json`, version 0.2
 * (https://github.com/infracost/infracost, schema/infracost.schema.json). Money is decimal text or null; `past*` and
 * `diff*` may be absent. In what `breakdown` writes, the diff is all of the cost, as if there had been nothing before:
 * only what `diff` writes, or what knows a past cost, tells of a change.
 */
import { z } from 'zod';
import { repositoryPath } from '../../../catalog/repository.ts';
import type { Reject } from '../../../core/source.ts';
import { mergedPullRequest, projectOf, pullRequestOfUrl } from './names.ts';

/** One project of a run. Absent text is ''; times are ISO 8601 in UTC; money is decimal text a month, or null. */
export interface Estimate {
  readonly repository: string;
  readonly project: string;
  readonly workspace: string;
  readonly name: string;
  /** The open pull request that the run is of. */
  readonly pullRequest: string;
  /** The pull request that the run's commit on a default branch merges. */
  readonly merges: string;
  readonly onDefaultBranch: boolean;
  readonly commit: string;
  readonly committedAt: string;
  readonly generatedAt: string;
  readonly currency: string;
  readonly monthly: string | null;
  readonly change: string | null;
  readonly resources: number;
  readonly unsupported: number;
  readonly unpriced: number;
  /** Why the project could not be estimated. */
  readonly error: string;
}

export type DocumentFault = 'not_json' | 'not_infracost' | 'unknown_version' | 'unexpected_shape';

export interface Document {
  readonly estimates: readonly Estimate[];
  readonly rejects: readonly Omit<Reject, 'source' | 'file'>[];
}

const text = z.string().nullish();
const breakdown = z.looseObject({ totalMonthlyCost: z.unknown() }).nullish();
const counts = z.record(z.string(), z.number()).nullish();
const vcs = {
  vcsRepositoryUrl: text,
  vcsRepoUrl: text,
  vcsBranch: text,
  vcsBaseBranch: text,
  vcsCommitSha: text,
  vcsCommitTimestamp: text,
  vcsCommitMessage: text,
  vcsPullRequestId: z.union([z.string(), z.number().transform(String)]).nullish(),
  vcsPullRequestUrl: text,
} as const;

const projectSchema = z.looseObject({
  name: text,
  metadata: z.looseObject({
    ...vcs,
    path: text,
    vcsSubPath: text,
    terraformWorkspace: text,
    errors: z.array(z.looseObject({ code: z.number().nullish(), message: text })).nullish(),
  }),
  breakdown,
  pastBreakdown: breakdown,
  diff: breakdown,
  summary: z
    .looseObject({
      totalDetectedResources: z.number().nullish(),
      unsupportedResourceCounts: counts,
      noPriceResourceCounts: counts,
    })
    .nullish(),
});

const documentSchema = z.looseObject({
  currency: text,
  timeGenerated: text,
  metadata: z.looseObject({ ...vcs, infracostCommand: text }).nullish(),
  projects: z.array(projectSchema).nullish(),
});

type RawDocument = z.infer<typeof documentSchema>;
type RawProject = z.infer<typeof projectSchema>;

/** Reads a document's text; `line` of a reject is the project's place in it, from 1. Never throws. */
export function readDocument(json: string, defaultBranches: readonly string[]): Document | DocumentFault {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return 'not_json';
  }
  if (typeof value !== 'object' || value === null || !('version' in value) || !('projects' in value))
    return 'not_infracost';
  if (value.version !== '0.2') return 'unknown_version';
  const parsed = documentSchema.safeParse(value);
  if (!parsed.success) return 'unexpected_shape';
  const estimates: Estimate[] = [];
  const rejects: Omit<Reject, 'source' | 'file'>[] = [];
  for (const [index, project] of (parsed.data.projects ?? []).entries()) {
    const read = readProject(parsed.data, project, defaultBranches);
    if ('reason' in read) rejects.push({ line: index + 1, ...read });
    else {
      estimates.push(read);
      // It is kept all the same: a pull request whose cost nobody knows is one that others overlap with.
      if (read.error !== '') rejects.push({ line: index + 1, ...errorOf(project), value: read.error.slice(0, 200) });
    }
  }
  return { estimates, rejects };
}

const runLimitExceeded = 401;
const errorOf = ({ metadata }: RawProject) => ({
  reason: metadata.errors?.some(({ code }) => code === runLimitExceeded) ? 'quota_exceeded' : 'project_error',
  field: 'metadata.errors',
});

type Refusal = { readonly reason: string; readonly field: string; readonly value?: string };

/** What a run outside of a checkout doesn't know, and the variable that tells it. */
const lacking = (field: string, variable: string) => `${field}; run it in a checkout, or set ${variable}`;

function readProject(
  document: RawDocument,
  project: RawProject,
  defaultBranches: readonly string[],
): Estimate | Refusal {
  const { metadata } = project;
  const said = (key: keyof typeof vcs) => (metadata[key] || document.metadata?.[key] || '').trim();
  const url = said('vcsRepositoryUrl') || said('vcsRepoUrl');
  const repository = repositoryPath(url);
  if (repository === undefined)
    return { reason: 'missing_repository', field: lacking('vcsRepositoryUrl', 'INFRACOST_VCS_REPOSITORY_URL') };
  const commit = said('vcsCommitSha');
  if (commit === '') return { reason: 'missing_commit', field: lacking('vcsCommitSha', 'INFRACOST_VCS_COMMIT_SHA') };
  const generatedAt = timeOf(document.timeGenerated) ?? timeOf(said('vcsCommitTimestamp'));
  const committedAt = timeOf(said('vcsCommitTimestamp')) ?? generatedAt;
  if (committedAt === undefined || generatedAt === undefined)
    return { reason: 'bad_date', field: 'vcsCommitTimestamp', value: said('vcsCommitTimestamp').slice(0, 200) };
  const currency = (document.currency || 'USD').trim().toUpperCase();
  if (!/^[A-Z]{3}$/.test(currency)) return { reason: 'bad_currency', field: 'currency', value: currency.slice(0, 200) };

  const totals = { now: project.breakdown, past: project.pastBreakdown, change: project.diff };
  const money: { [side in keyof typeof totals]?: string | null } = {};
  for (const side of ['now', 'past', 'change'] as const) {
    const amount = totals[side]?.totalMonthlyCost ?? null;
    if (amount !== null && !(typeof amount === 'string' && /^-?\d{1,27}(\.\d+)?$/.test(amount)))
      return { reason: 'bad_number', field: 'totalMonthlyCost', value: String(amount).slice(0, 200) };
    money[side] = amount;
  }
  const failed = (metadata.errors ?? []).map(({ message }) => message || 'it says no reason').join('; ');
  const knowsPast = document.metadata?.infracostCommand === 'diff' || /[1-9]/.test(money.past ?? '');
  const pullRequest = said('vcsPullRequestId') || pullRequestOfUrl(said('vcsPullRequestUrl'));
  const onDefaultBranch =
    defaultBranches.includes(said('vcsBranch')) && (pullRequest === '' || said('vcsBaseBranch') === '');
  return {
    repository,
    project: projectOf(metadata.vcsSubPath || metadata.path || ''),
    workspace: metadata.terraformWorkspace === 'default' ? '' : (metadata.terraformWorkspace ?? ''),
    name: project.name ?? '',
    pullRequest: onDefaultBranch ? '' : pullRequest,
    merges: onDefaultBranch ? pullRequest || mergedPullRequest(said('vcsCommitMessage')) : '',
    onDefaultBranch,
    commit,
    committedAt,
    generatedAt,
    currency,
    monthly: failed === '' ? (money.now ?? null) : null,
    change: failed === '' && knowsPast ? (money.change ?? null) : null,
    resources: project.summary?.totalDetectedResources ?? 0,
    unsupported: total(project.summary?.unsupportedResourceCounts),
    unpriced: total(project.summary?.noPriceResourceCounts),
    error: failed,
  };
}

const total = (counted: Readonly<Record<string, number>> | null | undefined) =>
  Object.values(counted ?? {}).reduce((sum, count) => sum + count, 0);

/** Infracost writes the year 1 where it knows no commit. */
function timeOf(said: string | null | undefined): string | undefined {
  const milliseconds = Date.parse(said ?? '');
  return Number.isNaN(milliseconds) || milliseconds <= 0 ? undefined : new Date(milliseconds).toISOString();
}
