/** Events of Cloud Build, Tekton, CircleCI, Argo CD and PagerDuty, as Four Keys' parsers and views read them. */
import { z } from 'zod';
import { repositorySlug } from '../../../catalog/repository.ts';
import type { DeploymentFact, RunStatus } from '../../facts.ts';
import { given } from '../gitlab/facts.ts';
import { time } from '../gitlab/shapes.ts';
import type { System } from './event.ts';
import { by, type EventReader, type Reading, rootCauseIn, type SystemReaders, systemReaders } from './reading.ts';

const text = z.string().nullish();
/** Google's and Tekton's times have up to nine decimals. */
const maybeTime = time.nullish();

const noTime = (field: string): Reading => ({
  rejection: { reason: 'unreadable_event', field, value: 'expected a time' },
});

const cloudStates: Readonly<Record<string, RunStatus>> = {
  PENDING: 'queued',
  QUEUED: 'queued',
  WORKING: 'running',
  SUCCESS: 'success',
  FAILURE: 'failure',
  INTERNAL_ERROR: 'failure',
  TIMEOUT: 'failure',
  CANCELLED: 'cancelled',
  EXPIRED: 'cancelled',
};

const cloudBuild = z.looseObject({
  id: z.string(),
  status: z.string(),
  createTime: maybeTime,
  startTime: maybeTime,
  finishTime: maybeTime,
  logUrl: text,
  substitutions: z.record(z.string(), z.unknown()).nullish(),
});

