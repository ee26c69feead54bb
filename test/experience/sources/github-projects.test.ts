/** GitHub Projects as the runtime uses it: fields, drafts, archived and redacted items, pages, a token and an App, faults. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { roadmapItems } from '../../../exporters/experience/roadmap/metrics.ts';
import { githubProjectSource } from '../../../exporters/experience/sources/github-projects/index.ts';
import { linesOf, sourceRun } from '../run.ts';
import {
  area,
  due,
  type FakeItem,
  fields,
  installationToken,
  issue,
  iteration,
  labelled,
  type ProjectWorld,
  points,
  send,
  startProject,
  status,
  theme,
  token,
  values,
} from '../vendors/github-projects.ts';

const items: readonly FakeItem[] = [
  { id: 'I1', ...issue(1), ...values(status('s0'), area('a0'), due('2026-11-30'), points(3)) },
  {
    ...{ id: 'I2', updatedAt: '2026-08-05T00:00:00Z' },
    ...issue(2, labelled('area:runtime', 'Feedback')),
    ...values(status('s1', '2026-08-04T09:00:00Z'), area('a1'), iteration('i1', '2026-09-01', 7)),
  },
  {
    id: 'I3',
    ...issue(3, {
      closed: true,
      closedAt: '2026-08-09T10:00:00Z',
      stateReason: 'COMPLETED',
      updatedAt: '2026-08-09T10:00:00Z',
    }),
    ...values(status('s1'), iteration('i9', '2026-08-03', 14)),
  },
  {
    id: 'I4',
    ...issue(4, { closed: true, closedAt: '2026-08-09T10:00:00Z', stateReason: 'NOT_PLANNED' }),
    ...values(),
  },
  {
    ...{ id: 'I5', type: 'DRAFT_ISSUE', updatedAt: '2026-08-07T00:00:00Z' },
    content: { __typename: 'DraftIssue', createdAt: '2026-08-06T00:00:00Z', updatedAt: '2026-08-06T00:00:00Z' },
    ...values(status('s2', '2026-08-07T00:00:00Z'), theme('Docs')),
  },
  { id: 'I6', type: 'REDACTED' },
  { id: 'I7', type: 'PULL_REQUEST', ...issue(7, { __typename: 'PullRequest', merged: true }), ...values() },
  {
    id: 'I8',
    ...issue(8, {
      ...labelled('feedback'),
      comments: {
        nodes: [
          { createdAt: '2026-08-02T08:00:00Z', author: { login: 'Mona' } },
          { createdAt: '2026-08-03T08:00:00Z', author: null },
          { createdAt: '2026-08-04T08:00:00Z', author: { __typename: 'Bot', login: 'triage' } },
          { createdAt: '2026-08-05T08:00:00Z', author: { login: 'ada' } },
        ],
      },
    }),
    ...values(status('s3')),
  },
  { id: 'I9', ...issue(9, labelled('office-hours')), ...values() },
];

interface Options {
  readonly world?: Partial<ProjectWorld>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly now?: string;
}

async function open(t: TestContext, { world = {}, config = {}, now = '2026-09-01T12:00:00Z' }: Options = {}) {
  const server = await startProject(t, { fields, items, ...world });
  const item = {
    ...{ url: server.url, token, owner: 'acme', number: 2, area_field: 'area', due_field: 'Target date' },
    ...{ feedback_labels: ['feedback'], office_hours_labels: ['office-hours'], area_label_prefix: 'area:' },
    statuses: { 'on ice': 'backlog' },
    ...config,
  };
  const run = await sourceRun(t, {
    config: { github_projects: [item] },
    source: ({ github_projects }, { sleep, retries }) =>
      githubProjectSource(github_projects[0]!, { sleep, retries, paced: false, retryUnitMs: 1 }),
    ...{ now, secrets: [token, installationToken, 'secret title', 'mona', 'ada'] },
  });
  return { ...server, ...run };
}

test('reads issues and drafts with their fields, and nothing that people wrote', async t => {
  const run = await open(t);
  const result = await run.refresh();
  assert.equal(result.error, undefined);
  assert.deepEqual(result.rejected, { redacted_item: 1 });
  assert.deepEqual(await linesOf(run), [
    'I5 done - - 08-07T00 - -',
    'acme/platform#1 todo CI - - 11-30 -',
    'acme/platform#2 in_progress runtime 08-04T09 - - 09-28/10-11 feedback',
    'acme/platform#3 done - - 08-09T10 - 08-03/08-16',
    'acme/platform#4 cancelled - - 08-09T10 - -',
    'acme/platform#8 backlog - - - - - feedback 08-05T08',
    'acme/platform#9 backlog - - - - - office',
  ]);
  const content = /content \{[\s\S]*?fieldValues/.exec(run.asked.at(-1)?.query ?? '')?.[0] ?? 'title';
  assert.ok(!/title|body|assignees/.test(content), content);
  assert.equal((await run.refresh()).changed, 0);
  assert.deepEqual(await run.lines(roadmapItems, '2026-09-01T13:00:00Z'), [
    'platform CI todo = 1',
    'platform none backlog = 1',
    'platform none cancelled = 1',
    'platform none done = 2',
    'platform runtime in_progress = 1',
  ]);
});

test('a text, a number or an iteration can be the area', async t => {
  for (const [field, found] of [
    ['Theme', 'I5 done Docs'],
    ['Points', 'acme/platform#1 todo 3'],
    ['Iteration', 'acme/platform#3 done as it was'],
  ] as const) {
    const run = await open(t, { config: { area_field: field } });
    assert.equal((await run.refresh()).error, undefined);
    assert.ok(
      (await linesOf(run)).some(line => line.startsWith(found)),
      field,
    );
  }
});

test('reads page by page, and an archived, a deleted and a moved item are told apart', async t => {
  const many = Array.from({ length: 45 }, (_, index) => ({
    id: `M${index}`,
    ...issue(100 + index),
    ...values(status('s0')),
  }));
  const run = await open(t, { world: { items: [...items, ...many], most: 10 } });
  assert.equal((await run.refresh()).error, undefined);
  assert.equal(run.asked.filter(({ name }) => name === 'RoadmapItems').length, 6);
  assert.equal((await linesOf(run)).length, 52);
  run.asked.length = 0;
  run.world.items = [
    // Archived: the first is open, the third was done.
    ...items.map(item => (item.id === 'I1' || item.id === 'I3' ? { ...item, isArchived: true } : item)),
    ...many.slice(5),
  ];
  assert.equal((await run.refresh()).error, undefined);
  const lines = await linesOf(run);
  assert.ok(lines.some(line => line.startsWith('acme/platform#1 cancelled CI')));
  assert.ok(lines.includes('acme/platform#3 done - - 08-09T10 - 08-03/08-16'));
  assert.equal(lines.filter(line => line.endsWith('deleted')).length, 5);
  // What has ended is asked for once a day only.
  assert.deepEqual(run.asked.find(({ name }) => name === 'RoadmapArchived')?.variables.ids, [
    'I1',
    'M0',
    'M1',
    'M2',
    'M3',
    'M4',
  ]);
  run.asked.length = 0;
  assert.equal((await run.refresh('2026-09-02T13:00:00Z')).changed, 0);
  assert.deepEqual(run.asked.find(({ name }) => name === 'RoadmapArchived')?.variables.ids, ['I1', 'I3']);
});

test('an item that is hidden from the token stays as it was known', async t => {
  const run = await open(t);
  await run.refresh();
  run.world.items = items.map(item => (item.id === 'I1' ? { id: 'I1', type: 'REDACTED' } : item));
  assert.deepEqual((await run.refresh()).rejected, { redacted_item: 1 });
  assert.ok((await linesOf(run)).includes('acme/platform#1 todo CI - - 11-30 -'));
});

test('reopened, moved on the board, due at another day: each is a version of its day', async t => {
  const run = await open(t);
  await run.refresh();
  run.world.items = [
    {
      ...items[0]!,
      updatedAt: '2026-09-02T08:00:00Z',
      ...values(status('s1', '2026-09-02T08:00:00Z'), due('2026-12-24')),
    },
    {
      ...items[2]!,
      ...issue(3, { updatedAt: '2026-09-02T09:00:00Z', stateReason: 'REOPENED' }),
      ...values(status('s1', '2026-09-02T09:00:00Z')),
    },
    ...items.slice(3),
  ];
  assert.equal((await run.refresh('2026-09-02T12:00:00Z')).error, undefined);
  assert.deepEqual(
    await linesOf(
      run,
      `SELECT key || ' ' || status || ' ' || coalesce(strftime(due_on, '%m-%d'), '-') || ' ' || strftime(occurred_at, '%m-%dT%H') AS line
       FROM roadmap_items WHERE key IN ('acme/platform#1', 'acme/platform#3') ORDER BY key, version`,
    ),
    [
      'acme/platform#1 todo 11-30 08-01T00',
      'acme/platform#1 in_progress 12-24 09-02T08',
      'acme/platform#3 todo - 08-01T00',
      'acme/platform#3 done - 08-09T10',
      'acme/platform#3 in_progress - 09-02T09',
    ],
  );
  assert.ok((await linesOf(run)).some(line => /^acme\/platform#2 .*deleted$/.test(line)));
});

test('an App reads with the token of its installation', async t => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const run = await open(t, { config: { token: undefined, app: { id: 12, installation: 7, private_key: key } } });
  assert.equal((await run.refresh()).error, undefined);
  assert.equal((await linesOf(run)).length, 7);
});

test('waits for limits, tries a 502 again, and leaves what it had where it fails', async t => {
  const run = await open(t, { world: { most: 4 } });
  let faults = 0;
  run.world.fault = ({ name, variables }, response) => {
    if (name !== 'RoadmapItems' || variables.after === null || faults > 1) return false;
    faults += 1;
    if (faults === 1)
      send(
        response,
        200,
        { errors: [{ type: 'RATE_LIMITED', message: 'limit' }] },
        {
          ...{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 30) },
        },
      );
    else send(response, 502, '<html>Bad gateway</html>', { 'content-type': 'text/html' });
    return true;
  };
  assert.equal((await run.refresh()).error, undefined);
  assert.equal(faults, 2);
  assert.ok(
    run.waits.some(ms => ms > 20_000 && ms < 40_000),
    String(run.waits),
  );
  assert.equal((await linesOf(run)).length, 7);

  run.world.fault = ({ variables }, response) => {
    if (variables.after == null) return false;
    send(response, 401, { message: 'Bad credentials' });
    return true;
  };
  run.world.items = items.slice(0, 5);
  assert.match(String((await run.refresh()).error), /was refused/);
  assert.ok((await linesOf(run)).every(line => !line.endsWith('deleted')));
});

test('says what is missing: the project, a field, its kind; and that nothing at all is listed', async t => {
  assert.match(
    String((await (await open(t, { world: { isMissing: true } })).refresh()).error),
    /found no project 2 of acme, or the token may not see it/,
  );
  assert.match(
    String((await (await open(t, { config: { area_field: 'Aera' } })).refresh()).error),
    /area_field names the field Aera, which project 2 of acme does not have as a .*; it has Status, Area, Points, Theme, Iteration/,
  );
  assert.match(
    String((await (await open(t, { config: { due_field: 'Area' } })).refresh()).error),
    /it has Target date/,
  );
  const run = await open(t);
  await run.refresh();
  run.world.items = [];
  assert.match(
    String((await run.refresh()).error),
    /github-projects lists nothing at all, though 7 items of it are known/,
  );
  run.world.fault = ({ name }, response) => {
    if (name !== 'RoadmapItems') return false;
    send(response, 200, { data: { userOrOrganization: { projectV2: { items: { nodes: 'none' } } } } });
    return true;
  };
  assert.match(
    String((await run.refresh()).error),
    /could not understand what GitHub answered for the items of a project/,
  );
});
