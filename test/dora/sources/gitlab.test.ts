import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { gitlabSources } from '../../../exporters/dora/sources/gitlab/index.ts';
import { fakeProject, type GitLabWorld, send, startGitLab, token } from '../vendors/gitlab.ts';
import { deployment, incident, shop, world } from './gitlab-world.ts';
import { type DoraRun, doraRun, incidentsOf, statementsOf } from './runs.ts';

const now = '2026-10-06T00:00:00Z';

async function open(t: TestContext, given: GitLabWorld, config: Readonly<Record<string, unknown>> = {}, prefix = '') {
  const gitlab = await startGitLab(t, given, prefix);
  const run = await doraRun(t, {
    config: { gitlab: [{ url: gitlab.url, token, projects: ['Acme/Shop'], ...config }] },
    sources: ({ gitlab: [item] }, client) => gitlabSources(item!, client),
    now,
    secrets: [token],
  });
  return { gitlab, run };
}

const lines = async (run: Pick<DoraRun, 'rows'>, sql: string) =>
  (await run.rows(sql)).map(row =>
    Object.values(row)
      .map(value => (value === null ? '-' : String(value)))
      .join(' '),
  );

const factTables = [
  ...['commits', 'tags', 'deployments', 'deployment_statuses', 'pull_requests', 'pull_request_commits'],
  ...['pipeline_runs', 'incidents', 'external_metrics'],
];

const ledger = async (run: DoraRun): Promise<string> =>
  JSON.stringify(
    await Promise.all(
      factTables.map(async table => [
        table,
        // Nodes number commits as they arrive.
        (await statementsOf(run, table)).map(line => line.replace(/"node":"?\d+"?/, '')),
      ]),
    ),
    null,
    1,
  );

test('a project is read whole: deployments, pipelines, merge requests, incidents, tags and commits', async t => {
  const { run } = await open(t, world(), { incident_labels: ['Incident'] });
  const result = await run.refresh();
  assert.equal(result.error, undefined);
  assert.deepEqual(result.rejected, {});
  assert.deepEqual(
    await lines(
      run,
      `SELECT deployment, status, strftime(occurred_at, '%dT%H:%M:%S.%g') FROM deployment_statuses ORDER BY ALL`,
    ),
    [
      '101 queued 01T10:00:00.109',
      '101 running 01T10:01:00.200',
      '101 success 01T10:09:59.640',
      '102 failure 02T10:09:59.640',
      '102 queued 02T10:00:00.109',
      '102 running 02T10:01:00.200',
      '103 queued 03T10:00:00.109',
      '103 running 03T10:01:00.200',
      '103 success 03T10:09:59.640',
      '104 cancelled 04T10:09:59.640',
      '104 queued 04T10:00:00.109',
      '104 running 04T10:01:00.200',
      '105 queued 05T10:00:00.109',
      '105 running 05T10:01:00.200',
    ],
  );
  assert.deepEqual(
    await lines(
      run,
      'SELECT DISTINCT repository, environment, ref, task, actor, right(sha, 2) FROM deployments WHERE deployment = 101',
    ),
    ['acme/shop production main deploy ada 01'],
  );
  assert.deepEqual(
    await lines(
      run,
      `SELECT run, status, event, strftime(started_at, '%H:%M:%S'), strftime(finished_at, '%H:%M:%S') FROM pipeline_runs ORDER BY ALL`,
    ),
    [
      '201 success push 09:00:05 09:20:00',
      '202 failure push 09:00:05 09:20:00',
      '203 queued push 09:00:05 -',
      '204 running merge_request_event 09:00:05 -',
    ],
  );
  assert.deepEqual(
    await lines(
      run,
      `SELECT number, state, author, is_bot, reverts, right(merge_sha, 2), strftime(first_commit_at, '%m-%dT%H'),
         strftime(ready_at, '%H:%M'), strftime(first_review_at, '%H:%M'), strftime(approved_at, '%H:%M'), strftime(merged_at, '%H:%M')
       FROM pull_requests ORDER BY ALL`,
    ),
    [
      '1 merged ada false - 01 09-29T09 07:05 07:10 07:20 07:49',
      '2 merged ada false - 02 10-01T12 - - - 07:49',
      '3 open ada false -  - - - - -',
      '4 merged project_1_bot_f00 true 2 04 - - - - 07:49',
    ],
  );
  assert.deepEqual(await lines(run, 'SELECT number, right(sha, 2) FROM pull_request_commits ORDER BY ALL'), [
    '1 5b',
    '1 5c',
    '2 5d',
  ]);
  assert.deepEqual(await incidentsOf(run), [
    '501 resolved - 10-03T11:00 10-03T12:00',
    '502 open - 10-05T11:00 -',
    '503 open - 10-05T12:00 -',
  ]);
  assert.deepEqual(await lines(run, 'SELECT DISTINCT severity, root_cause_sha FROM incidents'), ['high 00000000aa']);
  assert.deepEqual(await lines(run, `SELECT tag, right(sha, 2), strftime(tagged_at, '%dT%H') FROM tags ORDER BY ALL`), [
    'v1 02 02T09',
    'v2 04 04T08',
  ]);
  assert.deepEqual(await lines(run, 'SELECT right(sha, 2), right(parents, 2) FROM commits ORDER BY ALL'), [
    '01 ',
    '02 01',
    '03 02',
    '04 03',
    '05 04',
  ]);
  assert.deepEqual(await run.rows('FROM backfills'), []);
});

