/**
 * A month of a repository: what happens changes the GitHub of the test, and makes the deliveries that GitHub would send,
 * each with the objects as they were then.
 */
import {
  type Deployment,
  emptyRepository,
  type Issue,
  type Pull,
  type Release,
  type Repository,
  type Run,
  type User,
  type World,
} from '../vendors/github.ts';
import { type Delivery, delivery } from './github-run.ts';

export const ada: User = { login: 'ada', type: 'User' };
export const grace: User = { login: 'grace', type: 'User' };
export const robot: User = { login: 'dependabot[bot]', type: 'Bot' };
export const sha = (text: string): string => Buffer.from(text).toString('hex').padEnd(40, '0').slice(0, 40);

export interface Story {
  readonly repository: Repository;
  readonly deliveries: Delivery[];
  readonly say: (event: string, payload: object) => void;
}

export function storyOf(world: World, name = 'Acme/Shop'): Story {
  const repository = world.repositories.get(name) ?? emptyRepository();
  world.repositories.set(name, repository);
  const deliveries: Delivery[] = [];
  return {
    repository,
    deliveries,
    say: (event, payload) => {
      const id = `${event}-${deliveries.length + 1}`;
      deliveries.push(delivery(event, { ...payload, repository: { full_name: name }, sender: ada }, id));
    },
  };
}

export const pullOf = (number: number, at: string, more: Partial<Pull> = {}): Pull => ({
  ...{ number, title: `change ${number}`, body: null, user: ada, state: 'open', labels: [], draft: false },
  ...{ head: { ref: `topic-${number}`, sha: sha(`head-${number}`) }, base: { ref: 'main', sha: sha('base') } },
  // GitHub tells a merge that it has tried.
  merge_commit_sha: sha(`tried-${number}`),
  html_url: `https://github.example/Acme/Shop/pull/${number}`,
  ...{ created_at: at, updated_at: at, merged_at: null, closed_at: null },
  ...more,
});

export const commitOf = (text: string, authored: string, committed = authored) => ({
  sha: sha(text),
  commit: { author: { date: authored }, committer: { date: committed } },
});

export const runOf = (id: number, at: string, more: Partial<Run> = {}): Run => ({
  ...{ id, name: 'Deploy', path: '.github/workflows/deploy.yml', head_branch: 'main', head_sha: sha('main-1') },
  ...{ event: 'push', status: 'queued', conclusion: null, run_attempt: 1, run_number: id, workflow_id: 7 },
  ...{ html_url: `https://github.example/Acme/Shop/actions/runs/${id}`, actor: ada, triggering_actor: ada },
  ...{ created_at: at, updated_at: at, run_started_at: at },
  ...more,
});

export const deploymentOf = (id: number, at: string, more: Partial<Deployment> = {}): Deployment => ({
  ...{ id, node_id: `DE_${id}`, sha: sha(`main-${id}`), ref: 'main', task: 'deploy', environment: 'production' },
  ...{ original_environment: 'production', description: '', creator: robot, payload: {} },
  ...{ created_at: at, updated_at: at },
  ...more,
});

export const issueOf = (number: number, at: string, more: Partial<Issue> = {}): Issue => ({
  ...{ number, title: `trouble ${number}`, body: null, state: 'open', state_reason: null, labels: [], user: ada },
  html_url: `https://github.example/Acme/Shop/issues/${number}`,
  ...{ created_at: at, updated_at: at, closed_at: null },
  ...more,
});

const clone = <T>(value: T): T => structuredClone(value);

/** Changes an object of the world, and tells the change as GitHub does. */
export function tell<T extends object>(
  story: Story,
  event: string,
  key: string,
  thing: T,
  change: Partial<T>,
  more = {},
) {
  Object.assign(thing, change);
  story.say(event, { [key]: clone(thing), ...more });
}

/** A deployment gets a status; as GitHub does, the deployment is updated at that instant. */
export function setStatus(story: Story, deployment: Deployment, state: string, at: string): void {
  const own = story.repository.statuses.get(deployment.id) ?? [];
  const status = { state, created_at: at, updated_at: at, environment: deployment.environment, creator: robot };
  story.repository.statuses.set(deployment.id, [...own, status]);
  tell(
    story,
    'deployment_status',
    'deployment',
    deployment,
    { updated_at: at },
    { deployment_status: status, action: 'created' },
  );
}

export function newDeployment(story: Story, id: number, at: string, more: Partial<Deployment> = {}): Deployment {
  const deployment = deploymentOf(id, at, more);
  story.repository.deployments.push(deployment);
  story.say('deployment', { action: 'created', deployment: clone(deployment) });
  return deployment;
}

const day = (n: number, time: string) => `2026-11-${String(n).padStart(2, '0')}T${time}Z`;

