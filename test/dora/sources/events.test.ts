import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { buildCatalog } from '../../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../../exporters/catalog/config.ts';
import { buildOwnership } from '../../../exporters/catalog/ownership.ts';
import type { Principal, PushSource, SourceContext } from '../../../exporters/core/source.ts';
import { eventsSource } from '../../../exporters/dora/sources/events/index.ts';
import { eventsJsonSchema, eventsReference } from '../../../exporters/dora/sources/events/reference.ts';
import type { Thing } from '../vendors/gitlab.ts';
import { permutations, readings } from './order.ts';
import { doraRun, incidentsOf } from './runs.ts';

const admin: Principal = { name: 'ci', role: 'admin' };
const shop: Principal = { name: 'shop-token', role: 'team', team: 'shop' };

const ownership = buildOwnership(
  buildCatalog([]),
  ownershipSchema.parse({
    rules: [
      { name: 'billing', repository: ['acme/billing*'], team: 'billing', service: 'billing' },
      { name: 'shop', repository: ['acme/shop'], team: 'shop' },
    ],
  }),
);

async function open(t: TestContext) {
  const run = await doraRun(t, {
    config: {},
    sources: ({ events }) => [eventsSource(events, ownership)],
    now: '2026-10-06T00:00:00Z',
  });
  const source = run.runtime.exporter.sources[0] as PushSource;
  const post = async (body: unknown, principal = admin) => {
    run.clock.now = new Date(run.clock.now.getTime() + 1000);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return run.runtime.accept(source.name, { body: Buffer.from(text), headers: {}, principal });
  };
  return { ...run, source, post };
}

const sha = (digit: string) => digit.repeat(40);

const deployment = (more: Thing = {}): Thing => ({
  ...{ type: 'deployment', id: 'd-1', service: 'checkout', environment: 'production' },
  finished_at: '2026-10-05T12:00:00Z',
  ...more,
});
const incident = (more: Thing = {}): Thing => ({
  ...{ type: 'incident', id: 'i-1', service: 'checkout', started_at: '2026-10-05T13:00:00Z' },
  ...more,
});

/** One deployment told in three parts, one incident in three. */
const life = [
  deployment({
    status: 'running',
    started_at: '2026-10-05T11:50:00Z',
    finished_at: undefined,
    sha: sha('A'),
    task: 'cd',
  }),
  deployment({
    status: 'failure',
    started_at: undefined,
    repository: 'https://github.com/Acme/Checkout.git',
    labels: ['hotfix'],
  }),
  deployment({
    status: 'failure',
    updated_at: '2026-10-05T15:00:00Z',
    changed_production: true,
    incident: 'i-1',
    labels: ['hotfix'],
  }),
  incident({ title: 'Down', severity: 'high', root_cause_sha: sha('a') }),
  incident({ status: 'resolved', started_at: undefined, resolved_at: '2026-10-05T14:00:00+01:00', started: undefined }),
  incident({
    status: 'resolved',
    resolved_at: '2026-10-05T14:00:00Z',
    updated_at: '2026-10-05T16:00:00Z',
    started_at: undefined,
    deployment: 'd-1',
  }),
];

test('a thing that is told in parts is whole, whatever the order, twice and late', async t => {
  const found = new Set<string>();
  for (const order of permutations([0, 1, 2])) {
    const run = await open(t);
    for (const index of [...order, ...order]) await run.post([life[index]!, life[index + 3]!]);
    const { deployments, incidents, statuses } = await readings(run);
    found.add(JSON.stringify({ deployments, incidents, statuses }, null, 1));
    assert.equal((await run.post(life)).changed, 0);
  }
  assert.equal(found.size, 1);
  const { deployments, incidents, statuses } = JSON.parse([...found][0]!) as Record<string, Thing[]>;
  assert.partialDeepStrictEqual(deployments, [
    {
      ...{ deployment: 'd-1', repository: 'acme/checkout', sha: sha('a'), task: 'cd', service: 'checkout' },
      ...{ changed_production: true, incident: 'i-1', labels: ['hotfix'] },
      ...{ created_at: '2026-10-05 11:50:00', updated_at: '2026-10-05 15:00:00' },
    },
  ]);
  assert.deepEqual(
    statuses?.map(row => `${row.status} ${row.occurred_at}`),
    ['failure 2026-10-05 12:00:00', 'running 2026-10-05 11:50:00'],
  );
  assert.partialDeepStrictEqual(incidents, [
    {
      ...{ incident: 'i-1', title: 'Down', severity: 'high', status: 'resolved', deployment: 'd-1' },
      ...{ started_at: '2026-10-05 13:00:00', resolved_at: '2026-10-05 14:00:00', root_cause_sha: sha('a') },
    },
  ]);
});

