/** `definitions: devlake` over the ledger's facts: what the families then show, and that one can turn back. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { Row } from '../../../exporters/core/ledger.ts';
import type { DeploymentFact, IncidentFact, PullRequestFact } from '../../../exporters/dora/facts.ts';
import {
  changeDeployments,
  changeFailRatio,
  changeLeadTimeQuantile,
  deploymentReworkRatio,
  doraMetrics,
  failedDeploymentRecoveryQuantile,
  failedDeployments,
} from '../../../exporters/dora/metrics.ts';
import { ownershipOf } from '../../catalog/ownership-of.ts';
import { evaluate } from '../../core/as-of.ts';
import { type Books, type BooksOptions, deployed, history, openBooks, sha } from '../books.ts';
import { corpusRows } from '../corpus.ts';

const devlake = { definitions: 'devlake', minimum_samples: 1 };
const ownership = ownershipOf({ core: { shop: 'acme/shop', cart: 'acme/cart' }, find: { search: 'acme/search' } });

async function open(t: TestContext, options: BooksOptions = {}): Promise<Books> {
  const books = await openBooks({ ownership, dora: devlake, ...options });
  if (options.ledger === undefined) t.after(() => books.close());
  return books;
}

const merged = (number: number, mergeSha: string, more: Partial<PullRequestFact> = {}): PullRequestFact => ({
  ...{ repository: 'acme/shop', number, title: `Change ${number}`, author: 'ada', isBot: false, state: 'merged' },
  ...{ base: 'main', head: `change-${number}`, mergeSha: sha(mergeSha), createdAt: '2026-11-02T12:00:00Z' },
  ...{ mergedAt: '2026-11-03T12:00:00Z', updatedAt: '2026-11-03T12:00:00Z' },
  ...more,
});

const incident = (name: string, startedAt: string, more: Partial<IncidentFact> = {}): IncidentFact => ({
  ...{ incident: name, title: name, service: 'shop', status: 'open', startedAt, updatedAt: startedAt, ...more },
});

const now = '2026-11-20T12:00:00Z';

/** Present rows of a derived table, as text. */
const present = async (books: Books, table: string, keys: string, line: string): Promise<string[]> =>
  (
    await books.rows(
      `SELECT concat_ws(' ', ${line}) AS line
       FROM (SELECT * FROM ${table} QUALIFY row_number() OVER (PARTITION BY ${keys} ORDER BY learned_at DESC) = 1)
       ${table === 'incident_links' ? '' : 'WHERE holds'} ORDER BY line`,
    )
  ).map(row => String(row.line));

const pullRequests = (books: Books) =>
  present(
    books,
    'deployed_pull_requests',
    'deployment, service, repository, number',
    `number, deployment, service, coalesce(coding::VARCHAR, '-'), review, coalesce(deploy::VARCHAR, '-'), total`,
  );
const links = (books: Books) =>
  present(
    books,
    'incident_links',
    'source, incident',
    `incident, status, coalesce(nullif(deployment, ''), '-'), reason, team`,
  );
const verdicts = (books: Books) =>
  present(
    books,
    'verdicts',
    'deployment, service, verdict',
    `deployment, service, verdict, reason, coalesce(nullif(cause, ''), '-'), coalesce(seconds::VARCHAR, '-')`,
  );