const build = by(cloudBuild, (said, event, rules) => {
  const status = cloudStates[said.status];
  if (status === undefined) return { rejection: { reason: 'unknown_status', field: 'status', value: said.status } };
  if (event.at === '') return noTime('finishTime');
  const word = (name: string) => {
    const value = said.substitutions?.[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  return {
    facts: {
      deployments: [
        {
          deployment: `cloud_build:${said.id}`,
          repository: repositorySlug(word('REPO_FULL_NAME') ?? word('REPO_NAME') ?? '') ?? rules.repository,
          environment: rules.environment,
          ...given('sha', word('COMMIT_SHA')),
          ...given('ref', word('TAG_NAME') ?? word('BRANCH_NAME')),
          ...given('version', word('TAG_NAME')),
          ...given('task', word('TRIGGER_NAME')),
          ...given('url', said.logUrl),
          ...{ createdAt: said.createTime ?? event.at, updatedAt: event.at },
          statuses: [
            ...(said.startTime && status !== 'running' ? [{ status: 'running', at: said.startTime } as const] : []),
            { status, at: event.at },
          ],
        },
      ],
    },
  };
});

const parameters = z.array(z.looseObject({ name: z.string(), value: z.unknown() })).nullish();
const tekton = z.looseObject({
  data: z.looseObject({
    pipelineRun: z.looseObject({
      metadata: z.looseObject({ uid: z.string(), name: text, labels: z.record(z.string(), z.unknown()).nullish() }),
      spec: z.looseObject({ params: parameters, pipelineRef: z.looseObject({ name: text }).nullish() }).nullish(),
      status: z.looseObject({ startTime: maybeTime, completionTime: maybeTime }).nullish(),
    }),
  }),
});

/** Runs with a parameter `gitrevision` are deployments, whatever order their parameters stand in. */
const pipelineRun = (status: RunStatus): EventReader =>
  by(tekton, ({ data: { pipelineRun: run } }, event, rules) => {
    const params = run.spec?.params ?? [];
    const parameter = (isIt: (name: string) => boolean) => {
      const value = params.find(({ name }) => isIt(name.toLowerCase()))?.value;
      return typeof value === 'string' ? value : undefined;
    };
    const sha = parameter(name => name === 'gitrevision');
    if (sha === undefined) return {};
    if (event.at === '') return noTime('time');
    const url = parameter(name => /^(git|repo).*(url|repo|repository)$/.test(name));
    const begun = run.status?.startTime;
    const at = run.status?.completionTime ?? event.at;
    return {
      facts: {
        deployments: [
          {
            deployment: `tekton:${run.metadata.uid}`,
            repository: (url && repositorySlug(url)) || rules.repository,
            ...{ environment: rules.environment, sha },
            ...given('task', run.spec?.pipelineRef?.name),
            ...{ createdAt: begun ?? at, updatedAt: at },
            statuses: [...(begun ? [{ status: 'running', at: begun } as const] : []), { status, at }],
          },
        ],
      },
    };
  });

const circleStates: Readonly<Record<string, RunStatus>> = {
  success: 'success',
  failed: 'failure',
  error: 'failure',
  unauthorized: 'failure',
  canceled: 'cancelled',
};

const workflowCompleted = z.looseObject({
  id: z.string(),
  workflow: z.looseObject({
    id: text,
    name: z.string(),
    status: z.string(),
    created_at: maybeTime,
    stopped_at: maybeTime,
    url: text,
  }),
  pipeline: z
    .looseObject({
      vcs: z
        .looseObject({
          revision: text,
          branch: text,
          tag: text,
          target_repository_url: text,
          origin_repository_url: text,
        })
        .nullish(),
    })
    .nullish(),
  project: z.looseObject({ slug: text }).nullish(),
});

const workflow = by(workflowCompleted, ({ id, workflow: run, pipeline, project }, event, rules) => {
  if (!rules.isDeployWorkflow(run.name)) return {};
  const status = circleStates[run.status];
  if (status === undefined)
    return { rejection: { reason: 'unknown_status', field: 'workflow.status', value: run.status } };
  const at = run.stopped_at ?? event.at;
  if (at === '') return noTime('happened_at');
  const vcs = pipeline?.vcs;
  // `gh/acme/shop`
  const slug = project?.slug?.split('/').slice(1).join('/');
  const fact: DeploymentFact = {
    deployment: `circleci:${run.id ?? id}`,
    repository:
      repositorySlug(vcs?.target_repository_url ?? vcs?.origin_repository_url ?? slug ?? '') ?? rules.repository,
    ...{ environment: rules.environment, task: run.name },
    ...given('sha', vcs?.revision),
    ...given('ref', vcs?.tag ?? vcs?.branch),
    ...given('version', vcs?.tag),
    ...given('url', run.url),
    ...{ createdAt: run.created_at ?? at, updatedAt: at },
    statuses: [...(run.created_at ? [{ status: 'running', at: run.created_at } as const] : []), { status, at }],
  };
  return { facts: { deployments: [fact] } };
});

const argo = z.looseObject({
  id: z.union([z.string(), z.number()]).transform(String),
  status: z.string(),
  commit_sha: text,
  app: text,
});

/** Its notification is a template of its user's: an id, a time, a status and the commit of the configuration. */
const sync = by(argo, (said, event, rules) => {
  if (event.at === '') return noTime('time');
  const status = { SUCCESS: 'success', SUCCEEDED: 'success', FAILURE: 'failure', FAILED: 'failure', ERROR: 'failure' }[
    said.status.toUpperCase()
  ] as RunStatus | undefined;
  if (status === undefined) return { rejection: { reason: 'unknown_status', field: 'status', value: said.status } };
  return {
    facts: {
      deployments: [
        {
          // An id may be the application's, which is deployed again and again.
          deployment: `argocd:${said.id}@${event.at}`,
          ...{ repository: rules.repository, environment: rules.environment },
          ...given('sha', said.commit_sha),
          ...given('service', said.app),
          ...{ createdAt: event.at, updatedAt: event.at, statuses: [{ status, at: event.at }] },
        },
      ],
    },
  };
});

const pagerDuty = z.looseObject({
  event: z.looseObject({
    data: z.looseObject({
      id: z.string(),
      title: text,
      html_url: text,
      urgency: text,
      created_at: maybeTime,
      service: z.looseObject({ summary: text }).nullish(),
      priority: z.looseObject({ summary: text }).nullish(),
    }),
  }),
});

const incident = (isResolved: boolean): EventReader =>
  by(pagerDuty, ({ event: { data } }, event) => {
    if (event.at === '') return noTime('event.occurred_at');
    return {
      facts: {
        incidents: [
          {
            ...{ incident: `pagerduty:${data.id}`, title: data.title ?? '', status: isResolved ? 'resolved' : 'open' },
            ...given('service', data.service?.summary),
            ...given('severity', data.priority?.summary ?? data.urgency),
            ...given('rootCauseSha', rootCauseIn(event.metadata)),
            ...given('url', data.html_url),
            ...{ startedAt: data.created_at ?? event.at, updatedAt: event.at },
            ...given('resolvedAt', isResolved ? event.at : undefined),
          },
        ],
      },
    };
  });

export const otherReaders: Readonly<Record<Exclude<System, 'github' | 'gitlab'>, SystemReaders>> = {
  cloud_build: systemReaders({ build }),
  tekton: systemReaders({
    'dev.tekton.event.pipelinerun.successful.v1': pipelineRun('success'),
    'dev.tekton.event.pipelinerun.failed.v1': pipelineRun('failure'),
  }),
  circleci: systemReaders({ 'workflow-completed': workflow }),
  argocd: systemReaders({ deployment: sync }),
  pagerduty: systemReaders({ 'incident.triggered': incident(false), 'incident.resolved': incident(true) }),
};
