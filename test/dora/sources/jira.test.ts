/** Jira as the runtime uses it: Cloud and Data Center, Service Management, what changes, what is deleted, and faults. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { doraSchema } from '../../../exporters/dora/config.ts';
import { jiraSource } from '../../../exporters/dora/sources/jira/index.ts';
import {
  accessToken,
  apiToken,
  email,
  type FakeIssue,
  type JiraWorld,
  jiraDate,
  send,
  startJira,
} from '../vendors/jira.ts';
import { doraRun, incidentsOf, statementsOf } from './runs.ts';

const issues: readonly FakeIssue[] = [
  {
    ...{ id: '1', key: 'OPS-1', created: '2026-10-01T08:00:00Z', updated: '2026-10-02T08:00:00Z', status: 'Done' },
    fields: {
      components: [{ name: 'Checkout' }],
      resolution: { name: 'Done' },
      resolutiondate: jiraDate('2026-10-01T09:30:00Z'),
    },
  },
  { ...{ id: '2', key: 'OPS-2', created: '2026-11-01T08:00:00Z', status: 'In Progress' }, fields: { labels: ['P1'] } },
  {
    ...{ id: '3', key: 'OPS-3', created: '2026-11-02T08:00:00Z', updated: '2026-11-02T10:00:00Z', status: 'Closed' },
    fields: { resolution: { name: 'Duplicate' }, resolutiondate: jiraDate('2026-11-02T10:00:00Z') },
  },
  { ...{ id: '4', key: 'WEB-4', project: 'WEB', created: '2026-11-02T08:00:00Z' } },
];

interface Options {
  readonly world?: Partial<JiraWorld>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly retries?: number;
  readonly now?: string;
}

async function open(
  t: TestContext,
  { world = {}, config = {}, retries = 2, now = '2026-11-10T12:00:00Z' }: Options = {},
) {
  const server = await startJira(t, { issues, ...world });
  const mode = world.mode ?? 'cloud';
  const auth = mode === 'cloud' ? { email, api_token: apiToken } : { bearer_token: accessToken };
  const item = {
    url: server.url,
    deployment: mode,
    ...auth,
    jql: 'project = OPS ORDER BY rank',
    operations_url: server.url,
  };
  const run = await doraRun(t, {
    config: { jira: [{ ...item, ...config }] },
    sources: ({ jira }, client) => [jiraSource(jira[0]!, client)],
    ...{ now, retries, secrets: [apiToken, accessToken, Buffer.from(`${email}:${apiToken}`).toString('base64')] },
  });
  return { ...server, ...run };
}

const many = (count: number): FakeIssue[] =>
  Array.from({ length: count }, (_, index) => ({
    ...{ id: String(100 + index), key: `OPS-${100 + index}` },
    created: new Date(Date.parse('2026-10-01T00:00:00Z') + index * 60_000).toISOString(),
  }));

for (const mode of ['cloud', 'data_center'] as const)
  describe(mode, () => {
    test('brings issues that the query finds as incidents, with only the fields that are needed', async t => {
      const run = await open(t, { world: { mode } });
      const result = await run.refresh();
      assert.deepEqual([result.error, result.rejected], [undefined, {}]);
      assert.deepEqual(await incidentsOf(run), [
        'OPS-1 resolved Checkout 10-01T08:00 10-01T09:30',
        'OPS-2 open - 11-01T08:00 -',
        'OPS-3 cancelled - 11-02T08:00 -',
      ]);
      assert.deepEqual(
        await run.rows(
          "SELECT title, severity, url, labels[1] AS type, labels[2] AS label FROM incidents WHERE incident = 'OPS-2'",
        ),
        [
          {
            title: 'Fault OPS-2',
            severity: 'High',
            url: `${run.url}/browse/OPS-2`,
            type: 'issuetype:Incident',
            label: 'P1',
          },
        ],
      );
      const search = run.asked.find(({ path }) => /search/.test(path));
      assert.equal(search?.path, mode === 'cloud' ? '/rest/api/3/search/jql' : '/rest/api/2/search');
      assert.ok(search?.body.fields?.includes('status') && !search.body.fields.includes('*all'));
      assert.match(search?.body.jql ?? '', /^\(project = OPS\) AND updated >= "2025-11-10 12:00" ORDER BY updated ASC/);
      assert.deepEqual(await run.rows('FROM backfills'), []);
    });

    test('reads page by page whatever size they have, and goes on where it was killed', async t => {
      const run = await open(t, { world: { mode, issues: many(130), most: 30 }, retries: 0 });
      let pages = 0;
      run.world.fault = ({ path }, response) =>
        /search/.test(path) && ++pages > 3 ? send(response, 503, { message: 'down' }) : false;
      assert.match(String((await run.refresh()).error), /answered 503/);
      assert.deepEqual(await run.rows('SELECT count(*)::INTEGER AS n FROM incidents'), [{ n: 90 }]);
      assert.deepEqual(await run.rows('FROM backfills'), [{ source: 'jira', repository: '*' }]);
      run.world.fault = undefined;
      const again = await run.restart();
      run.asked.length = 0;
      assert.equal((await again.refresh()).error, undefined);
      assert.match(run.asked.find(({ path }) => /search/.test(path))?.body.jql ?? '', /updated >= "2026-10-01 01:29"/);
      assert.deepEqual(await again.rows('SELECT count(*)::INTEGER AS n FROM incidents'), [{ n: 130 }]);
      assert.deepEqual(await again.rows('FROM backfills'), []);
    });

    test('finds what was changed and reopened; the same again changes nothing', async t => {
      const run = await open(t, { world: { mode } });
      await run.refresh();
      const before = await statementsOf(run, 'incidents');
      assert.equal((await run.refresh()).changed, 0);
      assert.deepEqual(await statementsOf(run, 'incidents'), before);
      const [first, second, ...others] = issues;
      run.clock.now = new Date('2026-11-10T13:00:00Z');
      run.world.issues = [
        // Reopened; its resolution was left.
        { ...first!, status: 'In Progress', updated: '2026-11-10T12:30:00Z' },
        {
          ...second!,
          status: 'Done',
          updated: '2026-11-10T12:40:00Z',
          fields: { resolutiondate: jiraDate('2026-11-10T12:40:00Z') },
        },
        ...others,
      ];
      await run.refresh();
      assert.deepEqual((await incidentsOf(run)).slice(0, 2), [
        'OPS-1 open Checkout 10-01T08:00 -',
        'OPS-2 resolved - 11-01T08:00 11-10T12:40',
      ]);
      // Done again, and the resolution still bears its first date: the category or the changelog knows better.
      run.world.issues = [
        {
          ...{ ...first!, updated: '2026-11-10T14:00:00Z' },
          changes: [
            ['2026-10-01T09:30:00Z', 'To Do', 'Done'],
            ['2026-11-10T12:30:00Z', 'Done', 'In Progress'],
            ['2026-11-10T14:00:00Z', 'In Progress', 'Done'],
          ],
          fields: {
            ...first!.fields,
            ...(mode === 'cloud'
              ? { statuscategorychangedate: jiraDate('2026-11-10T14:00:00Z') }
              : { resolutiondate: null }),
          },
        },
        ...others,
      ];
      run.clock.now = new Date('2026-11-10T14:10:00Z');
      await run.refresh();
      assert.equal((await incidentsOf(run))[0], 'OPS-1 resolved Checkout 10-01T08:00 11-10T14:00');
    });

    test('finds deleted, moved and foreign issues by a sweep, and what the search had not seen', async t => {
      const late: FakeIssue = { id: '9', key: 'OPS-9', created: '2026-11-04T11:00:00Z', isUnindexed: true };
      const moved: FakeIssue = { id: '7', key: 'OPS-7', created: '2026-11-05T08:00:00Z' };
      const run = await open(t, { world: { mode, issues: [...issues, late, moved] } });
      await run.refresh();
      assert.equal((await incidentsOf(run)).length, 4);
      run.world.issues = [
        issues[0]!,
        // OPS-2 is deleted, OPS-3 is of another project, OPS-7 has another key.
        { ...issues[2]!, project: 'WEB', status: 'In Progress', fields: {} },
        { ...moved, key: 'OPS-70', fields: { oldKey: 'OPS-7' } },
        { ...late, isUnindexed: false },
      ];
      run.clock.now = new Date('2026-11-10T13:00:00Z');
      await run.refresh();
      assert.equal((await incidentsOf(run)).length, 5, 'not at every refresh: OPS-70 alone was changed');
      run.clock.now = new Date('2026-11-11T13:00:00Z');
      await run.refresh();
      assert.deepEqual(await incidentsOf(run), [
        'OPS-1 resolved Checkout 10-01T08:00 10-01T09:30',
        'OPS-3 cancelled - 11-02T08:00 -',
        'OPS-70 open - 11-05T08:00 -',
        'OPS-9 open - 11-04T11:00 -',
      ]);
      assert.equal((await run.refresh()).changed, 0);
      run.world.issues = issues;
      run.clock.now = new Date('2026-11-12T14:00:00Z');
      await run.refresh();
      assert.deepEqual((await incidentsOf(run))[1], 'OPS-2 open - 11-01T08:00 -', 'it has come back');
    });
  });

describe('what an issue says', () => {
  const fields = [
    { id: 'customfield_10029', name: 'Affected services' },
    { id: 'customfield_10050', name: 'Incident start' },
    { id: 'customfield_10051', name: 'Incident end' },
    { id: 'customfield_10052', name: 'Deployment' },
    { id: 'customfield_10053', name: 'Severity' },
    { id: 'customfield_10054', name: 'Commit' },
    { id: 'customfield_10055', name: 'Tier' },
    { id: 'customfield_10056', name: 'Twice' },
    { id: 'customfield_10057', name: 'twice' },
  ];
  const ari = (name: string) => `ari:cloud:graph::service/b0a0787a-e104/${name}`;
  const one = (values: Readonly<Record<string, unknown>>, more: Partial<FakeIssue> = {}): FakeIssue => ({
    ...{ id: '1', key: 'OPS-1', created: '2026-11-01T08:00:00Z', updated: '2026-11-01T12:00:00Z', ...more },
    fields: values,
  });

  test('of the start, the end, the severity, the deployment and the commit is read from fields by their names', async t => {
    const issue = one(
      {
        customfield_10050: jiraDate('2026-11-01T07:30:00Z'),
        customfield_10051: '2026-11-01T11:15:00.000+0100',
        customfield_10052: 'github:42',
        customfield_10053: { value: 'SEV-2', id: '10' },
        // Atlassian's document format, as version 3 has paragraphs.
        customfield_10054: {
          type: 'doc',
          content: [{ type: 'paragraph', content: [{ type: 'text', text: 'deadbeef' }] }],
        },
        customfield_10055: { value: 'production', child: { value: 'eu' } },
      },
      { status: 'Done' },
    );
    const run = await open(t, {
      world: { issues: [issue], fields },
      config: {
        ...{ started_field: 'incident start', resolved_field: 'Incident end', deployment_field: 'Deployment' },
        ...{ severity_field: 'customfield_10053', commit_field: 'Commit', environment_field: 'Tier' },
      },
    });
    assert.equal((await run.refresh()).error, undefined);
    assert.deepEqual(await incidentsOf(run), ['OPS-1 resolved - 11-01T07:30 11-01T10:15']);
    assert.deepEqual(await run.rows('SELECT severity, deployment, root_cause_sha AS sha, environment FROM incidents'), [
      { severity: 'SEV-2', deployment: 'github:42', sha: 'deadbeef', environment: 'production' },
    ]);
  });

  test('of services is a row for each, by the names of Service Management, and one that is taken away is gone', async t => {
    const run = await open(t, {
      world: {
        ...{ issues: [one({ customfield_10029: [{ id: ari('a') }, { id: ari('b') }, { id: ari('c') }] })], fields },
        services: { [ari('a')]: 'Checkout', [ari('b')]: 'Search API' },
      },
      config: {
        services: [
          { match: ['search*'], service: 'search', team: 'find' },
          { match: [ari('c')], service: 'pay' },
        ],
      },
    });
    assert.equal((await run.refresh()).error, undefined);
    assert.deepEqual(await incidentsOf(run), [
      'OPS-1 open Checkout 11-01T08:00 -',
      'OPS-1#pay open pay 11-01T08:00 -',
      'OPS-1#search open search 11-01T08:00 -',
    ]);
    assert.equal((await run.refresh()).changed, 0);
    run.world.issues = [one({ customfield_10029: [{ id: ari('b') }] }, { updated: '2026-11-10T12:30:00Z' })];
    run.clock.now = new Date('2026-11-10T13:00:00Z');
    await run.refresh();
    assert.deepEqual(await incidentsOf(run), ['OPS-1 open search 11-01T08:00 -']);
  });

  test('of services may stand in labels with a prefix', async t => {
    const run = await open(t, {
      world: { issues: [one({ labels: ['P1', 'service:checkout', 'service:'] })] },
      config: { service_fields: ['labels', 'components'], service_label_prefix: 'service:' },
    });
    await run.refresh();
    assert.deepEqual(await incidentsOf(run), ['OPS-1 open checkout 11-01T08:00 -']);
  });

  test('of a status before Done in which service is restored, the changelog says when', async t => {
    const changes = [
      ['2026-11-01T09:00:00Z', 'To Do', 'In Progress'],
      ['2026-11-01T10:00:00Z', 'In Progress', 'Monitoring'],
      ['2026-11-01T11:00:00Z', 'Monitoring', 'Done'],
    ] as const;
    for (const [status, until] of [
      ['Monitoring', 2],
      ['Done', 3],
    ] as const) {
      const issue = one({ resolutiondate: null }, { status, changes: changes.slice(0, until) });
      const run = await open(t, { world: { issues: [issue] }, config: { resolved_statuses: ['monitoring'] } });
      await run.refresh();
      assert.deepEqual(await incidentsOf(run), ['OPS-1 resolved - 11-01T08:00 11-01T10:00']);
    }
  });

  test('of a field that Jira lacks, or has twice, is an error that names it', async t => {
    for (const [field, count] of [
      ['Nowhere', 0],
      ['Twice', 2],
    ] as const) {
      const run = await open(t, { world: { fields }, config: { severity_field: field } });
      assert.match(
        String((await run.refresh()).error),
        new RegExp(`severity_field names the field ${field}, which Jira has ${count}`),
      );
    }
  });
});

describe('the time zone of a query', () => {
  test('is that of the user, and no change is missed where clocks are put back', async t => {
    // In Berlin 02:00 to 03:00 came twice on the 25th of October 2026.
    const at = (time: string) => `2026-10-25T${time}:00Z`;
    const run = await open(t, {
      ...{ now: at('00:30'), config: { overlap_minutes: 1 } },
      world: { timeZone: 'Europe/Berlin', issues: [{ id: '1', key: 'OPS-1', created: at('00:20') }] },
    });
    await run.refresh();
    run.world.issues = [...run.world.issues, { id: '2', key: 'OPS-2', created: at('00:25') }];
    run.clock.now = new Date(at('01:40'));
    await run.refresh();
    assert.match(run.asked.at(-1)?.body.jql ?? '', /updated >= "2026-10-25 01:19"/);
    assert.deepEqual((await incidentsOf(run)).length, 2);
  });

  test('that nobody knows is an error', async t => {
    const run = await open(t, { world: { timeZone: 'Mars/Olympus' } });
    assert.match(String((await run.refresh()).error), /JIRA_TIME_ZONE/);
  });
});

describe('alerts of operations', () => {
  test('are incidents where they are asked for, closed once', async t => {
    const alerts = [
      {
        id: 'a1',
        createdAt: '2026-10-01T08:00:00Z',
        updatedAt: '2026-10-01T09:00:00Z',
        status: 'closed',
        entity: 'checkout',
      },
      { id: 'a2', createdAt: '2026-11-09T08:00:00Z', status: 'open', message: 'CPU', priority: 'P1' },
    ] as const;
    const run = await open(t, { world: { alerts, issues: [] }, config: { alerts: {} } });
    assert.equal((await run.refresh()).error, undefined);
    assert.deepEqual(await incidentsOf(run), [
      'alert:a1 resolved checkout 10-01T08:00 10-01T09:00',
      'alert:a2 open - 11-09T08:00 -',
    ]);
    assert.equal((await run.refresh()).changed, 0);
    run.clock.now = new Date('2026-11-10T13:00:00Z');
    // A note is added to the one that is closed.
    run.world.alerts = [
      { ...alerts[0], updatedAt: '2026-11-10T12:30:00Z' },
      { ...alerts[1], status: 'closed', updatedAt: '2026-11-10T12:45:00Z' },
    ];
    await run.refresh();
    assert.deepEqual(await incidentsOf(run), [
      'alert:a1 resolved checkout 10-01T08:00 10-01T09:00',
      'alert:a2 resolved - 11-09T08:00 11-10T12:45',
    ]);
  });
});

describe('a fault', () => {
  const faults: readonly (readonly [name: string, fault: JiraWorld['fault'], error: RegExp])[] = [
    ['wrong credentials', (_, r) => send(r, 401, { message: 'Client must be authenticated' }), /JIRA_REFUSED/],
    [
      'an account without the right',
      (_, r) => send(r, 403, { errorMessages: ['Forbidden'] }),
      /with 403: Forbidden.*JIRA_REFUSED/,
    ],
    ['429 without end', (_, r) => send(r, 429, 'Rate limit exceeded.'), /answered 429/],
    ['500 without end', (_, r) => send(r, 500, { errorMessages: ['Internal server error'] }), /answered 500/],
    ['HTML', (_, r) => send(r, 200, '<html>Log in</html>'), /HTTP_NOT_JSON/],
    [
      'a truncated body',
      ({ path }, r) => /search/.test(path) && send(r, 200, '{"issues":[{"id":"1","key":"OPS-1","fie'),
      /HTTP_NOT_JSON/,
    ],
    ['another document', ({ path }, r) => /search/.test(path) && send(r, 200, { values: [] }), /JIRA_ANSWER/],
    [
      'a page that leads back',
      ({ path }, r) => /search/.test(path) && send(r, 200, { issues: [], nextPageToken: 'x', isLast: false }),
      /HTTP_PAGING_LOOP/,
    ],
  ];
  for (const [name, fault, expected] of faults)
    test(`of ${name} is told with its remedy, and leaves what is known`, async t => {
      const run = await open(t);
      await run.refresh();
      const before = await incidentsOf(run);
      run.world.fault = fault;
      const { error } = await run.refresh();
      assert.match(String(error), expected);
      assert.ok(!String(error).includes(apiToken));
      assert.deepEqual(await incidentsOf(run), before);
    });

  test('of the search that Cloud has removed is said plainly', async t => {
    // A Cloud site behind an address of one's own, taken for Data Center.
    const run = await open(t, {
      world: {
        mode: 'data_center',
        fault: ({ path }, r) =>
          path === '/rest/api/2/search' && send(r, 410, { errorMessages: ['The requested API has been removed.'] }),
      },
    });
    assert.match(String((await run.refresh()).error), /JIRA_REMOVED\).*set it to cloud/);
  });

  test('of a query that Jira does not understand names the query', async t => {
    const run = await open(t, { config: { jql: 'nonsense = 1' } });
    assert.match(String((await run.refresh()).error), /the query \(nonsense = 1\).*does not exist.*JIRA_QUERY/);
  });

  test('of 429 and 503 is waited for as long as Retry-After and X-RateLimit-Reset ask', async t => {
    const run = await open(t);
    const asks: Record<string, string>[] = [
      { 'retry-after': '7' },
      { 'x-ratelimit-reset': new Date(Date.now() + 100_000).toISOString() },
    ];
    run.world.fault = (_, response) => {
      const headers = asks.shift();
      return headers === undefined ? false : send(response, headers['retry-after'] ? 429 : 503, {}, headers);
    };
    assert.equal((await run.refresh()).error, undefined);
    assert.equal(run.waits[0], 7000);
    assert.ok(Math.abs(run.waits[1]! - 100_000) < 30_000, String(run.waits[1]));
  });

  test('of a search that lists nothing at all takes no issue for deleted', async t => {
    const run = await open(t);
    await run.refresh();
    run.world.issues = [];
    run.clock.now = new Date('2026-11-12T12:00:00Z');
    assert.match(String((await run.refresh()).error), /of which 3 are known.*JIRA_EMPTY/);
    assert.equal((await incidentsOf(run)).length, 3);
  });

  test('of one issue holds no other back, and is counted', async t => {
    const run = await open(t, {
      world: {
        issues: [...issues, { id: '8', key: 'OPS-8', created: '2026-11-03T08:00:00Z', fields: { status: null } }],
      },
    });
    const result = await run.refresh();
    assert.deepEqual([result.error, result.rejected], [undefined, { unreadable_issue: 1 }]);
    assert.deepEqual(await run.rows('SELECT file, field, value FROM rejects'), [
      { file: 'issue OPS-8', field: 'status', value: 'null' },
    ]);
    assert.deepEqual((await run.refresh()).rejected, {});
  });
});

test('a connection needs an e-mail with its token or a bearer token, and tells Cloud from Data Center', () => {
  const parse = (item: Readonly<Record<string, unknown>>) =>
    doraSchema.safeParse({ jira: [{ url: 'https://acme.atlassian.net', jql: 'project = OPS', ...item }] });
  assert.ok(parse({ email, api_token: apiToken }).success);
  assert.ok(parse({ bearer_token: accessToken }).success);
  for (const item of [{}, { email }, { email, api_token: apiToken, bearer_token: accessToken }])
    assert.match(String(parse(item).error), /expected email and api_token, or bearer_token alone/);
});
