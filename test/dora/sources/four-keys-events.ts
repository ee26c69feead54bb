/** Events as each of the seven systems posts them, and as Four Keys kept them: a week of two repositories. */
import { createHmac } from 'node:crypto';
import type { Thing } from '../vendors/gitlab.ts';

export const secret = 'event-handler-secret';
export const pagerSecret = 'pager-duty-secret';

export const sha = (digit: string) => digit.repeat(40);
const zeros = sha('0');
const github = { repository: { full_name: 'Acme/Shop', name: 'Shop', default_branch: 'main' } };
const project = { path_with_namespace: 'Acme/Api', default_branch: 'main' };

export interface Sent {
  readonly system: string;
  readonly type: string;
  readonly body: Thing;
  /** Besides what tells the system and its signature. */
  readonly headers?: Readonly<Record<string, string>>;
}

const push = (before: string, commits: readonly (readonly [string, string])[], ref = 'refs/heads/main'): Sent => ({
  ...{ system: 'github', type: 'push' },
  body: {
    ...github,
    ...{
      ref,
      before,
      after: commits.at(-1)?.[0],
      head_commit: { id: commits.at(-1)?.[0], timestamp: commits.at(-1)?.[1] },
    },
    commits: commits.map(([id, timestamp]) => ({
      id,
      timestamp,
      message: `change ${id[0]}`,
      author: { name: 'Ada', email: 'ada@example.com' },
    })),
  },
});

const deployStatus = (id: number, state: string, at: string, more: Thing = {}): Sent => ({
  ...{ system: 'github', type: 'deployment_status' },
  body: {
    ...github,
    deployment: {
      id,
      sha: sha('b'),
      ref: 'main',
      task: 'deploy',
      environment: 'production',
      creator: { login: 'ada' },
      created_at: '2023-05-02T10:00:00Z',
      ...more,
    },
    deployment_status: { id: id * 10, state, created_at: at, updated_at: at, log_url: 'https://github/run' },
  },
});

const issue = (action: string, at: string, more: Thing = {}, label?: string): Sent => ({
  ...{ system: 'github', type: 'issues' },
  body: {
    ...github,
    ...{ action, ...(label ? { label: { name: label } } : {}) },
    issue: {
      ...{
        number: 9,
        title: 'Down',
        state: 'open',
        labels: [{ name: 'Incident' }],
        html_url: 'https://github/9',
        closed_at: null,
      },
      ...{ body: `root cause: ${sha('b')}`, created_at: '2023-05-02T11:00:00Z', updated_at: at },
      ...more,
    },
  },
});

const gitlabDeploy = (status: string, at: string): Sent => ({
  ...{ system: 'gitlab', type: 'deployment' },
  body: {
    ...{
      object_kind: 'deployment',
      status,
      status_changed_at: at,
      deployment_id: 15,
      environment: 'production',
      project,
    },
    ...{ deployable_url: 'https://gitlab/acme/api/-/jobs/796', short_sha: 'cccccccc', ref: 'main' },
    commit_url: `https://gitlab/acme/api/-/commit/${sha('c')}`,
  },
});

const gitlabPipeline: Sent = {
  ...{ system: 'gitlab', type: 'pipeline' },
  body: {
    ...{ object_kind: 'pipeline', project, commit: { id: sha('c') } },
    object_attributes: {
      ...{
        id: 31,
        ref: 'main',
        sha: sha('c'),
        source: 'push',
        status: 'success',
        created_at: '2023-05-03 09:00:00 UTC',
      },
      ...{ finished_at: '2023-05-03 09:30:00 UTC', queued_duration: 5 },
    },
    builds: [
      {
        ...{
          id: 796,
          name: 'deploy',
          status: 'success',
          created_at: '2023-05-03 09:00:00 UTC',
          started_at: '2023-05-03 09:20:00 UTC',
        },
        ...{ finished_at: '2023-05-03 09:29:00 UTC', environment: { name: 'production', action: 'start' } },
      },
      {
        id: 797,
        name: 'test',
        status: 'success',
        created_at: '2023-05-03 09:00:00 UTC',
        started_at: null,
        finished_at: null,
      },
    ],
  },
};

const gitlabPush: Sent = {
  ...{ system: 'gitlab', type: 'push' },
  body: {
    ...{
      object_kind: 'push',
      ref: 'refs/heads/main',
      before: zeros,
      checkout_sha: sha('c'),
      project,
      total_commits_count: 1,
    },
    commits: [
      {
        id: sha('c'),
        timestamp: '2023-05-03T10:00:00+02:00',
        message: 'one',
        author: { name: 'Bob', email: 'b@example.com' },
      },
    ],
  },
};

const pager = (type: string, at: string): Sent => ({
  ...{ system: 'pagerduty', type },
  body: {
    event: {
      ...{ id: `event-${type}`, event_type: type, occurred_at: at },
      data: {
        id: 'PGR0VU2',
        title: 'Slow',
        html_url: 'https://pd/1',
        urgency: 'high',
        service: { summary: 'checkout' },
        created_at: '2023-05-04T08:00:00Z',
      },
    },
  },
});

