/** Linear as the runtime uses it: states, cycles, projects, history, pages, what is trashed and deleted, limits and faults. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { itemsDone, throughput } from '../../../exporters/experience/roadmap/metrics.ts';
import { linearSource } from '../../../exporters/experience/sources/linear/index.ts';
import { linesOf, sourceRun } from '../run.ts';
import {
  accessToken,
  apiKey,
  clientSecret,
  type FakeIssue,
  type LinearWorld,
  labelled,
  send,
  startLinear,
  states,
} from '../vendors/linear.ts';

const issue = (number: number, more: Partial<FakeIssue> = {}): FakeIssue => ({
  ...{ id: `id-${String(number).padStart(4, '0')}`, identifier: `PLAT-${number}` },
  ...{ createdAt: '2026-10-01T08:00:00.000Z', updatedAt: '2026-10-01T08:00:00.000Z', state: states.todo },
  ...more,
});

const ada = { id: 'user-ada', displayName: 'ada.lovelace' };
const mona = { id: 'user-mona', displayName: 'mona.lisa' };

const issues: readonly FakeIssue[] = [
  issue(1, {
    ...{
      updatedAt: '2026-10-09T08:00:00.000Z',
      state: states.done,
      project: { name: 'Golden Paths', targetDate: '2026-12-01' },
    },
    ...{ startedAt: '2026-10-03T08:00:00.000Z', completedAt: '2026-10-08T08:00:00.000Z', dueDate: '2026-10-10' },
    stateHistory: [
      { startedAt: '2026-10-01T08:00:00.000Z', state: states.triage },
      { startedAt: '2026-10-03T08:00:00.000Z', state: states.doing },
      { startedAt: '2026-10-04T08:00:00.000Z', state: states.review },
      { startedAt: '2026-10-05T08:00:00.000Z', state: states.done },
      { startedAt: '2026-10-06T08:00:00.000Z', state: states.todo },
      { startedAt: '2026-10-08T08:00:00.000Z', state: states.done },
    ],
  }),
  issue(2, {
    ...{ updatedAt: '2026-10-04T08:00:00.000Z', state: states.review, startedAt: '2026-10-02T08:00:00.000Z' },
    cycle: { number: 7, startsAt: '2026-10-05T07:00:00.000Z', endsAt: '2026-10-19T07:00:00.000Z' },
    ...labelled(['Area', 'CI'], 'Feedback'),
    creator: mona,
    comments: [
      { createdAt: '2026-10-03T10:00:00.000Z', user: ada },
      { createdAt: '2026-10-02T10:00:00.000Z', user: mona },
      { createdAt: '2026-10-02T11:00:00.000Z', user: null },
    ],
  }),
  issue(3, { state: states.duplicate, canceledAt: '2026-10-02T09:00:00.000Z', ...labelled('area: portal') }),
  issue(4, { state: states.triage, ...labelled('office hours') }),
  issue(5, { state: { type: 'paused', name: 'Blocked' } }),
  issue(6, { state: states.backlog, trashed: true, archivedAt: '2026-10-02T09:00:00.000Z' }),
  issue(7, { state: states.todo, archivedAt: '2026-10-02T09:00:00.000Z' }),
  { ...issue(8), identifier: 'WEB-8' },
];

interface Options {
  readonly world?: Partial<LinearWorld>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly retries?: number;
}

async function open(t: TestContext, { world = {}, config = {}, retries = 2 }: Options = {}) {
  const server = await startLinear(t, { issues, ...world });
  const item = {
    ...{
      api_url: server.apiUrl,
      api_key: apiKey,
      teams: ['PLAT'],
      area_label_group: 'area',
      area_label_prefix: 'area:',
    },
    ...{ feedback_labels: ['feedback'], office_hours_labels: ['Office Hours'] },
    ...config,
  };
  const run = await sourceRun(t, {
    config: { linear: [item] },
    source: ({ linear }, client) =>
      linearSource(linear[0]!, { ...client, now: () => Date.parse('2026-10-20T12:00:00Z') }),
    ...{ now: '2026-10-20T12:00:00Z', retries, secrets: [apiKey, accessToken, clientSecret, 'lovelace', 'user-mona'] },
  });
  return { ...server, ...run };
}

test('reads issues by the types of their states, with cycles, projects, labels and answers', async t => {
  const run = await open(t);
  const result = await run.refresh();
  assert.deepEqual([result.error, result.rejected], [undefined, {}]);
  assert.deepEqual(await linesOf(run), [
    'PLAT-1 done Golden Paths 10-03T08 10-08T08 10-10 -',
    'PLAT-2 in_progress CI 10-02T08 - - 10-05/10-19 feedback 10-03T10',
    'PLAT-3 cancelled portal - 10-02T09 - -',
    'PLAT-4 backlog - - - - - office',
    'PLAT-5 in_progress - 10-01T08 - - -',
    'PLAT-6 cancelled - - 10-02T09 - - deleted',
    'PLAT-7 cancelled - - 10-02T09 - -',
  ]);
  assert.deepEqual(
    await linesOf(
      run,
      `SELECT status || ' ' || strftime(occurred_at, '%m-%d') AS line FROM roadmap_items WHERE key = 'PLAT-1' ORDER BY version`,
    ),
    ['backlog 10-01', 'in_progress 10-03', 'done 10-05', 'todo 10-06', 'done 10-08'],
  );
  assert.deepEqual(await run.lines(itemsDone, '2026-10-20T12:00:00Z'), ['platform = 2']);
  assert.deepEqual(await run.lines(throughput, '2026-10-05T12:00:00Z'), [
    'platform Golden Paths 30d = 1',
    'platform Golden Paths 7d = 1',
    'platform Golden Paths 90d = 1',
  ]);
  assert.ok(run.asked.every(({ query }) => !/title|description|assignee|email/.test(query)));
  assert.equal((await run.refresh()).changed, 0);
});

test('of many comments the first that answers counts, wherever it stands', async t => {
  const at = (minute: number) => new Date(Date.parse('2026-10-03T10:00:00Z') + minute * 3_600_000).toISOString();
  const comments = Array.from({ length: 150 }, (_, index) => ({
    createdAt: at(300 - index),
    user: index % 2 === 0 ? ada : mona,
  }));
  const feedback = issue(1, { ...labelled('feedback'), creator: mona, comments });
  const run = await open(t, { world: { issues: [feedback, issue(2, { comments })] } });
  assert.equal((await run.refresh()).error, undefined);
  const answered = new Date(at(152)).toISOString().slice(5, 13);
  assert.equal((await linesOf(run))[0], `PLAT-1 todo - - - - - feedback ${answered}`);
  assert.equal(run.asked.filter(({ name }) => name === 'RoadmapComments').length, 2);
});

test('a refresh asks for what has changed, a sweep finds what was deleted, moved and renamed', async t => {
  const run = await open(t, { config: { responders: ['ada.lovelace'] } });
  await run.refresh();
  run.asked.length = 0;
  run.world.issues = [
    { ...issues[0]!, project: { name: 'Paved Roads', targetDate: null } },
    { ...issues[1]!, cycle: { number: 7, startsAt: '2026-10-05T07:00:00.000Z', endsAt: '2026-10-26T07:00:00.000Z' } },
    { ...issues[3]!, identifier: 'WEB-99' },
    ...issues.slice(4),
    issue(9, { createdAt: '2026-10-20T12:30:00.000Z', updatedAt: '2026-10-20T12:30:00.000Z' }),
  ];
  // The newest is asked for again, and has another project's name.
  assert.equal((await run.refresh('2026-10-20T13:00:00Z')).changed, 2);
  assert.deepEqual(
    run.asked.map(({ name }) => name),
    ['RoadmapIssues'],
  );
  assert.deepEqual(run.asked[0]?.variables.filter, {
    and: [{ team: { key: { in: ['PLAT'] } } }, { updatedAt: { gte: '2026-10-09T07:59:00.000Z' } }],
  });
  run.asked.length = 0;
  assert.equal((await run.refresh('2026-10-21T13:00:00Z')).error, undefined);
  assert.deepEqual(
    run.asked.map(({ name }) => name),
    ['RoadmapIssues', 'RoadmapList'],
  );
  assert.deepEqual(await linesOf(run), [
    'PLAT-1 done Paved Roads 10-03T08 10-08T08 10-10 -',
    'PLAT-2 in_progress CI 10-02T08 - - 10-05/10-26 feedback 10-03T10',
    'PLAT-3 cancelled portal - 10-02T09 - - deleted',
    'PLAT-4 backlog - - - - - office deleted',
    'PLAT-5 in_progress - 10-01T08 - - -',
    'PLAT-6 cancelled - - 10-02T09 - - deleted',
    'PLAT-7 cancelled - - 10-02T09 - -',
    'PLAT-9 todo - - - - -',
  ]);
  // The next readings flip nothing back.
  assert.equal((await run.refresh('2026-10-21T14:00:00Z')).changed, 0);
  assert.equal((await run.refresh('2026-10-22T14:00:00Z')).changed, 0);
});

test('reads page by page, and goes on where it was killed', async t => {
  const many = Array.from({ length: 57 }, (_, index) =>
    issue(100 + index, { updatedAt: new Date(Date.parse('2026-10-02T00:00:00Z') + index * 60_000).toISOString() }),
  );
  const run = await open(t, { world: { issues: many, most: 10 } });
  await run.killedAfter(3);
  assert.deepEqual(await run.rows('SELECT count(DISTINCT item)::INTEGER AS n FROM roadmap_items'), [{ n: 30 }]);
  run.asked.length = 0;
  // Changed in the meantime: it is new to what follows, and not lost.
  run.world.issues = many.map((one, index) =>
    index === 0 ? { ...one, updatedAt: '2026-10-20T11:00:00.000Z', state: states.doing } : one,
  );
  assert.equal((await run.refresh()).error, undefined);
  assert.equal(run.asked[0]?.variables.filter?.and.at(-1)?.updatedAt?.lte, '2026-10-02T00:27:00.000Z');
  assert.equal((await run.refresh()).error, undefined);
  assert.deepEqual(
    await run.rows(
      `SELECT count(DISTINCT item)::INTEGER AS n, count(*) FILTER (status = 'in_progress')::INTEGER AS doing FROM roadmap_items`,
    ),
    [{ n: 57, doing: 1 }],
  );
});

test('an OAuth token and an application read too; a token that has ended is asked for anew', async t => {
  const run = await open(t, { config: { api_key: undefined, access_token: accessToken } });
  assert.equal((await run.refresh()).error, undefined);
  const app = await open(t, {
    config: { api_key: undefined, app: { client_id: 'client', client_secret: clientSecret } },
  });
  assert.equal((await app.refresh()).error, undefined);
  assert.equal(app.tokens.length, 1);
  let refused = 0;
  app.world.fault = (_, response) =>
    ++refused === 1 &&
    send(response, 401, { errors: [{ message: 'expired', extensions: { type: 'AUTHENTICATION_ERROR' } }] });
  assert.equal((await app.refresh()).error, undefined);
  assert.equal(app.tokens.length, 3);
  app.world.fault = (_, response) =>
    send(response, 401, { errors: [{ message: 'revoked', extensions: { code: 'AUTHENTICATION_ERROR' } }] });
  assert.match(String((await app.refresh()).error), /refused by Linear at .*: revoked/);
});

test('waits as long as the limits of requests and of complexity ask, and no longer than it may', async t => {
  const at = Date.parse('2026-10-20T12:00:00Z');
  const run = await open(t, { world: { most: 3 } });
  let limited = 0;
  run.world.fault = (_, response) => {
    limited += 1;
    if (limited === 1)
      return send(
        response,
        400,
        { errors: [{ message: 'Rate limit exceeded', extensions: { code: 'RATELIMITED', type: 'RATELIMITED' } }] },
        { 'x-ratelimit-requests-remaining': '0', 'x-ratelimit-requests-reset': String(at + 42_000) },
      );
    if (limited === 2) return send(response, 429, 'slow down', { 'content-type': 'text/plain', 'retry-after': '7' });
    return false;
  };
  run.world.headers = () =>
    limited === 3
      ? {
          'x-complexity': '900',
          'x-ratelimit-complexity-remaining': '800',
          'x-ratelimit-complexity-reset': String(at + 30_000),
        }
      : {
          'x-complexity': '900',
          'x-ratelimit-complexity-remaining': '5000',
          'x-ratelimit-complexity-reset': String(at + 1),
        };
  assert.equal((await run.refresh()).error, undefined);
  assert.deepEqual(run.waits, [42_000, 7_000, 30_000]);
  assert.equal((await linesOf(run)).length, 7);

  run.world.fault = (_, response) =>
    send(
      response,
      400,
      { errors: [{ message: 'limit', extensions: { type: 'ratelimited' } }] },
      {
        ...{ 'x-ratelimit-complexity-remaining': '0', 'x-ratelimit-complexity-reset': String(at + 3_600_000) },
      },
    );
  assert.match(String((await run.refresh()).error), /the complexity rate limit of Linear is used up for 3600 s more/);
});

test('tries again what may pass, and says what does not', async t => {
  const run = await open(t);
  let faults = 0;
  run.world.fault = (_, response) => {
    faults += 1;
    if (faults === 1) return send(response, 502, '<html>Bad gateway</html>', { 'content-type': 'text/html' });
    if (faults === 2) return send(response, 200, '{"data": {"issues": {"nodes": [{"title": "A secret', {});
    return false;
  };
  assert.equal((await run.refresh()).error, undefined);
  assert.equal(faults > 2, true);
  run.world.fault = (_, response) => {
    response.socket?.destroy();
    return true;
  };
  assert.match(String((await run.refresh()).error), /could not ask Linear for its issues at http:\/\/127/);
  run.world.fault = (_, response) => send(response, 200, { data: { issues: { nodes: 3 } } });
  assert.match(String((await run.refresh()).error), /could not understand what Linear answered for its issues/);
  const filtered = await open(t, { config: { filter: { nonsense: { eq: 1 } } } });
  assert.match(
    String((await filtered.refresh()).error),
    /the query for its issues was refused by Linear: Field "nonsense" is not defined/,
  );
  assert.ok(!run.logged().includes('A secret'));
});

test('an issue that cannot be read holds no other up, and nothing at all is no empty roadmap', async t => {
  const run = await open(t, { world: { issues: [...issues, issue(10, { dueDate: 'soon' })] } });
  const result = await run.refresh();
  assert.deepEqual([result.error, result.rejected], [undefined, { unreadable_issue: 1 }]);
  assert.equal((await linesOf(run)).length, 7);
  assert.deepEqual(await run.rows('SELECT file, field FROM rejects'), [{ file: 'issue id-0010', field: 'dueDate' }]);
  run.world.issues = [];
  assert.match(
    String((await run.refresh('2026-10-22T13:00:00Z')).error),
    /linear lists nothing at all, though 6 items of it are known/,
  );
});

test('an address without https is refused, and so are two identities', async t => {
  await assert.rejects(open(t, { config: { api_url: 'http://linear.example/graphql' } }), /expected https/);
  await assert.rejects(open(t, { config: { access_token: accessToken } }), /expected one of api_key, access_token/);
});
