/** Azure Policy by its API, through a ledger. */
import assert from 'node:assert/strict';
import type http from 'node:http';
import { type TestContext, test } from 'node:test';
import { policySchema } from '../../../exporters/policy/config.ts';
import { azurePolicySource } from '../../../exporters/policy/sources/azure-policy/index.ts';
import { apiRun, statesOf } from './api-run.ts';
import {
  type AzurePolicyServer,
  type AzurePolicyWorld,
  answer,
  assignmentId,
  pay,
  type StateWord,
  shop,
  startAzurePolicy,
} from './azure-policy-world.ts';

const now = '2026-11-20T12:00:00Z';
const later = '2026-11-20T18:00:00Z';

async function open(
  t: TestContext,
  world: Partial<AzurePolicyWorld>,
  {
    rules = [],
    retries,
    ...config
  }: Readonly<Record<string, unknown>> & { rules?: readonly object[]; retries?: number } = {},
) {
  const azure: AzurePolicyServer = await startAzurePolicy(t, world);
  const [section] = policySchema.parse({
    azure_policy: [{ subscriptions: [shop], credentials: azure.credentials, ...config }],
  }).azure_policy;
  const waits: number[] = [];
  const run = await apiRun(t, {
    ...{ now, rules },
    source: ownership =>
      azurePolicySource(section!, {
        reads: ownership.reads,
        sleep: async milliseconds => void waits.push(milliseconds),
        random: () => 1,
        environment: {},
        ...(retries === undefined ? {} : { retries }),
      }),
  });
  t.after(() => {
    for (const hidden of azure.secrets)
      assert.ok(!run.logged.some(line => line.includes(hidden)), `"${hidden}" was logged`);
  });
  return { azure, run, waits };
}

const failing = (resource: string, policy = 'https', more: Partial<StateWord> = {}): StateWord => ({
  ...{ resource, policy, state: 'NonCompliant' },
  ...more,
});
const assigned = (...policies: readonly string[]) => policies.map(policy => ({ name: `assign-${policy}`, policy }));

test('every state of every page counts, whatever its casing', async t => {
  const states: readonly StateWord[] = [
    failing('one'),
    failing('two', 'https', { state: 'noncompliant', effect: 'Deny' }),
    failing('three', 'https', { state: 'Compliant' }),
    failing('four', 'https', { state: 'Exempt' }),
    failing('five', 'https', { state: 'Conflict' }),
    failing('six', 'https', { state: 'Unknown' }),
    failing('seven', 'https', { state: 'Protected', effect: 'denyAction' }),
    failing('eight', 'tags', { effect: 'Disabled' }),
    failing('nine', 'https', { state: 'Purple' }),
    failing('', 'https', { more: { resourceId: null } }),
  ];
  const { azure, run } = await open(t, { states, pageSize: 3, assignments: assigned('https') });
  const { records, rejected, error } = await run.refresh();
  assert.deepEqual([error, records, rejected], [undefined, 10, { unknown_compliance_state: 1, missing_resource: 1 }]);
  assert.deepEqual(await statesOf(run), [
    'https four excepted - audit',
    'https one open - audit',
    'https two open - enforce',
  ]);
  const pages = azure.asked.filter(({ what }) => what === 'states');
  assert.equal(pages.length, 4);
  assert.ok(pages.every(({ method, url }) => method === 'POST' && !url.searchParams.has('$top')));
  assert.equal(pages[0]?.url.searchParams.get('$from'), '2026-11-19T00:00:00Z');
  assert.deepEqual(
    await run.lines('SELECT outcome, sum(results)::INTEGER FROM finding_tallies GROUP BY ALL ORDER BY ALL'),
    ['error 1', 'excepted 1', 'fail 2', 'pass 2', 'skip 2'],
  );
  assert.deepEqual(await run.lines('SELECT file, line, reason, field FROM rejects ORDER BY ALL'), [
    `subscription ${shop.toLowerCase()} 9 unknown_compliance_state complianceState`,
    `subscription ${shop.toLowerCase()} 10 missing_resource resourceId`,
  ]);
});

