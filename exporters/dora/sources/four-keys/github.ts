/** GitHub's webhook events, as far as Four Keys took them: pushes, deployments, issues, pull requests and their reviews. */
import { z } from 'zod';
import { fold } from '../../../catalog/refs.ts';
import type { IncidentFact, PullRequestFact, RunStatus } from '../../facts.ts';
import { given } from '../gitlab/facts.ts';
import { time } from '../gitlab/shapes.ts';
import { by, cutPush, pushedCommits, rootCauseIn, type SystemReaders, systemReaders } from './reading.ts';

const text = z.string().nullish();
const maybeTime = time.nullish();
const id = z.union([z.number(), z.string()]).transform(String);
const user = z.looseObject({ login: text, type: text }).nullish();
const labels = z.array(z.looseObject({ name: z.string() }).transform(({ name }) => name)).nullish();
const repository = z.looseObject({ full_name: z.string().transform(fold), default_branch: text });

const push = z.looseObject({
  repository,
  ref: text,
  before: z.string(),
  size: z.number().nullish(),
  commits: z.array(
    z.looseObject({
      id: z.string(),
      timestamp: time,
      message: text,
      author: z.looseObject({ name: text, email: text }).nullish(),
    }),
  ),
});

const states: Readonly<Record<string, RunStatus>> = {
  pending: 'queued',
  queued: 'queued',
  waiting: 'queued',
  in_progress: 'running',
  success: 'success',
  failure: 'failure',
  error: 'failure',
  inactive: 'inactive',
};

const deploymentStatus = z.looseObject({
  repository: repository.nullish(),
  deployment: z.looseObject({
    id: id.nullish(),
    sha: text,
    ref: text,
    task: text,
    environment: text,
    creator: user,
    created_at: maybeTime,
    additional_sha: z.array(z.string()).nullish(),
  }),
  deployment_status: z.looseObject({
    id,
    state: z.string(),
    environment: text,
    created_at: maybeTime,
    updated_at: time,
    target_url: text,
    log_url: text,
  }),
});

const issue = z.looseObject({
  repository,
  action: text,
  label: z.looseObject({ name: text }).nullish(),
  issue: z.looseObject({
    number: z.number(),
    title: text,
    state: text,
    labels,
    html_url: text,
    created_at: time,
    updated_at: time,
    closed_at: maybeTime,
  }),
});

const pull = z.looseObject({
  number: z.number(),
  title: text,
  state: z.string(),
  merged: z.boolean().nullish(),
  user,
  draft: z.boolean().nullish(),
  base: z.looseObject({ ref: z.string() }),
  head: z.looseObject({ ref: z.string(), sha: text }),
  merge_commit_sha: text,
  labels,
  html_url: text,
  created_at: time,
  updated_at: time,
  merged_at: maybeTime,
  closed_at: maybeTime,
});
const pullRequest = z.looseObject({ repository, action: text, pull_request: pull });
const review = z.looseObject({
  repository,
  pull_request: pull,
  review: z.looseObject({ state: text, submitted_at: maybeTime, user }),
});

const deployments = by(deploymentStatus, ({ deployment, deployment_status: said, repository: of }, _, rules) => {
  const status = states[said.state];
  if (status === undefined)
    return { rejection: { reason: 'unknown_status', field: 'deployment_status.state', value: said.state } };
  const at = said.created_at ?? said.updated_at;
  const slug = of?.full_name ?? rules.repository;
  const shas = [deployment.sha ?? '', ...(deployment.additional_sha ?? [])].filter(sha => sha !== '');
  return {
    facts: {
      deployments: [
        {
          deployment: `github:${deployment.id ?? said.id}`,
          repository: slug,
          environment: said.environment || deployment.environment || rules.environment,
          ...given('sha', deployment.sha),
          ...given('ref', deployment.ref),
          ...given('task', deployment.task === 'deploy' ? undefined : deployment.task),
          ...given('actor', deployment.creator?.login),
          ...given('url', said.log_url || said.target_url),
          ...(shas.length > 1 ? { commits: shas.map(sha => ({ repository: slug, sha })) } : {}),
          ...{ createdAt: deployment.created_at ?? at, updatedAt: at, statuses: [{ status, at }] },
        },
      ],
    },
  };
});