/** What the last one leaves out, the one in the middle has changed. */
const changing = [
  [
    deployment({ version: 'v1', labels: ['hotfix'], is_planned: false }),
    incident({ severity: 'low', deployment: 'd-1', labels: ['shop'] }),
  ],
  [
    deployment({ version: 'v2', updated_at: '2026-10-05T13:00:00Z' }),
    incident({ severity: 'high', deployment: 'd-2', updated_at: '2026-10-05T13:10:00Z' }),
  ],
  [
    deployment({ actor: 'ann', updated_at: '2026-10-05T14:00:00Z' }),
    incident({ status: 'resolved', resolved_at: '2026-10-05T14:00:00Z' }),
  ],
];

test('what an event leaves out stays as the newest one that says it has it, whatever the order', async t => {
  const found = new Set<string>();
  for (const order of permutations([0, 1, 2])) {
    const run = await open(t);
    for (const index of [...order, order[0]!]) await run.post(changing[index]!);
    const { deployments, incidents } = await readings(run);
    found.add(JSON.stringify({ deployments, incidents }));
  }
  assert.equal(found.size, 1);
  const { deployments, incidents } = JSON.parse([...found][0]!) as Record<string, Thing[]>;
  assert.partialDeepStrictEqual(deployments, [
    { version: 'v2', labels: ['hotfix'], is_planned: false, actor: 'ann', updated_at: '2026-10-05 14:00:00' },
  ]);
  assert.partialDeepStrictEqual(incidents, [
    { severity: 'high', deployment: 'd-2', labels: ['shop'], status: 'resolved', resolved_at: '2026-10-05 14:00:00' },
  ]);
});

test('a ledger that was written before parts were kept loses nothing of what it had', async t => {
  const run = await open(t);
  for (const told of life.slice(0, 4)) await run.post(told);
  await run.runtime.ledger.write(tx => tx.run('DELETE FROM told_parts'));
  await run.post([deployment({ actor: 'ann', updated_at: '2026-10-05T16:00:00Z' }), incident({ environment: 'eu' })]);
  const { deployments, incidents } = await readings(run);
  assert.partialDeepStrictEqual(deployments, [{ actor: 'ann', task: 'cd', sha: sha('a'), labels: ['hotfix'] }]);
  assert.partialDeepStrictEqual(incidents, [{ environment: 'eu', title: 'Down', severity: 'high' }]);
});

test('a text that was cut within a character stands in the way of nothing', async t => {
  const run = await open(t);
  await run.post([
    deployment({ actor: 'Ann \ud83d', version: 'C:\\ud83d' }),
    deployment({ id: 'd-2', actor: 'Ann 😀' }),
    incident({ title: 'Down \ud83d' }),
  ]);
  const { deployments, incidents } = await readings(run);
  assert.deepEqual(
    deployments.map(row => [row.actor, row.version]),
    [
      ['Ann \ufffd', 'C:\\ud83d'],
      ['Ann 😀', ''],
    ],
  );
  assert.equal(incidents[0]?.title, 'Down \ufffd');
});

test('one event, a list, and an event a line are the same', async t => {
  const events = [deployment(), deployment({ id: 'd-2' }), incident()];
  const ledgers = new Set<string>();
  for (const bodies of [
    events.map(one => JSON.stringify(one)),
    [JSON.stringify(events, null, 2)],
    [`${events.map(one => JSON.stringify(one)).join('\r\n')}\n`],
  ]) {
    const run = await open(t);
    let records = 0;
    for (const body of bodies) records += (await run.post(body)).records;
    assert.equal(records, 3);
    ledgers.add(JSON.stringify(await readings(run)));
  }
  assert.equal(ledgers.size, 1);
});