describe('change lead time', () => {
  const commits = history('acme/shop', [
    { name: 'v1', at: '2026-11-01T10:00:00Z' },
    { name: 'one', at: '2026-11-02T10:00:00Z' },
    { name: 'pushed', at: '2026-11-03T10:00:00Z' },
    { name: 'v2', at: '2026-11-03T12:00:00Z' },
    { name: 'v3', at: '2026-11-06T12:00:00Z' },
  ]);
  const first = { firstCommitAt: '2026-11-02T11:59:30Z' };

  test('is of pull requests, in minutes rounded up, with the first deployment that had a success before', async t => {
    const books = await open(t);
    await books.tell(
      {
        ...{
          commits,
          pullRequests: [merged(1, 'one', first), merged(2, 'v1'), merged(3, 'v2', { ...first, isBot: true })],
        },
        deployments: [
          deployed('v1', '2026-11-01T12:00:00Z'),
          deployed('v2', '2026-11-04T12:00:00Z', { outcome: 'failure' }),
          deployed('v2-again', '2026-11-05T12:00:10Z', { sha: sha('v2') }),
          deployed('v3', '2026-11-07T12:00:00Z'),
        ],
      },
      now,
    );
    // 30 s to opened is a minute, a day open, 48 hours and 10 s to deployed.
    const times = `60 86400 ${48 * 3600 + 60} ${60 + 86_400 + 48 * 3600 + 60}`;
    assert.deepEqual(await pullRequests(books), [`1 ci:v2-again shop ${times}`, `3 ci:v2-again shop ${times}`]);
    assert.deepEqual(await books.lines(changeLeadTimeQuantile.organisation, now), [
      ...['authored', 'committed'].flatMap(clock =>
        ['30d', '90d'].flatMap(window =>
          ['p50', 'p75', 'p90'].map(
            percentile => `${clock} all ${window} ${percentile} = ${60 + 86_400 + 48 * 3600 + 60}`,
          ),
        ),
      ),
    ]);
  });

  test('has nothing of what is pushed, nor of a commit that is not in the history read', async t => {
    const books = await open(t);
    await books.tell(
      {
        ...{ commits, pullRequests: [merged(9, 'elsewhere')] },
        deployments: [deployed('v1', '2026-11-01T12:00:00Z'), deployed('v2', '2026-11-04T12:00:00Z')],
      },
      now,
    );
    assert.deepEqual(await pullRequests(books), []);
    assert.deepEqual(
      await present(
        books,
        'deployment_ranges',
        'deployment, service, repository',
        'deployment, basis, previous, commits',
      ),
      ['ci:v1 first  0', 'ci:v2 range ci:v1 3'],
    );
  });

  test('takes the deployment that began first, though another ended before it', async t => {
    const books = await open(t);
    const slow: Partial<DeploymentFact> = {
      createdAt: '2026-11-04T08:00:00Z',
      statuses: [
        { status: 'running', at: '2026-11-04T08:00:00Z' },
        { status: 'success', at: '2026-11-04T20:00:00Z' },
      ],
    };
    await books.tell(
      {
        commits,
        pullRequests: [merged(1, 'one', first)],
        deployments: [deployed('v1', '2026-11-01T12:00:00Z'), deployed('v2', '2026-11-04T12:00:00Z')],
      },
      now,
    );
    await books.tell(
      {
        deployments: [
          deployed('v1', '2026-11-01T12:00:00Z'),
          deployed('slow', '2026-11-04T20:00:00Z', { ...slow, sha: sha('v2') }),
        ],
      },
      now,
      'other',
    );
    assert.deepEqual(await pullRequests(books), [`1 other:slow shop 60 86400 ${32 * 3600} ${60 + 86_400 + 32 * 3600}`]);
  });

  test('knows no services: what two deploy of one repository is one row of deployments', async t => {
    const books = await open(t, {
      dora: {
        ...devlake,
        services: [
          { service: 'shop', repository: 'acme/shop', tasks: ['shop'] },
          { service: 'cart', repository: 'acme/shop', tasks: ['cart'] },
        ],
      },
    });
    await books.tell(
      {
        ...{ commits, pullRequests: [merged(1, 'one', first)] },
        deployments: [
          deployed('v1', '2026-11-01T12:00:00Z', { task: 'shop' }),
          deployed('v2', '2026-11-04T12:00:00Z', { task: 'cart' }),
          deployed('v3', '2026-11-05T12:00:00Z', { task: 'shop' }),
        ],
      },
      now,
    );
    assert.deepEqual(
      (await pullRequests(books)).map(line => line.split(' ').slice(0, 3).join(' ')),
      ['1 ci:v2 cart'],
    );
  });
});