test('a finding survives that its definition is assigned anew, or comes into an initiative, and casing', async t => {
  const { azure, run } = await open(t, { states: [failing('one')], assignments: assigned('https') });
  await run.refresh();
  azure.world.assignments = [{ name: 'baseline-2', policy: 'baseline', set: true }];
  azure.world.states = [
    failing('ONE', 'HTTPS', { assignment: 'BASELINE-2', reference: 'Ref 1' }),
    failing('one', 'https', { assignment: 'baseline-2', reference: 'ref 2', state: 'Compliant' }),
  ];
  await run.refresh(later);
  assert.deepEqual(await run.lines('SELECT event, hour(occurred_at) FROM finding_events'), ['opened 12']);
  assert.deepEqual(await statesOf(run), ['https one open - audit']);
  assert.match(
    (await run.lines('SELECT message FROM findings'))[0]!,
    /BASELINE-2 of the initiative baseline \(audit\)/,
  );
  azure.world.states = azure.world.states.map(state => ({ ...state, state: 'Compliant' }));
  await run.refresh('2026-11-21T12:00:00Z');
  assert.deepEqual(await statesOf(run), ['https one resolved fixed audit']);
});

test('what is compliant is fixed, what no longer exists is gone, what was not evaluated is unknown', async t => {
  const policies = ['https', 'tags', 'tls'];
  const { azure, run } = await open(t, {
    states: [failing('one'), failing('two'), failing('one', 'tags'), failing('one', 'tls')],
    assignments: assigned(...policies),
  });
  await run.refresh();
  // tags is still assigned and silent; tls is no longer assigned.
  azure.world.assignments = assigned('https', 'tags');
  azure.world.states = [failing('one', 'https', { state: 'Compliant' })];
  await run.refresh(later);
  assert.deepEqual(await statesOf(run), [
    'https one resolved fixed audit',
    'https two resolved gone audit',
    'tags one unknown not_evaluated audit',
    'tls one resolved gone audit',
  ]);
});

test('a state that is new to us is unknown, and a row that says not of what it is leaves open what is missing', async t => {
  const { azure, run } = await open(t, { states: [failing('one'), failing('two')], assignments: assigned('https') });
  await run.refresh();
  azure.world.states = [failing('one', 'https', { state: 'Purple' })];
  assert.deepEqual((await run.refresh(later)).rejected, { unknown_compliance_state: 1 });
  assert.deepEqual(await statesOf(run), ['https one unknown skipped audit', 'https two resolved gone audit']);
  azure.world.states = [failing('one'), failing('three')];
  await run.refresh('2026-11-21T00:00:00Z');
  azure.world.states = [failing('one', 'https', { more: { resourceId: null } }), failing('three')];
  azure.world.fault = ({ what }) =>
    what === 'summarize' ? (_, response) => answer(response, 400, { error: { code: 'BadRequest' } }) : undefined;
  assert.deepEqual((await run.refresh('2026-11-21T06:00:00Z')).rejected, { missing_resource: 1 });
  assert.deepEqual(await statesOf(run), [
    'https one unknown partial audit',
    'https three open - audit',
    'https two resolved gone audit',
  ]);
  assert.deepEqual(
    await run.lines('SELECT completeness, reason FROM finding_reports ORDER BY occurred_at DESC LIMIT 1'),
    ['partial records_rejected'],
  );
});

test('states are told though exemptions or the Activity Log may not be read, and that is said', async t => {
  const forbidden = (what: string) => (asked: { readonly what: string }) =>
    asked.what === what
      ? (_: unknown, response: http.ServerResponse) =>
          answer(response, 403, { error: { code: 'AuthorizationFailed', message: 'no' } })
      : undefined;
  const exemption = {
    id: `/subscriptions/${shop}/providers/Microsoft.Authorization/policyExemptions/later`,
    properties: { policyAssignmentId: assignmentId(shop, 'assign-https'), exemptionCategory: 'Waiver' },
  };
  const { azure, run } = await open(t, {
    ...{ states: [failing('one')], assignments: assigned('https'), exemptions: [exemption] },
    fault: forbidden('events'),
  });
  assert.match((await run.refresh()).error ?? '', /may not read .*eventtypes.*AuthorizationFailed/);
  azure.world.fault = forbidden('exemptions');
  azure.world.states = [failing('two')];
  assert.match((await run.refresh(later)).error ?? '', /may not read .*policyExemptions.*AuthorizationFailed/);
  assert.deepEqual(await statesOf(run), ['https one resolved gone audit', 'https two open - audit']);
  // What is not known of exemptions stands as it was.
  assert.deepEqual(await run.lines('SELECT holds FROM finding_exceptions'), ['true']);
});

test('what Azure evaluates some hours late is not gone in between', async t => {
  const at = (one: string, two: string) => [failing('one', 'https', { at: one }), failing('two', 'https', { at: two })];
  const { azure, run } = await open(t, {
    states: at('2026-11-20T09:00:00Z', '2026-11-20T09:00:00Z'),
    assignments: assigned('https'),
  });
  await run.refresh();
  azure.world.states = at('2026-11-21T08:00:00Z', '2026-11-20T09:00:00Z');
  await run.refresh('2026-11-21T12:00:00Z');
  assert.deepEqual(await statesOf(run), ['https one open - audit', 'https two open - audit']);
  await run.refresh('2026-11-22T12:00:00Z');
  assert.deepEqual(await statesOf(run), ['https one open - audit', 'https two resolved gone audit']);
});