/** All that the source reads, in one month. */
export function tellMonth(world: World): Story {
  const story = storyOf(world);
  const { repository, say } = story;

  // A draft that is reviewed by its author, a robot and a colleague, and squashed.
  const first = pullOf(1, day(2, '09:00:00'), { draft: true });
  repository.pulls.push(first);
  repository.commits.set(1, [
    commitOf('one', day(1, '15:00:00')),
    commitOf('two', day(2, '08:00:00'), day(2, '08:30:00')),
  ]);
  say('pull_request', { action: 'opened', pull_request: clone(first) });
  tell(
    story,
    'pull_request',
    'pull_request',
    first,
    { draft: false, updated_at: day(2, '12:00:00') },
    { action: 'ready_for_review' },
  );
  repository.readyAt.set(1, day(2, '12:00:00'));
  const review = (id: number, user: User, state: string, at: string) => {
    repository.reviews.set(1, [...(repository.reviews.get(1) ?? []), { id, user, state, submitted_at: at }]);
    first.updated_at = at;
    const told = { id, user, state: state.toLowerCase(), submitted_at: at };
    say('pull_request_review', { action: 'submitted', review: told, pull_request: clone(first) });
  };
  review(4_000_000_001, ada, 'COMMENTED', day(2, '12:30:00'));
  review(4_000_000_002, robot, 'APPROVED', day(2, '12:40:00'));
  review(4_000_000_003, grace, 'CHANGES_REQUESTED', day(2, '13:00:00'));
  review(4_000_000_004, grace, 'APPROVED', day(3, '09:00:00'));
  review(4_000_000_005, grace, 'APPROVED', day(3, '10:00:00'));
  // A dismissal keeps the time of the review.
  const dismissed = repository.reviews.get(1)!.find(({ id }) => id === 4_000_000_004)!;
  dismissed.state = 'DISMISSED';
  first.updated_at = day(3, '10:30:00');
  say('pull_request_review', {
    action: 'dismissed',
    review: { ...dismissed, state: 'dismissed' },
    pull_request: clone(first),
  });
  tell(
    story,
    'pull_request',
    'pull_request',
    first,
    { labels: [{ name: 'hotfix' }, { name: 'api' }], updated_at: day(3, '10:40:00') },
    { action: 'labeled', label: { name: 'api' } },
  );
  const merged = {
    state: 'closed' as const,
    merged_at: day(3, '11:00:00'),
    closed_at: day(3, '11:00:00'),
    merge_commit_sha: sha('main-1'),
  };
  tell(
    story,
    'pull_request',
    'pull_request',
    first,
    { ...merged, updated_at: day(3, '11:00:00') },
    { action: 'closed' },
  );

  // The run of the merge fails, and succeeds when it is run again; another is skipped within its second.
  const run = runOf(501, day(3, '11:01:00'));
  repository.runs.push(run);
  say('workflow_run', { action: 'requested', workflow_run: clone(run) });
  tell(
    story,
    'workflow_run',
    'workflow_run',
    run,
    { status: 'in_progress', updated_at: day(3, '11:02:00') },
    { action: 'in_progress' },
  );
  tell(
    story,
    'workflow_run',
    'workflow_run',
    run,
    { status: 'completed', conclusion: 'failure', updated_at: day(3, '11:10:00') },
    { action: 'completed' },
  );
  const again = runOf(501, day(3, '11:01:00'), {
    run_attempt: 2,
    run_started_at: day(3, '11:30:00'),
    updated_at: day(3, '11:30:00'),
  });
  repository.runs.push(again);
  say('workflow_run', { action: 'requested', workflow_run: clone(again) });
  tell(
    story,
    'workflow_run',
    'workflow_run',
    again,
    { status: 'completed', conclusion: 'success', updated_at: day(3, '11:40:00') },
    { action: 'completed' },
  );
  const skipped = runOf(502, day(3, '11:45:00'));
  repository.runs.push(skipped);
  say('workflow_run', { action: 'requested', workflow_run: clone(skipped) });
  tell(
    story,
    'workflow_run',
    'workflow_run',
    skipped,
    { status: 'completed', conclusion: 'skipped' },
    { action: 'completed' },
  );

  // Two deployments; the second takes the place of the first. One to another environment fails.
  const one = newDeployment(story, 9001, day(3, '11:41:00'), { payload: '{"version":"1.4.0","service":"checkout"}' });
  setStatus(story, one, 'queued', day(3, '11:41:10'));
  setStatus(story, one, 'in_progress', day(3, '11:41:20'));
  setStatus(story, one, 'success', day(3, '11:44:00'));
  const staging = newDeployment(story, 9002, day(4, '08:00:00'), { environment: 'staging' });
  setStatus(story, staging, 'in_progress', day(4, '08:00:00'));
  setStatus(story, staging, 'error', day(4, '08:05:00'));
  const two = newDeployment(story, 9003, day(5, '10:00:00'));
  setStatus(story, two, 'in_progress', day(5, '10:01:00'));
  setStatus(story, two, 'success', day(5, '10:03:00'));
  setStatus(story, one, 'inactive', day(5, '10:03:01'));

  // It broke something: reverted, and merged by the queue without a review.
  const revert = pullOf(2, day(5, '10:20:00'), {
    ...{
      title: 'Revert "change 1"',
      body: 'Reverts Acme/Shop#1',
      head: { ref: 'revert-1-topic-1', sha: sha('head-2') },
    },
  });
  repository.pulls.push(revert);
  repository.commits.set(2, [commitOf('revert', day(5, '10:19:00'))]);
  say('pull_request', { action: 'opened', pull_request: clone(revert) });
  tell(
    story,
    'pull_request',
    'pull_request',
    revert,
    {
      state: 'closed',
      merged_at: day(5, '10:30:00'),
      closed_at: day(5, '10:30:00'),
      merge_commit_sha: sha('main-2'),
      updated_at: day(5, '10:30:00'),
    },
    { action: 'closed' },
  );
  const robots = pullOf(3, day(6, '00:00:00'), { user: robot, html_url: 'https://github.example/Acme/Shop/pull/3' });
  repository.pulls.push(robots);
  repository.commits.set(3, [commitOf('bump', day(6, '00:00:00'))]);
  say('pull_request', { action: 'opened', pull_request: clone(robots) });
  tell(
    story,
    'pull_request',
    'pull_request',
    robots,
    { state: 'closed', closed_at: day(6, '01:00:00'), updated_at: day(6, '01:00:00') },
    { action: 'closed' },
  );

  tellIncidents(story);

  // A release of a tag that was pushed with it, and a draft that nobody has published.
  repository.tags.set('v1.4.0', sha('main-1'));
  say('push', {
    ref: 'refs/tags/v1.4.0',
    before: '0'.repeat(40),
    after: sha('tag object'),
    deleted: false,
    commits: [],
    head_commit: { id: sha('main-1'), timestamp: day(3, '11:00:00') },
  });
  const release: Release = {
    ...{ id: 77, tag_name: 'v1.4.0', name: '1.4.0', target_commitish: 'main', draft: false, prerelease: false },
    html_url: 'https://github.example/Acme/Shop/releases/tag/v1.4.0',
    ...{ created_at: day(3, '11:00:00'), published_at: day(3, '12:00:00'), updated_at: day(3, '12:00:00') },
  };
  const draft: Release = {
    ...release,
    id: 78,
    tag_name: 'v1.5.0',
    draft: true,
    published_at: null,
    html_url: 'https://github.example/draft',
  };
  repository.releases.push(release, draft);
  say('release', { action: 'published', release: clone(release) });
  say('push', {
    ref: 'refs/heads/main',
    before: sha('main-1'),
    after: sha('main-2'),
    deleted: false,
    commits: [],
    head_commit: { id: sha('main-2'), timestamp: day(5, '10:30:00') },
  });
  say('ping', { zen: 'Design for failure.', hook_id: 1 });
  return story;
}