test('the keyset that a server pages by gives the same ledger as numbers, and as pages of a hundred', async t => {
  const ledgers = await Promise.all(
    (
      [{ pageSize: 1 }, { pageSize: 2, paging: 'link' }, { pageSize: 3, paging: 'number' }, { pageSize: 100 }] as const
    ).map(async more => {
      const { run, gitlab } = await open(t, world(more));
      assert.equal((await run.refresh()).error, undefined);
      assert.ok(gitlab.asked.every(({ searchParams }) => Number(searchParams.get('per_page') ?? 0) <= 100));
      return ledger(run);
    }),
  );
  assert.equal(new Set(ledgers).size, 1);
});

test('a second refresh changes nothing and asks for no details; a later one brings what has changed', async t => {
  const given = world();
  const { run, gitlab } = await open(t, given);
  await run.refresh();
  const first = await ledger(run);
  gitlab.asked.length = 0;
  const second = await run.refresh();
  assert.deepEqual([second.error, second.changed], [undefined, 0]);
  assert.equal(await ledger(run), first);
  const details = gitlab.asked.filter(({ pathname }) => /\/(pipelines|merge_requests)\/\d+/.test(pathname));
  assert.deepEqual(details.map(String), []);

  const [one] = given.projects;
  one!.deployments = one!.deployments.map(each =>
    each.id === 105
      ? deployment(105, '2026-10-05T10', { status: 'failed', updated_at: '2026-10-06T01:00:00.000Z' })
      : each,
  );
  one!.issues = [...one!.issues, incident(505, '2026-10-06T02')];
  // A branch that was merged late: its commit is older than what was read.
  const side = { id: 'a'.repeat(40), parents: [one!.commits[0]!.id], at: '2026-10-01T09:00:00.000Z' };
  const merge = { id: 'b'.repeat(40), parents: [one!.commits[4]!.id, side.id], at: '2026-10-06T01:00:00.000Z' };
  one!.commits = [...one!.commits, side, merge];
  run.clock.now = new Date('2026-10-06T03:00:00Z');
  const third = await run.refresh();
  assert.equal(third.error, undefined);
  assert.deepEqual(await lines(run, `SELECT status FROM deployment_statuses WHERE deployment = 105 ORDER BY ALL`), [
    'failure',
    'queued',
    'running',
  ]);
  assert.deepEqual(
    await lines(
      run,
      `SELECT left(sha, 1), parents = '${one!.commits[4]!.id} ${side.id}' FROM commits WHERE sha > 'a' ORDER BY ALL`,
    ),
    ['a false', 'b true'],
  );
  assert.ok((await incidentsOf(run)).includes('505 open - 10-06T02:00 -'));
});

test('what changes between two pages is not lost', async t => {
  const given = world();
  const { run, gitlab } = await open(t, given, { read: ['deployments'] });
  let moved = false;
  given.after = asked => {
    if (moved || !asked.pathname.endsWith('/deployments')) return;
    moved = true;
    // The first of the first page moves to the end; by page numbers, the third would be skipped.
    const [one] = given.projects;
    one!.deployments = one!.deployments.map(each =>
      each.id === 101 ? { ...each, updated_at: '2026-10-05T20:00:00.000Z' } : each,
    );
  };
  assert.equal((await run.refresh()).error, undefined);
  assert.equal(moved, true);
  assert.deepEqual(await lines(run, 'SELECT DISTINCT deployment FROM deployments ORDER BY ALL'), [
    '101',
    '102',
    '103',
    '104',
    '105',
  ]);
  assert.ok(gitlab.asked.filter(({ pathname }) => pathname.endsWith('/deployments')).length >= 3);
});