test('a list that is shorter than its summary resolves nothing', async t => {
  const { azure, run } = await open(t, {
    states: [failing('one'), failing('two'), failing('one', 'tags')],
    assignments: assigned('https', 'tags'),
  });
  await run.refresh();
  assert.deepEqual(await run.lines('SELECT missing FROM finding_reports'), ['0']);
  azure.world.states = [failing('one'), failing('three', 'tags')];
  azure.world.summary = { 'assign-https https': 2 };
  await run.refresh(later);
  assert.deepEqual(await statesOf(run), [
    'https one open - audit',
    'https two unknown truncated audit',
    'tags one resolved gone audit',
    'tags three open - audit',
  ]);
  assert.deepEqual(await run.lines('SELECT missing FROM finding_reports ORDER BY occurred_at'), ['0', '1']);
});

test('the mode is the effect of the definition and the enforcement of its assignment', async t => {
  const effects = ['deny', 'modify', 'deployIfNotExists', 'auditIfNotExists', 'audit'];
  const states = effects.flatMap(effect => [
    failing('one', `${effect}-on`, { effect, assignment: 'on' }),
    failing('one', `${effect}-off`, { effect, assignment: 'off' }),
  ]);
  const assignments = [
    { name: 'on', policy: 'all', set: true, mode: 'Default' },
    { name: 'off', policy: 'all', set: true, mode: 'DoNotEnforce' },
  ];
  const titles = { 'deny-on': 'No public storage' };
  const { run, azure } = await open(t, { states, assignments, titles });
  await run.refresh();
  assert.deepEqual(await run.lines('SELECT policy, enforcement, title FROM finding_policies ORDER BY ALL'), [
    'audit-off audit -',
    'audit-on audit -',
    'auditifnotexists-off audit -',
    'auditifnotexists-on audit -',
    'deny-off dryrun -',
    'deny-on enforce No public storage',
    'deployifnotexists-off dryrun -',
    'deployifnotexists-on audit -',
    'modify-off dryrun -',
    'modify-on audit -',
  ]);
  assert.deepEqual(await run.lines(`SELECT title FROM findings WHERE policy = 'deny-on'`), ['No public storage']);
  const definitions = azure.asked.filter(({ what }) => what === 'definition').length;
  assert.equal(definitions, 10);
  await run.refresh(later);
  assert.equal(azure.asked.filter(({ what }) => what === 'definition').length, definitions);
});

test('exemptions are exceptions with their category, who, expiry, and whether they hold anything back', async t => {
  const within = `/subscriptions/${shop}`;
  const exemption = (name: string, at: string, properties: object, more: object = {}) => ({
    id: `${at}/providers/Microsoft.Authorization/policyExemptions/${name}`,
    properties,
    systemData: { createdBy: 'ana@acme.example', createdAt: '2026-10-01T08:00:00Z' },
    ...more,
  });
  const { run, azure } = await open(t, {
    pageSize: 2,
    states: [
      failing('one', 'https', { state: 'Exempt' }),
      failing('two', 'https'),
      failing('one', 'tags', { assignment: 'base', reference: 'Tags', state: 'Exempt' }),
      failing('one', 'tls', { assignment: 'base', reference: 'Tls' }),
    ],
    assignments: [...assigned('https'), { name: 'base', policy: 'baseline', set: true }],
    exemptions: [
      exemption('one', `${within}/resourceGroups/RG-shop/providers/Microsoft.Storage/storageAccounts/One`, {
        policyAssignmentId: assignmentId(shop, 'ASSIGN-https'),
        exemptionCategory: 'Waiver',
        expiresOn: '2026-11-25T00:00:00Z',
        description: 'until the move',
      }),
      exemption('group', `${within}/resourceGroups/rg-shop`, {
        policyAssignmentId: assignmentId(shop, 'base'),
        policyDefinitionReferenceIds: ['tags', 'TLS'],
        exemptionCategory: 'Mitigated',
        expiresOn: '2026-11-01T00:00:00Z',
        metadata: { approvedBy: 'Ben' },
      }),
      exemption(
        'all',
        within,
        { policyAssignmentId: assignmentId(shop, 'base'), exemptionCategory: 'Waiver' },
        {
          systemData: undefined,
        },
      ),
      exemption('elsewhere', `/subscriptions/${pay}`, { policyAssignmentId: assignmentId(pay, 'base') }),
    ],
  });
  await run.refresh();
  const select = `SELECT regexp_extract(exception, '([^/]+)$', 1), policy, regexp_extract(resource, '([^/]+(/\\*)?)$', 1), replace(reason, ' ', '_'), approved_by,
    created_at::DATE, expires_at::DATE, is_applied, holds FROM finding_exceptions ORDER BY ALL`;
  const expected = [
    'all * - waiver - - - true true',
    'group tags rg-shop/* mitigated Ben 2026-10-01 2026-11-01 true true',
    'group tls rg-shop/* mitigated Ben 2026-10-01 2026-11-01 false true',
    'one https one waiver:_until_the_move ana@acme.example 2026-10-01 2026-11-25 true true',
  ];
  assert.deepEqual(await run.lines(select), expected);
  azure.world.exemptions = azure.world.exemptions.slice(1);
  await run.refresh(later);
  assert.deepEqual(
    await run.lines(
      `SELECT regexp_extract(exception, '([^/]+)$', 1), holds FROM finding_exceptions WHERE occurred_at::TIME > '12:00'`,
    ),
    ['one false'],
  );
});