describe('incidents', () => {
  const deployments = [
    deployed('s1', '2026-09-01T12:00:00Z', { repository: 'acme/search' }),
    deployed('v1', '2026-11-01T12:00:00Z'),
    deployed('c1', '2026-11-02T12:00:00Z', { repository: 'acme/cart' }),
    deployed('c2', '2026-11-03T12:00:00Z', { repository: 'acme/cart', outcome: 'failure' }),
    deployed('v2', '2026-11-05T12:00:00Z'),
  ];

  test('are of the success that ended last in their project, whichever service and however long ago', async t => {
    const books = await open(t);
    const incidents = [
      incident('I1', '2026-11-04T12:00:00Z', { deployment: 'ci:v1' }),
      incident('I2', '2026-11-19T12:00:00Z', {
        service: 'search',
        status: 'resolved',
        resolvedAt: '2026-11-19T13:00:59Z',
      }),
      incident('I3', '2026-08-01T12:00:00Z'),
      incident('I4', '2026-11-06T12:00:00Z', { isDeleted: true }),
    ];
    await books.tell({ deployments, incidents }, now);
    assert.deepEqual(await links(books), [
      'I1 open ci:c1 project_and_time core',
      'I2 resolved ci:s1 project_and_time find',
      'I3 open - no_deployment core',
      'I4 deleted - no_deployment core',
    ]);
    const days = (Date.parse('2026-11-19T13:00:00Z') - Date.parse('2026-09-01T12:00:00Z')) / 1000;
    assert.deepEqual(await verdicts(books), [
      'ci:c1 cart failed incident ci:I1 -',
      'ci:c2 cart not_counted failed_deployment - -',
      'ci:s1 search failed incident ci:I2 -',
      `ci:s1 search recovered incident ci:I2 ${days}`,
    ]);
    assert.deepEqual(await books.lines(failedDeploymentRecoveryQuantile.organisation, now), [
      ...['30d', '7d', '90d'].flatMap(window =>
        ['p50', 'p75', 'p90'].map(percentile => `${window} ${percentile} = ${days}`),
      ),
    ]);
  });

  test('make a share of the successes; a deployment that fails is in neither, and there is no rework', async t => {
    const books = await open(t);
    const incidents = [incident('I1', '2026-11-04T12:00:00Z'), incident('I2', '2026-11-04T13:00:00Z')];
    await books.tell({ deployments, incidents }, now);
    assert.deepEqual(await books.lines(changeFailRatio.team, now), [
      `core 30d = ${1 / 3}`,
      `core 90d = ${1 / 3}`,
      'find 90d = 0',
    ]);
    assert.ok((await books.lines(changeDeployments, now)).includes('core cart production 30d = 1'));
    assert.deepEqual(await books.lines(failedDeployments, now), [
      ...['core cart production incident 30d = 1', 'core cart production incident 7d = 0'],
      'core cart production incident 90d = 1',
    ]);
    assert.deepEqual(await books.lines(deploymentReworkRatio.organisation, now), []);
  });

  test('are of the projects that the configuration names', async t => {
    const projects = [{ project: 'all of it', repositories: ['acme/*'] }];
    const books = await open(t, { dora: { ...devlake, devlake: { projects } } });
    await books.tell(
      { deployments, incidents: [incident('I1', '2026-10-01T12:00:00Z', { repository: 'acme/shop' })] },
      now,
    );
    assert.deepEqual(await links(books), ['I1 open ci:s1 project_and_time core']);
  });

  test('of a service whose team nobody tells are of the project that deploys it', async t => {
    const books = await open(t, { ownership: ownershipOf({}) });
    await books.tell(
      {
        deployments: [deployed('v1', '2026-11-01T12:00:00Z', { service: 'shop', team: 'core' })],
        incidents: [incident('I1', '2026-11-04T12:00:00Z')],
      },
      now,
    );
    assert.deepEqual(await links(books), ['I1 open ci:v1 project_and_time unowned']);
  });

  test('that are told anew move their link and its verdict, and an incident that is gone takes them back', async t => {
    const books = await open(t);
    await books.tell({ deployments, incidents: [incident('I1', '2026-11-04T12:00:00Z')] }, now);
    await books.tell(
      { incidents: [incident('I1', '2026-11-06T12:00:00Z', { updatedAt: '2026-11-20T13:00:00Z' })] },
      '2026-11-20T13:00:00Z',
    );
    assert.deepEqual(await links(books), ['I1 open ci:v2 project_and_time core']);
    const rest = 'ci:c2 cart not_counted failed_deployment - -';
    assert.deepEqual(await verdicts(books), [rest, 'ci:v2 shop failed incident ci:I1 -']);
    await books.tell(
      { incidents: [incident('I1', '2026-11-06T12:00:00Z', { updatedAt: '2026-11-20T14:00:00Z', isDeleted: true })] },
      '2026-11-20T14:00:00Z',
    );
    assert.deepEqual(await verdicts(books), [rest]);
  });
});