test('a GitLab that does not know updated_after is read by its pages, and to their end', async t => {
  const given = world();
  const { run, gitlab } = await open(t, given, { read: ['deployments'], history_days: 30 });
  const all = given.projects[0]!.deployments;
  given.fault = (asked, response) => {
    if (!asked.pathname.endsWith('/deployments')) return false;
    const page = Number(asked.searchParams.get('page') ?? 1);
    const next = page * 2 < all.length ? String(page + 1) : '';
    return send(response, 200, all.slice(page * 2 - 2, page * 2), { 'x-next-page': next });
  };
  assert.equal((await run.refresh()).error, undefined);
  const asked = gitlab.asked.filter(({ pathname }) => pathname.endsWith('/deployments'));
  assert.equal(asked.length, 4, 'it is noticed once, and then its pages are followed');
  assert.deepEqual(await lines(run, 'SELECT count(DISTINCT deployment) FROM deployments'), ['5']);
});

test('a reading that is killed in the middle of the past goes on where it was, and ends the same', async t => {
  const whole = await open(t, world());
  await whole.run.refresh();
  for (const killedAt of [5, 11, 18]) {
    const given = world({ fault: (_, response, count) => (count > killedAt ? send(response, 400, 'gone') : false) });
    const { run, gitlab } = await open(t, given);
    const broken = await run.refresh();
    assert.ok(broken.error !== undefined, `it fails after ${killedAt} requests`);
    const isUnderWay = (await run.rows('FROM backfills')).length === 1;
    assert.equal(isUnderWay, true, `nothing may be derived after ${killedAt} requests`);
    given.fault = undefined;
    const before = gitlab.asked.length;
    const later = await run.restart();
    assert.equal((await later.refresh()).error, undefined);
    assert.equal(await ledger(later), await ledger(whole.run), `killed after ${killedAt} requests`);
    assert.deepEqual(await later.rows('FROM backfills'), []);
    assert.ok(gitlab.asked.length - before <= whole.gitlab.asked.length);
  }
});

test('commits are read on page by page of one range, and anew where history was rewritten', async t => {
  const given = world();
  const { run, gitlab } = await open(t, given, { read: ['commits'] });
  await run.refresh();
  const ranges = () => gitlab.asked.flatMap(({ searchParams }) => searchParams.get('ref_name') ?? []);
  assert.deepEqual(new Set(ranges()).size, 1);
  const [one] = given.projects;
  one!.commits = [
    { id: 'c'.repeat(40), at: '2026-10-05T08:00:00.000Z' },
    { id: 'd'.repeat(40), at: '2026-10-06T08:00:00.000Z' },
  ];
  gitlab.asked.length = 0;
  assert.equal((await run.refresh()).error, undefined);
  assert.match(ranges()[0]!, /^0+5\.\.d+$/);
  assert.deepEqual(await lines(run, `SELECT left(sha, 1) FROM commits WHERE sha > 'a' ORDER BY ALL`), ['c', 'd']);
  gitlab.asked.length = 0;
  await run.refresh();
  assert.deepEqual(ranges(), [], 'a branch that has not moved costs one request');
});

test('a group is its projects, subgroups too; excluded and archived ones are left out; one that is renamed is read anew', async t => {
  const given = world({
    projects: [
      shop(),
      fakeProject(2, 'Acme/tools/cli', { deployments: [deployment(111, '2026-10-01T10')] }),
      fakeProject(3, 'Acme/sandbox/x', { deployments: [deployment(112, '2026-10-01T10')] }),
      fakeProject(4, 'Acme/old', { archived: true, deployments: [deployment(113, '2026-10-01T10')] }),
      fakeProject(5, 'Acme/src/y', { deployments: [deployment(114, '2026-10-01T10')] }),
    ],
  });
  const { run } = await open(t, given, {
    projects: [],
    groups: ['Acme'],
    exclude: ['acme/sandbox/*'],
    read: ['deployments'],
  });
  assert.equal((await run.refresh()).error, undefined);
  const repositories = `SELECT repository, count(*) FROM (
      SELECT deployment, arg_max(repository, (updated_at, learned_at)) AS repository FROM deployments GROUP BY deployment)
    GROUP BY ALL ORDER BY ALL`;
  assert.deepEqual(await lines(run, repositories), ['acme/shop 5', 'acme/src/y 1', 'acme/tools/cli 1']);
  given.projects[1]!.path = 'Acme/tools/command';
  run.clock.now = new Date('2026-10-06T01:00:00Z');
  assert.equal((await run.refresh()).error, undefined);
  assert.deepEqual(await lines(run, repositories), ['acme/shop 5', 'acme/src/y 1', 'acme/tools/command 1']);
});