test('requests that were denied are blocks, each once, whatever comes late', async t => {
  const denied = (id: string, at: string, more: object = {}, policies: unknown = undefined) => ({
    ...{ eventDataId: id, eventTimestamp: at, category: { value: 'Policy' } },
    operationName: { value: 'Microsoft.Authorization/policies/deny/action' },
    resourceId: `/subscriptions/${shop}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/New`,
    properties: {
      isComplianceCheck: 'False',
      policies: JSON.stringify(
        policies ?? [
          {
            policyDefinitionId: '/providers/Microsoft.Authorization/policyDefinitions/HTTPS/',
            policyDefinitionEffect: 'Deny',
            policyAssignmentName: 'assign-https',
          },
          {
            policyDefinitionId: '/providers/Microsoft.Authorization/policyDefinitions/tags/',
            policyDefinitionEffect: 'audit',
          },
        ],
      ),
      ...more,
    },
  });
  const { run, azure } = await open(t, {
    pageSize: 2,
    events: [
      denied('e1', '2026-11-20T10:00:00.0000000Z'),
      denied('e2', '2026-11-20T10:01:00Z', { isComplianceCheck: 'True' }),
      denied('e3', '2026-11-20T10:02:00Z', { policies: '[{' }),
      { ...denied('e4', '2026-11-20T10:03:00Z'), operationName: { value: 'Microsoft.Storage/storageAccounts/write' } },
      { ...denied('e5', '2026-11-20T10:04:00Z'), properties: null },
      denied('e6', '2026-11-20T10:05:00Z'),
    ],
  });
  assert.equal((await run.refresh()).error, undefined);
  const blocks = `SELECT id, policy, regexp_extract(resource, '([^/]+)$', 1), enforcement, occurred_at::TIME FROM finding_blocks ORDER BY ALL`;
  assert.deepEqual(await run.lines(blocks), [
    'e1/https https new enforce 10:00:00',
    'e6/https https new enforce 10:05:00',
  ]);
  azure.world.events = [
    ...azure.world.events,
    denied('late', '2026-11-20T11:50:00Z'),
    denied('e7', '2026-11-20T13:00:00Z'),
  ];
  const again = await run.restart();
  await again.refresh(later);
  assert.deepEqual(
    (await again.lines(blocks)).map(line => line.split(' ')[0]),
    ['e1/https', 'e6/https', 'e7/https', 'late/https'],
  );
  assert.match(
    azure.asked.findLast(({ what }) => what === 'events')?.url.searchParams.get('$filter') ?? '',
    /ge '2026-11-20T11:45:00.000Z' and eventTimestamp le '2026-11-20T18:00:00.000Z'/,
  );
});

test('owners are the subscription and what rules read of a row, and no more', async t => {
  const tags = JSON.stringify({ Team: 'shop', cost: '7' });
  const states = [
    failing('one', 'https', { tags }),
    failing('two'),
    failing('three', 'https', { state: 'Compliant', tags }),
  ];
  const { run } = await open(
    t,
    { states, assignments: assigned('https') },
    {
      rules: [{ name: 'by tag', tag: { keys: ['team'], gives: 'team' } }],
      environment: 'production',
    },
  );
  await run.refresh();
  const subscription = shop.toLowerCase();
  assert.deepEqual(
    (await run.rows('SELECT attributes::VARCHAR AS a FROM owner_keys ORDER BY length(a)')).map(({ a }) =>
      JSON.parse(String(a)),
    ),
    [
      { environment: 'production', provider: 'Microsoft', sub_account: subscription },
      { environment: 'production', provider: 'Microsoft', sub_account: subscription, tags: { Team: 'shop' } },
    ],
  );
});