const pushes = by(push, ({ repository: of, ref, before, commits, size }, _, { takesCommits }) => {
  const isDefault = !of.default_branch || !ref || ref === `refs/heads/${of.default_branch}`;
  if (!takesCommits || !isDefault) return {};
  return {
    ...cutPush(commits.length, size),
    facts: {
      commits: pushedCommits({
        ...{ repository: of.full_name, before },
        commits: commits.map(({ id: sha, timestamp, message, author }) => ({
          ...{ id: sha, at: timestamp, message: message ?? '', name: author?.name ?? '', email: author?.email ?? '' },
        })),
      })!,
    },
  };
});

const issues = by(issue, ({ repository: of, action, label, issue: one }, event, { incidentLabels }) => {
  const isWanted = (name: string | null | undefined) => incidentLabels.includes(name ?? '');
  const isIncident = (one.labels ?? []).some(isWanted) && action !== 'deleted';
  const isClosed = one.state === 'closed' || one.closed_at != null;
  const fact: IncidentFact = {
    ...{ incident: `github:${of.full_name}#${one.number}`, title: one.title ?? '', repository: of.full_name },
    ...{ labels: one.labels ?? [], status: isClosed ? 'resolved' : 'open' },
    ...given('rootCauseSha', rootCauseIn(event.metadata)),
    ...given('url', one.html_url),
    ...{ startedAt: one.created_at, updatedAt: one.updated_at },
    ...given('resolvedAt', isClosed ? (one.closed_at ?? one.updated_at) : undefined),
  };
  if (isIncident) return { facts: { incidents: [fact] } };
  const wasOne =
    (action === 'unlabeled' && isWanted(label?.name)) || (action === 'deleted' && (one.labels ?? []).some(isWanted));
  return { notIncidents: [{ fact: { ...fact, isDeleted: true }, wasOne }] };
});

const pullOf = (slug: string, one: z.output<typeof pull>): PullRequestFact => ({
  ...{ repository: slug, number: one.number, title: one.title ?? '', author: one.user?.login ?? '' },
  ...{ isBot: one.user?.type === 'Bot', base: one.base.ref, head: one.head.ref, labels: one.labels ?? [] },
  state: one.merged || one.merged_at ? 'merged' : one.state === 'closed' ? 'closed' : 'open',
  ...given('headSha', one.head.sha),
  ...given('mergeSha', one.merged_at ? one.merge_commit_sha : undefined),
  ...given('url', one.html_url),
  ...given('mergedAt', one.merged_at),
  ...given('closedAt', one.closed_at),
  ...{ createdAt: one.created_at, updatedAt: one.updated_at },
});

export const githubReaders: SystemReaders = systemReaders({
  push: pushes,
  deployment_status: deployments,
  issues,
  issue_comment: issues,
  pull_request: by(pullRequest, ({ repository: of, action, pull_request: one }) => ({
    facts: {
      pullRequests: [
        {
          ...pullOf(of.full_name, one),
          ...given('readyAt', action === 'ready_for_review' ? one.updated_at : undefined),
        },
      ],
    },
  })),
  pull_request_review: by(review, ({ repository: of, pull_request: one, review: said }) => {
    const isOwn = said.user?.login === one.user?.login;
    if (!said.submitted_at || isOwn || said.user?.type === 'Bot') return {};
    const isApproval = said.state?.toLowerCase() === 'approved';
    return {
      facts: {
        pullRequests: [
          {
            ...pullOf(of.full_name, one),
            firstReviewAt: said.submitted_at,
            ...given('approvedAt', isApproval ? said.submitted_at : undefined),
          },
        ],
      },
    };
  }),
});