test('several regions are several deployments, and one of several services is told once', async t => {
  const books = await open(t, {
    dora: {
      ...devlake,
      production: [{ regions: ['prod-eu', 'prod-us'] }],
      services: [
        { service: 'shop', repository: 'acme/shop', labels: ['shop'] },
        { service: 'cart', repository: 'acme/shop', labels: ['cart'] },
      ],
    },
  });
  const at = (environment: string, labels: readonly string[]) => ({ environment, labels, sha: sha('v1') });
  await books.tell(
    {
      deployments: [
        deployed('eu', '2026-11-01T12:00:00Z', at('prod-eu', ['shop'])),
        deployed('us', '2026-11-01T13:00:00Z', at('prod-us', ['shop', 'cart'])),
      ],
    },
    now,
  );
  assert.deepEqual(await verdicts(books), ['ci:us shop not_counted another_service - -']);
  const counted = await books.lines(changeDeployments, now);
  assert.deepEqual(
    counted.filter(line => line.includes(' 30d ')),
    ['unowned cart production 30d = 1', 'unowned shop production 30d = 1'].map(line => line.replace('unowned', 'core')),
  );
});

test('the case of change_lead_time gives the same by way of the ledger', async t => {
  const read = async (file: string) => {
    const rows = await corpusRows(t, `dora/devlake/dora/change_lead_time/${file}.csv`);
    // An empty cell is read as NULL.
    return rows?.map(row => Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, cell ?? ''])));
  };
  const told = await read('cicd_deployment_commits');
  if (told === undefined) return;
  const [diffs, requests, commits, expected] = await Promise.all(
    ['commits_diffs', 'pull_requests', 'pull_request_commits', 'project_pr_metrics'].map(
      async file => (await read(file))!,
    ),
  );
  const utc = (text = '') =>
    new Date(
      /T/.test(text)
        ? text
        : `${text
            .replace(/-(\d)(?!\d)/g, '-0$1')
            .replace(/ (\d):/, ' 0$1:')
            .replace(' ', 'T')}Z`,
    ).toISOString();
  const outcome = { SUCCESS: 'success', FAILURE: 'failure' } as const;
  const repositoryOf = (commit: string | undefined) =>
    String(told.find(({ commit_sha }) => commit_sha === commit)?.repo_url);
  const books = await open(t, { dora: { ...devlake, production: [{ environments: ['PRODUCTION'] }] } });
  // Each diff is a line of commits from the old one to the new one.
  const lines = Map.groupBy(diffs!, ({ old_commit_sha, new_commit_sha }) => `${old_commit_sha} ${new_commit_sha}`);
  const parents = new Map<string, string[]>(told.map(({ commit_sha }) => [String(commit_sha), []]));
  for (const line of lines.values()) {
    let before = line[0]!.old_commit_sha ?? '';
    for (const { commit_sha } of line) {
      parents.set(String(commit_sha), before === '' ? [] : [before]);
      before = String(commit_sha);
    }
    parents.set(String(line[0]!.new_commit_sha), [before]);
  }
  const repositories = new Map([
    ...told.map(({ commit_sha, repo_url }) => [commit_sha, repo_url] as const),
    ...diffs!.map(({ commit_sha, new_commit_sha }) => [commit_sha, repositoryOf(new_commit_sha)] as const),
  ]);
  const authored = { authoredAt: '2023-04-01T00:00:00Z', committedAt: '2023-04-01T00:00:00Z' };
  const author = { authorName: 'Ada', authorEmail: 'ada@acme.example', subject: '' };
  await books.tell(
    {
      commits: [...parents].map(([name, own]) => ({
        ...{ repository: String(repositories.get(name)), sha: name, parents: own, ...authored, ...author },
      })),
      pullRequests: requests!.map(({ id = '', merge_commit_sha = '', created_date, merged_date = '' }) => ({
        ...merged(Number(id.slice(2)), '', { mergeSha: merge_commit_sha, createdAt: utc(created_date) }),
        repository: repositories.get(merge_commit_sha) ?? 'REPO999',
        ...(merged_date === '' ? { mergedAt: '', state: 'open' } : { mergedAt: utc(merged_date) }),
        commits: commits!
          .filter(({ pull_request_id }) => pull_request_id === id)
          .map(one => ({
            sha: String(one.commit_sha),
            authoredAt: utc(one.commit_authored_date),
            committedAt: utc(one.commit_authored_date),
          })),
      })),
    },
    now,
  );
  for (const [scope, own] of Map.groupBy(told, ({ cicd_scope_id }) => String(cicd_scope_id)))
    await books.tell(
      {
        deployments: own.map(row => ({
          ...{ deployment: String(row.id), repository: String(row.repo_url), environment: row.environment || 'none' },
          ...{ sha: String(row.commit_sha), createdAt: utc(row.started_date) },
          statuses: [
            { status: 'running', at: utc(row.started_date) },
            { status: outcome[row.result as keyof typeof outcome], at: utc(row.finished_date) },
          ],
        })),
      },
      now,
      scope,
    );
  const minutes = (value: unknown) => (value === null ? '' : String(Number(value) / 60));
  const found = (
    await books.rows(
      `SELECT number, deployment, coding::VARCHAR AS coding, deploy::VARCHAR AS deploy, total::VARCHAR AS total, strftime(occurred_at, '%Y-%m-%dT%H:%M:%S.000+00:00') AS deployed_at
       FROM deployed_pull_requests WHERE holds ORDER BY number`,
    )
  ).map((row: Row) => [
    `pr${String(row.number)}`,
    row.deployment,
    minutes(row.coding),
    minutes(row.deploy),
    minutes(row.total),
    row.deployed_at,
  ]);
  assert.deepEqual(
    found,
    expected!
      .filter(({ deployment_commit_id }) => deployment_commit_id !== '')
      .map(row => [
        row.id,
        `cicd1:${row.deployment_commit_id}`,
        row.pr_coding_time,
        row.pr_deploy_time,
        row.pr_cycle_time,
        row.pr_deployed_date,
      ]),
  );
  assert.equal(found.length, 3);
});

