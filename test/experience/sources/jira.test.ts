/** Jira as the runtime uses it, Cloud and Data Center: sprints, changelogs, comments, what left the query, limits, faults. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { cycleTimeItems, itemsDone } from '../../../exporters/experience/roadmap/metrics.ts';
import { jiraRoadmapSource } from '../../../exporters/experience/sources/jira/index.ts';
import { sprintOf } from '../../../exporters/experience/sources/jira/sprint.ts';
import {
  accessToken,
  apiToken,
  email,
  type FakeIssue,
  type JiraWorld,
  jiraDate,
  send,
  startJira,
} from '../../dora/vendors/jira.ts';
import { linesOf, sourceRun } from '../run.ts';

const sprints = [
  {
    id: 1,
    name: 'Sprint 1',
    state: 'closed',
    startDate: '2026-09-28T07:00:00.000Z',
    endDate: '2026-10-09T15:00:00.000Z',
  },
  {
    id: 2,
    name: 'Sprint 2',
    state: 'active',
    startDate: '2026-10-12T07:00:00.000Z',
    endDate: '2026-10-23T15:00:00.000Z',
  },
];
const greenhopper = sprints.map(
  ({ id, name, state, startDate, endDate }) =>
    `com.atlassian.greenhopper.service.sprint.Sprint@1f${id}[id=${id},rapidViewId=8,state=${state.toUpperCase()},name=${name}, of [all],startDate=${startDate},endDate=${endDate},completeDate=<null>,activatedDate=<null>,sequence=${id},goal=Ship, now,synced=false]`,
);

const fields = [
  { id: 'customfield_10020', name: 'Sprint', schema: { custom: 'com.pyxis.greenhopper.jira:gh-sprint' } },
  {
    id: 'customfield_10050',
    name: 'Capability',
    schema: { custom: 'com.atlassian.jira.plugin.system.customfieldtypes:select' },
  },
];

const issues = (mode: 'cloud' | 'data_center'): readonly FakeIssue[] => [
  {
    ...{ id: '1', key: 'OPS-1', created: '2026-10-01T08:00:00Z', updated: '2026-10-08T08:00:00Z', status: 'Done' },
    changes: [
      ['2026-10-02T08:00:00Z', 'To Do', 'In Progress'],
      ['2026-10-03T08:00:00Z', 'In Progress', 'Done'],
      ['2026-10-04T08:00:00Z', 'Done', 'In Progress'],
      ['2026-10-07T08:00:00Z', 'In Progress', 'Done'],
    ],
    fields: { components: [{ name: 'CI' }], customfield_10020: mode === 'cloud' ? sprints : greenhopper },
  },
  {
    ...{
      id: '2',
      key: 'OPS-2',
      created: '2026-10-01T08:00:00Z',
      updated: '2026-10-05T08:00:00Z',
      status: 'Monitoring',
    },
    changes: [['2026-10-05T08:00:00Z', 'To Do', 'Monitoring']],
    fields: {
      duedate: '2026-11-30',
      labels: ['area:portal', 'Feedback'],
      reporter: { accountId: 'acc-mona', name: 'mona' },
    },
  },
  {
    ...{ id: '3', key: 'OPS-3', created: '2026-10-01T08:00:00Z', updated: '2026-10-06T08:00:00Z', status: 'Closed' },
    changes: [
      ['2026-10-05T08:00:00Z', 'To Do', 'Done'],
      ['2026-10-06T08:00:00Z', 'Done', 'Closed'],
    ],
    fields: {
      resolution: { name: "Won't do" },
      customfield_10020: mode === 'cloud' ? sprints.slice(0, 1) : greenhopper.slice(0, 1),
    },
  },
  { ...{ id: '4', key: 'OPS-4', created: '2026-10-02T08:00:00Z' }, fields: { labels: ['office-hours'] } },
  // Nobody knows its changes any more: its own date is taken.
  {
    ...{ id: '5', key: 'OPS-5', created: '2026-10-02T08:00:00Z', updated: '2026-10-09T08:00:00Z', status: 'Done' },
    fields: { resolutiondate: jiraDate('2026-10-08T08:00:00Z') },
  },
  { ...{ id: '6', key: 'WEB-6', project: 'WEB', created: '2026-10-02T08:00:00Z' } },
];

const comments = [
  {
    id: '1',
    created: jiraDate('2026-10-04T08:00:00Z'),
    author: { accountId: 'acc-ada', name: 'ada' },
    body: 'A secret answer',
  },
  {
    id: '2',
    created: jiraDate('2026-10-03T08:00:00Z'),
    author: { accountId: 'acc-mona', name: 'mona' },
    body: 'A secret question',
  },
  {
    id: '3',
    created: jiraDate('2026-10-03T09:00:00Z'),
    author: { accountId: 'acc-bot', accountType: 'app' },
    body: 'Thank you',
  },
];

interface Options {
  readonly world?: Partial<JiraWorld>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly retries?: number;
}

async function open(t: TestContext, { world = {}, config = {}, retries = 2 }: Options = {}) {
  const mode = world.mode ?? 'cloud';
  const { fault, ...rest } = world;
  const server = await startJira(t, { issues: issues(mode), fields, ...rest });
  server.world.fault = (asked, response) => {
    if (fault?.(asked, response)) return true;
    if (!/\/issue\/OPS-2\/comment$/.test(asked.path)) return false;
    const startAt = Number(asked.query.get('startAt') ?? 0);
    return send(response, 200, { startAt, maxResults: 1, total: 3, comments: comments.slice(startAt, startAt + 1) });
  };
  const auth = mode === 'cloud' ? { email, api_token: apiToken } : { bearer_token: accessToken };
  const item = {
    ...{ url: server.url, deployment: mode, ...auth, jql: 'project = OPS ORDER BY rank' },
    ...{ feedback_labels: ['feedback'], office_hours_labels: ['office-hours'], area_label_prefix: 'area:' },
    ...config,
  };
  const run = await sourceRun(t, {
    config: { jira: [item] },
    source: ({ jira }, client) => jiraRoadmapSource(jira[0]!, client),
    ...{ now: '2026-10-20T12:00:00Z', retries },
    secrets: [apiToken, accessToken, 'Fault OPS', 'A secret', 'acc-mona', 'acc-ada'],
  });
  return { ...server, ...run };
}

const told = [
  'OPS-1 done CI 10-02T08 10-07T08 - 10-12/10-23',
  'OPS-2 in_progress portal 10-05T08 - 11-30 - feedback 10-04T08',
  'OPS-3 cancelled - - 10-05T08 - 09-28/10-09',
  'OPS-4 todo - - - - - office',
  'OPS-5 done - - 10-08T08 - -',
];

for (const mode of ['cloud', 'data_center'] as const)
  describe(mode, () => {
    test('reads issues with sprint, day, area and changes, and asks for no text', async t => {
      const run = await open(t, { world: { mode } });
      const result = await run.refresh();
      assert.deepEqual([result.error, result.rejected], [undefined, {}]);
      assert.deepEqual(await linesOf(run), told);
      assert.deepEqual(
        await linesOf(
          run,
          `SELECT status || ' ' || strftime(occurred_at, '%m-%d') AS line FROM roadmap_items WHERE key = 'OPS-1' ORDER BY version`,
        ),
        ['todo 10-01', 'in_progress 10-02', 'done 10-03', 'in_progress 10-04', 'done 10-07'],
      );
      assert.deepEqual(await run.lines(itemsDone, '2026-10-20T12:00:00Z'), ['platform = 3']);
      assert.deepEqual(await run.lines(cycleTimeItems, '2026-10-20T12:00:00Z'), [
        'platform 30d = 1',
        'platform 90d = 1',
      ]);
      for (const { body } of run.asked)
        assert.ok(!body.fields?.some(field => /summary|description|comment|\*/.test(field)));
      // An issue that has never moved has no changes to ask for.
      assert.ok(
        !run.asked.some(({ path, query }) => /OPS-4/.test(path) && (/changelog/.test(path) || query.has('expand'))),
      );
      assert.equal((await run.refresh()).changed, 0);
    });

    test('reads page by page whatever size they have, and goes on where it was killed', async t => {
      const many = Array.from({ length: 130 }, (_, index) => ({
        ...{ id: String(100 + index), key: `OPS-${100 + index}` },
        created: new Date(Date.parse('2026-10-01T00:00:00Z') + index * 60_000).toISOString(),
      }));
      let pages = 0;
      let isDown = true;
      const run = await open(t, {
        world: {
          ...{ mode, issues: many, most: 30 },
          fault: ({ path }, response) =>
            isDown && /search/.test(path) && ++pages > 3 ? send(response, 503, { message: 'down' }) : false,
        },
        retries: 0,
      });
      assert.match(String((await run.refresh()).error), /answered 503/);
      assert.deepEqual(await run.rows('SELECT count(*)::INTEGER AS n FROM roadmap_items'), [{ n: 90 }]);
      assert.deepEqual(await run.rows('FROM roadmap_snapshots'), []);
      isDown = false;
      run.asked.length = 0;
      assert.equal((await run.refresh()).error, undefined);
      assert.match(run.asked.find(({ path }) => /search/.test(path))?.body.jql ?? '', /updated >= "2026-10-01 01:29"/);
      assert.deepEqual(await run.rows('SELECT count(*)::INTEGER AS n FROM roadmap_items'), [{ n: 130 }]);
      assert.equal((await run.rows('FROM roadmap_snapshots')).length, 1);
    });

    test('finds what was reopened, deleted, moved and left the query; what an index lacks yet is not gone', async t => {
      const run = await open(t, { world: { mode } });
      await run.refresh();
      const [first, second, third, ...others] = issues(mode);
      run.world.issues = [
        {
          ...first!,
          ...{ key: 'OPS-77', status: 'In Progress', updated: '2026-10-20T12:30:00Z' },
          changes: [...first!.changes!, ['2026-10-20T12:30:00Z', 'Done', 'In Progress']],
        },
        { ...third!, project: 'WEB' },
        ...others,
        { ...{ id: '7', key: 'OPS-7', created: '2026-10-21T12:20:00Z' } },
      ];
      assert.equal((await run.refresh('2026-10-20T13:00:00Z')).error, undefined);
      assert.ok((await linesOf(run)).every(line => !line.endsWith('deleted')));
      assert.equal((await run.refresh('2026-10-21T13:00:00Z')).error, undefined);
      run.world.issues = run.world.issues.map(one => (one.id === '7' ? { ...one, isUnindexed: true } : one));
      assert.equal((await run.refresh('2026-10-21T13:10:00Z')).error, undefined);
      assert.deepEqual(await linesOf(run), [
        'OPS-2 in_progress portal 10-05T08 - 11-30 - feedback 10-04T08 deleted',
        'OPS-3 cancelled - - 10-05T08 - 09-28/10-09 deleted',
        ...told.slice(3),
        'OPS-7 todo - - - - -',
        'OPS-77 in_progress CI 10-02T08 - - 10-12/10-23',
      ]);
      assert.equal(second!.key, 'OPS-2');
    });

    test('waits as long as it is asked to, and is refused with a reason', async t => {
      let faults = 0;
      const run = await open(t, {
        world: {
          mode,
          fault: ({ path }, response) =>
            /search/.test(path) && ++faults === 1
              ? send(response, 429, { message: 'slow' }, { 'retry-after': '11' })
              : false,
        },
      });
      assert.equal((await run.refresh()).error, undefined);
      assert.deepEqual(run.waits, [11_000]);
      const other = await open(t, { world: { mode, fault: (_, response) => send(response, 401, { message: 'no' }) } });
      assert.match(String((await other.refresh()).error), /refused by Jira/);
    });
  });