test('GitLab under a path of its own', async t => {
  const { run } = await open(t, world(), { read: ['deployments'] }, '/git');
  assert.equal((await run.refresh()).error, undefined);
  assert.deepEqual(await lines(run, 'SELECT count(*) FROM deployments'), ['5']);
});

describe('faults', () => {
  test('a token that is refused stops the source, and is shown nowhere', async t => {
    const { run } = await open(t, world(), { token: 'glpat-wrong-wrong-wrong' });
    const result = await run.refresh();
    assert.match(result.error ?? '', /the token was refused by GitLab: .*401/);
    assert.ok(!run.logged.some(line => line.includes('glpat-wrong')));
  });

  test('a project that GitLab does not know is named, and the others are read all the same', async t => {
    const { run } = await open(t, world(), { projects: ['acme/gone', 'Acme/Shop'], read: ['deployments'] });
    const result = await run.refresh();
    assert.match(result.error ?? '', /found no project acme\/gone/);
    assert.deepEqual(await lines(run, 'SELECT count(*) FROM deployments'), ['5']);
  });

  test('what a project has switched off is said once, and gone when it is there', async t => {
    const given = world({ projects: [shop({ disabled: ['pipelines', 'issues'] })] });
    const { run } = await open(t, given);
    const first = await run.refresh();
    assert.deepEqual([first.error, first.rejected], [undefined, { forbidden: 2 }]);
    assert.deepEqual(await lines(run, 'SELECT file, reason FROM rejects ORDER BY ALL'), [
      'acme/shop incidents forbidden',
      'acme/shop pipelines forbidden',
    ]);
    assert.deepEqual((await run.refresh()).rejected, {});
    given.projects = [shop()];
    assert.deepEqual((await run.refresh()).rejected, {});
    assert.deepEqual(await run.rows('FROM rejects'), []);
    assert.deepEqual(await lines(run, 'SELECT count(*) FROM pipeline_runs'), ['4']);
  });

  test('a token that may read nothing at all is an error, and no set of features that are off', async t => {
    const disabled = ['pipelines', 'issues', 'deployments', 'merge_requests', 'tags', 'branches', 'commits'];
    const { run } = await open(t, world({ projects: [shop({ disabled })] }));
    assert.match((await run.refresh()).error ?? '', /may not read .* at GitLab: .*403/);
  });

  test('429 waits as Retry-After or RateLimit-Reset says, then goes on', async t => {
    const given = world();
    const { run } = await open(t, given, { read: ['deployments'] });
    let refused = 0;
    given.fault = (asked, response) => {
      if (!asked.pathname.endsWith('/deployments') || refused >= 2) return false;
      refused += 1;
      const reset = String(Math.ceil(Date.now() / 1000) + 40);
      return send(
        response,
        429,
        'Retry later',
        refused === 1 ? { 'retry-after': '17' } : { 'ratelimit-reset': reset, 'ratelimit-remaining': '0' },
      );
    };
    assert.equal((await run.refresh()).error, undefined);
    assert.equal(run.waits[0], 17_000);
    assert.ok(run.waits[1]! > 35_000 && run.waits[1]! <= 41_000, String(run.waits[1]));
    assert.deepEqual(await lines(run, 'SELECT count(*) FROM deployments'), ['5']);
  });

  test('when nothing is left, it waits before it asks', async t => {
    const given = world();
    const { run } = await open(t, given, { read: ['deployments'] });
    let told = false;
    given.fault = (asked, response) => {
      if (told || asked.pathname.includes('deployments')) return false;
      told = true;
      const reset = String(Math.ceil(Date.now() / 1000) + 20);
      const body = { id: 1, path_with_namespace: 'Acme/Shop', default_branch: 'main' };
      return send(response, 200, body, { 'ratelimit-remaining': '0', 'ratelimit-reset': reset });
    };
    assert.equal((await run.refresh()).error, undefined);
    assert.ok(
      run.waits.some(wait => wait > 15_000 && wait <= 21_000),
      run.waits.join(),
    );
  });

  for (const [what, answer, says] of [
    ['a failing server', [502, '<html>bad gateway</html>'], /502/],
    ['HTML for JSON', [200, '<html>log in</html>'], /instead of JSON/],
    ['a cut body', [200, '[{"id": 1, "created_'], /instead of JSON/],
    ['an object for a list', [200, '{"message": "hello"}'], /it is no list/],
  ] as const)
    test(`${what} fails the refresh, keeps what was read, and loses nothing`, async t => {
      const [status, body] = answer;
      const given = world();
      const { run } = await open(t, given);
      given.fault = (asked, response) =>
        asked.pathname.endsWith('/deployments') && asked.searchParams.get('updated_after')! > '2026-10-01T'
          ? send(response, status, body)
          : false;
      assert.match((await run.refresh()).error ?? '', says);
      assert.deepEqual(await lines(run, 'SELECT count(*) FROM deployments'), ['2']);
      // The parts behind it were read.
      assert.equal((await incidentsOf(run)).length, 2);
      given.fault = undefined;
      assert.equal((await run.refresh()).error, undefined);
      assert.deepEqual(await lines(run, 'SELECT count(*) FROM deployments'), ['5']);
    });

  test('no token follows a page that is on another server', async t => {
    const other = await startGitLab(t, world());
    const given = world();
    const { run } = await open(t, given, { read: ['deployments'] });
    given.fault = (asked, response) =>
      asked.pathname.endsWith('/deployments')
        ? send(response, 200, [], { link: `<${other.url}/api/v4/x>; rel="next"` })
        : false;
    assert.match((await run.refresh()).error ?? '', /on another server/);
    assert.deepEqual(other.asked, []);
  });

  test('a record that can not be read holds no other back, and is named with its field', async t => {
    const given = world();
    const [one] = given.projects;
    one!.deployments = one!.deployments.map(each =>
      each.id === 102
        ? { ...each, created_at: 'yesterday' }
        : each.id === 103
          ? { ...each, status: 'brand_new' }
          : each,
    );
    const { run } = await open(t, given, { read: ['deployments'] });
    const result = await run.refresh();
    assert.deepEqual([result.error, result.rejected], [undefined, { unreadable_deployment: 1, unknown_status: 1 }]);
    assert.deepEqual(await lines(run, 'SELECT file, reason, field, value FROM rejects ORDER BY ALL'), [
      'acme/shop deployment 2 unreadable_deployment created_at "yesterday": expected a time',
      'acme/shop deployment 3 unknown_status status brand_new',
    ]);
    assert.deepEqual(await lines(run, 'SELECT count(*) FROM deployments'), ['3']);
  });
});

