import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { PushSource, SourceContext } from '../../../exporters/core/source.ts';
import { gitlabSources } from '../../../exporters/dora/sources/gitlab/index.ts';
import { corpus } from '../../e2e/lib/corpus.ts';
import { startGitLab, type Thing, token } from '../vendors/gitlab.ts';
import { deployment, shop, world } from './gitlab-world.ts';
import { permutations, readings } from './order.ts';
import { doraRun, incidentsOf } from './runs.ts';

const secret = 'hook-secret-5e5d1c9a';
const admin = { name: 'ci', role: 'admin' } as const;

async function open(t: TestContext, more: Thing = {}) {
  const run = await doraRun(t, {
    config: { gitlab: [{ webhook_secret: secret, incident_labels: ['Incident'], ...more }] },
    sources: ({ gitlab: [item] }, client) => gitlabSources(item!, client),
    now: '2026-10-06T00:00:00Z',
    secrets: [secret, token],
  });
  return { ...run, source: run.runtime.exporter.sources.at(-1) as PushSource };
}

interface Post {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

const hook = (payload: unknown, headers: Readonly<Record<string, string>> = {}): Post => ({
  body: Buffer.from(JSON.stringify(payload)),
  headers: { 'x-gitlab-token': secret, ...headers },
});

async function post(run: Awaited<ReturnType<typeof open>>, { body, headers }: Post) {
  const principal = await run.source.verify?.(body, headers);
  assert.ok(principal, 'the token holds');
  // Each delivery comes at an instant of its own.
  run.clock.now = new Date(run.clock.now.getTime() + 1000);
  return run.runtime.accept(run.source.name, { body, headers, principal });
}

const project = { path_with_namespace: 'Acme/Shop', default_branch: 'main' };
const ada = { id: 1, username: 'ada' };
const bob = { id: 2, username: 'bob' };
const sha = (digit: string) => digit.repeat(40);

const deploy = (id: number, status: string, at: string): Thing => ({
  ...{
    object_kind: 'deployment',
    status,
    status_changed_at: at,
    deployment_id: id,
    environment: 'production',
    project,
  },
  ...{ user: ada, ref: 'main', short_sha: 'aaaaaaaa', commit_url: `https://gitlab/acme/shop/-/commit/${sha('a')}` },
  deployable_url: `https://gitlab/acme/shop/-/jobs/${id}0`,
});
const deployments = [
  deploy(15, 'running', '2026-10-05 12:00:00 +0200'),
  deploy(15, 'success', '2026-10-05 12:05:00 +0200'),
  deploy(16, 'failed', '2026-10-05 13:00:00 UTC'),
];

const merge = (action: string, at: string, user: Thing, more: Thing = {}): Thing => ({
  ...{ object_kind: 'merge_request', project, user, changes: {} },
  object_attributes: {
    ...{ iid: 7, title: 'Pay by card', state: 'opened', author_id: 1, source_branch: 'card', target_branch: 'main' },
    ...{
      created_at: '2026-10-05T08:00:00Z',
      updated_at: at,
      action,
      labels: [{ title: 'backend' }],
      url: 'https://gitlab/7',
    },
    ...more,
  },
});
const merges = [
  merge('open', '2026-10-05 08:00:00 UTC', ada),
  merge('approved', '2026-10-05 09:00:00 UTC', bob),
  merge('merge', '2026-10-05 10:00:00 UTC', bob, { state: 'merged', merge_commit_sha: sha('b') }),
  merge('update', '2026-10-05 11:00:00 UTC', ada, {
    state: 'merged',
    merge_commit_sha: sha('b'),
    title: 'Pay by card!',
  }),
];

const issue = (id: number, at: string, more: Thing = {}): Thing => ({
  ...{ object_kind: 'issue', project },
  object_attributes: {
    ...{ id, iid: id, title: 'Down', state: 'opened', type: 'Incident', labels: [], url: 'https://gitlab/i' },
    ...{ created_at: '2026-10-05 12:10:00 UTC', updated_at: at, closed_at: null },
    ...more,
  },
});
const issues = [
  issue(31, '2026-10-05 12:10:00 UTC'),
  issue(31, '2026-10-05 13:30:00 UTC', { state: 'closed', closed_at: '2026-10-05 13:30:00 UTC' }),
  issue(32, '2026-10-05 12:20:00 UTC', { type: 'Issue', labels: [{ title: 'Incident' }] }),
  // It is none after all.
  {
    ...issue(32, '2026-10-05 12:40:00 UTC', { type: 'Issue', labels: [] }),
    changes: { labels: { previous: [{ title: 'Incident' }], current: [] } },
  },
];

const pipeline = (status: string, more: Thing, jobs: readonly Thing[]): Thing => ({
  ...{ object_kind: 'pipeline', project, builds: jobs },
  object_attributes: {
    ...{ id: 41, ref: 'main', sha: sha('a'), source: 'push', status, created_at: '2026-10-05 11:00:00 UTC' },
    ...{ finished_at: null, queued_duration: 12, url: 'https://gitlab/p/41' },
    ...more,
  },
});
const created = { created_at: '2026-10-05 11:00:00 UTC', started_at: null, finished_at: null };
const pipelines = [
  pipeline('pending', {}, [created]),
  pipeline('running', {}, [{ ...created, started_at: '2026-10-05 11:00:12 UTC' }]),
  pipeline('success', { finished_at: '2026-10-05 11:09:00 UTC' }, [
    { ...created, started_at: '2026-10-05 11:00:12 UTC', finished_at: '2026-10-05 11:09:00 UTC' },
  ]),
];

test('the last of several approvals holds, although one that says nothing of them came before it', async t => {
  const approvals = [
    merge('approval', '2026-10-05 09:00:00 UTC', bob),
    merge('approved', '2026-10-05 09:30:00 UTC', bob),
    merge('update', '2026-10-05 11:00:00 UTC', ada),
  ];
  const found: unknown[] = [];
  const run = await open(t);
  for (const [index, order] of permutations([0, 1, 2]).entries()) {
    for (const which of order) {
      const { object_attributes: one, ...event } = approvals[which]!;
      await post(run, hook({ ...event, object_attributes: { ...(one as Thing), iid: 100 + index } }));
    }
    const [pull] = await run.rows(
      `SELECT approved_at FROM pull_requests WHERE number = ${100 + index}
       QUALIFY row_number() OVER (PARTITION BY number ORDER BY updated_at DESC, learned_at DESC) = 1`,
    );
    found.push(pull?.approved_at);
  }
  assert.deepEqual([...new Set(found)], ['2026-10-05 09:30:00']);
});

test('the same events in any order, each of them twice, make the same ledger', async t => {
  const orders = permutations([0, 1, 2, 3]);
  const run = await doraRun(t, {
    config: { gitlab: orders.map((_, index) => ({ name: `gitlab-${index}`, incident_labels: ['Incident'] })) },
    sources: ({ gitlab }) => gitlab.flatMap(item => gitlabSources(item)),
    now: '2026-10-06T00:00:00Z',
  });
  const context = { now: () => run.clock.now } as SourceContext;
  const found = new Set<string>();
  for (const [index, order] of orders.entries()) {
    const source = run.runtime.exporter.sources[index] as PushSource;
    const inOrder = [deployments, pipelines, merges, issues].flatMap(events => order.flatMap(at => events[at] ?? []));
    // The second time comes as a redelivery, the third with a key of its own.
    for (const key of index < 4 ? [{}, {}, { 'idempotency-key': 'again' }] : [{}])
      for (const event of inOrder) {
        run.clock.now = new Date(run.clock.now.getTime() + 1000);
        const headers = key['idempotency-key'] === undefined ? {} : { 'idempotency-key': JSON.stringify(event) };
        const batch = await source.accept(context, { ...hook(event, headers), principal: admin });
        await run.runtime.ledger.write(batch.write);
      }
    const all = await readings(run, `gitlab-${index}`);
    assert.equal(all.pull_requests.length, 1);
    found.add(JSON.stringify(all).replaceAll(`gitlab-${index}`, 'gitlab'));
  }
  assert.equal(found.size, 1);
});

test('what they tell: a deployment with its beginning, a merge request with its review, incidents, a run', async t => {
  const run = await open(t);
  for (const event of [...deployments, ...merges, ...issues, ...pipelines].reverse()) await post(run, hook(event));
  const {
    deployments: deployed,
    pull_requests: [pull],
    pipeline_runs: runs,
    statuses,
  } = await readings(run);
  assert.deepEqual(
    deployed?.map(row => [row.deployment, row.repository, row.environment, row.sha, row.created_at, row.updated_at]),
    [
      ['15', 'acme/shop', 'production', sha('a'), '2026-10-05 10:00:00', '2026-10-05 10:05:00'],
      ['16', 'acme/shop', 'production', sha('a'), '2026-10-05 13:00:00', '2026-10-05 13:00:00'],
    ],
  );
  assert.deepEqual(
    statuses?.map(row => `${row.deployment} ${row.status} ${row.occurred_at}`),
    ['15 running 2026-10-05 10:00:00', '15 success 2026-10-05 10:05:00', '16 failure 2026-10-05 13:00:00'],
  );
  assert.equal(pull?.title, 'Pay by card!');
  assert.deepEqual(
    [pull?.state, pull?.author, pull?.approved_at, pull?.first_review_at, pull?.merged_at, pull?.merge_sha],
    ['merged', 'ada', '2026-10-05 09:00:00', '2026-10-05 09:00:00', '2026-10-05 10:00:00', sha('b')],
  );
  assert.deepEqual(await incidentsOf(run), ['31 resolved - 10-05T12:10 10-05T13:30']);
  assert.deepEqual(
    runs?.map(row => [row.status, row.started_at, row.finished_at]),
    [['success', '2026-10-05 11:00:12', '2026-10-05 11:09:00']],
  );
});

test('a delivery that is tried again is one, by its key; events that share the id of their cause are several', async t => {
  const run = await open(t);
  const key = { 'idempotency-key': 'f5e5f430' };
  assert.equal((await post(run, hook(deployments[0], key))).changed, 2);
  assert.equal((await post(run, hook(deployments[1], key))).changed, 0);
  const uuid = { 'x-gitlab-event-uuid': '13792a34' };
  assert.ok((await post(run, hook(deployments[1], uuid))).changed > 0);
  assert.ok((await post(run, hook(deployments[2], uuid))).changed > 0);
  assert.equal((await run.rows('FROM webhook_deliveries')).length, 3);
});

test('webhooks and readings of the API are one deployment, whichever comes first', async t => {
  const found = new Set<string>();
  const event = {
    ...deploy(101, 'success', '2026-10-01 10:10:00 UTC'),
    commit_url: `https://gitlab/c/-/commit/${'1'.padStart(40, '0')}`,
  };
  for (const first of ['webhook', 'api']) {
    const given = world({ projects: [shop({ deployments: [deployment(101, '2026-10-01T10')] })] });
    const gitlab = await startGitLab(t, given);
    const run = await open(t, { url: gitlab.url, token, projects: ['1'], read: ['deployments'] });
    if (first === 'webhook') await post(run, hook(event));
    assert.equal((await run.refresh()).error, undefined);
    await post(run, hook(event));
    const { deployments: told } = await readings(run);
    found.add(JSON.stringify(told));
    assert.equal(told?.length, 1);
    assert.equal(told?.[0]?.task, 'deploy');
  }
  assert.equal(found.size, 1);
});

test('only the secret opens it; a team may not post what tells of all teams', async t => {
  const run = await open(t);
  const { body } = hook(deployments[0]);
  assert.equal(await run.source.verify?.(body, { 'x-gitlab-token': `${secret}x` }), undefined);
  assert.equal(await run.source.verify?.(body, { 'x-gitlab-token': '' }), undefined);
  assert.equal(await run.source.verify?.(body, {}), undefined);
  const principal = { name: 'shop', role: 'team', team: 'shop' } as const;
  await assert.rejects(
    run.runtime.accept(run.source.name, { body, headers: {}, principal }),
    /refused what shop posted to gitlab-webhooks/,
  );
  const withoutSecret = await open(t, { webhook_secret: undefined });
  assert.equal(withoutSecret.source.verify, undefined, 'without a secret a token is asked for');
});

test('what is no JSON is refused; what can not be read is kept by field, and answered well', async t => {
  const run = await open(t);
  const bad = { body: Buffer.from('{"object_kind": "deploy'), headers: {}, principal: admin };
  await assert.rejects(run.runtime.accept(run.source.name, bad), /the body is not JSON/);
  const broken = await post(run, hook({ ...deployments[0], status_changed_at: 'soon' }));
  assert.deepEqual(broken.rejected, { unreadable_event: 1 });
  const [reject] = await run.rows('SELECT field, value FROM rejects');
  assert.deepEqual(reject, { field: 'status_changed_at', value: '"soon": expected a time' });
  assert.deepEqual(await post(run, hook({ object_kind: 'wiki_page', project })), {
    records: 1,
    changed: 0,
    rejected: {},
  });
});

const samples = [
  'deployment',
  'pipeline',
  'merge_request',
  'group_merge_request',
  'issue',
  'note_merge_request',
  'note_issue',
  'push',
  'tag_push',
  'build',
  'job',
  'release',
];

for (const sample of samples)
  test(`a real ${sample} event is read`, async t => {
    const file = path.join(corpus, 'dora/go-gitlab/webhooks', `${sample}.json`);
    let body: Buffer;
    try {
      body = readFileSync(file);
    } catch {
      return t.skip('dora/go-gitlab is not in PLUMBLINE_CORPUS');
    }
    const run = await open(t);
    const counts = await post(run, { body, headers: { 'x-gitlab-token': secret } });
    // The keys of this one end in blanks, as in the page that it was copied from.
    assert.deepEqual(counts.rejected, sample === 'group_merge_request' ? { unreadable_event: 1 } : {});
    const { statuses, ...found } = await readings(run);
    const told = Object.entries(found).flatMap(([table, rows]) => rows.map(row => [table, row] as const));
    const expected: Readonly<Record<string, readonly [string, Thing]>> = {
      deployment: [
        'deployments',
        {
          deployment: '15',
          environment: 'staging',
          sha: '279484c09fbe69ededfced8c1bb6e6d24616b468',
          updated_at: '2021-04-28 19:50:00',
        },
      ],
      pipeline: [
        'pipeline_runs',
        {
          run: '31',
          status: 'success',
          queued_at: '2016-08-12 15:23:28',
          started_at: '2016-08-12 15:23:40',
          finished_at: '2016-08-12 15:26:29',
        },
      ],
      merge_request: ['pull_requests', { number: '1', repository: 'awesome_space/awesome_project', state: 'open' }],
      // It has an escalation: an incident.
      issue: ['incidents', { incident: '301', severity: 'high', status: 'open', repository: 'gitlabhq/gitlab-test' }],
      note_merge_request: ['pull_requests', { number: '1', first_review_at: '2015-05-17 18:21:36' }],
      tag_push: [
        'tags',
        { tag: 'v1.0.0', sha: '82b3d5ae55f7080f1e6022629cdb57bfae7cccc7', tagged_at: '2012-01-03 21:36:29' },
      ],
    };
    const [table, row] = expected[sample] ?? [];
    assert.equal(told.length, table === undefined ? 0 : 1);
    if (table !== undefined) {
      assert.equal(told[0]?.[0], table);
      for (const [name, value] of Object.entries(row ?? {})) assert.equal(told[0]?.[1][name], value, name);
    }
    assert.equal(statuses?.length, sample === 'deployment' ? 1 : 0);
  });