test('commits and pull requests', async t => {
  const run = await open(t);
  await run.post([
    {
      ...{
        type: 'commit',
        repository: 'Acme/Shop',
        sha: sha('b'),
        parents: [sha('a')],
        authored_at: '2026-10-01T10:00:00+02:00',
      },
      message: `Revert "Pay" (#12)\n\nThis reverts commit ${sha('a')}.`,
    },
    {
      ...{
        type: 'pull_request',
        repository: 'git@github.com:acme/shop.git',
        number: 12,
        state: 'merged',
        base: 'main',
        head: 'x',
      },
      ...{ created_at: '2026-10-01T08:00:00Z', merged_at: '2026-10-01T09:00:00Z', merge_sha: sha('b') },
      commits: [{ sha: sha('c'), authored_at: '2026-09-30T08:00:00Z' }],
    },
  ]);
  const { commits, pull_requests } = await readings(run);
  assert.partialDeepStrictEqual(commits, [
    {
      repository: 'acme/shop',
      authored_at: '2026-10-01 08:00:00',
      committed_at: '2026-10-01 08:00:00',
      reverts: sha('a'),
      pull_request: '12',
    },
  ]);
  assert.partialDeepStrictEqual(pull_requests, [
    { repository: 'acme/shop', merged_at: '2026-10-01 09:00:00', updated_at: '2026-10-01 09:00:00' },
  ]);
  assert.equal((await run.rows('FROM pull_request_commits')).length, 1);
});

describe('what is wrong is named, and nothing of the post is taken', () => {
  for (const [what, body, says] of [
    ['no body', '', /it is empty/],
    ['an empty list', [], /it is empty/],
    ['no JSON', '{"type": "deployment",', /it is not JSON/],
    ['a line that is none', `${JSON.stringify(deployment())}\n{"type": deployment}`, /line 2 is not JSON/],
    [
      'another kind',
      [deployment(), { type: 'release' }],
      /event 2: the field type: expected deployment, incident, commit, pull_request or pipeline_run/,
    ],
    [
      'a missing field',
      deployment({ environment: undefined }),
      /event 1 \(deployment d-1\): the field environment: expected string/,
    ],
    ['a word that is not known', deployment({ status: 'succeeded' }), /the field status: .*"success"/],
    ['an unknown field', deployment({ comit: 'x' }), /no field is called comit/],
    ['no owner', deployment({ service: undefined }), /the field service: expected service or repository/],
    [
      'a time without an offset',
      deployment({ finished_at: '2026-10-05T12:00:00' }),
      /the field finished_at: expected a time such as/,
    ],
    [
      'a day that there is none',
      deployment({ finished_at: '2026-02-30T12:00:00Z' }),
      /the field finished_at: expected a time/,
    ],
    [
      'a time to come',
      deployment({ finished_at: '2027-10-05T12:00:00Z' }),
      /the field finished_at: 2027-10-05T12:00:00Z has not come yet/,
    ],
    [
      'an end before the beginning',
      deployment({ started_at: '2026-10-05T12:00:01Z' }),
      /the field finished_at: expected an end that is not before/,
    ],
    [
      'no end',
      deployment({ finished_at: undefined }),
      /the field finished_at: expected the end of a deployment that has ended/,
    ],
    ['no commit', deployment({ sha: 'HEAD' }), /the field sha: expected the id of a commit/],
    ['resolved without a time', incident({ status: 'resolved' }), /the field resolved_at: expected resolved_at/],
    [
      'several',
      [deployment({ sha: 'x' }), incident({ status: 'odd' })],
      /event 1 \(deployment d-1\): .*; event 2 \(incident i-1\): /,
    ],
  ] as const)
    test(what, async t => {
      const run = await open(t);
      await assert.rejects(run.post(body), error => {
        assert.match((error as Error).message, says);
        assert.equal((error as { readonly code?: string }).code, 'PUSH_INVALID');
        return true;
      });
      assert.deepEqual(await run.rows('FROM deployments'), []);
      assert.deepEqual(await incidentsOf(run), []);
    });
});