function tellIncidents(story: Story): void {
  const { repository, say } = story;
  const incident = { name: 'incident' };
  const add = (issue: Issue, action = 'opened') => {
    repository.issues.push(issue);
    say('issues', { action, issue: clone(issue) });
    return issue;
  };
  const label = (issue: Issue, at: string) => {
    repository.labelled.set(issue.number, ['incident']);
    tell(
      story,
      'issues',
      'issue',
      issue,
      { labels: [...issue.labels, incident], updated_at: at },
      { action: 'labeled', label: incident },
    );
  };
  // Resolved, reopened, resolved again.
  const outage = add(
    issueOf(11, day(5, '10:10:00'), {
      body: `root cause: ${sha('main-3')}`,
      labels: [{ name: 'sev1' }, { name: 'service: checkout' }],
    }),
  );
  label(outage, day(5, '10:11:00'));
  tell(
    story,
    'issues',
    'issue',
    outage,
    { state: 'closed', state_reason: 'completed', closed_at: day(5, '10:40:00'), updated_at: day(5, '10:40:00') },
    { action: 'closed' },
  );
  tell(
    story,
    'issues',
    'issue',
    outage,
    { state: 'open', state_reason: 'reopened', closed_at: null, updated_at: day(5, '11:00:00') },
    { action: 'reopened' },
  );
  tell(
    story,
    'issues',
    'issue',
    outage,
    { state: 'closed', state_reason: 'completed', closed_at: day(5, '12:00:00'), updated_at: day(5, '12:00:00') },
    { action: 'closed' },
  );
  // Was none after all: not planned, or its label taken away.
  const alarm = add(issueOf(12, day(6, '10:00:00')));
  label(alarm, day(6, '10:00:00'));
  tell(
    story,
    'issues',
    'issue',
    alarm,
    { state: 'closed', state_reason: 'not_planned', closed_at: day(6, '10:30:00'), updated_at: day(6, '10:30:00') },
    { action: 'closed' },
  );
  const question = add(issueOf(13, day(7, '10:00:00')));
  label(question, day(7, '10:01:00'));
  tell(
    story,
    'issues',
    'issue',
    question,
    { labels: [], updated_at: day(7, '10:05:00') },
    { action: 'unlabeled', label: incident },
  );
  // Still open, and one that never was an incident.
  label(add(issueOf(14, day(8, '10:00:00'))), day(8, '10:02:00'));
  add(issueOf(15, day(8, '11:00:00')));
}