/** A first status may be a failure, a success may be told twice, and a status `inactive` follows. */
export const week: readonly Sent[] = [
  push(zeros, [[sha('a'), '2023-05-01T09:00:00Z']]),
  push(sha('a'), [
    [sha('d'), '2023-05-01T10:00:00+02:00'],
    [sha('b'), '2023-05-02T09:00:00Z'],
  ]),
  push(sha('a'), [[sha('e'), '2023-05-02T09:00:00Z']], 'refs/heads/feature'),
  deployStatus(1, 'in_progress', '2023-05-02T10:01:00Z'),
  deployStatus(1, 'success', '2023-05-02T10:05:00Z'),
  deployStatus(1, 'success', '2023-05-02T10:06:00Z'),
  deployStatus(2, 'failure', '2023-05-02T12:05:00Z', { environment: 'staging' }),
  issue('opened', '2023-05-02T11:00:00Z'),
  issue('closed', '2023-05-02T11:30:00Z', { state: 'closed', closed_at: '2023-05-02T11:30:00Z' }),
  gitlabPush,
  gitlabPipeline,
  gitlabDeploy('running', '2023-05-03 11:20:00 +0200'),
  gitlabDeploy('success', '2023-05-03 11:29:00 +0200'),
  pager('incident.triggered', '2023-05-04T08:00:01Z'),
  pager('incident.resolved', '2023-05-04T09:00:00Z'),
  {
    ...{ system: 'cloud_build', type: 'build' },
    body: {
      ...{
        id: 'build-1',
        status: 'SUCCESS',
        createTime: '2023-05-05T10:00:00.123456789Z',
        startTime: '2023-05-05T10:00:05Z',
      },
      ...{ finishTime: '2023-05-05T10:10:00.5Z', substitutions: { COMMIT_SHA: sha('b'), TRIGGER_NAME: 'deploy-shop' } },
    },
  },
  {
    ...{ system: 'tekton', type: 'dev.tekton.event.pipelinerun.successful.v1' },
    headers: { 'ce-time': '2023-05-05T12:00:10Z', 'ce-id': 'ce-1' },
    body: {
      pipelineRun: {
        metadata: { uid: 'run-1', name: 'deploy-x' },
        spec: {
          pipelineRef: { name: 'deploy' },
          params: [
            { name: 'image', value: 'x' },
            { name: 'gitrevision', value: sha('c') },
            { name: 'gitrepositoryurl', value: 'https://gitlab.com/Acme/Api.git' },
          ],
        },
        status: { startTime: '2023-05-05T11:50:00Z', completionTime: '2023-05-05T12:00:00Z' },
      },
    },
  },
  {
    ...{ system: 'circleci', type: 'workflow-completed' },
    body: {
      ...{ id: 'e-1', happened_at: '2023-05-06T10:00:01Z', project: { slug: 'gh/Acme/Shop' } },
      workflow: {
        id: 'wf-1',
        name: 'build-and-deploy',
        status: 'failed',
        created_at: '2023-05-06T09:50:00Z',
        stopped_at: '2023-05-06T10:00:00Z',
      },
      pipeline: { vcs: { revision: sha('b'), branch: 'main' } },
    },
  },
  {
    ...{ system: 'circleci', type: 'workflow-completed' },
    body: { id: 'e-2', happened_at: '2023-05-06T10:00:01Z', workflow: { id: 'wf-2', name: 'test', status: 'success' } },
  },
  {
    ...{ system: 'argocd', type: 'deployment' },
    body: { id: 'shop', time: '2023-05-07T10:00:00Z', status: 'SUCCESS', commit_sha: sha('b'), app: 'shop' },
  },
];

/** The request by which its system posts it, signed. */
export function requestOf({ system, type, body, headers = {} }: Sent): {
  readonly body: Buffer;
  readonly headers: Record<string, string>;
} {
  const bytes = Buffer.from(JSON.stringify(body));
  const hmac = (algorithm: string, key: string) => createHmac(algorithm, key).update(bytes).digest('hex');
  const of: Readonly<Record<string, Record<string, string>>> = {
    github: {
      'user-agent': 'GitHub-Hookshot/044aadd',
      'x-github-event': type,
      'x-hub-signature': `sha1=${hmac('sha1', secret)}`,
    },
    gitlab: { 'x-gitlab-event': 'Some Hook', 'x-gitlab-token': secret },
    circleci: { 'circleci-event-type': type, 'circleci-signature': `v1=${hmac('sha256', secret)}` },
    pagerduty: { 'x-pagerduty-signature': `v1=${'0'.repeat(64)},v1=${hmac('sha256', pagerSecret)}` },
    tekton: { 'ce-type': type, 'tekton-secret': secret },
    cloud_build: { 'user-agent': 'cloud-build', 'four-keys-secret': secret },
    argocd: { 'user-agent': 'argocd', 'four-keys-secret': secret },
  };
  return { body: bytes, headers: { ...of[system], ...headers } };
}

/** The row of events_raw that its parser made of it. */
export function rowOf({ system, type, body, headers = {} }: Sent, index: number): Thing {
  const metadata =
    system === 'tekton'
      ? { specversion: '1.0', type, time: headers['ce-time'], id: headers['ce-id'], data: body }
      : body;
  const said = body as {
    readonly finishTime?: string;
    readonly happened_at?: string;
    readonly time?: string;
    readonly event?: { readonly occurred_at?: string };
  };
  const at =
    said.finishTime ??
    said.happened_at ??
    said.event?.occurred_at ??
    said.time ??
    headers['ce-time'] ??
    '2023-05-01T00:00:00Z';
  return {
    ...{
      event_type: type,
      id: `id-${index}`,
      metadata: JSON.stringify(metadata),
      signature: `s-${index}`,
      msg_id: `m-${index}`,
    },
    time_created: new Date(at).toISOString().replace('T', ' ').replace('Z', ' UTC'),
    source: system,
  };
}