describe("a team's token", () => {
  const forbidden = (says: RegExp) => (error: unknown) => {
    assert.match((error as Error).message, says);
    assert.equal((error as { readonly code?: string }).code, 'PUSH_FORBIDDEN');
    return true;
  };

  test("writes its team's facts, and its team is filled in", async t => {
    const run = await open(t);
    await run.post(
      [deployment(), deployment({ id: 'd-2', repository: 'acme/shop' }), incident({ deployment: 'd-1' })],
      shop,
    );
    assert.deepEqual(
      (await run.rows('SELECT deployment, team FROM deployments ORDER BY ALL')).map(row => row.team),
      ['shop', 'shop'],
    );
    assert.equal((await incidentsOf(run)).length, 1);
  });

  test('is refused what is of another, by name, and nothing of the post is taken', async t => {
    const run = await open(t);
    for (const [event, says] of [
      [
        deployment({ id: 'd-9', team: 'billing' }),
        /refused what shop-token posted to events: deployment d-9 is of the team billing, and the token writes for shop/,
      ],
      [deployment({ id: 'd-9', repository: 'acme/billing' }), /deployment d-9 is owned by billing/],
      [incident({ id: 'i-9', repository: 'acme/billing-api', team: 'shop' }), /incident i-9 is owned by billing/],
      [
        { type: 'commit', repository: 'acme/billing', sha: sha('a'), parents: [], authored_at: '2026-10-01T10:00:00Z' },
        /commit a+ of acme\/billing is owned by billing/,
      ],
    ] as const)
      await assert.rejects(run.post([deployment(), event], shop), forbidden(says));
    assert.deepEqual(await run.rows('FROM deployments'), []);
  });

  test("can't take an id from another team, nor blame its deployment", async t => {
    const run = await open(t);
    await run.post([deployment({ id: 'd-7', repository: 'acme/billing' }), incident({ id: 'i-7', team: 'billing' })]);
    await assert.rejects(
      run.post(deployment({ id: 'd-7' }), shop),
      forbidden(/deployment d-7 is known already, and owned by billing/),
    );
    await assert.rejects(
      run.post(incident({ id: 'i-7' }), shop),
      forbidden(/incident i-7 is known already, and owned by billing/),
    );
    for (const named of ['d-7', 'events:d-7'])
      await assert.rejects(
        run.post(incident({ deployment: named }), shop),
        forbidden(/names the deployment .*d-7, which is owned by billing/),
      );
    await run.post([
      deployment({ id: 'd-8', service: undefined, repository: 'acme/billing', sha: sha('e') }),
      { type: 'commit', repository: 'acme/billing', sha: sha('d'), parents: [], authored_at: '2026-10-01T10:00:00Z' },
    ]);
    await run.post(deployment({ id: 'd-9', service: undefined, repository: 'acme/billing', sha: 'eddeedde' }));
    for (const cause of [sha('d'), sha('e').slice(0, 9), 'eddeedde'.repeat(5)])
      await assert.rejects(
        run.post(incident({ root_cause_sha: cause }), shop),
        forbidden(/incident i-1 names the commit [de]+, which is owned by billing/),
      );
  });
});

test('the JSON Schema takes what the source takes, and its page names every field', () => {
  const schema = JSON.parse(eventsJsonSchema()) as object;
  const valid = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
  for (const event of life)
    assert.ok(valid(JSON.parse(JSON.stringify({ ...event, started: undefined }))), JSON.stringify(valid.errors));
  assert.equal(valid(deployment({ comit: 'x' })), false);
  assert.equal(valid(deployment({ environment: undefined })), false);
  for (const field of ['changed_production', 'rolls_back_to', 'root_cause_sha', 'first_review_at', 'parents'])
    assert.match(eventsReference(), new RegExp(`^\\| \`${field}\` \\|`, 'm'));
});

test('of two events that contradict each other in how a deployment ended the later one holds, whatever comes first', async t => {
  const said = (status: string, finished: string, updated?: string) =>
    deployment({
      status,
      finished_at: `2026-10-05T${finished}:00Z`,
      ...(updated && { updated_at: `2026-10-05T${updated}:00Z` }),
    });
  const cases = [
    [said('success', '12:00'), said('failure', '12:00', '12:30'), 'failure 12:00'],
    [said('success', '12:00'), said('failure', '11:00', '12:30'), 'failure 11:00'],
    [said('success', '12:00'), said('success', '13:00', '13:30'), 'success 13:00'],
    [said('failure', '12:00', '15:00'), said('success', '12:30'), 'failure 12:00'],
    [said('failure', '12:00'), said('success', '12:10'), 'success 12:10'],
    [said('failure', '12:00'), said('success', '12:00'), 'success 12:00'],
  ] as const;
  for (const [one, other, expected] of cases)
    for (const order of [
      [one, other],
      [other, one],
      [one, other, one],
    ]) {
      const run = await open(t);
      for (const event of order) await run.post(event);
      const rows = await run.rows(
        `SELECT outcome, strftime(finished_at, '%H:%M') AS finished FROM production_deployments
         QUALIFY row_number() OVER (PARTITION BY deployment ORDER BY learned_at DESC) = 1`,
      );
      assert.deepEqual(
        rows.map(row => `${row.outcome} ${row.finished}`),
        [expected],
        JSON.stringify(order),
      );
    }
});

test('a post and its facts are one transaction', async t => {
  const run = await open(t);
  const batch = await run.source.accept({ now: () => run.clock.now } as SourceContext, {
    ...{ body: Buffer.from(JSON.stringify(deployment())), headers: {}, principal: admin },
  });
  await assert.rejects(
    run.runtime.ledger.write(async tx => {
      await batch.write(tx);
      throw new Error('killed');
    }),
  );
  assert.deepEqual(await run.rows('FROM deployments'), []);
});
