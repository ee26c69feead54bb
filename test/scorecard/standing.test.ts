/** How checks stand: by what is said of subjects, by exemptions, by silence. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  checkChanges,
  checkExemptions,
  checks,
  conformance,
  failingSince,
  organisationConformance,
  organisationMeasured,
  requiredLost,
  services,
  servicesByLevel,
  shadowChanges,
  shadowCost,
  shadowSubjects,
  teamConformance,
} from '../../exporters/scorecard/metrics.ts';
import { day, openBooks, type Said, sayer } from './books.ts';

/** Two checks alone, so that numbers can be counted by hand. */
const off = [
  ...['owner', 'catalog-entry', 'on-call', 'runbook', 'documentation', 'exceptions', 'sbom', 'provenance'],
].map(id => ({ id, enabled: false }));
const two = ['cart', 'search'].map((name, index) => ({ name, team: ['red', 'blue'][index]! }));

test('a check passes where all that is said passes, fails where anything fails, and silence is neither', async () => {
  const said: Said[] = [
    { from: 0, check: 'signature', kind: 'image', subject: 'a/cart', service: 'cart', state: 'pass' },
    { from: 0, check: 'signature', kind: 'image', subject: 'b/cart', service: 'cart', state: 'unknown' },
    { from: 3, check: 'signature', kind: 'image', subject: 'b/cart', service: 'cart', state: 'pass' },
    {
      from: 5,
      check: 'signature',
      kind: 'image',
      subject: 'a/cart',
      service: 'cart',
      state: 'fail',
      detail: 'unsigned',
    },
    { from: 8, check: 'signature', kind: 'image', subject: 'a/cart', service: 'cart', state: 'gone' },
    { from: 0, check: 'sla', subject: 'cart', state: 'pass' },
  ];
  const books = await openBooks({
    services: two,
    config: { checks: off, history_days: 1 },
    exporters: ['supply-chain'],
    subjects: () => [sayer('supply-chain', ['signature', 'sla'], said)],
  });
  for (const days of [0, 3, 5, 8, 9]) await books.on(days);
  const of = async (days: number) =>
    Object.entries(await books.values(checks, days))
      .filter(([labels]) => labels.includes('signature'))
      .map(([key]) => key);
  assert.deepEqual(await of(0), ['blue search signature not_measured', 'red cart signature not_measured']);
  assert.deepEqual(await of(4), ['blue search signature not_measured', 'red cart signature pass']);
  assert.deepEqual(await of(5), ['blue search signature not_measured', 'red cart signature fail']);
  assert.deepEqual(await of(8), ['blue search signature not_measured', 'red cart signature pass']);
  assert.deepEqual(await books.values(services, 5), { 'blue unmeasured': 1, 'red measured': 1 });
  assert.deepEqual(await books.values(conformance, 5), { 'red cart': 2 / 3 }, 'sla weighs 2');
  assert.deepEqual(await books.values(failingSince, 6), { 'red cart signature': day(5).getTime() / 1000 });
  assert.deepEqual(await books.values(organisationMeasured, 5), { '': 0.5 });
  const text = await books.exporter.explain?.(books.ledger, 'service', 'cart');
  assert.match(text ?? '', /service cart, owned by red\n.*2 of 2 measured checks pass/);
  assert.equal(await books.exporter.explain?.(books.ledger, 'service', 'nothing'), undefined);
  await books.close();
});

test('drift compares with 7 and 30 days before, and what was not measured then is no drift', async () => {
  const said: Said[] = [
    { from: 0, check: 'sla', subject: 'cart', state: 'pass' },
    { from: 0, check: 'sla', subject: 'search', state: 'fail' },
    { from: 10, check: 'sla', subject: 'cart', state: 'fail', detail: 'critical' },
    { from: 12, check: 'sla', subject: 'search', state: 'pass' },
  ];
  const books = await openBooks({
    services: two,
    config: { checks: [...off, { id: 'signature', enabled: false }], history_days: 1 },
    exporters: ['supply-chain'],
    subjects: () => [sayer('supply-chain', ['sla'], said)],
  });
  for (const days of [0, 10, 12, 20]) await books.on(days);
  const changes = async (days: number) =>
    Object.entries(await books.values(checkChanges, days)).flatMap(([key, value]) => (value === 0 ? [] : [key]));
  assert.deepEqual(await changes(5), [], '7 days before nothing was measured');
  assert.deepEqual(await changes(13), ['blue sla recovered 7d', 'red sla failing 7d']);
  assert.deepEqual(await changes(35), ['blue sla recovered 30d', 'red sla failing 30d']);
  assert.deepEqual(await books.values(requiredLost, 13), { 'red cart sla': 1 });
  assert.deepEqual(await books.values(teamConformance, 13), { red: 0, blue: 1 });
  const [all] = (await books.exporter.review?.(books.ledger, { month: '2026-09' })) ?? [];
  assert.match(all?.text ?? '', /What was lost[\s\S]*cart[\s\S]*critical[\s\S]*What was mended[\s\S]*search/);
  await books.close();
});