test('who turns to it and back has every number that he had before', async t => {
  const commits = history('acme/shop', [
    ...['v1', 'one', 'two', 'v2', 'v3'].map((name, index) => ({ name, at: `2026-11-0${index + 1}T10:00:00Z` })),
  ]);
  const facts = {
    commits,
    pullRequests: [merged(1, 'one', { firstCommitAt: '2026-11-02T09:00:00Z' })],
    deployments: [
      deployed('v1', '2026-11-01T12:00:00Z'),
      deployed('v2', '2026-11-04T12:00:00Z'),
      deployed('v2-bad', '2026-11-05T10:00:00Z', { sha: sha('v3'), outcome: 'failure' }),
      deployed('v3', '2026-11-06T12:00:00Z'),
    ],
    incidents: [incident('I1', '2026-11-04T18:00:00Z', { status: 'resolved', resolvedAt: '2026-11-04T19:00:00Z' })],
  };
  const own = { minimum_samples: 1 };
  const books = await open(t, { dora: own });
  await books.tell(facts, now);
  const page = async (from: Books) => {
    const lines: string[] = [];
    for (const metric of doraMetrics.filter(({ kind }) => kind === 'state'))
      for (const row of await evaluate(from.ledger, from.exporter, metric, { instants: [new Date(now)] }))
        lines.push(`${metric.name} ${JSON.stringify(row)}`);
    return lines;
  };
  const before = await page(books);
  const other = await open(t, { ledger: books.ledger, dora: devlake });
  await other.derive(now);
  const turned = await page(other);
  assert.notDeepEqual(turned, before);
  const back = await open(t, { ledger: books.ledger, dora: own });
  await back.derive(now);
  assert.deepEqual(await page(back), before);
  const again = await open(t, { ledger: books.ledger, dora: devlake });
  await again.derive(now);
  assert.deepEqual(await page(again), turned);
  const rows = await books.rows('SELECT count(*)::INTEGER AS n FROM verdicts');
  await again.derive('2026-11-20T13:00:00Z');
  assert.deepEqual(await books.rows('SELECT count(*)::INTEGER AS n FROM verdicts'), rows);
});
