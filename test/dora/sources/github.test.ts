/** GitHub by its API: what is read, how far a refresh goes, what it leaves after a kill, and what faults leave. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { emptyRepository, startGitHub } from '../vendors/github.ts';
import { githubRun, ledgerOf } from './github-run.ts';
import {
  ada,
  commitOf,
  deploymentOf,
  grace,
  issueOf,
  newDeployment,
  pullOf,
  runOf,
  setStatus,
  sha,
  storyOf,
  tellMonth,
} from './github-story.ts';

const everything = {
  incident_labels: ['incident', 'outage'],
  deployments_from: [
    { kind: 'deployments' },
    { kind: 'workflow_runs', workflow: 'Deploy*', environment: 'runs' },
    { kind: 'releases', environment: 'releases' },
    { kind: 'merged_pull_requests', environment: 'merges' },
  ],
};

const at = (seconds: number) =>
  new Date(Date.parse('2026-11-01T00:00:00Z') + seconds * 1000).toISOString().slice(0, 19).concat('Z');

describe('a refresh', () => {
  test('reads a month of a repository; a second one changes nothing, and asks for little', async t => {
    const world = await startGitHub(t);
    tellMonth(world);
    const run = await githubRun(t, world, everything);
    const first = await run.refresh();
    assert.deepEqual([first.error, first.rejected], [undefined, {}]);
    const pulls = await run.rows(
      `SELECT number::INT AS number, state, merge_sha, reverts::INT AS reverts, labels, first_commit_at::VARCHAR AS first,
         ready_at::VARCHAR AS ready, first_review_at::VARCHAR AS review, approved_at::VARCHAR AS approved, is_bot
       FROM pull_requests ORDER BY number`,
    );
    assert.deepEqual(pulls, [
      {
        ...{ number: 1, state: 'merged', merge_sha: sha('main-1'), reverts: null, labels: ['api', 'hotfix'] },
        ...{ first: '2026-11-01 15:00:00', ready: '2026-11-02 12:00:00', review: '2026-11-02 13:00:00' },
        // Of the two approvals after it, one was dismissed; a robot's is none.
        ...{ approved: '2026-11-03 10:00:00', is_bot: false },
      },
      {
        ...{ number: 2, state: 'merged', merge_sha: sha('main-2'), reverts: 1, labels: [] },
        ...{ first: '2026-11-05 10:19:00', ready: null, review: null, approved: null, is_bot: false },
      },
      {
        // What GitHub has tried to merge, nobody has merged.
        ...{ number: 3, state: 'closed', merge_sha: '', reverts: null, labels: [] },
        ...{ first: '2026-11-06 00:00:00', ready: null, review: null, approved: null, is_bot: true },
      },
    ]);
    assert.deepEqual(
      await run.rows(
        `SELECT d.deployment, d.version, d.service, string_agg(s.status, ' ' ORDER BY s.occurred_at) AS statuses
         FROM (SELECT DISTINCT deployment, version, service FROM deployments WHERE regexp_matches(deployment, '^\\d')) AS d
         JOIN deployment_statuses AS s USING (deployment) GROUP BY ALL ORDER BY ALL`,
      ),
      [
        { deployment: '9001', version: '1.4.0', service: 'checkout', statuses: 'queued running success inactive' },
        { deployment: '9002', version: '', service: '', statuses: 'running failure' },
        { deployment: '9003', version: '', service: '', statuses: 'running success' },
      ],
    );
    assert.deepEqual(
      await run.rows(
        `SELECT deployment, environment, sha FROM deployments WHERE NOT regexp_matches(deployment, '^\\d') ORDER BY deployment`,
      ),
      [
        { deployment: 'pull/acme/shop#1', environment: 'merges', sha: sha('main-1') },
        { deployment: 'pull/acme/shop#2', environment: 'merges', sha: sha('main-2') },
        { deployment: 'release/acme/shop@v1.4.0', environment: 'releases', sha: sha('main-1') },
        { deployment: 'run/501/1', environment: 'runs', sha: sha('main-1') },
        { deployment: 'run/501/2', environment: 'runs', sha: sha('main-1') },
      ],
    );
    assert.deepEqual(await run.rows('FROM backfills'), []);

    const before = world.asked.length;
    const second = await run.refresh();
    assert.deepEqual([second.error, second.changed, second.rejected], [undefined, 0, {}]);
    assert.ok(
      world.asked.length - before <= 8,
      world.asked
        .slice(before)
        .map(({ path, operation }) => operation || path)
        .join('\n'),
    );
  });

  test('finds the page boundaries of every list', async t => {
    const world = await startGitHub(t);
    tellMonth(world);
    const whole = await githubRun(t, world, everything);
    await whole.refresh();
    world.pageSize = 1;
    const paged = await githubRun(t, world, everything);
    assert.equal((await paged.refresh()).error, undefined);
    assert.deepEqual(await ledgerOf(paged), await ledgerOf(whole));
  });

  test('killed after any batch and started again, reads the same', async t => {
    const world = await startGitHub(t);
    tellMonth(world);
    world.pageSize = 1;
    const whole = await githubRun(t, world, everything);
    await whole.refresh();
    const expected = await ledgerOf(whole);
    for (const batches of [1, 3, 5, 8]) {
      const run = await githubRun(t, world, everything);
      for (let kills = 0; kills < 4; kills += 1) {
        await run.killedAfter(batches);
        assert.equal((await run.rows('FROM backfills')).length, 1, 'the first reading is under way');
      }
      assert.equal((await run.refresh()).error, undefined);
      assert.deepEqual(await ledgerOf(run), expected, `killed after ${batches} batches`);
      assert.deepEqual(await run.rows('FROM backfills'), []);
    }
  });

  test('goes back as many months as it is told, and says before what it asks for', async t => {
    const world = await startGitHub(t);
    const story = storyOf(world);
    for (const [id, day] of [
      [1, '2026-01-31'],
      [2, '2026-02-01'],
      [3, '2026-11-01'],
    ] as const) {
      story.repository.pulls.push(pullOf(id, `${day}T00:00:00Z`));
      story.repository.runs.push(runOf(id, `${day}T00:00:00Z`, { status: 'completed', conclusion: 'success' }));
    }
    const run = await githubRun(t, world, { months: 9, repositories: ['acme/shop', 'acme/*'] });
    world.organisations.add('acme');
    assert.equal(
      await run.plan(),
      '1 repository of GitHub, 4 requests each every 300 s; a list of the repositories of acme each hour; the past 9 months of 1 first: a request for 100 runs, 25 pull requests, 50 deployments',
    );
    await run.refresh();
    assert.deepEqual(await run.rows('SELECT number::INT AS n FROM pull_requests ORDER BY n'), [{ n: 2 }, { n: 3 }]);
    assert.deepEqual(await run.rows('SELECT run FROM pipeline_runs ORDER BY run'), [{ run: '2/1' }, { run: '3/1' }]);
    assert.match(await run.plan(), /^1 repository of GitHub, 4 requests each every 300 s; a list of .* each hour$/);
  });
});

describe('runs', () => {
  test('beyond 1,000 results of a window are found by halving it, each once', async t => {
    const world = await startGitHub(t);
    const { repository } = storyOf(world);
    // 2,600 in a week, most of them in one hour.
    for (let id = 1; id <= 2600; id += 1)
      repository.runs.push(
        runOf(id, at(id <= 300 ? id * 1800 : 400_000 + id), { status: 'completed', conclusion: 'success' }),
      );
    const run = await githubRun(t, world, { months: 1 });
    const result = await run.refresh();
    assert.deepEqual([result.error, result.rejected], [undefined, {}]);
    assert.deepEqual(await run.rows('SELECT count(*)::INT AS n, count(DISTINCT run)::INT AS d FROM pipeline_runs'), [
      { n: 2600, d: 2600 },
    ]);
    const lists = world.asked.filter(({ path }) => path.endsWith('/actions/runs'));
    assert.ok(lists.every(({ query }) => Number(query.get('page') ?? 1) <= 10));
    const second = await run.refresh();
    assert.equal(second.changed, 0);
  });

  test('of which a single second has more than the list gives are told as cut', async t => {
    const world = await startGitHub(t);
    world.mostRuns = 1000;
    const { repository } = storyOf(world);
    for (let id = 1; id <= 1005; id += 1)
      repository.runs.push(runOf(id, at(86_400), { status: 'completed', conclusion: 'success' }));
    const run = await githubRun(t, world, { months: 1 });
    assert.deepEqual((await run.refresh()).rejected, { runs_beyond_1000: 1 });
    assert.deepEqual(await run.rows('SELECT count(*)::INT AS n FROM pipeline_runs'), [{ n: 1000 }]);
  });

  test('are looked at again until they end, and after a re-run', async t => {
    const world = await startGitHub(t);
    const { repository } = storyOf(world);
    const long = runOf(1, '2026-11-20T10:00:00Z', { status: 'in_progress' });
    repository.runs.push(
      long,
      runOf(2, '2026-11-25T10:00:00Z', {
        status: 'completed',
        conclusion: 'failure',
        updated_at: '2026-11-25T10:05:00Z',
      }),
    );
    const run = await githubRun(t, world);
    await run.refresh();
    const state = () =>
      run.rows(
        `SELECT run, status FROM pipeline_runs QUALIFY row_number() OVER (PARTITION BY run ORDER BY updated_at DESC, learned_at DESC) = 1 ORDER BY run`,
      );
    assert.deepEqual(await state(), [
      { run: '1/1', status: 'running' },
      { run: '2/1', status: 'failure' },
    ]);
    Object.assign(long, { status: 'completed', conclusion: 'timed_out', updated_at: '2026-11-26T12:00:00Z' });
    await run.refresh();
    assert.deepEqual((await state())[0], { run: '1/1', status: 'failure' });
    repository.runs.push(
      runOf(2, '2026-11-25T10:00:00Z', {
        run_attempt: 2,
        run_started_at: '2026-11-27T09:00:00Z',
        updated_at: '2026-11-27T09:10:00Z',
        status: 'completed',
        conclusion: 'success',
      }),
    );
    await run.refresh('2026-11-27T13:00:00Z');
    assert.deepEqual(await state(), [
      { run: '1/1', status: 'failure' },
      { run: '2/1', status: 'failure' },
      { run: '2/2', status: 'success' },
    ]);
  });

  test('that GitHub updates after their end keep the end that was seen first', async t => {
    const world = await startGitHub(t);
    const { repository } = storyOf(world);
    const one = runOf(1, '2026-11-26T11:50:00Z', {
      status: 'completed',
      conclusion: 'success',
      updated_at: '2026-11-26T11:55:00Z',
    });
    repository.runs.push(one);
    const run = await githubRun(t, world, { deployments_from: [{ kind: 'workflow_runs', workflow: 'deploy.yml' }] });
    await run.refresh();
    Object.assign(one, { updated_at: '2026-11-26T12:00:30Z' });
    await run.refresh();
    assert.deepEqual(await run.rows('SELECT DISTINCT finished_at::VARCHAR AS at FROM pipeline_runs'), [
      { at: '2026-11-26 11:55:00' },
    ]);
    assert.deepEqual(
      await run.rows(`SELECT occurred_at::VARCHAR AS at FROM deployment_statuses WHERE status = 'success'`),
      [{ at: '2026-11-26 11:55:00' }],
    );
  });
});

describe('deployments', () => {
  test('become inactive long after they were read, and one with many statuses has them all', async t => {
    const world = await startGitHub(t);
    const story = storyOf(world);
    const old = newDeployment(story, 1, at(0));
    setStatus(story, old, 'success', at(60));
    const busy = newDeployment(story, 2, at(100), { environment: 'staging' });
    for (let n = 0; n < 35; n += 1) setStatus(story, busy, 'in_progress', at(200 + n));
    // So many that the old one is on another page.
    for (let id = 3; id <= 120; id += 1)
      setStatus(
        story,
        newDeployment(story, id, at(1000 + id), { environment: `preview-${id}` }),
        'failure',
        at(1000 + id),
      );
    const run = await githubRun(t, world);
    await run.refresh();
    const count = () =>
      run.rows(
        'SELECT deployment, count(*)::INT AS n FROM deployment_statuses WHERE deployment::INT < 3 GROUP BY ALL ORDER BY ALL',
      );
    assert.deepEqual(await count(), [
      { deployment: '1', n: 1 },
      { deployment: '2', n: 35 },
    ]);
    const before = world.asked.length;
    await run.refresh();
    assert.deepEqual(
      world.asked.slice(before).map(({ path, operation }) => operation || path.split('/').at(-1)),
      [...['deployments', 'DeploymentStatuses', 'statuses', 'runs', 'PullRequests', 'Issues']],
    );
    setStatus(story, old, 'inactive', at(5000));
    const changed = await run.refresh();
    assert.deepEqual(await count(), [
      { deployment: '1', n: 2 },
      { deployment: '2', n: 35 },
    ]);
    assert.equal(changed.changed, 2, 'the deployment as it is now, and its status');
  });

  test('of a state that is none of GitHub’s are told and kept without it', async t => {
    const world = await startGitHub(t);
    const story = storyOf(world);
    setStatus(story, newDeployment(story, 1, at(0)), 'exploded', at(1));
    story.repository.deployments.push(deploymentOf(2, at(2), { created_at: 'yesterday' }));
    const run = await githubRun(t, world);
    assert.deepEqual((await run.refresh()).rejected, { unknown_status: 1, bad_deployment: 1 });
    assert.deepEqual(await run.rows('SELECT file, reason, field, value FROM rejects ORDER BY file'), [
      { file: 'acme/shop deployment 1', reason: 'unknown_status', field: 'state', value: 'EXPLODED' },
      { file: 'acme/shop deployment 2', reason: 'bad_deployment', field: 'created_at', value: '"yesterday"' },
    ]);
    assert.deepEqual((await run.refresh()).rejected, {}, 'told once');
  });
});

describe('pull requests', () => {
  test('of more commits or reviews than a page holds are read whole, up to the 250 that GitHub tells', async t => {
    const world = await startGitHub(t);
    const { repository } = storyOf(world);
    repository.pulls.push(pullOf(1, at(0)), pullOf(2, at(1)));
    const many = (count: number) => Array.from({ length: count }, (_, n) => commitOf(`c${count}-${n}`, at(n)));
    repository.commits.set(1, many(180));
    repository.commits.set(2, many(300));
    repository.reviews.set(
      1,
      Array.from({ length: 130 }, (_, id) => ({
        id,
        user: id === 129 ? grace : ada,
        state: 'APPROVED',
        submitted_at: at(id),
      })),
    );
    const run = await githubRun(t, world);
    assert.deepEqual((await run.refresh()).rejected, { commits_beyond_250: 1 });
    assert.deepEqual(
      await run.rows(
        'SELECT number::INT AS number, count(*)::INT AS n FROM pull_request_commits GROUP BY ALL ORDER BY ALL',
      ),
      [
        { number: 1, n: 180 },
        { number: 2, n: 250 },
      ],
    );
    assert.deepEqual(await run.rows('SELECT approved_at::VARCHAR AS at FROM pull_requests WHERE number = 1'), [
      { at: '2026-11-01 00:02:09' },
    ]);
  });

  test('that change while they are read, or between two refreshes, are not missed', async t => {
    const world = await startGitHub(t);
    world.pageSize = 2;
    const { repository } = storyOf(world);
    for (let number = 1; number <= 6; number += 1) repository.pulls.push(pullOf(number, at(number)));
    let pages = 0;
    world.fault = ({ operation }) => {
      // The last of the list moves to its top while the second page is asked for.
      if (operation === 'PullRequests' && ++pages === 2)
        Object.assign(repository.pulls[0]!, { title: 'moved', updated_at: at(100) });
      return false;
    };
    const run = await githubRun(t, world);
    await run.refresh();
    await run.refresh();
    const titles = () =>
      run.rows(
        'SELECT number::INT AS n, arg_max(title, updated_at) AS title FROM pull_requests GROUP BY number ORDER BY n',
      );
    assert.equal((await titles()).length, 6);
    assert.equal((await titles())[0]?.title, 'moved');
  });

  test('are asked for in smaller pages where GitHub can’t answer for so many', async t => {
    const world = await startGitHub(t);
    tellMonth(world);
    const sizes: unknown[] = [];
    world.fault = ({ operation, variables }, response) => {
      if (operation !== 'PullRequests') return false;
      sizes.push(variables.first);
      if (Number(variables.first) <= 3) return false;
      response.writeHead(502).end('<html>');
      return true;
    };
    const run = await githubRun(t, world, {}, { retries: 0 });
    assert.equal((await run.refresh()).error, undefined);
    assert.deepEqual(sizes, [25, 9, 3]);
    assert.equal((await run.rows('FROM pull_requests')).length, 3);
  });
});

describe('incidents', () => {
  test('that are deleted or moved are gone; those that lose their label were none', async t => {
    const world = await startGitHub(t);
    const { repository } = storyOf(world);
    const labels = [{ name: 'Incident' }];
    for (const number of [1, 2, 3]) repository.issues.push(issueOf(number, at(number), { labels: [...labels] }));
    const run = await githubRun(t, world, { incident_labels: ['inc*'] });
    await run.refresh();
    repository.issues.splice(0, 2);
    repository.moved.set(2, 'acme/elsewhere');
    Object.assign(repository.issues[0]!, { labels: [], updated_at: at(1000) });
    repository.labelled.set(3, ['Incident']);
    await run.refresh();
    assert.deepEqual(
      await run.rows(
        `SELECT incident, status, is_deleted FROM incidents
         QUALIFY row_number() OVER (PARTITION BY incident ORDER BY updated_at DESC, learned_at DESC) = 1 ORDER BY incident`,
      ),
      [
        { incident: 'acme/shop#1', status: 'open', is_deleted: true },
        { incident: 'acme/shop#2', status: 'open', is_deleted: true },
        { incident: 'acme/shop#3', status: 'cancelled', is_deleted: false },
      ],
    );
  });

  test('of the past are asked for by their one label', async t => {
    const world = await startGitHub(t);
    const { repository } = storyOf(world);
    repository.issues.push(issueOf(1, at(1), { labels: [{ name: 'incident' }] }), issueOf(2, at(2)));
    const run = await githubRun(t, world);
    await run.refresh();
    await run.refresh();
    const filters = world.asked
      .filter(({ operation }) => operation === 'Issues')
      .map(({ variables }) => variables.filter);
    assert.deepEqual(filters, [{ since: '2025-10-01T00:00:00Z', labels: ['incident'] }, { since: at(1) }]);
  });
});

describe('commits', () => {
  test('are read from the default branch and from what was deployed or pushed beside it, once', async t => {
    const world = await startGitHub(t);
    world.pageSize = 2;
    const story = storyOf(world);
    const { repository } = story;
    const add = (name: string, day: number, parents: string[], message = name) =>
      repository.history.push({ oid: sha(name), message, at: at(day * 86_400), parents: parents.map(sha) });
    add('a', 0, []);
    add('b', 1, ['a'], 'feat: x (#7)\n\nbody');
    add('side', 2, ['a'], `fix\n\n(cherry picked from commit ${sha('b')})`);
    add('c', 3, ['b', 'side'], 'Merge pull request #8 from acme/side\n\nfix');
    add('release', 4, ['b'], `Revert "feat: x (#7)"\n\nThis reverts commit ${sha('b')}.`);
    repository.head = sha('c');
    newDeployment(story, 1, at(5 * 86_400), { sha: sha('release') });
    newDeployment(story, 2, at(5 * 86_400), { sha: sha('lost') });
    const run = await githubRun(t, world, { commits: true });
    assert.equal((await run.refresh()).error, undefined);
    const rows = () =>
      run.rows(
        `SELECT substr(sha, 1, 2) AS sha, parents, reverts, picked_from AS picked, pull_request::INT AS pr FROM commits ORDER BY committed_at`,
      );
    const plain = { reverts: '', picked: '', pr: null };
    assert.deepEqual(await rows(), [
      { ...plain, sha: sha('a').slice(0, 2), parents: '' },
      { ...plain, sha: sha('b').slice(0, 2), parents: sha('a'), pr: 7 },
      { ...plain, sha: sha('side').slice(0, 2), parents: sha('a'), picked: sha('b') },
      { ...plain, sha: sha('c').slice(0, 2), parents: `${sha('b')} ${sha('side')}`, pr: 8 },
      { ...plain, sha: sha('release').slice(0, 2), parents: sha('b'), reverts: sha('b') },
    ]);
    add('d', 6, ['c']);
    repository.head = sha('d');
    const before = world.asked.length;
    await run.refresh();
    assert.equal((await rows()).length, 6);
    assert.ok(world.asked.slice(before).filter(({ operation }) => operation === 'History').length <= 3);
  });
});

describe('repositories', () => {
  test('of an organisation or a user are listed each hour, without archived and excluded ones', async t => {
    const world = await startGitHub(t);
    world.organisations.add('acme');
    world.pageSize = 2;
    for (const name of ['Acme/Shop', 'Acme/search', 'Acme/old', 'Acme/fork', 'ada/dotfiles'])
      world.repositories.set(name, emptyRepository());
    world.repositories.get('Acme/old')!.archived = true;
    const run = await githubRun(t, world, { repositories: ['acme/*', 'ada/*'], exclude: ['*/fork'] });
    const listed = async () =>
      (await run.rows('SELECT cursor::VARCHAR AS cursor FROM cursors')).map(({ cursor }) =>
        Object.keys((JSON.parse(String(cursor)) as { repositories: object }).repositories),
      );
    assert.equal((await run.refresh()).error, undefined);
    assert.deepEqual(await listed(), [['acme/search', 'acme/shop', 'ada/dotfiles']]);
    world.repositories.set('Acme/new', emptyRepository());
    await run.refresh('2026-11-26T12:30:00Z');
    assert.equal((await listed())[0]?.length, 3);
    await run.refresh('2026-11-26T13:30:00Z');
    assert.ok((await listed())[0]?.includes('acme/new'));
  });

  test('without access are told once and hold nothing else up; a right that is lacking costs its kind alone', async t => {
    const world = await startGitHub(t);
    tellMonth(world);
    world.fault = ({ path }, response) => {
      if (!path.endsWith('/actions/runs')) return false;
      response
        .writeHead(403, { 'content-type': 'application/json' })
        .end('{"message":"Resource not accessible by personal access token"}');
      return true;
    };
    const run = await githubRun(t, world, { repositories: ['acme/gone', 'acme/shop'] });
    const first = await run.refresh();
    assert.deepEqual([first.error, first.rejected], [undefined, { no_access: 5 }]);
    assert.equal((await run.rows('FROM pull_requests')).length, 3);
    assert.deepEqual(await run.rows('FROM backfills'), []);
    const second = await run.refresh();
    assert.deepEqual([second.error, second.rejected], [undefined, {}]);
    world.fault = undefined;
    await run.refresh();
    assert.equal((await run.rows('SELECT DISTINCT run FROM pipeline_runs')).length, 3);
  });

  test('of which none can be seen are an error', async t => {
    const run = await githubRun(t, await startGitHub(t), { repositories: ['acme/gone'] });
    assert.match((await run.refresh()).error ?? '', /found nothing at acme\/gone, or the token may not see it/);
  });
});