test('an exemption counts on neither side, for as long as it holds', async () => {
  const said: Said[] = two.map(({ name }) => ({ from: 0, check: 'sla', subject: name, state: 'fail' }));
  const books = await openBooks({
    services: two,
    config: {
      checks: [...off, { id: 'signature', enabled: false }],
      history_days: 1,
      exemptions: [{ check: 'sla', service: 'c*', reason: 'it is replaced', from: '2026-09-03', until: '2026-09-10' }],
    },
    exporters: ['supply-chain'],
    subjects: () => [sayer('supply-chain', ['sla'], said)],
  });
  for (const days of [0, 3, 12]) await books.on(days);
  assert.deepEqual(await books.values(checks, 3), { 'blue search sla fail': 1, 'red cart sla exempt': 1 });
  assert.deepEqual(await books.values(checkExemptions, 3), { 'red sla expiring': 1 });
  assert.deepEqual(await books.values(teamConformance, 3), { blue: 0 });
  assert.deepEqual(
    await books.values(checks, 10),
    { 'blue search sla fail': 1, 'red cart sla fail': 1 },
    'it has ended',
  );
  const notices = await books.exporter.check?.(books.ledger);
  assert.match(JSON.stringify(notices), /it ended on 2026-09-10/);
  await books.close();
});

test('the catalog says of itself what is missing, from the beginning, and changes when it does', async () => {
  const complete = {
    name: 'cart',
    team: 'red',
    metadata: `  description: Carts.
  links: [{ url: "https://wiki.example/cart", title: Runbook }]
  annotations: { github.com/project-slug: acme/cart, pagerduty.com/service-id: P1, backstage.io/techdocs-ref: "dir:." }`,
    spec: '  system: shop',
  };
  const books = await openBooks({
    services: [complete, { name: 'stray' }],
    slos: [{ service: 'cart', name: 'availability' }],
  });
  await books.on(0);
  const failing = async (days: number) =>
    Object.keys(await books.values(checks, days)).flatMap(key =>
      key.endsWith(' fail') ? [key.split(' ').slice(0, 3).join(' ')] : [],
    );
  const stray = ['catalog-entry', 'documentation', 'on-call', 'owner', 'runbook', 'slo'].map(
    check => `unowned stray ${check}`,
  );
  assert.deepEqual(await failing(0), stray);
  assert.deepEqual(await failing(-100), stray, 'the first catalog holds for all the past');
  assert.deepEqual(await books.values(servicesByLevel, 0), {
    ...{ 'red none': 0, 'red bronze': 0, 'red silver': 0, 'red gold': 1 },
    ...{ 'unowned none': 1, 'unowned bronze': 0, 'unowned silver': 0, 'unowned gold': 0 },
  });
  await books.on(5);
  await books.setCatalog([complete, { name: 'stray', team: 'green' }]);
  assert.ok(!(await failing(5)).includes('green stray owner'));
  assert.ok((await failing(4)).includes('unowned stray owner'), 'what was, was');
  await books.setCatalog([complete]);
  assert.deepEqual(await books.values(organisationConformance, 6), { '': 1 });
  await books.close();
});