test('a field, a status and a resolution mean what the configuration says', async t => {
  const run = await open(t, {
    config: {
      ...{
        area_field: 'Capability',
        sprint_field: 'customfield_10020',
        statuses: { monitoring: 'done', 'To Do': 'backlog' },
      },
      ...{ cancelled_resolutions: [], team: 'data', area_label_prefix: undefined },
    },
    world: {
      issues: issues('cloud').map(one => ({
        ...one,
        fields: { ...one.fields, customfield_10050: { value: 'Runtime' } },
      })),
    },
  });
  assert.equal((await run.refresh()).error, undefined);
  assert.deepEqual(
    (await linesOf(run)).map(line => line.split(' ').slice(0, 3).join(' ')),
    ['OPS-1 done Runtime', 'OPS-2 done Runtime', 'OPS-3 done Runtime', 'OPS-4 backlog Runtime', 'OPS-5 done Runtime'],
  );
  assert.deepEqual(await run.lines(itemsDone, '2026-10-20T12:00:00Z'), ['data = 5']);
  const wrong = await open(t, { config: { area_field: 'Capabilities' } });
  assert.match(
    String((await wrong.refresh()).error),
    /area_field names the field Capabilities, which Jira has 0 times/,
  );
});

test('an issue that cannot be read is kept as rejected, and nothing at all is no empty roadmap', async t => {
  const run = await open(t, {
    world: {
      issues: [
        ...issues('cloud'),
        { id: '9', key: 'OPS-9', created: '2026-10-02T08:00:00Z', fields: { status: null } },
      ],
    },
  });
  const result = await run.refresh();
  assert.deepEqual([result.error, result.rejected], [undefined, { unreadable_issue: 1 }]);
  assert.deepEqual(await run.rows('SELECT file, field FROM rejects'), [{ file: 'issue 9', field: 'status' }]);
  run.world.issues = [];
  assert.match(
    String((await run.refresh('2026-10-22T13:00:00Z')).error),
    /jira lists nothing at all, though 5 items of it are known/,
  );
});

test('a sprint is the active one, else the next, else the last, in both forms', () => {
  const [closed, active] = sprints;
  const future = { name: 'Three', state: 'future', startDate: '2026-10-26T07:00:00Z', endDate: '2026-11-06T15:00:00Z' };
  const days = (value: unknown) => {
    const found = sprintOf(value);
    return found && `${found.name} ${found.from} ${found.until}`;
  };
  assert.equal(days([future, active, closed]), 'Sprint 2 2026-10-12 2026-10-23');
  assert.equal(days([future, closed]), 'Three 2026-10-26 2026-11-06');
  assert.equal(days([closed, { name: 'Undated', state: 'future' }]), 'Sprint 1 2026-09-28 2026-10-09');
  assert.equal(days(greenhopper), 'Sprint 2, of [all] 2026-10-12 2026-10-23');
  assert.equal(days(greenhopper[0]), 'Sprint 1, of [all] 2026-09-28 2026-10-09');
  for (const none of [null, undefined, [], '', 'nonsense', [7], [{}], 'Sprint@1[id=1,startDate=<null>,endDate=<null>]'])
    assert.equal(days(none), undefined);
});
