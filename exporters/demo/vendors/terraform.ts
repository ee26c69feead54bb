/**
 * HCP Terraform's API v2, below `/terraform`: workspaces of some services, some runs of each, and what
 * Sentinel said of it. What fails softly is overridden now and then, what fails hard ends the run.
 */
import { chance, dayMs } from '../chance.ts';
import { repositoryOf } from '../infracost.ts';
import { episodesOf, isOpen, mondays, type Span, weekOf } from '../policy/story.ts';
import { services } from '../world.ts';
import type { Vendor } from './vendor.ts';

export const organization = 'acme-shop';

const workspaces = ['payments-api', 'event-pipeline'].map(service => ({
  ...{ service, id: `ws-${service}`, name: `${service}-infrastructure` },
  team: services.find(({ name }) => name === service)?.team ?? '',
}));
type Workspace = (typeof workspaces)[number];

const policies = [
  { name: 's3-bucket-block-public-read-access', level: 'hard-mandatory' },
  { name: 'restrict-ingress-sg-rule-ssh', level: 'hard-mandatory' },
  { name: 'enforce-mandatory-tags', level: 'soft-mandatory' },
  { name: 'rds-encryption-at-rest-enabled', level: 'soft-mandatory' },
  { name: 's3-require-ssl', level: 'advisory' },
  { name: 'restrict-iam-policy-actions', level: 'advisory' },
] as const;

interface Run {
  readonly id: string;
  readonly workspace: Workspace;
  readonly at: Date;
  readonly failed: ReadonlySet<string>;
  readonly isOverridden: boolean;
}

/** The newest first, as the API lists them. */
function runsOf({ from, until }: Span, story: Date): Run[] {
  // Few runs: each is a request, and a commit, of whoever reads them.
  return mondays({ from, until }, story, 9)
    .filter(monday => weekOf(monday) % 8 === 0 || weekOf(monday) % 4 === 2)
    .flatMap(monday =>
      workspaces.map(workspace => {
        const at = new Date(monday.getTime() + Math.floor(chance('run', workspace.id, monday.getTime()) * 4 * dayMs));
        const failed = policies
          .filter(({ name }) =>
            isOpen(episodesOf(workspace.team, `sentinel ${workspace.id} ${name}`, story), at.getTime()),
          )
          .map(({ name }) => name);
        const id = `run-${workspace.service}-${at.getTime().toString(36)}`;
        return { id, workspace, at, failed: new Set<string>(failed), isOverridden: chance('override', id) < 0.7 };
      }),
    )
    .filter(({ at }) => at < until)
    .reverse()
    .sort((a, b) => b.at.getTime() - a.at.getTime());
}

const failedAt = ({ failed }: Run, wanted: string) =>
  policies.filter(({ name, level }) => level === wanted && failed.has(name)).length;

function statusOf(run: Run): 'hard_failed' | 'overridden' | 'soft_failed' | 'passed' {
  if (failedAt(run, 'hard-mandatory') > 0) return 'hard_failed';
  if (failedAt(run, 'soft-mandatory') > 0) return run.isOverridden ? 'overridden' : 'soft_failed';
  return 'passed';
}

const pageSize = 20;
const after = (at: Date, minutes: number) => new Date(at.getTime() + minutes * 60_000).toISOString();

export const terraformAnswer: Vendor = ({ url, until, story }) => {
  const path = /^\/terraform\/api\/v2\/(.+)$/.exec(url.pathname)?.[1];
  if (path === undefined) return undefined;
  const runs = () => runsOf({ from: new Date(until.getTime() - 400 * dayMs), until }, story);
  if (path === `organizations/${organization}/workspaces`) return ok(workspaces.map(workspaceResource));
  if (path === `organizations/${organization}/policies`)
    return ok(
      policies.map(({ name, level }) => ({
        ...resource('policies', `pol-${name}`),
        attributes: { name, 'enforcement-level': level },
      })),
    );
  if (path === `organizations/${organization}/runs`) {
    const all = runs();
    const page = Number(url.searchParams.get('page[number]') ?? 1);
    const data = all.slice((page - 1) * pageSize, page * pageSize).map(runResource);
    return ok(data, { 'current-page': page, 'next-page': page * pageSize < all.length ? page + 1 : null });
  }
  const [, id, of] = /^runs\/([^/]+)\/(policy-checks|run-events)$/.exec(path) ?? [];
  const run = id === undefined ? undefined : runs().find(one => one.id === id);
  if (run === undefined) return { status: 404, body: { errors: [{ status: '404', title: 'not found' }] } };
  return of === 'policy-checks' ? ok([checkResource(run)]) : { status: 200, body: eventsOf(run) };
};

const ok = (data: unknown, pagination: object = { 'next-page': null }) => ({
  ...{ status: 200, body: { data, links: {}, meta: { pagination } } },
});
const resource = (type: string, id: string) => ({ id, type });

const workspaceResource = ({ id, name, service }: Workspace) => ({
  ...resource('workspaces', id),
  attributes: { name, 'vcs-repo': { identifier: repositoryOf(service) }, 'tag-names': [] },
  relationships: {},
});

const runResource = (run: Run) => ({
  ...resource('runs', run.id),
  attributes: {
    ...{ 'created-at': run.at.toISOString(), 'plan-only': false, 'is-destroy': false },
    status: { hard_failed: 'errored', soft_failed: 'policy_soft_failed', overridden: 'applied', passed: 'applied' }[
      statusOf(run)
    ],
  },
  relationships: {
    workspace: { data: resource('workspaces', run.workspace.id) },
    'policy-checks': { data: [resource('policy-checks', `polchk-${run.id}`)] },
    'task-stages': { data: [] },
  },
});

function checkResource(run: Run) {
  const status = statusOf(run);
  const [hard, soft] = [failedAt(run, 'hard-mandatory'), failedAt(run, 'soft-mandatory')];
  return {
    ...resource('policy-checks', `polchk-${run.id}`),
    attributes: {
      ...{ status, scope: 'organization' },
      'status-timestamps': {
        'queued-at': after(run.at, 1),
        [`${status.replace('_', '-')}-at`]: after(run.at, status === 'overridden' ? 30 : 2),
      },
      result: {
        ...{ result: hard + soft === 0, passed: policies.length - run.failed.size },
        ...{ 'total-failed': run.failed.size, 'hard-failed': hard, 'soft-failed': soft },
        'advisory-failed': failedAt(run, 'advisory'),
        sentinel: {
          data: {
            platform: {
              ...{ 'can-override': hard === 0 && soft > 0, error: null },
              policies: policies.map(({ name, level }) => ({
                ...{ policy: `platform/${name}`, result: !run.failed.has(name), error: null },
                ...{ 'allowed-failure': level === 'advisory', trace: { description: name, print: '' } },
              })),
            },
          },
        },
      },
    },
  };
}

function eventsOf(run: Run) {
  if (statusOf(run) !== 'overridden') return { data: [], included: [], links: {}, meta: {} };
  const event = {
    ...resource('run-events', `re-${run.id}`),
    attributes: { action: 'override', description: 'policies overridden', 'created-at': after(run.at, 30) },
    relationships: {
      actor: { data: resource('users', 'user-1') },
      comment: { data: resource('comments', `wsc-${run.id}`) },
    },
  };
  const included = [
    { ...resource('users', 'user-1'), attributes: { username: 'ada' } },
    { ...resource('comments', `wsc-${run.id}`), attributes: { body: 'the release can not wait' } },
  ];
  return { data: [event], included, links: {}, meta: {} };
}