describe('faults', () => {
  const answered = (status: number, body: string, headers = {}) => ({
    status,
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  const cases = {
    'an expired token': [answered(401, '{"message":"Bad credentials"}'), /GITHUB_UNAUTHORIZED/],
    'a limit that is used up': [
      answered(403, '{"message":"API rate limit exceeded"}', {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': '4000000000',
      }),
      /GITHUB_RATE_LIMITED/,
    ],
    'a server that fails': [answered(503, 'down'), /HTTP_STATUS/],
    HTML: [answered(200, '<html>log in</html>', { 'content-type': 'text/html' }), /HTTP_NOT_JSON/],
    'a body that is cut': [answered(200, '[{"id": 1'), /HTTP_NOT_JSON/],
    'errors in an answer of 200': [
      answered(200, '{"errors":[{"message":"Something is odd"}]}'),
      /GITHUB_GRAPHQL|HTTP_NOT_JSON/,
    ],
  } as const;
  for (const [name, [fault, code]] of Object.entries(cases))
    test(`${name} in the middle ends in an error, keeps what was read, and the next refresh completes it`, async t => {
      const world = await startGitHub(t);
      tellMonth(world);
      const whole = await githubRun(t, world, everything);
      await whole.refresh();
      const run = await githubRun(t, world, everything);
      let asked = 0;
      world.fault = (_, response) => {
        asked += 1;
        if (asked < 4) return false;
        response.writeHead(fault.status, fault.headers).end(fault.body);
        return true;
      };
      assert.match((await run.refresh()).error ?? '', code);
      assert.ok((await run.rows('FROM deployments')).length > 0);
      world.fault = undefined;
      assert.equal((await run.refresh()).error, undefined);
      assert.deepEqual(await ledgerOf(run), await ledgerOf(whole));
    });

  test('a secondary limit is waited for, and nothing is missing', async t => {
    const world = await startGitHub(t);
    tellMonth(world);
    const whole = await githubRun(t, world, everything);
    await whole.refresh();
    let asked = 0;
    world.fault = (_, response) => {
      asked += 1;
      if (asked % 3 !== 0) return false;
      response
        .writeHead(403, { 'content-type': 'application/json', 'retry-after': '30' })
        .end('{"message":"You have exceeded a secondary rate limit"}');
      return true;
    };
    const run = await githubRun(t, world, everything);
    assert.equal((await run.refresh()).error, undefined);
    assert.ok(run.waits.length > 2 && run.waits.every(ms => ms === 31_000));
    assert.deepEqual(await ledgerOf(run), await ledgerOf(whole));
  });
});