test('all subscriptions that are seen are read, or those below a management group; one that fails leaves the others', async t => {
  const states = [failing('one'), failing('two', 'https', { subscription: pay })];
  const { run, azure } = await open(
    t,
    {
      states,
      assignments: assigned('https'),
      fault: ({ what, url }) =>
        what === 'states' && url.pathname.toLowerCase().includes(pay)
          ? (_, response) => answer(response, 403, { error: { code: 'AuthorizationFailed', message: 'no' } })
          : undefined,
    },
    { subscriptions: [] },
  );
  const { error } = await run.refresh();
  assert.match(error ?? '', /may not read .*AuthorizationFailed/);
  assert.deepEqual(
    await run.lines('SELECT scope, completeness, reason FROM finding_reports ORDER BY ALL'),
    [`subscription:${shop.toLowerCase()} complete -`, `subscription:${pay} failed forbidden`].sort(),
  );
  assert.deepEqual(await statesOf(run), ['https one open - audit']);
  azure.world.fault = () => undefined;
  assert.equal((await run.refresh(later)).error, undefined);
  assert.deepEqual(await statesOf(run), ['https one open - audit', 'https two open - audit']);
  const grouped = await open(
    t,
    { states, assignments: assigned('https') },
    { subscriptions: [], management_groups: ['acme'] },
  );
  await grouped.run.refresh();
  assert.deepEqual(await statesOf(grouped.run), ['https one open - audit', 'https two open - audit']);
  assert.equal(
    grouped.azure.asked.some(({ what }) => what === 'subscriptions'),
    false,
  );
});

test('throttling is waited for as Azure asks, and a token that is refused is exchanged once', async t => {
  let refused = 0;
  const { run, waits } = await open(t, {
    states: [failing('one')],
    assignments: assigned('https'),
    fault: ({ what, count }) => {
      if (what === 'states' && count < 3)
        return (_, response) =>
          answer(
            response,
            429,
            { error: { code: 'ResourceRequestsThrottled', message: 'slow' } },
            { 'retry-after': '17' },
          );
      if (what === 'assignments' && refused++ === 0)
        return (_, response) =>
          answer(response, 401, { error: { code: 'ExpiredAuthenticationToken', message: 'old' } });
      return undefined;
    },
  });
  assert.equal((await run.refresh()).error, undefined);
  assert.deepEqual(waits, [17_000, 17_000]);
  assert.deepEqual(await statesOf(run), ['https one open - audit']);
});

test('a page that fails changes no finding; after a restart the next look goes on', async t => {
  const states = ['one', 'two', 'three'].map(name => failing(name));
  const { run, azure } = await open(t, { states, pageSize: 1, assignments: assigned('https') }, { retries: 0 });
  await run.refresh();
  azure.world.states = [failing('one')];
  azure.world.fault = ({ what }) =>
    what === 'states' ? (_, response) => void response.writeHead(500).end('<html>broken') : undefined;
  assert.match((await run.refresh(later)).error ?? '', /500/);
  assert.equal((await statesOf(run)).filter(line => / open /.test(line)).length, 3);
  assert.deepEqual(await run.lines('SELECT completeness, reason FROM finding_reports ORDER BY occurred_at'), [
    'complete -',
    'failed refused',
  ]);
  azure.world.fault = ({ what }) =>
    what === 'states' ? (_, response) => answer(response, 200, { message: 'I am a proxy' }) : undefined;
  const again = await run.restart();
  assert.match((await again.refresh('2026-11-20T19:00:00Z')).error ?? '', /could not understand what Azure answered/);
  azure.world.fault = () => undefined;
  const last = await again.restart();
  assert.equal((await last.refresh('2026-11-21T12:00:00Z')).error, undefined);
  assert.deepEqual(await statesOf(last), [
    'https one open - audit',
    'https three resolved gone audit',
    'https two resolved gone audit',
  ]);
});

test('what is configured has names of its own, and subscriptions by id', () => {
  const parse = (...items: object[]) => policySchema.safeParse({ azure_policy: items });
  assert.equal(parse({}, {}).success, false);
  assert.equal(parse({ name: 'azure-policy' }).success, false);
  assert.equal(parse({ subscriptions: ['not an id'] }).success, false);
  const [one] = policySchema.parse({ azure_policy: [{ subscriptions: [`/subscriptions/${shop}`] }] }).azure_policy;
  assert.deepEqual(one?.subscriptions, [shop]);
});