describe("GitLab's own metrics", () => {
  const dora = (metric: string, start: string) =>
    ({
      deployment_frequency: 12,
      lead_time_for_changes: start === '2026-09-29' ? 7200.5 : { value: 3600 },
      time_to_restore_service: null,
      change_failure_rate: [{ date: null, value: 1.25 }],
    })[metric];

  test('are read once a day for 7, 30 and 90 days, in whichever shape they come', async t => {
    const { run, gitlab } = await open(t, world({ projects: [shop({ dora })] }), { read: ['dora_metrics'] });
    assert.equal((await run.refresh()).error, undefined);
    assert.deepEqual(
      await lines(
        run,
        `SELECT metric, statistic, service, date_diff('day', period_start, period_end), strftime(period_end, '%m-%d'), value
         FROM external_metrics ORDER BY ALL`,
      ),
      [
        'change_fail_ratio  acme/shop 7 10-06 1.25',
        'change_fail_ratio  acme/shop 30 10-06 1.25',
        'change_fail_ratio  acme/shop 90 10-06 1.25',
        'change_lead_time p50 acme/shop 7 10-06 7200.5',
        'change_lead_time p50 acme/shop 30 10-06 3600',
        'change_lead_time p50 acme/shop 90 10-06 3600',
        'deployments  acme/shop 7 10-06 12',
        'deployments  acme/shop 30 10-06 12',
        'deployments  acme/shop 90 10-06 12',
      ],
    );
    const count = gitlab.asked.length;
    await run.refresh();
    assert.equal(gitlab.asked.length, count + 1, 'only the project itself is asked for');
    assert.ok(gitlab.asked.some(({ searchParams }) => searchParams.get('end_date') === '2026-10-05'));
  });

  test('that the tier lacks are said in the log and fail nothing', async t => {
    const { run } = await open(t, world(), { read: ['deployments', 'dora_metrics'], groups: ['Acme'] });
    const result = await run.refresh();
    assert.deepEqual([result.error, result.rejected], [undefined, {}]);
    assert.ok(run.logged.some(line => line.includes('they need GitLab Ultimate')));
  });
});

test('the plan says what the first reading and each further one ask', async t => {
  const { run } = await open(t, world());
  const plan = () => run.runtime.plan('gitlab');
  const first = await plan();
  assert.match(
    first?.text ?? '',
    /^the first reading goes back 365 days and sends at least 8 requests, 1 for each 100 things/,
  );
  assert.match(
    first?.text ?? '',
    /1 for each pipeline that has ended and 2 for each merge request that was merged; 12 more once a day/,
  );
  await run.refresh();
  assert.match((await plan())?.text ?? '', /^the next refresh sends about 8 requests for 1 projects/);
});
