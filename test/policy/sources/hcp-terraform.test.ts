/** HCP Terraform by its API, through a ledger. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { policySchema } from '../../../exporters/policy/config.ts';
import { terraformRetryAfter } from '../../../exporters/policy/sources/sentinel/client.ts';
import { hcpTerraformSource } from '../../../exporters/policy/sources/sentinel/index.ts';
import { apiRun, statesOf } from './api-run.ts';
import {
  type CheckWord,
  type RunWord,
  refuse,
  type SentinelPolicy,
  startTerraform,
  type TerraformWorld,
  token,
} from './hcp-terraform-world.ts';

const now = '2026-11-20T12:00:00Z';

async function open(
  t: TestContext,
  world: Partial<TerraformWorld>,
  { retries, ...config }: Readonly<Record<string, unknown>> & { retries?: number } = {},
) {
  const terraform = await startTerraform(t, world);
  const [section] = policySchema.parse({
    hcp_terraform: [{ url: terraform.url, token, organizations: ['acme'], ...config }],
  }).hcp_terraform;
  const waits: number[] = [];
  const run = await apiRun(t, {
    now,
    source: () =>
      hcpTerraformSource(section!, {
        sleep: async milliseconds => void waits.push(milliseconds),
        ...(retries === undefined ? {} : { retries }),
      }),
  });
  t.after(() => assert.ok(!run.logged.some(line => line.includes(token)), 'the token was logged'));
  return { terraform, run, waits };
}

const passes = (policy: string): SentinelPolicy => ({ policy, result: true });
const fails = (policy: string, more: Partial<SentinelPolicy> = {}): SentinelPolicy => ({
  policy,
  result: false,
  ...more,
});
const runWith = (id: string, check: CheckWord | undefined, more: Partial<RunWord> = {}): RunWord => ({
  ...{ id, createdAt: '2026-11-19T09:50:00.000Z', status: 'applied' },
  ...(check === undefined ? {} : { check }),
  ...more,
});

const hardFailed: CheckWord = {
  status: 'hard_failed',
  hard: 1,
  soft: 1,
  policies: [
    fails('no-public', {
      print: 'aws_s3_bucket.data is public\naws_s3_bucket.logs is public\n',
      description: 'No public storage',
    }),
    fails('tags', { advisory: true }),
    fails('sizes'),
    passes('tls'),
    fails('broken', { error: 'undefined behavior' }),
  ],
};

test('hard, soft and advisory are told apart, and a refused run is a block', async t => {
  const { run } = await open(t, {
    policies: [{ name: 'sizes', level: 'soft-mandatory' }],
    runs: [runWith('run-1', hardFailed, { status: 'errored' })],
    workspaces: [{ name: 'net', tags: ['team:shop', 'critical'], repository: 'Acme/Net' }],
  });
  const { error, records } = await run.refresh();
  assert.deepEqual([error, records], [undefined, 5]);
  assert.deepEqual(await statesOf(run), [
    'base/no-public net open - enforce',
    'base/sizes net open - warn',
    'base/tags net open - audit',
  ]);
  assert.deepEqual(
    await run.lines(
      `SELECT policy, original_severity, replace(title, ' ', '_'), replace(message, ' ', '_') FROM findings ORDER BY ALL`,
    ),
    [
      'base/broken hard-mandatory - undefined_behavior',
      'base/no-public hard-mandatory No_public_storage aws_s3_bucket.data_is_public;_aws_s3_bucket.logs_is_public',
      'base/sizes soft-mandatory - -',
      'base/tags advisory - -',
      'base/tls hard-mandatory - -',
    ].filter(line => !/broken|tls/.test(line)),
  );
  assert.deepEqual(await run.lines('SELECT id, policy, enforcement, occurred_at FROM finding_blocks ORDER BY ALL'), [
    'run-1/base/no-public base/no-public enforce 2026-11-19 10:00:00',
    'run-1/base/sizes base/sizes enforce 2026-11-19 10:00:00',
  ]);
  assert.deepEqual(
    (await run.rows('SELECT attributes::VARCHAR AS a FROM owner_keys')).map(({ a }) => JSON.parse(String(a))),
    [
      {
        repository: 'acme/net',
        resource: 'workspace:acme/net',
        tags: { critical: 'true', project: 'Platform', team: 'shop' },
      },
    ],
  );
  assert.deepEqual(await run.lines('SELECT scope, completeness, occurred_at FROM finding_reports'), [
    'workspace:acme/net complete 2026-11-19 10:00:00',
  ]);
});

const softFailed: CheckWord = {
  status: 'soft_failed',
  soft: 1,
  canOverride: true,
  policies: [fails('sizes'), passes('tls')],
};

test('a soft failure waits; an override is an exception with who, when and why, and ends with the next run', async t => {
  const waiting = runWith('run-1', softFailed, { status: 'policy_override' });
  const { terraform, run } = await open(t, { runs: [waiting] });
  await run.refresh();
  assert.deepEqual(await statesOf(run), ['base/sizes net open - warn']);
  assert.deepEqual(await run.lines('FROM finding_blocks'), []);
  const overridden = {
    ...waiting,
    status: 'applied',
    check: { ...softFailed, status: 'overridden', overriddenAt: '2026-11-20T13:00:00+00:00' },
    override: { by: 'ana', at: '2026-11-20T13:00:00Z', comment: 'launch day' },
  };
  terraform.world.runs = [overridden];
  const again = await run.restart();
  await again.refresh('2026-11-20T14:00:00Z');
  assert.deepEqual(await statesOf(again), ['base/sizes net excepted - warn']);
  const exceptions = `SELECT exception, policy, resource, replace(reason, ' ', '_'), approved_by, created_at, is_applied, holds
    FROM finding_exceptions ORDER BY occurred_at`;
  const first = 'polchk-run-1 base/sizes workspace:acme/net override:_launch_day ana 2026-11-20 13:00:00 true true';
  assert.deepEqual(await again.lines(exceptions), [first]);
  assert.deepEqual(await again.lines('FROM finding_blocks'), []);
  terraform.world.runs = [
    overridden,
    runWith(
      'run-2',
      { status: 'passed', at: '2026-11-20T15:00:00Z', policies: [passes('sizes'), passes('tls')] },
      { createdAt: '2026-11-20T14:55:00.000Z' },
    ),
  ];
  await again.refresh('2026-11-20T16:00:00Z');
  assert.deepEqual(await statesOf(again), ['base/sizes net resolved fixed warn']);
  assert.deepEqual(await again.lines(exceptions), [first, first.replace(/true$/, 'false')]);
});

test('a soft failure that nobody overrode before its run was over is a block', async t => {
  const { terraform, run } = await open(t, { runs: [runWith('run-1', softFailed, { status: 'policy_override' })] });
  await run.refresh();
  terraform.world.runs = [runWith('run-1', softFailed, { status: 'discarded' })];
  await run.refresh('2026-11-20T14:00:00Z');
  assert.deepEqual(await run.lines('SELECT id, enforcement, message FROM finding_blocks'), [
    'run-1/base/sizes enforce soft-mandatory',
  ]);
  const asked = terraform.asked.filter(({ what }) => what === 'checks').length;
  terraform.world.runs = [
    ...terraform.world.runs,
    runWith('run-2', undefined, { createdAt: '2026-11-20T14:30:00.000Z', status: 'errored' }),
  ];
  await run.refresh('2026-11-20T15:00:00Z');
  // The plan failed before its policies: nothing is known of them, and nothing is fixed.
  assert.deepEqual(await statesOf(run), ['base/sizes net open - warn']);
  assert.ok(terraform.asked.filter(({ what }) => what === 'checks').length <= asked + 2);
});

test('runs of pull requests and of an end are refused or not, and say nothing of the workspace', async t => {
  const runs = [
    runWith(
      'run-1',
      { ...hardFailed, at: '2026-11-19T08:00:00Z' },
      { createdAt: '2026-11-19T07:50:00.000Z', status: 'errored' },
    ),
    runWith('run-2', { status: 'passed', policies: [passes('no-public')] }, { destroy: true }),
    runWith(
      'run-3',
      { status: 'hard_failed', hard: 1, at: '2026-11-19T11:00:00Z', policies: [fails('new')] },
      {
        createdAt: '2026-11-19T10:50:00.000Z',
        ...{ planOnly: true, status: 'errored' },
      },
    ),
  ];
  const { run, terraform } = await open(t, { runs });
  await run.refresh();
  assert.equal((await statesOf(run)).filter(line => line.startsWith('base/no-public net open')).length, 1);
  assert.equal(
    (await statesOf(run)).some(line => line.startsWith('base/new')),
    false,
  );
  assert.equal((await run.lines(`FROM finding_blocks WHERE id LIKE 'run-3%'`)).length, 1);
  const other = await open(t, { runs }, { speculative: false });
  await other.run.refresh();
  assert.deepEqual(await other.run.lines(`FROM finding_blocks WHERE id LIKE 'run-3%'`), []);
  assert.match(
    terraform.asked.find(({ what }) => what === 'runs')?.url.searchParams.get('filter[operation]') ?? '',
    /plan_only/,
  );
});

test("OPA's evaluations: mandatory is enforce, or warn where it can be overridden, advisory audit", async t => {
  const outcomes = [
    { name: 'public', status: 'failed', level: 'mandatory', output: [{ msg: 'bucket data is public' }, 'and more'] },
    { name: 'tags', status: 'failed', level: 'advisory' },
    { name: 'tls', status: 'passed', level: 'mandatory' },
    { name: 'odd', status: 'errored', level: 'mandatory' },
  ];
  const evaluation = { status: 'failed', outcomes };
  const { run, terraform } = await open(t, { runs: [runWith('run-1', undefined, { status: 'errored', evaluation })] });
  assert.equal((await run.refresh()).error, undefined);
  assert.deepEqual(await statesOf(run), ['rego/public net open - enforce', 'rego/tags net open - audit']);
  assert.deepEqual(await run.lines('SELECT engine, policy, message FROM finding_blocks'), [
    'opa rego/public mandatory: bucket data is public; and more',
  ]);
  terraform.world.runs = [
    ...terraform.world.runs,
    runWith('run-2', undefined, {
      createdAt: '2026-11-20T12:30:00.000Z',
      evaluation: { ...evaluation, status: 'overridden', overridable: true, at: '2026-11-20T12:40:00Z' },
      override: { by: 'ben', at: '2026-11-20T12:40:00Z' },
    }),
  ];
  await run.refresh('2026-11-20T13:00:00Z');
  assert.deepEqual(await statesOf(run), ['rego/public net excepted - warn', 'rego/tags net open - audit']);
  assert.deepEqual(await run.lines('SELECT engine, policy, approved_by FROM finding_exceptions'), [
    'opa rego/public ben',
  ]);
  // Policy sets were taken away: the run came to its end without any.
  terraform.world.runs = [
    ...terraform.world.runs,
    runWith('run-3', undefined, { createdAt: '2026-11-20T13:30:00.000Z' }),
  ];
  await run.refresh('2026-11-20T14:00:00Z');
  assert.deepEqual(await statesOf(run), ['rego/public net resolved gone warn', 'rego/tags net resolved gone audit']);
});

test('numbers alone are counted, an error is a failed look, and a set that is broken a partial one', async t => {
  const { run, terraform } = await open(t, {
    runs: [runWith('run-1', { status: 'hard_failed', hard: 2, soft: 1 }, { status: 'errored' })],
  });
  await run.refresh();
  assert.deepEqual(await run.lines('SELECT outcome, enforcement, results FROM finding_tallies ORDER BY ALL'), [
    'fail enforce 2',
    'fail warn 1',
  ]);
  assert.deepEqual(await run.lines('SELECT id, policy FROM finding_blocks'), ['run-1/polchk-run-1 *']);
  terraform.world.runs = [
    ...terraform.world.runs,
    runWith(
      'run-2',
      { status: 'errored', at: '2026-11-20T12:30:00Z' },
      { createdAt: '2026-11-20T12:20:00.000Z', status: 'errored' },
    ),
  ];
  await run.refresh('2026-11-20T13:00:00Z');
  const halfway = { status: 'errored', at: '2026-11-20T13:30:00Z', policies: [fails('sizes', { advisory: true })] };
  terraform.world.runs = [
    ...terraform.world.runs,
    runWith('run-3', halfway, { createdAt: '2026-11-20T13:20:00.000Z', status: 'errored' }),
  ];
  await run.refresh('2026-11-20T14:00:00Z');
  assert.deepEqual(await run.lines('SELECT completeness, reason FROM finding_reports ORDER BY occurred_at'), [
    'partial results_missing',
    'failed policy_error',
    'partial policy_error',
  ]);
  assert.deepEqual(await statesOf(run), ['base/sizes net open - audit']);
});

test('all pages are read, old workspaces by their newest run, and runs only once', async t => {
  const names = Array.from({ length: 5 }, (_, index) => `w${index}`);
  const runs = names.map((workspace, index) =>
    runWith(
      `run-${index}`,
      { status: 'hard_failed', hard: 1, policies: [fails('no-public')] },
      {
        ...{ workspace, status: 'errored' },
        createdAt: `2026-${index === 0 ? '05' : '11'}-1${index}T09:50:00.000Z`,
      },
    ),
  );
  const { run, terraform } = await open(t, { workspaces: names.map(name => ({ name })), runs, pageSize: 2 });
  assert.equal((await run.refresh()).error, undefined);
  assert.deepEqual(
    await statesOf(run),
    names.map(name => `base/no-public ${name} open - enforce`),
  );
  assert.equal(terraform.asked.filter(({ what }) => what === 'workspaces').length, 3);
  assert.equal(terraform.asked.filter(({ what }) => what === 'run').length, 1);
  const before = terraform.asked.length;
  await run.refresh('2026-11-20T13:00:00Z');
  // The lists, and the run at the seam once more.
  assert.equal(terraform.asked.length - before, 3 + 1 + 1 + 2);
  const tagged = await open(t, { workspaces: [{ name: 'a', tags: ['x'] }, { name: 'b' }], runs: [] }, { tags: ['x'] });
  await tagged.run.refresh();
  assert.equal(tagged.terraform.asked[0]?.url.searchParams.get('search[tags]'), 'x');
});

test('killed between two runs, it goes on where it was: nothing is lost and nothing told twice', async t => {
  const runs = [1, 2, 3].map(day =>
    runWith(
      `run-${day}`,
      { status: 'hard_failed', hard: 1, at: `2026-11-1${day}T10:00:00Z`, policies: [fails(`p${day}`)] },
      {
        ...{ createdAt: `2026-11-1${day}T09:50:00.000Z`, status: 'errored' },
      },
    ),
  );
  const { run, terraform } = await open(t, { runs }, { retries: 0 });
  terraform.world.fault = ({ what, url }) =>
    what === 'checks' && url.pathname.includes('run-2') ? request => void request.socket.destroy() : undefined;
  assert.match((await run.refresh()).error ?? '', /HTTP_FAILED/);
  assert.deepEqual(await statesOf(run), ['base/p1 net open - enforce']);
  terraform.world.fault = () => undefined;
  const again = await run.restart();
  assert.equal((await again.refresh('2026-11-20T13:00:00Z')).error, undefined);
  assert.deepEqual(await statesOf(again), [
    'base/p1 net resolved gone enforce',
    'base/p2 net resolved gone enforce',
    'base/p3 net open - enforce',
  ]);
  assert.deepEqual(await again.lines('SELECT occurred_at::DATE FROM finding_reports ORDER BY ALL'), [
    ...['2026-11-11', '2026-11-12', '2026-11-13'],
  ]);
  assert.equal((await again.lines('FROM finding_blocks')).length, 3);
});

test('killed among runs that were open, it reads the others again as well', async t => {
  const names = ['a', 'b', 'c'];
  const runs = names.map((workspace, index) =>
    runWith(`run-${workspace}`, softFailed, {
      ...{ workspace, createdAt: `2026-11-19T0${index}:00:00.000Z` },
      status: workspace === 'c' ? 'policy_soft_failed' : 'policy_override',
    }),
  );
  const { run, terraform } = await open(t, { workspaces: names.map(name => ({ name })), runs }, { retries: 0 });
  assert.equal((await run.refresh()).error, undefined);
  terraform.world.runs = runs.map(one => ({ ...one, status: 'discarded' }));
  terraform.world.fault = ({ what, url }) =>
    what === 'checks' && url.pathname.includes('run-b') ? request => void request.socket.destroy() : undefined;
  assert.match((await run.refresh('2026-11-20T13:00:00Z')).error ?? '', /HTTP_FAILED/);
  terraform.world.fault = () => undefined;
  const again = await run.restart();
  assert.equal((await again.refresh('2026-11-20T14:00:00Z')).error, undefined);
  assert.deepEqual(await again.lines('SELECT id FROM finding_blocks ORDER BY ALL'), [
    ...['run-a/base/sizes', 'run-b/base/sizes', 'run-c/base/sizes'],
  ]);
});

const onDay = (day: number, policy: string, more: Partial<RunWord> = {}): RunWord =>
  runWith(
    `run-${day}`,
    { status: 'hard_failed', hard: 1, at: `2026-11-${day}T10:00:00Z`, policies: [fails(policy)] },
    { createdAt: `2026-11-${day}T09:50:00.000Z`, status: 'errored', ...more },
  );

test('a run or an organization that cannot be read holds up no other, and is tried again', async t => {
  const runs = [11, 12, 13, 14].map(day => onDay(day, 'tags', { workspace: `w${day}` }));
  const { run, terraform } = await open(
    t,
    { workspaces: runs.map(({ workspace = '' }) => ({ name: workspace })), runs },
    { retries: 0, organizations: ['nobody', 'acme'] },
  );
  terraform.world.fault = ({ what, url }) =>
    what === 'checks' && url.pathname.includes('run-12') ? (_, response) => refuse(response, 500, 'oops') : undefined;
  assert.match((await run.refresh()).error ?? '', /found no organization nobody/);
  const others = ['11', '13', '14'].map(day => `base/tags w${day} open - enforce`);
  assert.deepEqual(await statesOf(run), others);
  const checksOf = () =>
    terraform.asked.flatMap(({ what, url }) => (what === 'checks' ? url.pathname.split('/')[4] : []));
  const before = checksOf().length;
  terraform.world.runs = [...runs, onDay(20, 'tags', { workspace: 'w14' })];
  await run.refresh('2026-11-20T13:00:00Z');
  // The run at the seam, the new one, and at last the one that fails.
  assert.deepEqual(checksOf().slice(before), ['run-14', 'run-20', 'run-12']);
  terraform.world.fault = () => undefined;
  const again = await run.restart();
  await again.refresh('2026-11-20T14:00:00Z');
  assert.deepEqual(await statesOf(again), [
    'base/tags w11 open - enforce',
    'base/tags w12 open - enforce',
    ...others.slice(1),
  ]);
  terraform.world.fault = ({ what }) =>
    what === 'checks' ? (_, response) => refuse(response, 500, 'oops') : undefined;
  terraform.world.runs = [21, 22, 23, 24, 25, 26].map(day => onDay(day, 'tags', { workspace: 'w14' }));
  const asked = checksOf().length;
  await again.refresh('2026-11-27T14:00:00Z');
  assert.equal(checksOf().length - asked, 4, 'a server that fails at all of them is left alone');
});

test('what HCP Terraform does not show is unknown, and not fixed', async t => {
  const named = { name: 'a', status: 'failed', level: 'mandatory' };
  const evaluated = (at: string) => ({ evaluation: { status: 'failed', at, outcomes: [named] } });
  const { run, terraform } = await open(t, { runs: [onDay(18, 'tags', evaluated('2026-11-18T10:00:00Z'))] });
  await run.refresh();
  const both = ['base/tags net open - enforce', 'rego/a net open - enforce'];
  assert.deepEqual(await statesOf(run), both);
  const next = async (day: number, gone: readonly string[], more: Partial<RunWord> = {}) => {
    terraform.world.fault = ({ what }) =>
      gone.includes(what) ? (_, response) => refuse(response, 404, 'not found') : undefined;
    const at = `2026-11-${day}T10:00:00Z`;
    terraform.world.runs = [...terraform.world.runs, onDay(day, 'tags', { ...evaluated(at), ...more })];
    assert.equal((await run.refresh(`2026-11-${day}T12:00:00Z`)).error, undefined);
    return statesOf(run);
  };
  assert.deepEqual(await next(21, ['checks', 'stages'], { status: 'applied' }), both);
  assert.deepEqual(await next(22, ['outcomes']), [both[0], 'rego/a net unknown partial enforce']);
  assert.deepEqual(await next(23, []), both);
  const numbers: CheckWord = { status: 'hard_failed', hard: 1, at: '2026-11-24T10:00:00Z' };
  assert.deepEqual(await next(24, [], { check: numbers }), ['base/tags net unknown partial enforce', both[1]]);
  // A run at the seam is read again, so that some are told twice.
  assert.deepEqual(
    await run.lines(`SELECT DISTINCT engine, completeness, reason FROM finding_reports
      WHERE completeness <> 'complete' ORDER BY ALL`),
    [
      ...['opa failed policy_error', 'opa partial results_missing'],
      ...['sentinel failed policy_error', 'sentinel partial results_missing'],
    ],
  );
});

test('a list whose next page is gone is not taken for the whole', async t => {
  const { run } = await open(t, {
    ...{ workspaces: [{ name: 'a' }, { name: 'b' }], pageSize: 1 },
    fault: ({ what, count }) =>
      what === 'workspaces' && count === 2 ? (_, response) => refuse(response, 404, 'not found') : undefined,
  });
  assert.match((await run.refresh()).error ?? '', /a page of its list is gone/);
});

test('the rate limit is waited for, and a token or an organization that is wrong is said', async t => {
  const { run, waits } = await open(t, {
    runs: [runWith('run-1', softFailed)],
    fault: ({ what, count }) =>
      what === 'runs' && count === 1
        ? (_, response) => refuse(response, 429, 'too many requests', { 'x-ratelimit-reset': '7.5' })
        : undefined,
  });
  assert.equal((await run.refresh()).error, undefined);
  assert.deepEqual(waits, [7500]);
  const header = (value: string) => ({
    status: 429,
    header: (name: string) => (name === 'x-ratelimit-reset' ? value : undefined),
  });
  assert.equal(terraformRetryAfter(header('1790000010') as never, 1_790_000_000_000), 10_000);
  const wrong = await open(t, {}, { token: 'other' });
  assert.match((await wrong.run.refresh()).error ?? '', /token was refused by HCP Terraform.*401/);
  const none = await open(t, {}, { organizations: ['nobody'] });
  assert.match((await none.run.refresh()).error ?? '', /found no organization nobody/);
  const odd = await open(t, {
    fault: () => (_, response) => void response.writeHead(200).end('{"hello": 1}'),
  });
  assert.match((await odd.run.refresh()).error ?? '', /could not understand what HCP Terraform answered/);
  const away = await open(t, {
    fault: () => (_, response) =>
      void response.writeHead(200).end('{"data": [], "links": {"next": "https://evil.example/api/v2/x"}}'),
  });
  assert.match((await away.run.refresh()).error ?? '', /on another server/);
});

test('a token and an organization are needed', () => {
  const parse = (item: object) => policySchema.safeParse({ hcp_terraform: [item] }).success;
  assert.deepEqual(
    [parse({ token: 'x' }), parse({ organizations: ['acme'] }), parse({ token: 'x', organizations: ['acme'] })],
    [false, false, true],
  );
});