test('a check applies to the services that it is asked of, and to the environments it names', async () => {
  const said: Said[] = [
    {
      from: 0,
      check: 'signature',
      kind: 'image',
      subject: 'cart',
      service: 'cart',
      environment: 'staging',
      state: 'fail',
    },
    {
      from: 0,
      check: 'signature',
      kind: 'image',
      subject: 'cart',
      service: 'cart',
      environment: 'Production',
      state: 'pass',
    },
  ];
  const books = await openBooks({
    services: [
      { name: 'cart', team: 'red', metadata: '  tags: [tier-1]\n  annotations: { acme.example/class: Internal }' },
      { name: 'search', team: 'blue', metadata: '  tags: [tier-2]' },
    ],
    config: {
      history_days: 1,
      checks: [
        ...off,
        { id: 'sla', enabled: false },
        { id: 'signature', environments: ['prod*'], applies_to: { tiers: ['1'] } },
        {
          id: 'class',
          title: 'Classified',
          means: 'It is classified.',
          annotation: { name: 'acme.example/class', matches: ['internal', 'public'] },
        },
      ],
    },
    exporters: ['supply-chain'],
    subjects: () => [sayer('supply-chain', ['signature'], said)],
  });
  await books.on(0);
  assert.deepEqual(await books.values(checks, 0), {
    ...{ 'blue search class fail': 1, 'red cart class pass': 1, 'red cart signature pass': 1 },
  });
  await books.close();
});

test('what nobody owns is counted once, whoever has seen it, with what it costs', async () => {
  const shadow = (from: number, kind: string, subject: string, rest: Partial<Said> = {}): Said => ({
    ...{ from, check: 'owned', kind, subject, team: 'unowned', state: 'fail' },
    ...rest,
  });
  const books = await openBooks({
    services: two,
    config: { history_days: 1 },
    exporters: ['cost', 'dora', 'policy'],
    subjects: () => [
      sayer(
        'cost',
        ['owned'],
        [shadow(0, 'account', '111', { amount: '1200', unit: 'USD' }), shadow(9, 'account', '111', { state: 'gone' })],
      ),
      sayer('dora', ['owned'], [shadow(0, 'repository', 'acme/Stray')]),
      sayer('policy', ['owned'], [shadow(2, 'repository', 'acme/stray', { amount: '7', unit: 'findings' })]),
    ],
  });
  for (const days of [0, 2, 9]) await books.on(days);
  assert.deepEqual(await books.values(shadowSubjects, 3), { account: 1, repository: 1 });
  assert.deepEqual(await books.values(shadowCost, 3), { 'account USD': 1200 });
  assert.deepEqual(await books.values(shadowSubjects, 9), { repository: 1 });
  const changes = await books.values(shadowChanges, 9);
  assert.deepEqual([changes['account gone 7d'], changes['account appeared 7d']], [1, 0]);
  const [, api] = books.exporter.api ?? [];
  const page = await api!.answer(books.ledger, { query: {}, principal: { name: 'x', role: 'reader' }, now: day(3) });
  assert.deepEqual(
    page.items.map(({ kind, seen_by, cost, findings, first_seen_at }) => [
      kind,
      seen_by,
      cost,
      findings,
      first_seen_at,
    ]),
    [
      ['account', 'cost', '1200.00', null, '2026-09-01T00:00:00Z'],
      ['repository', 'dora policy', null, 7, '2026-09-01T00:00:00Z'],
    ],
  );
  await books.close();
});

test('what was not said again for too long by who may fall silent is not measured', async () => {
  const books = await openBooks({
    services: two,
    config: { history_days: 1, checks: [...off, { id: 'load', title: 'Load test', means: 'It was run.', told: true }] },
  });
  await books.on(0);
  const post = (body: unknown, principal = { name: 'ci', role: 'admin' } as const) =>
    books.runtime.accept('facts', { body: Buffer.from(JSON.stringify(body)), headers: {}, principal });
  await post({ check: 'load', service: 'cart', state: 'fail', detail: '2 s' });
  await post([{ check: 'load', service: 'search', state: 'pass' }]);
  assert.deepEqual(await books.values(checks, 1), { 'blue search load pass': 1, 'red cart load fail': 1 });
  assert.deepEqual(await books.values(checks, 3), {
    'blue search load not_measured': 1,
    'red cart load not_measured': 1,
  });
  await assert.rejects(post({ check: 'nothing', service: 'cart', state: 'pass' }), { code: 'PUSH_INVALID' });
  await assert.rejects(
    books.runtime.accept('facts', {
      body: Buffer.from('{"check":"load","service":"cart","state":"pass"}'),
      headers: {},
      principal: { name: 'blue', role: 'team', team: 'blue' },
    }),
    { code: 'PUSH_FORBIDDEN', message: /cart is owned by red/ },
  );
  await books.close();
});
